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
save_rows("survival")
