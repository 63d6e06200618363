# Univariable Cox (Efron) and logistic models on the patients that generate.py wrote.
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]; target <- arguments[2]
features <- read.csv(file.path(folder, "features.csv"))
column <- function(name) {
  path <- file.path(folder, paste0(name, ".f8"))
  readBin(path, "double", n = file.size(path) / 8, endian = "little")
}
os <- Surv(column("os_time"), column("os_event"))
pfs <- Surv(column("pfs_time"), column("pfs_event"))
response <- column("response")
rows <- list()
for (i in seq_len(nrow(features))) {
  x <- column(features$feature[i])
  for (endpoint in c("os", "pfs", "response")) {
    if (endpoint == "response") {
      fit <- glm(response ~ x, family = binomial)
      effect <- "odds_ratio"; conditional <- features$odds_ratio[i]
      beta <- coef(fit)[["x"]]; error <- sqrt(vcov(fit)["x", "x"])
    } else {
      fit <- coxph((if (endpoint == "os") os else pfs) ~ x, ties = "efron")
      effect <- "hazard_ratio"; conditional <- features$hazard_ratio[i]
      beta <- coef(fit)[["x"]]; error <- sqrt(vcov(fit)[1, 1])
    }
    rows[[length(rows) + 1]] <- data.frame(
      feature = features$feature[i], endpoint = endpoint, scale = features$scale[i],
      effect = effect, conditional = signif(conditional, 8), marginal = signif(exp(beta), 8),
      is_null = tolower(as.character(conditional == 1)),
      log_marginal_standard_error = signif(error, 6))
  }
  rm(x); invisible(gc())
}
write.csv(do.call(rbind, rows), target, row.names = FALSE, quote = FALSE)
cat(R.version.string, "\nsurvival", as.character(packageVersion("survival")), "\n")
