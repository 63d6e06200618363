cohort <- read.csv("../cohort/cohort.csv")
suppressMessages(library(cmprsk))
source("../long_table.R")
cohort$cause <- ifelse(cohort$event == 1, ifelse((cohort$x3 == 1 & seq_len(nrow(cohort)) %% 2 == 0) | seq_len(nrow(cohort)) %% 5 == 0, 2, 1), 0)
put("cohort", "cause", cohort$cause)
tests <- function(case, time, group, ...) {
  found <- cuminc(cohort[[time]], cohort$cause, cohort[[group]], cencode = 0, ...)$Tests
  for (code in 1:2) {
    put(paste(case, code), "statistic", found[code, "stat"])
    put(paste(case, code), "p_value", found[code, "pv"])
    put(paste(case, code), "degrees_of_freedom", found[code, "df"])
  }
}
for (time in c("time", "fine_time")) {
  for (group in c("x3", "group", "stratum")) tests(paste(time, group), time, group)
  tests(paste(time, "x3 strata"), time, "x3", strata = cohort$stratum)
  tests(paste(time, "group strata"), time, "group", strata = cohort$stratum)
}
save_rows("cmprsk")
