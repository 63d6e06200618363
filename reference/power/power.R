# Power by simulation with coxph and glm, and of an interaction with Hmisc's ciapower (Peterson and
# George). Every case is drawn here anew, from the description alone.
suppressMessages({ library(survival); library(Hmisc) })
source("../long_table.R")
set.seed(20261126)
cohorts <- 1500

# Median 12 months at an average marker; 24 months of enrolment, 12 of follow-up, 0.1 lost a year.
observed <- function(log_hazard) {
  n <- length(log_hazard)
  event <- rexp(n, log(2) / 12 * exp(log_hazard))
  end <- pmin(12 + 24 * runif(n), rexp(n, 0.1 / 12))
  Surv(pmin(event, end), event <= end)
}
rejects <- function(fit, which = 1) {
  z <- coef(fit)[which] / sqrt(diag(vcov(fit)))[which]
  !is.na(z) && abs(z) > qnorm(0.975)
}
share <- function(one) mean(replicate(cohorts, one()))

put("cox", "power", share(function() {
  x <- rnorm(120); y <- observed(log(1.4) * x); rejects(coxph(y ~ x))
}))
put("cox_reliability", "power", share(function() {
  x <- rnorm(150); w <- x + sqrt(1 / 0.6 - 1) * rnorm(150); y <- observed(log(1.5) * x)
  rejects(coxph(y ~ w))
}))
put("cox_undetected", "power", share(function() {
  x <- rnorm(150); w <- pmax(x, qnorm(0.4)); y <- observed(log(1.4) * x); rejects(coxph(y ~ w))
}))
put("cox_adjusted", "power", share(function() {
  a <- rnorm(200); x <- sqrt(0.3) * a + sqrt(0.7) * rnorm(200)
  w <- x + sqrt(1 / 0.7 - 1) * rnorm(200); y <- observed(log(1.5) * x)
  rejects(coxph(y ~ w + a))
}))
put("cox_predictive", "power", share(function() {
  x <- rnorm(300); arm <- rep(0:1, each = 150)
  y <- observed(arm * (log(0.7) + log(1.6) * x)); rejects(coxph(y ~ x * arm), 3)
}))
put("logistic", "power", share(function() {
  x <- rnorm(200); y <- runif(200) < plogis(qlogis(0.3) + log(1.5) * x)
  rejects(glm(y ~ x, family = binomial), 2)
}))
put("logistic_predictive", "power", share(function() {
  x <- rnorm(300); arm <- rep(0:1, each = 150)
  y <- runif(300) < plogis(qlogis(0.3) + arm * (log(2) + log(1.9) * x))
  rejects(glm(y ~ x * arm, family = binomial), 4)
}))
put("null", "power", share(function() {
  x <- rnorm(120); y <- observed(0 * x); rejects(coxph(y ~ x))
}))
# Two strata of 200 and 300 patients, half of each treated; 30 and 40 % of controls die in 2 years;
# treatment lowers that by 10 and 45 %; 1.5 years of accrual, at least 1 year of follow-up.
put("ciapower", "power", ciapower(2, 200, 300, 0.3, 0.4, 10, 45, 1.5, 1, pr = FALSE))
put("cohorts", "number", cohorts)
save_rows(c("survival", "Hmisc"))
