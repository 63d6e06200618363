# The hazard ratio that a univariable Cox model is after is the marginal one: it leaves out the
# other markers that act on the hazard, and so lies nearer to one than the conditional ratio that
# generated the patients. Here it is measured on a million of them.
suppressMessages(library(survival))
set.seed(20240118)
n <- 1e6
hazard_per_day <- 1 / 400
first_censoring <- 200
last_censoring <- 1200
markers <- paste0("marker", 1:20)
conditional <- setNames(rep(0, 20), markers)
conditional[1:5] <- log(c(1.65, 1 / 1.5, 1.4, 1 / 1.3, 1.25))
acting <- which(conditional != 0)

x <- matrix(rnorm(n * length(acting)), n)
death <- rexp(n, hazard_per_day * exp(drop(x %*% conditional[acting])))
censoring <- runif(n, first_censoring, last_censoring)
outcome <- Surv(pmin(death, censoring), death <= censoring)
# Markers that act on nothing are independent of everything: their marginal ratio is one too.
marginal <- conditional
error <- rep(0, 20)
for (i in seq_along(acting)) {
  fit <- coxph(outcome ~ x[, i])
  marginal[acting[i]] <- coef(fit)
  error[acting[i]] <- sqrt(vcov(fit))
}
digits <- function(values) formatC(values, digits = 10, format = "g")
write.csv(data.frame(
  marker = markers, conditional_log_hazard_ratio = trimws(digits(conditional)),
  marginal_log_hazard_ratio = trimws(digits(marginal)), standard_error = trimws(digits(error))
), "truth.csv", row.names = FALSE, quote = FALSE)
write.csv(data.frame(
  hazard_per_day = hazard_per_day, first_censoring = first_censoring,
  last_censoring = last_censoring, patients = n, events = sum(outcome[, 2])
), "design.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("survival", packageVersion("survival"))), "versions.txt")
