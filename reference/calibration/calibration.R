suppressMessages({library(survival); library(rms)})
source("../long_table.R")
cohort <- read.csv("../cohort/cohort.csv")
distances <- function(p, observed) {
  d <- abs(p - observed)
  c(mean(d), quantile(d, c(0.5, 0.9)))
}
# A fixed rule for the response, too extreme and too high, so that every part of the answer moves.
lp <- 0.3 + 1.4 * cohort$x1 - 0.9 * cohort$x3
p <- plogis(lp); y <- cohort$response
tight <- glm.control(epsilon = 1e-14, maxit = 100)
large <- glm(y ~ offset(lp), family = binomial, control = tight)
put("binary", "intercept", c(coef(large), coef(large) + c(-1, 1) * qnorm(0.975) * sqrt(vcov(large)[1])))
line <- glm(y ~ lp, family = binomial, control = tight)
put("binary", "slope", c(coef(line)[2], coef(line)[2] + c(-1, 1) * qnorm(0.975) * sqrt(vcov(line)[2, 2])))
put("binary", "slope_val_prob", val.prob(p, y, pl = FALSE)["Slope"])
smooth <- glm(y ~ rcs(lp, 3), family = binomial, control = tight)
put("binary", "distances", distances(p, fitted(smooth)))
grid <- seq(min(p), max(p), length.out = 51)[c(1, 11, 26, 41, 51)]
knots <- attr(rcs(lp, 3), "parms")
curve <- predict(glm(y ~ rcs(lp, knots), family = binomial, control = tight),
                 data.frame(lp = qlogis(grid)), se.fit = TRUE)
put("binary", "curve", plogis(curve$fit))
put("binary", "curve_low", plogis(curve$fit - qnorm(0.975) * curve$se.fit))
put("binary", "curve_high", plogis(curve$fit + qnorm(0.975) * curve$se.fit))

# A fixed rule for the event by day 270.
strict <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
horizon <- 270
risk <- 1 - exp(-horizon / 300 * exp(0.9 * cohort$x1 + 0.3 * cohort$x3))
cll <- log(-log(1 - risk))
report <- function(case, time) {
  ended <- data.frame(time = pmin(time, horizon), event = cohort$event * (time <= horizon), cll = cll)
  km <- summary(survfit(Surv(time, cohort$event) ~ 1, conf.type = "log-log"), times = horizon)
  put(case, "observed", 1 - km$surv); put(case, "expected", mean(risk))
  put(case, "ratio", c(1 - km$surv, 1 - km$upper, 1 - km$lower) / mean(risk))
  line <- coxph(Surv(time, event) ~ cll, ended, control = strict)
  put(case, "slope", c(coef(line), confint(line)))
  fit <- eval(substitute(coxph(Surv(time, event) ~ rcs(cll, k), d, control = strict),
                         list(d = ended, k = attr(rcs(cll, 3), "parms"))))
  observed <- function(x) {
    s <- summary(survfit(fit, newdata = data.frame(cll = x), conf.type = "log-log"), times = horizon)
    rbind(1 - s$surv, 1 - s$upper, 1 - s$lower)
  }
  put(case, "distances", distances(risk, observed(cll)[1, ]))
  grid <- seq(min(risk), max(risk), length.out = 51)[c(1, 11, 26, 41, 51)]
  curve <- observed(log(-log(1 - grid)))
  put(case, "curve", curve[1, ]); put(case, "curve_low", curve[2, ]); put(case, "curve_high", curve[3, ])
}
report("survival", cohort$time)
report("survival no ties", cohort$fine_time)
save_rows(c("survival", "rms"))
