# Neither coxphf nor logistf is in Debian. The penalised likelihoods are maximised here from what R
# itself says of the log likelihood and the information at a given coefficient.
suppressMessages(library(survival))
source("../long_table.R")
penalised <- function(case, f) {
  top <- optimize(f, c(-15, 15), maximum = TRUE, tol = 1e-12)
  allowed <- top$objective - qchisq(0.95, 1) / 2
  end <- function(to) uniroot(function(b) f(b) - allowed, sort(c(top$maximum, to)), tol = 1e-12)$root
  statistic <- 2 * (top$objective - f(0))
  put(case, "coefficient", top$maximum); put(case, "ends", c(end(-40), end(40)))
  put(case, "statistic", statistic); put(case, "p_value", pchisq(statistic, 1, lower.tail = FALSE))
}
of_cox <- function(time, event, x, stratum = rep(1, length(x))) function(b) {
  fit <- coxph(Surv(time, event) ~ x + strata(stratum), init = b,
               control = coxph.control(iter.max = 0))
  fit$loglik[length(fit$loglik)] + 0.5 * log(1 / fit$var[1, 1])
}
# The intercept is maximised inside, at each value of the slope.
of_logistic <- function(y, x) function(b) {
  inner <- function(a) {
    p <- plogis(a + b * x); X <- cbind(1, x)
    sum(dbinom(y, 1, p, log = TRUE)) + 0.5 * log(det(crossprod(X * sqrt(p * (1 - p)))))
  }
  optimize(inner, c(-30, 30), maximum = TRUE, tol = 1e-12)$objective
}
cohort <- read.csv("../cohort/cohort.csv")
penalised("cox", of_cox(cohort$time, cohort$event, cohort$x1))
penalised("cox strata", of_cox(cohort$time, cohort$event, cohort$x1, cohort$stratum))
penalised("cox separated", of_cox(c(1, 2, 2, 4, 5, 6, 7, 8), c(1, 1, 1, 1, 0, 0, 0, 0),
                                  c(9, 8, 8.5, 7, 1, 2, 3, 4) / 2))
penalised("logistic", of_logistic(cohort$response, cohort$x1))
penalised("logistic separated", of_logistic(c(0, 0, 0, 0, 1, 1, 1), c(1, 2, 3, 4, 5, 6, 7) / 2))
save_rows("survival")
