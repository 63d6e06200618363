suppressMessages(library(survival))
source("../long_table.R")
cohort$small <- (seq_len(nrow(cohort)) - 1L) %/% 4L
cohort$large <- (seq_len(nrow(cohort)) - 1L) %% 3L
report <- function(case, formula) {
  # logLik of coxph: at zero, then at the estimate.
  fit <- clogit(formula, cohort, method = "exact", eps = 1e-12, toler.chol = 1e-13, iter.max = 50)
  s <- summary(fit)$coefficients
  put(case, "coefficients", coef(fit)); put(case, "covariance", vcov(fit))
  put(case, "standard_errors", sqrt(diag(vcov(fit)))); put(case, "p_values", s[, "Pr(>|z|)"])
  put(case, "log_likelihood", fit$loglik[2]); put(case, "null_log_likelihood", fit$loglik[1])
}
report("one small", response ~ x1 + strata(small))
report("one large", response ~ x1 + strata(large))
report("two small", response ~ x1 + x2 + strata(small))
report("two large", response ~ x1 + x2 + strata(large))
# The area within strata: pROC in each, weighted by its number of pairs.
suppressMessages(library(pROC))
parts <- do.call(rbind, lapply(split(cohort, cohort$large), function(d) {
  r <- roc(d$response, d$x1, levels = c(0, 1), direction = "<", quiet = TRUE)
  c(area = as.numeric(auc(r)), variance = var(r, method = "delong"),
    pairs = sum(d$response == 1) * sum(d$response == 0))
}))
w <- parts[, "pairs"] / sum(parts[, "pairs"])
put("area", "estimate", sum(w * parts[, "area"]))
put("area", "standard_error", sqrt(sum(w^2 * parts[, "variance"])))
save_rows(c("survival", "pROC"))
