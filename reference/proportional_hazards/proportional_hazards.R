suppressMessages(library(survival))
source("../long_table.R")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
formulas <- list(
  "ties" = Surv(time, event) ~ x1 + x2 + x3,
  "no ties" = Surv(fine_time, event) ~ x1 + x2 + x3,
  "strata" = Surv(time, event) ~ x1 + x2 + x3 + strata(stratum),
  "late entry" = Surv(entry, time, event) ~ x1 + x2 + x3,
  "late entry strata" = Surv(entry, time, event) ~ x1 + x2 + x3 + strata(stratum),
  "one" = Surv(time, event) ~ x2
)
for (case in names(formulas)) {
  fit <- coxph(formulas[[case]], cohort, control = tight)
  for (transform in c("km", "rank", "identity", "log")) {
    table <- cox.zph(fit, transform = transform)$table
    put(paste(case, transform, sep = "/"), "chisq", table[, "chisq"])
    put(paste(case, transform, sep = "/"), "p", table[, "p"])
  }
}
save_rows("survival")
