suppressMessages({library(survival); library(rms)})
source("../long_table.R")
x <- cohort$x2
knots <- quantile(x, c(0.1, 0.5, 0.9))
grid <- seq(0, 4, by = 0.5)
put("knots", "knots", knots)
put("basis", "columns", rcspline.eval(grid, knots, inclx = TRUE))
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
effect <- function(case, formula, reference) {
  fit <- coxph(formula, cohort, control = tight)
  difference <- sweep(rcspline.eval(grid, knots, inclx = TRUE), 2, rcspline.eval(reference, knots, inclx = TRUE))
  log_ratio <- drop(difference %*% coef(fit)); se <- sqrt(diag(difference %*% vcov(fit) %*% t(difference)))
  z <- qnorm(0.975)
  put(case, "log_hazard_ratio", log_ratio)
  put(case, "ci_low", exp(log_ratio - z * se)); put(case, "ci_high", exp(log_ratio + z * se))
}
effect("plain", Surv(time, event) ~ rcspline.eval(x2, knots, inclx = TRUE), median(x))
effect("strata", Surv(time, event) ~ rcspline.eval(x2, knots, inclx = TRUE) + strata(stratum), 1)
# The tests, from rms itself.
fit <- cph(Surv(time, event) ~ rcs(x2, knots), cohort, method = "efron", eps = 1e-13)
table <- anova(fit)
put("plain", "p_overall", table["x2", "P"]); put("plain", "p_nonlinear", table[" Nonlinear", "P"])
put("plain", "chisq", c(table["x2", "Chi-Square"], table[" Nonlinear", "Chi-Square"]))
save_rows(c("survival", "rms"))
