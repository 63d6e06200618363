cohort <- read.csv("../cohort/cohort.csv")
suppressMessages({library(survival); library(maxstat)})
source("../long_table.R"); set.seed(1)
cohort$coarse <- round(cohort$x1 * 2) / 2
report <- function(case, formula) {
  one <- maxstat.test(formula, cohort, smethod = "LogRank", pmethod = "Lau92")
  put(case, "statistic", one$statistic); put(case, "cut", one$estimate)
  put(case, "p_lausen_schumacher", one$p.value)
  put(case, "p_permutation", maxstat.test(formula, cohort, smethod = "LogRank",
                                          pmethod = "condMC", B = 100000)$p.value)
}
report("x1", Surv(fine_time, event) ~ x1)
report("x2", Surv(fine_time, event) ~ x2)
report("coarse", Surv(fine_time, event) ~ coarse)
put("formula", "p", sapply(c(0.5, 1.5, 2, 2.5, 3, 4), maxstat:::pLausen92))
save_rows(c("survival", "maxstat"))
