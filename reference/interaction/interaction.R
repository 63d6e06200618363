suppressMessages(library(survival))
source("../long_table.R")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
report <- function(case, formula) {
  fit <- coxph(formula, cohort, control = tight)
  b <- coef(fit); v <- vcov(fit); z <- qnorm(0.975)
  contrast <- function(w) { e <- sum(w * b); s <- sqrt(drop(t(w) %*% v %*% w)); exp(e + c(0, -z, z) * s) }
  put(case, "ratio", contrast(c(0, 0, 1))); put(case, "log_ratio", b[3])
  put(case, "p_value", summary(fit)$coefficients[3, "Pr(>|z|)"])
  put(case, "marker_in_control", contrast(c(1, 0, 0))); put(case, "marker_in_treated", contrast(c(1, 0, 1)))
  for (q in c(0.1, 0.5, 0.9))
    put(case, paste0("treatment_at_", q), contrast(c(0, 1, quantile(cohort$x1, q))))
  put(case, "smallest_detectable_ratio", exp((qnorm(0.975) + qnorm(0.8)) * sqrt(v[3, 3])))
}
report("plain", Surv(time, event) ~ x1 * x3)
report("strata", Surv(time, event) ~ x1 * x3 + strata(stratum))
save_rows("survival")
