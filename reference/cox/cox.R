suppressMessages(library(survival))
source("../long_table.R")
# Tight control, so that what is compared is the maximum and not where the search stopped.
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
report <- function(case, fit, wald = fit$wald.test) {
  s <- summary(fit)
  put(case, "coefficients", coef(fit)); put(case, "covariance", vcov(fit))
  put(case, "model_covariance", if (is.null(fit$naive.var)) fit$var else fit$naive.var)
  put(case, "standard_errors", sqrt(diag(vcov(fit))))
  put(case, "ci_low", s$conf.int[, "lower .95"]); put(case, "ci_high", s$conf.int[, "upper .95"])
  put(case, "p_values", s$coefficients[, "Pr(>|z|)"])
  put(case, "log_likelihood", fit$loglik[2]); put(case, "null_log_likelihood", fit$loglik[1])
  put(case, "wald_statistic", wald); put(case, "score_statistic", fit$score)
  put(case, "likelihood_ratio_statistic", s$logtest["test"]); put(case, "n_events", fit$nevent)
}
cox <- function(formula, ...) eval(substitute(coxph(formula, data = cohort, control = tight, ...)))
report("one", cox(Surv(time, event) ~ x1))
report("no ties", cox(Surv(fine_time, event) ~ x1 + x2 + x3))
report("ties", cox(Surv(time, event) ~ x1 + x2 + x3))
report("strata", cox(Surv(time, event) ~ x1 + x2 + x3 + strata(stratum)))
report("late entry", cox(Surv(entry, time, event) ~ x1 + x2 + x3))
report("late entry strata", cox(Surv(entry, time, event) ~ x1 + x2 + x3 + strata(stratum)))
report("cluster", cox(Surv(time, event) ~ x1 + x2 + x3, cluster = cluster))
report("cluster of one", cox(Surv(time, event) ~ x1 + x2 + x3, cluster = 1:nrow(cohort)))
report("cluster strata late entry",
       cox(Surv(entry, time, event) ~ x1 + x2 + x3 + strata(stratum), cluster = cluster))
# The Wald statistic does not depend on units, but R's generalised inverse drops a column whose
# variance is 1e-16 of the other's; so it is taken from the same model in plain units.
report("far from zero", cox(Surv(time, event) ~ I(x1 * 1e-3 + 5) + I(x2 * 1e5)),
       wald = cox(Surv(time, event) ~ x1 + x2)$wald.test)
report("heavy ties", coxph(Surv(rep(c(1, 2), 20), rep(c(1, 1, 0, 1), 10)) ~ z,
       data.frame(z = (1:40 * 7) %% 11), control = tight))
fit <- cox(Surv(entry, time, event) ~ x1 + x2 + strata(stratum))
put("residuals", "score", residuals(fit, "score"))
save_rows("survival")
