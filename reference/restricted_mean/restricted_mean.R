cohort <- read.csv("../cohort/cohort.csv")
suppressMessages(library(survival))
source("../long_table.R")
report <- function(case, formula, data = cohort, horizon) {
  table <- summary(survfit(formula, data), rmean = horizon)$table
  put(case, "mean", table["rmean"]); put(case, "standard_error", table["se(rmean)"])
}
report("all", Surv(time, event) ~ 1, horizon = 220)
report("short", Surv(time, event) ~ 1, horizon = 100)
report("late entry", Surv(entry, time + 400, event) ~ 1, horizon = 500)
report("low", Surv(time, event) ~ 1, cohort[cohort$x3 == 0, ], 200)
report("high", Surv(time, event) ~ 1, cohort[cohort$x3 == 1, ], 200)
# Within strata, weighted by n1 n2 / (n1 + n2); variances times n / (n - 1), Satterthwaite's df.
common <- cohort[cohort$stratum != "rare", ]
parts <- t(sapply(split(common, common$stratum), function(part) {
  fit <- survfit(Surv(time, event) ~ x3, part)
  table <- summary(fit, rmean = 200)$table
  variance <- table[, "se(rmean)"]^2 * fit$n / (fit$n - 1)
  c(prod(fit$n) / sum(fit$n), diff(table[, "rmean"]), sum(variance), sum(variance^2 / (fit$n - 1)))
}))
weight <- parts[, 1] / sum(parts[, 1])
put("within strata", "difference", sum(weight * parts[, 2]))
put("within strata", "standard_error", sqrt(sum(weight^2 * parts[, 3])))
put("within strata", "degrees_of_freedom",
    sum(weight^2 * parts[, 3])^2 / sum(weight^4 * parts[, 4]))
save_rows("survival")
