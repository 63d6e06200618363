cohort <- read.csv("../cohort/cohort.csv")
suppressMessages(library(survival))
source("../long_table.R")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
cohort$x1[seq(1, nrow(cohort), by = 7)] <- NA
report <- function(case, formula) {
  fit <- coxph(formula, cohort, control = tight)
  put(case, "coefficients", coef(fit)); put(case, "standard_errors", sqrt(vcov(fit)))
  put(case, "score_statistics", fit$score); put(case, "ratio", 2 * diff(fit$loglik))
  put(case, "n", c(fit$n, fit$nevent))
}
for (name in c("x1", "x2", "x3")) {
  report(name, as.formula(paste("Surv(time, event) ~", name)))
  report(paste(name, "strata"), as.formula(paste("Surv(time, event) ~", name, "+ strata(stratum)")))
}
# Everyone's time is moved by 400 days so that it lies above the entry.
for (name in c("x1", "x2", "x3")) {
  late <- paste("Surv(entry, time + 400, event) ~", name)
  report(paste(name, "late entry"), as.formula(late))
  report(paste(name, "late strata"), as.formula(paste(late, "+ strata(stratum)")))
}
# Log-rank tests of values above a cut, and of whole-number groups; x1 has missing values.
compare <- function(case, formula) {
  fit <- survdiff(formula, cohort)
  put(case, "statistic", fit$chisq)
  put(case, "observed", if (is.matrix(fit$obs)) rowSums(fit$obs) else fit$obs)
  put(case, "expected", if (is.matrix(fit$exp)) rowSums(fit$exp) else fit$exp)
}
groups <- data.frame(
  "x1 > 0.3" = as.integer(cohort$x1 > 0.3), "x2 > 0.7" = as.integer(cohort$x2 > 0.7),
  "x3 > 0" = as.integer(cohort$x3 > 0), "few" = round(cohort$x2), check.names = FALSE
)
for (name in names(groups)) {
  cohort$g <- groups[[name]]
  compare(paste("groups", name), Surv(time, event) ~ g)
  compare(paste("strata", name), Surv(time, event) ~ g + strata(stratum))
}
# Logistic models; the score test is Rao's.
for (name in c("x1", "x2", "x3")) {
  kept <- cohort[!is.na(cohort[[name]]), ]
  fit <- glm(reformulate(name, "response"), binomial, kept,
    control = glm.control(epsilon = 1e-14, maxit = 100)
  )
  case <- paste(name, "logistic"); s <- summary(fit)$coefficients
  put(case, "coefficients", s[2, 1]); put(case, "standard_errors", s[2, 2])
  put(case, "intercepts", s[1, 1]); put(case, "intercept_standard_errors", s[1, 2])
  put(case, "wald_p_values", s[2, 4]); put(case, "score_statistics", anova(fit, test = "Rao")$Rao[2])
  put(case, "likelihood_ratio_statistics", fit$null.deviance - fit$deviance)
  put(case, "n", c(nrow(kept), sum(kept$response)))
}
save_rows("survival")
