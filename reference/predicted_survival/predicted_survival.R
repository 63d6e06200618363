suppressMessages(library(survival))
source("../long_table.R")
cohort <- read.csv("../cohort/cohort.csv")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
new <- data.frame(x1 = c(-1.5, 0, 0.2, 2.5), x2 = c(0.1, 1, 3, 0.5), x3 = c(0, 1, 1, 0),
                  stratum = c("kidney", "lung", "melanoma", "lung"))
put("new", "x1", new$x1); put("new", "x2", new$x2); put("new", "x3", new$x3)
horizons <- c(5, 60, 180, 365)
put("new", "horizons", horizons)
# One row per new participant, its horizons side by side.
report <- function(case, formula, ...) {
  fit <- eval(substitute(coxph(formula, data = cohort, control = tight, ...)))
  curves <- lapply(seq_len(nrow(new)), function(i)
    summary(survfit(fit, newdata = new[i, ], conf.type = "log-log"), times = horizons))
  for (name in c("surv", "lower", "upper"))
    put(case, name, unlist(lapply(curves, function(s) s[[name]])))
}
report("ties", Surv(time, event) ~ x1 + x2 + x3)
report("no ties", Surv(fine_time, event) ~ x1 + x2 + x3)
report("breslow", Surv(time, event) ~ x1 + x2 + x3, ties = "breslow")
report("strata", Surv(time, event) ~ x1 + x2 + x3 + strata(stratum))
report("late entry", Surv(entry, time, event) ~ x1 + x2 + x3)
report("late entry strata", Surv(entry, time, event) ~ x1 + x2 + x3 + strata(stratum))
# Twelve participants with heavy ties, where Breslow's hazard is plainly another.
small <- data.frame(time = rep(1:3, 4), event = c(1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 0),
                    x = c(3, 1, 0, 2, 2, 1, 2, 0, 0, 1, 3, 1))
fit <- coxph(Surv(time, event) ~ x, small, control = tight)
hazard <- basehaz(fit, centered = TRUE)
put("small", "baseline_time", hazard$time); put("small", "baseline_hazard", hazard$hazard)
put("small", "right", summary(survfit(fit, data.frame(x = 2)), times = 2)$surv)
# The fault: Breslow's hazard put under coefficients of Efron's likelihood.
put("small", "breslow_after_efron", summary(survfit(fit, data.frame(x = 2), ctype = 1), times = 2)$surv)
save_rows("survival")
