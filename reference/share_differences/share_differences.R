# Shares within and between donors: logits and their variances by hand, the models by metafor.
source("../long_table.R")
suppressMessages(library(metafor))
set.seed(4)
donors <- 9
cells <- data.frame(first_total = round(exp(rnorm(donors, 8, 0.7))),
                    second_total = round(exp(rnorm(donors, 7.5, 0.7))))
level <- rnorm(donors, -3.5, 0.8)
cells$first <- rbinom(donors, cells$first_total, plogis(level))
cells$second <- rbinom(donors, cells$second_total, plogis(level + 0.5 + rnorm(donors, 0, 0.3)))
cells$first_alike <- rbinom(donors, cells$first_total, plogis(-4))
cells$second_alike <- rbinom(donors, cells$second_total, plogis(-4))
write.csv(cells, "cells.csv", row.names = FALSE, quote = FALSE)
logit <- function(y, n, added) log((y + added) / (n - y + added))
report <- function(case, model) {
  put(case, "log_odds_ratio", tail(model$beta[, 1], 1))
  put(case, "standard_error", tail(model$se, 1))
  put(case, "p_value", tail(model$pval, 1))
  put(case, "interval", exp(c(tail(model$ci.lb, 1), tail(model$ci.ub, 1))))
  put(case, "variance_between", model$tau2)
}
exact <- list(tol = 1e-14, maxiter = 1e4)
paired <- function(case, y1, y2) {
  n1 <- cells$first_total; n2 <- cells$second_total
  p <- sum(y1 + y2) / sum(n1 + n2)
  d <- logit(y2, n2, n2 / (n1 + n2)) - logit(y1, n1, n1 / (n1 + n2))
  report(case, rma(d, (1 / n1 + 1 / n2) / (p * (1 - p)), method = "PM", test = "knha",
                   control = exact))
}
unpaired <- function(case, y1, y2) {
  y <- c(y1, y2); n <- c(cells$first_total, cells$second_total)
  p <- sum(y) / sum(n); second <- rep(0:1, each = donors)
  report(case, rma(logit(y, n, 0.5 * n / mean(n)), 1 / (n * p * (1 - p)), mods = ~ second,
                   method = "PM", test = "knha", control = exact))
}
paired("paired", cells$first, cells$second)
paired("paired_alike", cells$first_alike, cells$second_alike)
unpaired("unpaired", cells$first, cells$second)
unpaired("unpaired_alike", cells$first_alike, cells$second_alike)
save_rows(c("metafor"))
