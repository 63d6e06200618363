source("../long_table.R")
report <- function(case, formula) {
  fit <- glm(formula, binomial, cohort, control = glm.control(epsilon = 1e-14, maxit = 100))
  s <- summary(fit)$coefficients
  put(case, "coefficients", coef(fit)); put(case, "covariance", vcov(fit))
  put(case, "standard_errors", s[, "Std. Error"]); put(case, "p_values", s[, "Pr(>|z|)"])
  put(case, "log_likelihood", logLik(fit))
  put(case, "likelihood_ratio_statistic", fit$null.deviance - fit$deviance)
}
report("one", response ~ x1)
report("three", response ~ x1 + x2 + x3)
report("far from zero", response ~ I(x1 * 1e-3 + 5) + I(x2 * 1e5))
save_rows("stats")
