suppressMessages({library(survival); library(splines)})
source("../long_table.R")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
# In one stratum x3 does not vary: cox.zph gives no residual of it there.
cohort$x3_flat <- ifelse(cohort$stratum == "melanoma", 1, cohort$x3)
formulas <- list(
  "ties" = Surv(time, event) ~ x1 + x2 + x3,
  "no ties" = Surv(fine_time, event) ~ x1 + x2 + x3,
  "strata" = Surv(time, event) ~ x1 + x2 + x3 + strata(stratum),
  "flat" = Surv(time, event) ~ x1 + x2 + x3_flat + strata(stratum),
  "late entry" = Surv(entry, time, event) ~ x1 + x2 + x3,
  "late entry strata" = Surv(entry, time, event) ~ x1 + x2 + x3 + strata(stratum),
  "one" = Surv(time, event) ~ x2
)
# The residuals in the order of the rows of the cohort.
in_row_order <- function(fit, zph) {
  data <- survival:::coxph.getdata(fit, y = TRUE, x = TRUE, stratax = TRUE)
  y <- data$y
  stratum <- if (length(data$strata)) as.integer(data$strata) else rep(0, nrow(y))
  rows <- if (ncol(y) == 2) order(stratum, y[, 1]) else rev(order(-stratum, -y[, 2]))
  rows <- rows[y[rows, ncol(y)] == 1]
  zph$y[order(rows), , drop = FALSE]
}
# The arithmetic of plot.cox.zph without the drawing; the standard error instead of twice it.
smooth <- function(zph, df, nsmo) {
  pred.x <- seq(from = min(zph$x), to = max(zph$x), length = nsmo)
  lmat <- ns(c(pred.x, zph$x), df = df, intercept = TRUE)
  pmat <- lmat[1:nsmo, ]
  xmat <- lmat[-(1:nsmo), ]
  estimate <- error <- NULL
  for (i in seq_len(ncol(zph$y))) {
    keep <- !is.na(zph$y[, i])
    qmat <- qr(xmat[keep, ])
    bk <- backsolve(qmat$qr[1:df, 1:df], diag(df))
    seval <- ((pmat %*% (bk %*% t(bk))) * pmat) %*% rep(1, df)
    estimate <- c(estimate, pmat %*% qr.coef(qmat, zph$y[keep, i]))
    error <- c(error, sqrt(zph$var[i, i] * seval))
  }
  list(estimate = estimate, error = error)
}
for (case in names(formulas)) {
  fit <- coxph(formulas[[case]], cohort, control = tight)
  for (transform in c("km", "rank", "identity", "log")) {
    zph <- cox.zph(fit, transform = transform)
    if (transform == "km") put(case, "residuals", t(in_row_order(fit, zph)))
    for (df in if (transform == "km") c(3, 4) else 4) {
      drawn <- smooth(zph, df, 12)
      key <- paste(case, transform, df, sep = "/")
      put(key, "log_hazard_ratio", drawn$estimate)
      put(key, "standard_error", drawn$error)
    }
  }
}
save_rows(c("survival"))
