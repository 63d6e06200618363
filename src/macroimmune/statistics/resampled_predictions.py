"""How well two models predict in bootstrap samples, each with a fit of its own, in compiled loops.

In every sample both models are fitted anew. What the fits are worth is asked twice: of the sample
they came from, and of all participants. The first is better than the second by the optimism of
judging a model by the data it was fitted to. Participants stand as `weighted_fits` wants them,
sorted once; a sample is a weight for each of them, so that nothing is sorted but the predictions.

A yes-or-no outcome is the same thing with one event time: those with it have the event on day one,
all others were watched until day two. Concordance up to day one is the area under the curve.
"""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.arranged_outcome import Arranged
from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.concordance_pairs import add_weight, weight_up_to
from macroimmune.statistics.weighted_fits import baseline_hazards, climb, linear_predictor

__all__ = ["MEASURES", "judge", "resample"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
# What `judge` writes of a model, in this order.
MEASURES = ("harrell", "uno", "net_benefit")


@compiled
def _time_weights(outcome: Arranged, weight: Floats, found: Floats) -> None:
    """Write 1 / G(t-)^2 of each participant, G being the censoring curve of the own stratum."""
    last = outcome.day_stop.size - 1
    while last >= 0:
        first = last
        while outcome.opens_stratum[first] == 0:
            first -= 1
        begin = 0 if first == 0 else outcome.day_stop[first - 1]
        at_risk = 0.0
        for i in range(begin, outcome.day_stop[last]):
            at_risk += weight[i]
        curve = 1.0
        for day in range(last, first - 1, -1):
            start = 0 if day == 0 else outcome.day_stop[day - 1]
            events, censored = 0.0, 0.0
            for i in range(start, outcome.day_stop[day]):
                found[i] = 1.0 / max(curve, 1e-150) ** 2
                if outcome.event[i] == 1:
                    events += weight[i]
                else:
                    censored += weight[i]
            if censored > 0.0:
                curve *= 1.0 - censored / (at_risk - events)
            at_risk -= events + censored
        last = first - 1


@compiled
def _concordances(
    outcome: Arranged,
    rank: Whole,
    weight: Floats,
    time_weight: Floats,
    tree: Floats,
    found: Floats,
) -> None:
    """Write Harrell's and Uno's concordance, of pairs within strata; NaN without a pair."""
    won, pairs, won_uno, pairs_uno = 0.0, 0.0, 0.0, 0.0
    total, start = 0.0, 0
    for day in range(outcome.day_stop.size):
        if outcome.opens_stratum[day] == 1:
            tree[:] = 0.0
            total = 0.0
        for i in range(start, outcome.day_stop[day]):
            if outcome.opens[i] == 0 and weight[i] > 0.0:
                add_weight(tree, rank[i], weight[i])
                total += weight[i]
        for i in range(start, outcome.day_stop[day]):
            if outcome.opens[i] == 1 and weight[i] > 0.0:
                below = weight_up_to(tree, rank[i] - 1)
                here = weight_up_to(tree, rank[i])
                share = weight[i] * (below + here) / 2.0
                won += share
                pairs += weight[i] * total
                won_uno += share * time_weight[i]
                pairs_uno += weight[i] * total * time_weight[i]
        for i in range(start, outcome.day_stop[day]):
            if outcome.opens[i] == 1 and weight[i] > 0.0:
                add_weight(tree, rank[i], weight[i])
                total += weight[i]
        start = outcome.day_stop[day]
    found[0] = won / pairs if pairs > 0.0 else np.nan
    found[1] = won_uno / pairs_uno if pairs_uno > 0.0 else np.nan


@compiled
def _net_benefit(outcome: Arranged, risk: Floats, weight: Floats) -> float:
    """Return the net benefit of acting at the threshold; NaN where the treated are not followed."""
    time, by_time, threshold = outcome.time, outcome.by_time, outcome.threshold
    everybody, at_risk, last = 0.0, 0.0, -1.0
    for i in by_time:
        everybody += weight[i]
        if risk[i] >= threshold and weight[i] > 0.0:
            at_risk += weight[i]
            last = time[i]
    if at_risk == 0.0:
        return 0.0
    treated, curve, place = at_risk, 1.0, 0
    while place < by_time.size and time[by_time[place]] <= outcome.horizon:
        day, events, gone = time[by_time[place]], 0.0, 0.0
        while place < by_time.size and time[by_time[place]] == day:
            i = by_time[place]
            if risk[i] >= threshold:
                gone += weight[i]
                events += weight[i] * outcome.event[i]
            place += 1
        if events > 0.0:
            curve *= 1.0 - events / at_risk
        at_risk -= gone
    if last < outcome.horizon and curve > 1e-12:
        return np.nan
    with_event = 1.0 - curve
    odds = threshold / (1.0 - threshold)
    return treated / everybody * (with_event - odds * (1.0 - with_event))


@compiled
def _ranks(eta: Floats, rank: Whole) -> int:
    """Write the dense ranks from zero and return how many there are."""
    order = np.argsort(eta)
    level = 0
    for place in range(order.size):
        if place > 0 and eta[order[place]] > eta[order[place - 1]]:
            level += 1
        rank[order[place]] = level
    return level + 1


@compiled
def _risks(outcome: Arranged, eta: Floats, constant: float, weight: Floats, risk: Floats) -> None:
    """Write the predicted risk of the event by the horizon."""
    hazards = np.zeros(outcome.n_strata)
    if outcome.is_cox:
        baseline_hazards(outcome, eta, weight, hazards)
    for i in range(eta.size):
        if outcome.is_cox:
            risk[i] = -np.expm1(-hazards[outcome.stratum[i]] * np.exp(eta[i]))
        else:
            risk[i] = 1.0 / (1.0 + np.exp(-(eta[i] + constant)))


@compiled
def judge(
    outcome: Arranged,
    x: Floats,
    beta: Floats,
    weight: Floats,
    at: Floats,
    risk: Floats,
    found: Floats,
) -> None:
    """Write what a fit is worth, row by row of `at`.

    Parameters
    ----------
    outcome : Arranged
    x, beta, weight
        The model, and the sample to which it was fitted, as in `weighted_fits.climb`.
    at : float array, shape (samples, n)
        Weights of the participants in each sample to judge by.
    risk : float array, shape (n,)
        The predicted risks are left here.
    found : float array, shape (samples, measures)
        The columns of `MEASURES`.
    """
    n = outcome.time.size
    eta, time_weight = np.empty(n), np.empty(n)
    rank = np.empty(n, dtype=np.int64)
    linear_predictor(x, beta, eta)
    tree = np.empty(_ranks(eta, rank) + 1)
    _risks(outcome, eta, beta[beta.size - 1], weight, risk)
    for sample in range(at.shape[0]):
        _time_weights(outcome, at[sample], time_weight)
        _concordances(outcome, rank, at[sample], time_weight, tree, found[sample])
        found[sample, 2] = _net_benefit(outcome, risk, at[sample])


@compiled
def resample(
    outcome: Arranged,
    smaller: Floats,
    larger: Floats,
    start_smaller: Floats,
    start_larger: Floats,
    drawn: Floats,
    found: Floats,
) -> None:
    """Fit both models to every bootstrap sample and judge them by it and by all participants.

    Parameters
    ----------
    outcome : Arranged
    smaller, larger : float array, shape (n, covariates)
        Covariates of the two models, standardised, in the order of the outcome.
    start_smaller, start_larger : float array, shape (coefficients,)
        The fits to all participants.
    drawn : float array, shape (samples, n)
        How often each participant was drawn.
    found : float array, shape (samples, 2 models, 2 judged by, measures)
        NaN where a model has no maximum in the sample. First the smaller model; first the sample.
    """
    risk, at = np.empty(outcome.time.size), np.ones((2, outcome.time.size))
    found[:] = np.nan
    for sample in range(drawn.shape[0]):
        at[0] = drawn[sample]
        one, two = start_smaller.copy(), start_larger.copy()
        if climb(outcome, smaller, at[0], one) and climb(outcome, larger, at[0], two):
            judge(outcome, smaller, one, at[0], at, risk, found[sample, 0])
            judge(outcome, larger, two, at[0], at, risk, found[sample, 1])
