suppressMessages(library(survival))
source("../long_table.R")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
cohort$id <- seq_len(nrow(cohort))
# The step at day 200: two rows for who is followed past it.
split <- function(formula) {
  rows <- survSplit(formula, cohort, cut = 200, episode = "period")
  rows$before <- rows$x1 * (rows$period == 1)
  rows$after <- rows$x1 * (rows$period == 2)
  rows
}
steps <- list(
  "plain" = split(Surv(time, event) ~ .),
  "late entry" = split(Surv(entry, time, event) ~ .)
)
start <- c("plain" = "tstart", "late entry" = "entry")
for (case in names(steps)) {
  outcome <- sprintf("Surv(%s, time, event) ~ before + after", start[[case]])
  for (extra in c("", " + x2 + x3", " + strata(stratum)")) {
    fit <- coxph(as.formula(paste0(outcome, extra)), steps[[case]], control = tight)
    key <- paste0("step/", case, extra)
    put(key, "log_hazard_ratio", coef(fit)[1:2])
    put(key, "standard_error", sqrt(diag(vcov(fit)))[1:2])
    v <- vcov(fit)[1:2, 1:2]
    change <- coef(fit)[2] - coef(fit)[1]
    error <- sqrt(v[1, 1] + v[2, 2] - 2 * v[1, 2])
    put(key, "change", c(change, error, 2 * pnorm(-abs(change / error))))
  }
}
along <- function(x, t, ...) x * log(t)
formulas <- list(
  "plain" = Surv(time, event) ~ x1 + tt(x1),
  "late entry" = Surv(entry, time, event) ~ x1 + tt(x1),
  "plain + x2 + x3" = Surv(time, event) ~ x1 + tt(x1) + x2 + x3,
  "plain + strata(stratum)" = Surv(time, event) ~ x1 + tt(x1) + strata(stratum)
)
days <- c(30, 200, 500)
for (case in names(formulas)) {
  fit <- coxph(formulas[[case]], cohort, tt = along, control = tight)
  beta <- coef(fit)[c("x1", "tt(x1)")]
  v <- vcov(fit)[c("x1", "tt(x1)"), c("x1", "tt(x1)")]
  at <- cbind(1, log(days))
  key <- paste0("log/", case)
  put(key, "log_hazard_ratio", at %*% beta)
  put(key, "standard_error", sqrt(diag(at %*% v %*% t(at))))
  put(key, "change", c(beta[2], sqrt(v[2, 2]), 2 * pnorm(-abs(beta[2] / sqrt(v[2, 2])))))
}
save_rows(c("survival"))
