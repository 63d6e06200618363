cohort <- read.csv("../cohort/cohort.csv")
suppressMessages({library(survival); library(pROC)})
source("../long_table.R")
day <- 200
put("day", "horizon", day)
nested <- function(case, smaller, larger, marker, statistic) {
  put(case, "statistic", statistic[1]); put(case, "p_value", statistic[2])
  put(case, "coefficient", coef(larger)[marker])
  put(case, "standard_error", sqrt(vcov(larger)[marker, marker]))
  predictor <- model.matrix(smaller)[, c("x1", "x2")] %*% coef(smaller)[c("x1", "x2")]
  put(case, "correlation", cor(cohort[[marker]], predictor))
}
predictions <- function(case, fits) {
  for (name in c("smaller", "larger")) {
    fit <- fits[[name]]
    put(case, paste(name, "uno"), concordance(fit, timewt = "n/G2", ymax = day)$concordance)
    put(case, paste(name, "harrell"), concordance(fit, ymax = day)$concordance)
    alive <- sapply(seq_len(nrow(cohort)), function(i)
      summary(survfit(fit, newdata = cohort[i, ]), times = day, extend = TRUE)$surv)
    put(case, paste(name, "risk"), 1 - alive)
  }
}
of_cox <- function(case, smaller, larger) {
  table <- anova(smaller, larger)
  nested(case, smaller, larger, "x3", c(table$Chisq[2], table[["Pr(>|Chi|)"]][2]))
  predictions(case, list(smaller = smaller, larger = larger))
}
of_cox("cox", coxph(Surv(time, event) ~ x1 + x2, cohort),
       coxph(Surv(time, event) ~ x1 + x2 + x3, cohort))
of_cox("cox strata", coxph(Surv(time, event) ~ x1 + x2 + strata(group), cohort),
       coxph(Surv(time, event) ~ x1 + x2 + x3 + strata(group), cohort))
smaller <- glm(response ~ x1 + x2, binomial, cohort)
larger <- glm(response ~ x1 + x2 + score, binomial, cohort)
table <- anova(smaller, larger, test = "LRT")
nested("logistic", smaller, larger, "score", c(table$Deviance[2], table[["Pr(>Chi)"]][2]))
for (fit in list(smaller, larger)) {
  put("logistic", "area", auc(roc(cohort$response, fitted(fit), direction = "<", quiet = TRUE)))
  put("logistic", "risk", fitted(fit))
}
smaller <- clogit(response ~ x1 + x2 + strata(group), cohort, method = "exact")
larger <- clogit(response ~ x1 + x2 + score + strata(group), cohort, method = "exact")
statistic <- 2 * (logLik(larger) - logLik(smaller))
nested("conditional", smaller, larger, "score",
       c(statistic, pchisq(statistic, 1, lower.tail = FALSE)))
save_rows(c("survival", "pROC"))
