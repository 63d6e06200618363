cohort <- read.csv("../cohort/cohort.csv")
suppressMessages(library(survival))
source("../long_table.R")
# Concentrations with three limits, and logarithms of them with the logarithms of the limits.
value <- exp(0.7 + 0.6 * cohort$x1 + 0.3 * cohort$x2)
limit <- c(1.1, 1.6, 2.2)[1 + seq_along(value) %% 3]
below <- value < limit
value[below] <- limit[below]
p <- c(0.1, 0.25, 0.5, 0.75, 0.9)
report <- function(case, formula, dist) {
  fit <- survreg(formula, cohort, dist = dist, control = survreg.control(rel.tolerance = 1e-13, maxiter = 100))
  put(case, "coefficients", coef(fit)); put(case, "sd", fit$scale)
  put(case, "covariance", vcov(fit)); put(case, "log_likelihood", fit$loglik[2])
  put(case, "p_values", summary(fit)$table[seq_along(coef(fit)), "p"])
  if (length(coef(fit)) == 1) {
    q <- predict(fit, newdata = data.frame(x1 = 0), type = "uquantile", p = p, se.fit = TRUE)
    put(case, "quantiles", q$fit); put(case, "quantile_errors", q$se.fit)
  }
}
report("lognormal", Surv(value, !below, type = "left") ~ 1, "lognormal")
report("normal", Surv(value, !below, type = "left") ~ 1, "gaussian")
report("log as normal", Surv(log(value), !below, type = "left") ~ 1, "gaussian")
report("groups", Surv(value, !below, type = "left") ~ I(group == "B") + I(group == "C"), "lognormal")
report("covariates", Surv(value, !below, type = "left") ~ x2 + x3, "gaussian")
cohort <- cohort[!below, ]; seen <- value[!below]
report("none undetected", Surv(seen, rep(TRUE, length(seen)), type = "left") ~ 1, "lognormal")
put("data", "n_below", sum(below)); put("data", "value", value); put("data", "below", below)
save_rows("survival")
