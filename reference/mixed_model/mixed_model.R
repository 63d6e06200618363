# A generated cohort with repeated samples, and what lmerTest says of it.
source("../long_table.R")
suppressMessages(library(lmerTest))
set.seed(20)
people <- 24
treated <- rep(0:1, length.out = people)
repeated <- do.call(rbind, lapply(seq_len(people), function(i) {
  months <- sort(sample(c(0, 0.5, 1, 2, 3, 4, 6), sample(2:6, 1)))
  level <- rnorm(1); trend <- rnorm(1, 0, 0.3)
  data.frame(
    participant = i, months = months, treated = treated[i],
    level = 2 + 0.5 * treated[i] + 0.2 * months + level + rnorm(length(months), 0, 0.7),
    course = 1 + level + (0.1 + 0.2 * treated[i] + trend) * months + rnorm(length(months), 0, 0.5),
    # Alternating within a participant: the estimate of the variance between them is zero.
    alternating = rep_len(c(-1, 1), length(months)) * (1 + 0.1 * runif(1)) + 0.3 * treated[i]
  )
}))
repeated <- round(repeated, 6)
write.csv(repeated, "repeated.csv", row.names = FALSE, quote = FALSE)

tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
report <- function(case, formula) {
  fit <- lmer(formula, repeated, control = tight)
  table <- coef(summary(fit, ddf = "Satterthwaite"))
  put(case, "coefficients", table[, "Estimate"])
  put(case, "standard_errors", table[, "Std. Error"])
  put(case, "degrees_of_freedom", table[, "df"])
  put(case, "p_values", table[, "Pr(>|t|)"])
  variances <- as.data.frame(VarCorr(fit))
  put(case, "variances", variances$vcov)
  put(case, "restricted_log_likelihood", as.numeric(logLik(fit)))
}
report("intercept", level ~ months * treated + (1 | participant))
report("slope", course ~ months * treated + (1 + months | participant))
report("uncorrelated", course ~ months * treated + (1 + months || participant))
ordinary <- summary(lm(alternating ~ months + treated, repeated))$coefficients
put("boundary", "coefficients", ordinary[, "Estimate"])
put("boundary", "standard_errors", ordinary[, "Std. Error"])
save_rows(c("lme4", "lmerTest"))
