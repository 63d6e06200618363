source("../long_table.R"); cohort <- read.csv("../cohort/cohort.csv")
report <- function(case, found) {
  put(case, "odds_ratio", found$estimate); put(case, "ci", found$conf.int)
  put(case, "p_value", found$p.value)
}
for (cut in c(-0.5, 0.6, 1.6)) {
  report(paste0("x1 ", cut), fisher.test(cohort$response, cohort$x1 > cut))
  report(paste0("x1 stratified ", cut), mantelhaen.test(
    table(cohort$response, cohort$x1 > cut, cohort$stratum), exact = TRUE))
}
# No responder outside the group.
report("separated", fisher.test(matrix(c(8, 0, 3, 9), 2)))
report("level 0.9", fisher.test(matrix(c(8, 2, 3, 9), 2), conf.level = 0.9))
save_rows("stats")
