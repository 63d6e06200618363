suppressMessages(library(survival))
source("../long_table.R")
test <- function(case, fit) {
  observed <- if (is.matrix(fit$obs)) rowSums(fit$obs) else fit$obs
  expected <- if (is.matrix(fit$exp)) rowSums(fit$exp) else fit$exp
  put(case, "statistic", fit$chisq); put(case, "observed", observed); put(case, "expected", expected)
  freedom <- sum(expected > 0) - 1
  put(case, "degrees_of_freedom", freedom)
  put(case, "p_value", pchisq(fit$chisq, freedom, lower.tail = FALSE))
}
test("two groups", survdiff(Surv(time, event) ~ x3, cohort))
test("three groups", survdiff(Surv(time, event) ~ group, cohort))
test("stratified", survdiff(Surv(time, event) ~ group + strata(stratum), cohort))
test("no ties", survdiff(Surv(fine_time, event) ~ group, cohort))
# survdiff refuses late entry; the score test of coxph is the log-rank test where no deaths tie.
late <- coxph(Surv(entry, fine_time + 400, event) ~ x3, cohort)
put("late entry", "statistic", summary(late)$sctest["test"])
save_rows("survival")
