"""Cox and logistic fits to bootstrap samples, by Newton's method in compiled loops.

A bootstrap sample is given as how often each participant was drawn. A participant who was drawn
twice is two participants with the same values: two deaths on one day, so Efron's denominators run
over the copies too, and the fit is the one that the drawn rows would give. Each search begins at
the fit to all participants, from where a few steps lead to the maximum of a sample.
"""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.arranged_outcome import Arranged
from macroimmune.statistics.compiled import compiled

__all__ = ["baseline_hazards", "climb", "linear_predictor"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_MAX_ITERATIONS = 30
_SMALL_DECREMENT = 1e-9
# Covariates are standardised: a log ratio per SD beyond this runs away, or might as well.
_LARGEST = 15.0


@compiled
def linear_predictor(x: Floats, beta: Floats, eta: Floats) -> None:
    """Write x times beta into `eta`; the last coefficients beyond the columns are left out."""
    for i in range(x.shape[0]):
        total = 0.0
        for j in range(x.shape[1]):
            total += x[i, j] * beta[j]
        eta[i] = total


@compiled
def _add(hazard: float, x: Floats, i: int, first: Floats, second: Floats) -> None:
    """Add a participant's hazard times its covariates, and times their products."""
    for j in range(x.shape[1]):
        part = hazard * x[i, j]
        first[j] += part
        for k in range(j + 1):
            second[j, k] += part * x[i, k]


@compiled
def _take_deaths(
    deaths: float,
    sums: Floats,
    first: Floats,
    second: Floats,
    died_first: Floats,
    died_second: Floats,
    score: Floats,
    information: Floats,
) -> float:
    """Return the logarithms of the denominators of one day; move score and information on.

    `sums` holds the hazards at risk and of those who died.
    """
    logarithms = 0.0
    for death in range(int(deaths)):
        gone = death / deaths
        total = sums[0] - gone * sums[1]
        logarithms += np.log(total)
        inverse = 1.0 / total
        for j in range(score.size):
            mean = (first[j] - gone * died_first[j]) * inverse
            score[j] -= mean
            for k in range(j + 1):
                other = (first[k] - gone * died_first[k]) * inverse
                product = (second[j, k] - gone * died_second[j, k]) * inverse
                information[j, k] += product - mean * other
    return logarithms


@compiled
def _cox_derivatives(
    outcome: Arranged,
    x: Floats,
    weight: Floats,
    beta: Floats,
    score: Floats,
    information: Floats,
) -> float:
    """Return the log partial likelihood; write its slope and (times minus one) its curvature."""
    p = beta.size
    event, day_stop, opens_stratum = outcome.event, outcome.day_stop, outcome.opens_stratum
    score[:] = 0.0
    information[:] = 0.0
    first, died_first = np.zeros(p), np.zeros(p)
    second, died_second = np.zeros((p, p)), np.zeros((p, p))
    sums, log_likelihood = np.zeros(2), 0.0
    start = 0
    for day in range(day_stop.size):
        if opens_stratum[day] == 1:
            sums[0] = 0.0
            first[:] = 0.0
            second[:] = 0.0
        deaths, sums[1] = 0.0, 0.0
        died_first[:] = 0.0
        died_second[:] = 0.0
        for i in range(start, day_stop[day]):
            if weight[i] == 0.0:
                continue
            eta = 0.0
            for j in range(p):
                eta += beta[j] * x[i, j]
            hazard = weight[i] * np.exp(eta)
            sums[0] += hazard
            _add(hazard, x, i, first, second)
            if event[i] == 1:
                deaths += weight[i]
                sums[1] += hazard
                log_likelihood += weight[i] * eta
                for j in range(p):
                    score[j] += weight[i] * x[i, j]
                _add(hazard, x, i, died_first, died_second)
        log_likelihood -= _take_deaths(
            deaths, sums, first, second, died_first, died_second, score, information
        )
        start = day_stop[day]
    return log_likelihood


@compiled
def _logistic_derivatives(
    outcome: Arranged,
    x: Floats,
    weight: Floats,
    beta: Floats,
    score: Floats,
    information: Floats,
) -> float:
    """Return the binomial log likelihood with its derivatives; the last coefficient is constant."""
    p = beta.size
    score[:] = 0.0
    information[:] = 0.0
    row = np.ones(p)
    log_likelihood = 0.0
    for i in range(x.shape[0]):
        if weight[i] == 0.0:
            continue
        eta = beta[p - 1]
        for j in range(p - 1):
            row[j] = x[i, j]
            eta += beta[j] * row[j]
        chance = 1.0 / (1.0 + np.exp(-eta))
        log_likelihood += weight[i] * (
            eta * outcome.event[i] - max(eta, 0.0) - np.log1p(np.exp(-abs(eta)))
        )
        residual = weight[i] * (outcome.event[i] - chance)
        spread = weight[i] * chance * (1.0 - chance)
        for j in range(p):
            score[j] += residual * row[j]
            for k in range(j + 1):
                information[j, k] += spread * row[j] * row[k]
    return log_likelihood


@compiled
def _solve(information: Floats, score: Floats, step: Floats) -> bool:
    """Write the Newton step by Cholesky's factors, in place; False where there is no curvature."""
    p = score.size
    for j in range(p):
        for k in range(j + 1):
            total = information[j, k]
            for m in range(k):
                total -= information[j, m] * information[k, m]
            if j == k:
                if not total > 1e-10:
                    return False
                information[j, j] = np.sqrt(total)
            else:
                information[j, k] = total / information[k, k]
    for j in range(p):
        total = score[j]
        for m in range(j):
            total -= information[j, m] * step[m]
        step[j] = total / information[j, j]
    for j in range(p - 1, -1, -1):
        total = step[j]
        for m in range(j + 1, p):
            total -= information[m, j] * step[m]
        step[j] = total / information[j, j]
    return True


@compiled
def climb(outcome: Arranged, x: Floats, weight: Floats, beta: Floats) -> bool:
    """Move `beta` to the maximum for these weights; False where there is none to be found.

    Parameters
    ----------
    outcome : Arranged
    x : float array, shape (n, covariates)
        Standardised, in the order of the outcome.
    weight : float array, shape (n,)
        Whole numbers: how often each participant was drawn.
    beta : float array, shape (coefficients,)
        Where the search begins; changed in place.
    """
    p = beta.size
    score, step, tried = np.zeros(p), np.zeros(p), np.zeros(p)
    information = np.zeros((p, p))
    before = -np.inf
    tried[:] = beta
    for _ in range(_MAX_ITERATIONS):
        if outcome.is_cox:
            here = _cox_derivatives(outcome, x, weight, tried, score, information)
        else:
            here = _logistic_derivatives(outcome, x, weight, tried, score, information)
        if not here >= before - 1e-9 * (1.0 + abs(before)) and before > -np.inf:
            # The step went too far: halve it.
            for j in range(p):
                tried[j] = 0.5 * (tried[j] + beta[j])
            continue
        before = here
        beta[:] = tried
        if not _solve(information, score, step):
            return False
        decrement = 0.0
        for j in range(p):
            decrement += score[j] * step[j]
            tried[j] = beta[j] + step[j]
            if not abs(tried[j]) < _LARGEST:
                return False
        if decrement < _SMALL_DECREMENT:
            beta[:] = tried
            return True
    return False


@compiled
def baseline_hazards(outcome: Arranged, eta: Floats, weight: Floats, hazards: Floats) -> None:
    """Write the cumulative baseline hazard of each stratum at the horizon, with Efron's steps.

    Parameters
    ----------
    outcome : Arranged
    eta : float array, shape (n,)
        The linear predictor; the hazard is that of a participant with zero.
    weight : float array, shape (n,)
    hazards : float array, shape (strata,)
    """
    hazards[:] = 0.0
    at_risk, start = 0.0, 0
    for day in range(outcome.day_stop.size):
        if outcome.opens_stratum[day] == 1:
            at_risk = 0.0
        deaths, died = 0.0, 0.0
        for i in range(start, outcome.day_stop[day]):
            if weight[i] == 0.0:
                continue
            hazard = weight[i] * np.exp(eta[i])
            at_risk += hazard
            if outcome.event[i] == 1:
                deaths += weight[i]
                died += hazard
        if outcome.time[start] <= outcome.horizon:
            for death in range(int(deaths)):
                hazards[outcome.stratum[start]] += 1.0 / (at_risk - death / deaths * died)
        start = outcome.day_stop[day]
