cohort <- read.csv("../cohort/cohort.csv")
suppressMessages({library(survival); library(cmprsk)})
source("../long_table.R")
# Every third event is of the other cause, more often where x3 = 1.
cohort$cause <- ifelse(cohort$event == 1, ifelse((cohort$x3 == 1 & seq_len(nrow(cohort)) %% 2 == 0) | seq_len(nrow(cohort)) %% 5 == 0, 2, 1), 0)
cohort$id <- seq_len(nrow(cohort))
cohort$state <- factor(cohort$cause, 0:2, c("censored", "one", "two"))
put("cohort", "cause", cohort$cause)
x <- as.matrix(cohort[, c("x1", "x2", "x3")])

# Route 1: crr, with the variance of Fine and Gray that counts the error of the censoring curve.
crr_case <- function(case, time, design, code) {
  fit <- crr(cohort[[time]], cohort$cause, design, failcode = code, cencode = 0)
  put(case, "coefficients", fit$coef)
  put(case, "covariance", as.vector(fit$var))
  put(case, "log_likelihood", fit$loglik)
  put(case, "null_log_likelihood", fit$loglik.null)
}
for (time in c("time", "fine_time")) for (code in 1:2) {
  crr_case(paste("crr", time, code), time, x, code)
  crr_case(paste("crr", time, code, "x1"), time, x[, 1, drop = FALSE], code)
}

# Route 2: finegray + coxph, Efron's ties, clustered by person; the weights are taken as known.
finegray_case <- function(case, time, model, code) {
  cohort$t <- cohort[[time]]
  weighted <- finegray(model$weights, data = cohort, etype = c("one", "two")[code])
  fit <- coxph(model$hazard, data = weighted, weights = fgwt, cluster = id, ties = "efron")
  put(case, "coefficients", coef(fit))
  put(case, "robust_covariance", as.vector(fit$var))
  put(case, "model_covariance", as.vector(fit$naive.var))
  put(case, "log_likelihood", fit$loglik[2])
}
plain <- list(weights = Surv(t, state) ~ x1 + x2 + x3 + id,
  hazard = Surv(fgstart, fgstop, fgstatus) ~ x1 + x2 + x3)
# The rare stratum would leave single persons; three strata are enough.
cohort$group3 <- ifelse(cohort$stratum == "rare", "kidney", cohort$stratum)
stratified <- list(weights = Surv(t, state) ~ x1 + x2 + x3 + id + group3 + strata(group3),
  hazard = Surv(fgstart, fgstop, fgstatus) ~ x1 + x2 + x3 + strata(group3))
for (time in c("time", "fine_time")) for (code in 1:2) {
  finegray_case(paste("finegray", time, code), time, plain, code)
  finegray_case(paste("finegray", time, code, "strata"), time, stratified, code)
}
save_rows(c("survival", "cmprsk"))
