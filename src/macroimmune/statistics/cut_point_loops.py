"""Loops of the search for a cut: maxima under permutation, and the search in resamples.

Participants stand by stratum and, within one, by day; a resample is a weight for each of them. A
binary outcome stands as events of one day: its log-rank scores are the outcome less its mean.
"""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["null_maxima", "search_resamples"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_MAX_ITERATIONS = 50
_SMALL_STEP = 1e-6
_LONGEST_STEP = 1.0
_SMALLEST_VARIANCE = 1e-12


@compiled
def null_maxima(
    orders: Whole, starts: Whole, scores: Floats, stratum: Whole, scale: Floats, found: Floats
) -> None:
    """Write the largest standardised partial sum of each permutation.

    `orders` holds participants in random order, those of one stratum together from `starts` on;
    `stratum` is that of each place along the marker. Missing scores are passed over.
    """
    ahead = np.empty(starts.size, np.int64)
    for row in range(orders.shape[0]):
        ahead[:] = starts
        total, largest = 0.0, 0.0
        for place in range(stratum.size):
            own = stratum[place]
            score = scores[orders[row, ahead[own]]]
            while np.isnan(score):
                ahead[own] += 1
                score = scores[orders[row, ahead[own]]]
            ahead[own] += 1
            total += score
            largest = max(largest, abs(total) * scale[place + 1])
        found[row] = largest


@compiled
def search_resamples(
    weights: Whole,
    event: Floats,
    day_stop: Whole,
    day_stratum: Whole,
    stratum: Whole,
    value: Floats,
    by_value: Whole,
    lowest_share: float,
    highest_share: float,
    is_binary: bool,  # noqa: FBT001 (numba passes arguments by position)
    found: Floats,
) -> None:
    """Write cut, share up to it, statistic and log ratio of each resample; NaN without a cut."""
    strata = day_stratum[-1] + 1
    size = event.size
    weight, score = np.empty(size), np.empty(size)
    members, spread = np.empty(strata), np.empty(strata)
    for row in range(weights.shape[0]):
        for i in range(size):
            weight[i] = 0.0 if np.isnan(value[i]) else float(weights[row, i])
        _scores(weight, event, day_stop, day_stratum, stratum, score, members, spread)
        n = members.sum()
        low = max(1.0, np.floor(n * lowest_share))
        high = np.floor(n * highest_share)
        cut, place, statistic = _best_cut(
            weight, score, members, spread, stratum, value, by_value, low, high
        )
        found[row, 0] = cut
        found[row, 1] = place / n if n > 0 else np.nan
        found[row, 2] = statistic
        found[row, 3] = np.nan
        if not np.isnan(cut):
            if is_binary:
                found[row, 3] = _log_odds_ratio(weight, event, stratum, value, cut, strata)
            else:
                found[row, 3] = _log_hazard_ratio(
                    weight, event, day_stop, day_stratum, stratum, value, cut, strata
                )


@compiled
def _scores(
    weight: Floats,
    event: Floats,
    day_stop: Whole,
    day_stratum: Whole,
    stratum: Whole,
    score: Floats,
    members: Floats,
    spread: Floats,
) -> None:
    """Write the log-rank scores, and by stratum how many there are and the scores' squares."""
    members[:] = 0.0
    spread[:] = 0.0
    for i in range(weight.size):
        members[stratum[i]] += weight[i]
    start, hazard, at_risk, last = 0, 0.0, 0.0, -1
    for day in range(day_stop.size):
        own = day_stratum[day]
        if own != last:
            hazard, at_risk, last = 0.0, members[own], own
        deaths, leaving = 0.0, 0.0
        for i in range(start, day_stop[day]):
            deaths += weight[i] * event[i]
            leaving += weight[i]
        if deaths > 0.0:
            hazard += deaths / at_risk
        for i in range(start, day_stop[day]):
            score[i] = event[i] - hazard
            spread[own] += weight[i] * score[i] * score[i]
        at_risk -= leaving
        start = day_stop[day]


@compiled
def _best_cut(
    weight: Floats,
    score: Floats,
    members: Floats,
    spread: Floats,
    stratum: Whole,
    value: Floats,
    by_value: Whole,
    low: float,
    high: float,
) -> tuple[float, float, float]:
    """Return the cut with the largest standardised sum, how many lie up to it, and that sum."""
    terms, below = np.zeros(members.size), np.zeros(members.size)
    total, variance, place = 0.0, 0.0, 0.0
    cut, best_place, best = np.nan, np.nan, -1.0
    last = np.nan
    for i in by_value:
        if weight[i] == 0.0:
            continue
        if value[i] > last and low <= place <= high and variance > _SMALLEST_VARIANCE:
            here = abs(total) / np.sqrt(variance)
            if here > best:
                cut, best_place, best = last, place, here
        own = stratum[i]
        below[own] += weight[i]
        total += weight[i] * score[i]
        place += weight[i]
        last = value[i]
        if members[own] > 1.0:
            share = below[own] * (members[own] - below[own]) / members[own] / (members[own] - 1.0)
            variance += share * spread[own] - terms[own]
            terms[own] = share * spread[own]
    return cut, best_place, best if best >= 0.0 else np.nan


@compiled
def _log_odds_ratio(
    weight: Floats, event: Floats, stratum: Whole, value: Floats, cut: float, strata: int
) -> float:
    """Return the Mantel-Haenszel log odds ratio, half a participant in each cell in all."""
    cells = np.zeros((strata, 4))
    for i in range(weight.size):
        if weight[i] > 0.0:
            column = (2 if value[i] > cut else 0) + (1 if event[i] > 0.0 else 0)
            cells[stratum[i], column] += weight[i]
    half, with_it, against_it = 0.5 / strata, 0.0, 0.0
    for own in range(strata):
        n = cells[own].sum()
        if n > 0.0:
            low_no, low_yes, high_no, high_yes = cells[own] + half
            with_it += high_yes * low_no / n
            against_it += high_no * low_yes / n
    return float(np.log(with_it / against_it))


@compiled
def _log_hazard_ratio(
    weight: Floats,
    event: Floats,
    day_stop: Whole,
    day_stratum: Whole,
    stratum: Whole,
    value: Floats,
    cut: float,
    strata: int,
) -> float:
    """Return Firth's log hazard ratio above v up to the cut, weighted, Efron's ties."""
    high, everyone = np.zeros(strata), np.zeros(strata)
    for i in range(weight.size):
        everyone[stratum[i]] += weight[i]
        if value[i] > cut:
            high[stratum[i]] += weight[i]
    deaths, share_high = np.zeros(weight.size), np.zeros(weight.size)
    died_high, terms, start = 0.0, 0, 0
    for day in range(day_stop.size):
        own = day_stratum[day]
        left, left_high, died, died_above, tied = 0.0, 0.0, 0.0, 0.0, 0
        for i in range(start, day_stop[day]):
            left += weight[i]
            if value[i] > cut:
                left_high += weight[i]
            if weight[i] * event[i] > 0.0:
                tied += 1
                died += weight[i]
                died_above += weight[i] if value[i] > cut else 0.0
        # A day on which only one side is at risk says nothing about the ratio.
        if 0.0 < high[own] < everyone[own]:
            died_high += died_above
            for k in range(tied):
                gone = k / tied
                deaths[terms] = died / tied
                share_high[terms] = (high[own] - gone * died_above) / (everyone[own] - gone * died)
                terms += 1
        high[own] -= left_high
        everyone[own] -= left
        start = day_stop[day]
    return _firth_root(deaths[:terms], share_high[:terms], died_high)


@compiled
def _firth_root(deaths: Floats, share_high: Floats, died_high: float) -> float:
    """Return the root of the penalised score by Fisher scoring, NaN where nothing informs it."""
    beta = 0.0
    for _ in range(_MAX_ITERATIONS):
        ratio = np.exp(beta)
        score, information, slope = died_high, 0.0, 0.0
        for day in range(deaths.size):
            odds = ratio * share_high[day]
            p = odds / (odds + 1.0 - share_high[day])
            score -= deaths[day] * p
            information += deaths[day] * p * (1.0 - p)
            slope += deaths[day] * p * (1.0 - p) * (1.0 - 2.0 * p)
        if not information > 0.0:
            return np.nan
        step = (score + 0.5 * slope / information) / information
        step = min(max(step, -_LONGEST_STEP), _LONGEST_STEP)
        beta += step
        if abs(step) < _SMALL_STEP:
            break
    return beta
