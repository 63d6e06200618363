suppressMessages(library(survival))
source("../long_table.R")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
cohort$id <- seq_len(nrow(cohort)) - 1L
# Dated values of two markers: before, on and after day 0, on the last day and after it.
set.seed(20240301)
visits <- do.call(rbind, lapply(cohort$id, function(i) {
  last <- cohort$time[i + 1]
  days <- sort(unique(c(sample(c(-20, 0, 5), 1), 10 * sample(1:90, 4), if (i %% 5 == 0) last)))
  data.frame(id = i, day = days, marker = round(rnorm(length(days)) + days / 400, 3))
}))
second <- visits[runif(nrow(visits)) < 0.6, c("id", "day")]
second$other <- round(rexp(nrow(second)), 3)
write.csv(visits, "marker.csv", row.names = FALSE, quote = FALSE)
write.csv(second, "other.csv", row.names = FALSE, quote = FALSE)
for (case in c("plain", "late entry")) {
  base <- cohort[c("id", "time", "event", "entry", "x1", "x3", "stratum")]
  if (case == "plain") base$entry <- 0
  pieces <- tmerge(base, base, id = id, death = event(time, event), tstart = entry, tstop = time)
  pieces <- tmerge(pieces, visits, id = id, marker = tdc(day, marker))
  pieces <- tmerge(pieces, second, id = id, other = tdc(day, other))
  for (name in c("id", "tstart", "tstop", "death", "marker", "other")) put(case, name, pieces[[name]])
  formulas <- list(
    "marker" = Surv(tstart, tstop, death) ~ marker + cluster(id),
    "both" = Surv(tstart, tstop, death) ~ marker + other + x1 + cluster(id),
    "strata" = Surv(tstart, tstop, death) ~ marker + strata(stratum) + cluster(id)
  )
  for (name in names(formulas)) {
    fit <- coxph(formulas[[name]], pieces, control = tight)
    key <- paste(case, name, sep = "/")
    put(key, "coefficients", coef(fit))
    put(key, "standard_errors", sqrt(diag(vcov(fit))))
    put(key, "model_errors", sqrt(diag(fit$naive.var)))
  }
  # Landmark sets: at risk after the landmark, last value up to it, follow-up cut at the window.
  for (window in c(200, Inf)) {
    sets <- do.call(rbind, lapply(c(50, 100, 150, 250), function(LM) {
      here <- base[base$time > LM & base$entry <= LM, ]
      here$LM <- LM
      here$marker <- vapply(here$id, function(i) {
        seen <- visits[visits$id == i & visits$day <= LM, ]
        if (nrow(seen)) seen$marker[which.max(seen$day)] else NA_real_
      }, 0)
      here$death <- here$event * (here$time <= LM + window)
      here$end <- pmin(here$time, LM + window)
      here[!is.na(here$marker), ]
    }))
    sets$begin <- sets$LM
    sets$since <- sets$LM - 50
    key <- paste("landmarks", case, window, sep = "/")
    put(key, "n", c(nrow(sets), length(unique(sets$id)), sum(sets$death)))
    fits <- list(
      common = coxph(Surv(begin, end, death) ~ marker + strata(LM) + cluster(id), sets, control = tight),
      adjusted = coxph(Surv(begin, end, death) ~ marker + x1 + strata(LM, stratum) + cluster(id), sets, control = tight),
      drifting = coxph(Surv(begin, end, death) ~ marker + marker:since + strata(LM) + cluster(id), sets, control = tight)
    )
    for (name in names(fits)) {
      put(key, paste0(name, "/coefficients"), coef(fits[[name]]))
      put(key, paste0(name, "/standard_errors"), sqrt(diag(vcov(fits[[name]]))))
    }
    at <- cbind(1, c(0, 50, 100, 200))
    put(key, "log_hazard_ratio", at %*% coef(fits$drifting))
    put(key, "error", sqrt(diag(at %*% vcov(fits$drifting) %*% t(at))))
  }
}
save_rows(c("survival"))
