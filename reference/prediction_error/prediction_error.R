suppressMessages({library(survival); library(riskRegression)})
source("../long_table.R")
cohort <- read.csv("../cohort/cohort.csv")
# A fixed rule, so that no fit stands between the two programs; risks rise with the horizon.
predictor <- 0.9 * cohort$x1 + 0.3 * cohort$x3
risks <- function(horizons) sapply(horizons, function(h) 1 - exp(-h / 400 * exp(predictor)))
report <- function(case, formula, horizons) {
  model <- list(rule = risks(horizons))
  s <- Score(model, formula = formula, data = cohort, times = horizons, metrics = c("auc", "brier"),
             summary = c("ibs", "ipa"), cens.model = "km", null.model = TRUE, plots = "ROC")
  brier <- as.data.frame(s$Brier$score); null <- brier[brier$model == "Null model", ]
  brier <- brier[brier$model == "rule", ]
  area <- as.data.frame(s$AUC$score)
  put(case, "brier", brier$Brier); put(case, "brier_se", brier$se); put(case, "null", null$Brier)
  put(case, "ipa", brier$IPA); put(case, "ibs", brier$IBS); put(case, "null_ibs", null$IBS)
  put(case, "auc", area$AUC); put(case, "auc_se", area$se)
  trapezoid <- function(y) sum(diff(horizons) * (head(y, -1) + tail(y, -1)) / 2) / diff(range(horizons))
  put(case, "mean_brier", trapezoid(brier$Brier)); put(case, "mean_null", trapezoid(null$Brier))
  roc <- as.data.frame(s$ROC$plotframe)
  roc <- roc[roc$times == horizons[2], ]
  put(case, "roc_risk", roc$risk); put(case, "roc_tpr", roc$TPR); put(case, "roc_fpr", roc$FPR)
}
report("ties", Surv(time, event) ~ 1, c(90, 180, 270, 365))
report("no ties", Surv(fine_time, event) ~ 1, c(90, 180, 270, 365))
report("grid", Surv(time, event) ~ 1, seq(5, 500, 5))
# Times in whole quarters: many events and censorings on one day, where G(t) for G(t-) shows.
cohort$quarter <- ceiling(cohort$time / 90) * 90
report("quarters", Surv(quarter, event) ~ 1, c(90, 180, 270, 360))
risk <- plogis(0.3 + 1.4 * cohort$x1 - 0.9 * cohort$x3)
s <- Score(list(rule = risk), formula = response ~ 1, data = cohort, metrics = c("auc", "brier"),
           summary = "ipa", null.model = TRUE)
brier <- as.data.frame(s$Brier$score)
put("binary", "null", brier$Brier[1]); put("binary", "brier", brier$Brier[2])
put("binary", "brier_se", brier$se[2]); put("binary", "ipa", brier$IPA[2])
put("binary", "auc", s$AUC$score$AUC)
save_rows(c("survival", "riskRegression"))
