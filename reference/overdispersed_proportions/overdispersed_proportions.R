# Counts of a population in donors: Williams's equations solved with R's own glm.
source("../long_table.R")
set.seed(9)
donors <- 16
cells <- data.frame(treated = rep(0:1, each = 8), age = round(rnorm(donors, 60, 8)),
                    total = round(exp(rnorm(donors, 8, 1))))
p <- plogis(-2.5 + 0.6 * cells$treated + 0.02 * (cells$age - 60))
cells$count <- rbinom(donors, cells$total, rbeta(donors, p * 40, (1 - p) * 40))
cells$chance <- rbinom(donors, cells$total, p)
write.csv(cells, "cells.csv", row.names = FALSE, quote = FALSE)
# Count over total with prior weights is the binomial likelihood, also with broken weights.
report <- function(case, k) {
  fitted <- function(phi) {
    cells$k <- k
    w <- 1 / (1 + (cells$total - 1) * phi)
    suppressWarnings(glm(k / total ~ treated + age, binomial, cells,
        weights = w * cells$total, control = glm.control(epsilon = 1e-14, maxit = 100)))
  }
  excess <- function(phi) {
    f <- fitted(phi); m <- fitted.values(f)
    sum(weights(f, "prior") * (k / cells$total - m)^2 / (m * (1 - m))) - f$df.residual
  }
  phi <- if (excess(0) <= 0) 0 else uniroot(excess, c(0, 0.9), tol = 1e-14)$root
  f <- fitted(phi)
  s <- summary(f, dispersion = 1)$coefficients
  put(case, "dispersion", phi)
  put(case, "coefficients", s[, 1]); put(case, "standard_errors", s[, 2])
  put(case, "p_values", 2 * pt(-abs(s[, 1] / s[, 2]), f$df.residual))
}
report("varying", cells$count)
report("chance", cells$chance)
save_rows(c("stats"))
