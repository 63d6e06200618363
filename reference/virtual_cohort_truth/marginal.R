# Univariable Cox (Efron) and logistic models on the patients that generate.py wrote: of all arms,
# each with a baseline of its own; of each arm; and of each arm against the first.
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]; target <- arguments[2]; digits <- as.integer(arguments[3])
column <- function(name) {
  path <- file.path(folder, paste0(name, ".f8"))
  readBin(path, "double", n = file.size(path) / 8, endian = "little")
}
features <- read.csv(file.path(folder, "features.csv"))
arms <- readLines(file.path(folder, "arms.txt"))
arm <- column("arm")
outcomes <- list(
  os = Surv(column("os_time"), column("os_event")),
  pfs = Surv(column("pfs_time"), column("pfs_event")),
  response = column("response"))
# coxph.fit and glm.fit are what coxph and glm call; the rest of these (concordance, residuals) takes
# twenty times as long.
fit <- function(endpoint, x, rows, stratum) {
  if (endpoint == "response") {
    design <- cbind(intercept = 1, x = x)
    if (!is.null(stratum)) design <- cbind(design, outer(stratum, unique(stratum)[-1], "==") * 1)
    model <- glm.fit(design, outcomes[[endpoint]][rows], family = binomial(),
                     control = glm.control(epsilon = 1e-11))
    # The information at the estimate; what glm.fit keeps is of the step before it.
    p <- plogis(drop(design %*% model$coefficients))
    information <- crossprod(design, design * (p * (1 - p)))
    return(c(model$coefficients[["x"]], sqrt(solve(information)[2, 2])))
  }
  model <- coxph.fit(cbind(x = x), outcomes[[endpoint]][rows, ], stratum, NULL, NULL,
                     coxph.control(), NULL, "efron", NULL, resid = FALSE)
  c(model$coefficients[["x"]], sqrt(model$var[1, 1]))
}
everybody <- rep(TRUE, length(arm))
rows <- list()
add <- function(feature, endpoint, name, found, unit) {
  rows[[length(rows) + 1]] <<- data.frame(
    feature = feature, endpoint = endpoint, arm = name, log_ratio = signif(found[1], digits),
    standard_error = signif(found[2], digits), unit = format(unit, digits = 17))
}
for (endpoint in names(outcomes)) {
  for (i in seq_len(nrow(features))) {
    x <- column(features$feature[i]) / features$unit[i]
    stratum <- if (length(arms) > 1) arm else NULL
    add(features$feature[i], endpoint, "", fit(endpoint, x, everybody, stratum), features$unit[i])
    if (length(arms) > 1) for (k in seq_along(arms)) {
      chosen <- arm == k - 1
      found <- fit(endpoint, x[chosen], chosen, NULL)
      add(features$feature[i], endpoint, arms[k], found, features$unit[i])
    }
    rm(x); invisible(gc())
  }
  for (k in seq_along(arms)[-1]) {
    chosen <- arm == 0 | arm == k - 1
    found <- fit(endpoint, as.numeric(arm[chosen] == k - 1), chosen, NULL)
    add("treatment", endpoint, arms[k], found, 1)
  }
}
writeLines(readLines(file.path(folder, "key.txt")), target)
suppressWarnings(write.table(
  do.call(rbind, rows), target, sep = ",", append = TRUE, row.names = FALSE, quote = FALSE))
cat(R.version.string, "\nsurvival", as.character(packageVersion("survival")), "\n")
