# A generated cohort that exercises ties, censoring, late entry, strata, clusters and skewness.
set.seed(20240117)
n <- 240
cohort <- data.frame(
  x1 = round(rnorm(n), 3),
  x2 = round(rexp(n), 3),
  x3 = rbinom(n, 1, 0.4),
  stratum = sample(c("lung", "melanoma", "kidney", "rare"), n, TRUE, c(0.5, 0.3, 0.18, 0.02)),
  group = sample(c("A", "B", "C"), n, TRUE, c(0.5, 0.3, 0.2)),
  cluster = sample(1:70, n, TRUE)
)
hazard <- with(cohort, exp(0.5 * x1 - 0.3 * x2 + 0.6 * x3) / c(kidney = 300, lung = 200, melanoma = 400, rare = 100)[stratum])
death <- rweibull(n, 1.2, 1 / hazard)
censor <- runif(n, 50, 900)
# Times in whole tens of days make heavy ties, among events and between events and censorings.
cohort$time <- ceiling(pmin(death, censor) / 10) * 10
cohort$event <- as.integer(death <= censor)
entry <- floor(runif(n, 0, 300) / 10) * 10
cohort$entry <- ifelse(entry < cohort$time & runif(n) < 0.6, entry, 0)
cohort$fine_time <- round(pmin(death, censor), 4) + (1:n) * 1e-6
cohort$response <- rbinom(n, 1, plogis(-0.6 + 0.8 * cohort$x1 - 0.5 * cohort$x3))
cohort$score <- round(cohort$x1 + rnorm(n), 1)
write.csv(cohort, "cohort.csv", row.names = FALSE, quote = FALSE)
writeLines(R.version.string, "versions.txt")
