cohort <- read.csv("../cohort/cohort.csv")
suppressMessages({library(survival); library(mice)})
source("../long_table.R")
# A covariate is missing more often in those who did not die, and more often when x2 is high.
set.seed(20240601)
data <- cohort[, c("x1", "x2", "x3", "fine_time", "event")]
gone <- runif(nrow(data)) < plogis(-1 - 0.8 * data$event + 0.5 * data$x2)
also <- runif(nrow(data)) < 0.2
data$x1[gone] <- NA
data$x3[also] <- NA
data$event <- cohort$event
data$hazard <- nelsonaalen(data, fine_time, event)
put("hazard", "nelson_aalen", data$hazard)
tied <- cohort; put("hazard", "tied", nelsonaalen(tied, time, event))
for (name in c("x1", "x2", "x3")) put("data", name, data[[name]])

# Imputation: predictive mean matching and logistic draws, 400 times, so that the mean is sharp.
data$x3 <- factor(data$x3)
method <- c(x1 = "pmm", x2 = "", x3 = "logreg", fine_time = "", event = "", hazard = "")
seen <- make.predictorMatrix(data); seen[, "fine_time"] <- 0
imputed <- mice(data, m = 400, method = method, predictorMatrix = seen, maxit = 10, seed = 7, printFlag = FALSE)
fit <- with(imputed, coxph(Surv(fine_time, event) ~ x1 + x2 + as.numeric(x3 == 1)))
q <- sapply(fit$analyses, coef); u <- sapply(fit$analyses, function(f) diag(vcov(f)))
put("imputed", "estimates", rowMeans(q)); put("imputed", "between", apply(q, 1, var))
put("imputed", "within", rowMeans(u))
means <- sapply(seq_len(400), function(i) { d <- complete(imputed, i); c(mean(d$x1), sd(d$x1), mean(d$x3 == 1)) })
put("imputed", "means", rowMeans(means)); put("imputed", "means_between", apply(means, 1, var))

# Rubin's rules: the first twenty fits, pooled by both functions of the package.
put("pool", "estimates", q[1, 1:20]); put("pool", "variances", u[1, 1:20])
scalar <- function(case, n, k) {
  p <- pool.scalar(q[1, 1:20], u[1, 1:20], n = n, k = k)
  for (name in c("qbar", "ubar", "b", "t", "df", "r", "fmi")) put(case, name, p[[name]])
}
scalar("endless", Inf, 1); scalar("small", 40, 3)
twenty <- fit; twenty$analyses <- fit$analyses[1:20]
pooled <- summary(pool(twenty), conf.int = TRUE)
events <- sum(data$event); put("pool", "complete_df", events - 3)
for (name in c("estimate", "std.error", "df", "p.value", "2.5 %", "97.5 %"))
  put("coxph", gsub("[ %]", "", name), pooled[1, name])
save_rows(c("survival", "mice"))
