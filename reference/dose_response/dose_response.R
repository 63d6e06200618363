# Four-parameter curves by nls and optim, isotonic fits by isoreg: the assay `DNase` of R, whose
# eleven runs are plates, and a generated curve that falls and has wells without a stimulus.
source("../long_table.R")
assay <- data.frame(run = as.character(DNase$Run), conc = DNase$conc, density = DNase$density)
write.csv(assay, "dnase.csv", row.names = FALSE, quote = FALSE)

first <- subset(assay, run == "1")
fit <- nls(density ~ A + (B - A) / (1 + exp((xmid - log(conc)) / scal)), first,
           start = list(A = 0, B = 2.4, xmid = 1.5, scal = 1.06))
ends <- suppressMessages(confint(fit, "xmid"))
put("run 1", "curve", coef(fit))
put("run 1", "interval", exp(ends))
put("run 1", "residual_sd", sigma(fit))

# One midpoint and one slope for all runs, bottom and top of each by linear regression.
squares <- function(p, weigh) {
  f <- plogis((log(assay$conc) - p[1]) * exp(p[2]))
  sum(vapply(split(seq_len(nrow(assay)), assay$run), function(i) {
    weight <- if (weigh) 1 / diff(range(assay$density[i]))^2 else 1
    weight * sum(resid(lm(assay$density[i] ~ f[i]))^2)
  }, 0))
}
for (weigh in c(FALSE, TRUE)) {
  best <- optim(c(1.5, 0), squares, weigh = weigh, control = list(reltol = 1e-14, maxit = 2000))
  put(if (weigh) "runs in proportion" else "runs alike", "curve",
      c(exp(best$par), best$value))
}

set.seed(7)
dose <- rep(c(0, 0.1, 0.3, 1, 3, 10, 30), each = 2)
falling <- data.frame(dose = dose, value = round(
  -40 + 250 - 230 / (1 + (0.8 / dose)^1.6) + rnorm(length(dose), 0, 8), 4))
write.csv(falling, "falling.csv", row.names = FALSE, quote = FALSE)
fit <- nls(value ~ bottom + (top - bottom) / (1 + exp(h * (m - log(dose)))), falling,
           start = list(bottom = 210, top = -20, m = -0.2, h = 1.6))
put("falling", "curve", coef(fit))
put("falling", "interval", exp(suppressMessages(confint(fit, "m"))))

put("isotonic", "fitted", isoreg(falling$value[order(-falling$dose)])$yf)
save_rows("stats")
