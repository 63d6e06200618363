# Albumin and mutational burden over NLR for overall survival; only figures leave the cohort.
suppressMessages(library(survival))
source("../long_table.R")
cohort <- read.csv(file.path(Sys.getenv("MACROIMMUNE_DATA"), "loris", "Chowell_train.csv"))
cohort$days <- cohort$OS_Months * 365.25 / 12
cohort$nlr <- log2(cohort$NLR)
horizon <- 730
smaller <- coxph(Surv(days, OS_Event) ~ nlr, cohort)
for (marker in c("Albumin", "TMB")) {
  larger <- coxph(as.formula(paste("Surv(days, OS_Event) ~ nlr +", marker)), cohort)
  table <- anova(smaller, larger)
  put(marker, "statistic", table$Chisq[2]); put(marker, "p_value", table[["Pr(>|Chi|)"]][2])
  put(marker, "coefficient", coef(larger)[marker])
  put(marker, "standard_error", sqrt(vcov(larger)[marker, marker]))
  put(marker, "n", larger$n)
  for (fit in list(smaller, larger))
    put(marker, "uno", concordance(fit, timewt = "n/G2", ymax = horizon)$concordance)
}
save_rows("survival")
