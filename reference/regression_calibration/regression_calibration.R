suppressMessages({ library(metafor); library(survival) })
source("../long_table.R")
tight <- list(threshold = 1e-13, maxiter = 10000, tol = 1e-13)
# A marker with an error variance of its own for each person, a covariate, and two outcomes.
set.seed(20260)
n <- 60
z <- round(rnorm(n), 3)
true <- 0.5 * z + rnorm(n, sd = 0.8)
errors <- round(runif(n, 0.05, 0.8), 3)
measured <- round(true + rnorm(n, sd = sqrt(errors)), 3)
time <- round(rexp(n, exp(0.6 * true)), 3) + 0.001
end <- round(runif(n, 0.3, 2.5), 3)
event <- as.integer(time <= end)
time <- pmin(time, end)
response <- as.integer(runif(n) < plogis(-0.5 + 0.7 * true))
put("data", "measured", measured); put("data", "error_variances", errors); put("data", "beside", z)
put("data", "time", time); put("data", "event", event); put("data", "response", response)
for (name in c("plain", "beside")) {
  fit <- if (name == "plain") rma(measured, errors, method = "PM", control = tight)
         else rma(measured, errors, mods = ~ z, method = "PM", control = tight)
  expected <- blup(fit)$pred
  put(name, "variance", fit$tau2); put(name, "expected", expected)
  put(name, "reliability", fit$tau2 / (fit$tau2 + mean(errors)))
  if (name == "plain") {
    hazard <- coxph(Surv(time, event) ~ expected)
    odds <- glm(response ~ expected, family = binomial)
  } else {
    hazard <- coxph(Surv(time, event) ~ expected + z)
    odds <- glm(response ~ expected + z, family = binomial)
  }
  put(name, "log_hazard_ratio", coef(hazard)["expected"])
  put(name, "log_odds_ratio", coef(odds)["expected"])
  # The model's error and, for the scale, the normal-theory error of the variance between people.
  put(name, "model_error", sqrt(vcov(hazard)["expected", "expected"]))
  put(name, "variance_error_normal", fit$se.tau2)
}
save_rows(c("metafor", "survival"))
