suppressMessages(library(metafor))
source("../long_table.R")
# Tight control, so that what is compared is the maximum and not where the search stopped.
tight <- list(threshold = 1e-14, maxiter = 10000)
exact <- list(tol = 1e-13, tau2.max = 1000)
data(dat.bcg, package = "metadat")
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
cases <- list(
  bcg = list(yi = as.numeric(bcg$yi), sei = sqrt(as.numeric(bcg$vi))),
  three = list(yi = c(0.12, 0.55, 0.31), sei = c(0.10, 0.16, 0.22)),
  homogeneous = list(yi = c(0.30, 0.34, 0.25, 0.41, 0.28), sei = c(0.11, 0.17, 0.20, 0.14, 0.25)),
  far = list(yi = c(-1.4, 0.2, 0.9, 2.3), sei = c(0.4, 0.1, 0.3, 0.2)),
  uneven = list(yi = c(0.05, 0.60, -0.45, 1.10, 0.20, 0.33), sei = c(0.02, 0.5, 0.3, 0.9, 0.12, 0.07))
)
for (name in names(cases)) {
  y <- cases[[name]]$yi; s <- cases[[name]]$sei
  put(name, "effects", y); put(name, "standard_errors", s)
  for (test in c("adhoc", "knha")) {
    fit <- suppressWarnings(rma(y, sei = s, method = "REML", test = test, control = tight))
    here <- paste(name, test)
    put(here, "estimate", fit$beta); put(here, "standard_error", fit$se)
    put(here, "ci_low", fit$ci.lb); put(here, "ci_high", fit$ci.ub); put(here, "p_value", fit$pval)
    put(here, "tau_squared", fit$tau2); put(here, "q_statistic", fit$QE)
    put(here, "heterogeneity_p_value", fit$QEp); put(here, "i_squared", fit$I2)
    put(here, "h", sqrt(fit$H2)); put(here, "weights_percent", weights(fit))
    ends <- predict(fit)
    put(here, "prediction_low", ends$pi.lb); put(here, "prediction_high", ends$pi.ub)
    # Higgins and Riley: the same with cohorts - 2 degrees of freedom.
    reach <- qt(0.975, fit$k - 2) * sqrt(fit$se^2 + fit$tau2)
    put(here, "riley_low", fit$beta - reach); put(here, "riley_high", fit$beta + reach)
    band <- suppressWarnings(confint(fit, control = exact)$random["tau^2", ])
    put(here, "tau_squared_low", band["ci.lb"]); put(here, "tau_squared_high", band["ci.ub"])
    if (length(y) > 3) {
      each <- suppressWarnings(leave1out(fit))
      put(here, "estimate_without", each$estimate); put(here, "ci_low_without", each$ci.lb)
      put(here, "ci_high_without", each$ci.ub)
    }
  }
  fixed <- rma(y, sei = s, method = "FE")
  put(name, "fixed_estimate", fixed$beta)
  put(name, "fixed_ci_low", fixed$ci.lb); put(name, "fixed_ci_high", fixed$ci.ub)
}
save_rows("metafor")
