cohort <- read.csv("../cohort/cohort.csv")
suppressMessages(library(survival))
source("../long_table.R")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
cohort$x1[seq(1, nrow(cohort), by = 7)] <- NA
report <- function(case, formula) {
  fit <- coxph(formula, cohort, control = tight)
  put(case, "coefficients", coef(fit)); put(case, "standard_errors", sqrt(vcov(fit)))
  put(case, "score_statistics", fit$score); put(case, "ratio", 2 * diff(fit$loglik))
  put(case, "n", c(fit$n, fit$nevent))
}
for (name in c("x1", "x2", "x3")) {
  report(name, as.formula(paste("Surv(time, event) ~", name)))
  report(paste(name, "strata"), as.formula(paste("Surv(time, event) ~", name, "+ strata(stratum)")))
}
save_rows("survival")
