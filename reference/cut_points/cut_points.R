cohort <- read.csv("../cohort/cohort.csv")
suppressMessages({library(survival); library(maxstat)})
source("../long_table.R"); set.seed(1)
cohort$coarse <- round(cohort$x1 * 2) / 2
report <- function(case, formula) {
  one <- maxstat.test(formula, cohort, smethod = "LogRank", pmethod = "Lau92")
  put(case, "statistic", one$statistic); put(case, "cut", one$estimate)
  put(case, "p_lausen_schumacher", one$p.value)
  put(case, "p_permutation", maxstat.test(formula, cohort, smethod = "LogRank",
                                          pmethod = "condMC", B = 100000)$p.value)
}
report("x1", Surv(fine_time, event) ~ x1)
report("x2", Surv(fine_time, event) ~ x2)
report("coarse", Surv(fine_time, event) ~ coarse)
binary <- maxstat.test(response ~ x1, cohort, smethod = "Data", pmethod = "condMC", B = 100000)
put("binary", "statistic", binary$statistic); put("binary", "cut", binary$estimate)
put("binary", "p_permutation", binary$p.value)

# Within strata: scores are the martingale residuals of a model of the strata alone.
scores <- residuals(coxph(Surv(time, event) ~ strata(stratum), cohort, ties = "breslow"))
order_of <- order(cohort$x2); n <- nrow(cohort)
possible <- which(diff(sort(cohort$x2)) > 0)
possible <- possible[possible >= max(1, floor(0.1 * n)) & possible <= floor(0.9 * n)]
along <- cohort$stratum[order_of]
variance <- rowSums(sapply(unique(along), function(s) {
  m <- sum(along == s); below <- cumsum(along == s)
  below * (m - below) / (m * (m - 1)) * sum((scores[cohort$stratum == s])^2)
}))
largest <- function(v) max(abs(cumsum(v)[possible]) / sqrt(variance[possible]))
found <- abs(cumsum(scores[order_of])[possible]) / sqrt(variance[possible])
put("stratified", "statistic", max(found))
put("stratified", "cut", sort(cohort$x2)[possible[which.max(found)]])
sorted <- scores[order_of]
null <- replicate(20000, {
  shuffled <- sorted
  for (s in unique(along)) { i <- which(along == s); shuffled[i] <- sorted[i][sample.int(length(i))] }
  largest(shuffled)
})
put("stratified", "p_permutation", mean(null >= max(found) * (1 - 1e-12)))
put("stratified", "mean_square", mean(null^2))
put("formula", "p", sapply(c(0.5, 1.5, 2, 2.5, 3, 4), maxstat:::pLausen92))
save_rows(c("survival", "maxstat"))
