cohort <- read.csv("../cohort/cohort.csv")
suppressMessages(library(survival))
source("../long_table.R")
cohort$cause <- ifelse(cohort$event == 1, ifelse(cohort$x3 == 1 & seq_len(nrow(cohort)) %% 2 == 0, 2, 1), 0)
put("cohort", "cause", cohort$cause)
days <- c(60, 120, 200); put("cohort", "days", days)
for (time in c("time", "fine_time")) {
  fit <- survfit(Surv(cohort[[time]], factor(cohort$cause)) ~ 1, conf.type = "log-log")
  at <- summary(fit, times = days)
  for (cause in 1:2) {
    case <- paste(time, cause)
    put(case, "incidence", at$pstate[, cause + 1])
    put(case, "standard_error", at$std.err[, cause + 1])
  }
}
save_rows("survival")
