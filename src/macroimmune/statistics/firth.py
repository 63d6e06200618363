"""Firth's penalised likelihood: finite estimates where a covariate separates the outcomes.

Half the logarithm of the determinant of the information (Jeffreys' prior) is added to the log
likelihood. The sum has a maximum where the likelihood alone runs away; its profile gives an
interval that need not be symmetric, and its ratio the test.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from macroimmune.statistics.intervals import chi_squared_p
from macroimmune.statistics.newton import Likelihood

__all__ = ["Evaluate", "PenalisedFit", "penalised_fit"]

Evaluate = Callable[[NDArray[np.float64]], Likelihood]
# Standard deviations: no estimate of an effect of one SD lies so far out and means something.
_FARTHEST = 50.0
_STEP, _GROWTH = 0.5, 1.5
_IMPOSSIBLE = 1e10


@dataclass(frozen=True, slots=True, eq=False)
class PenalisedFit:
    """The penalised estimate of one coefficient, the others profiled out.

    Parameters
    ----------
    coefficient, ci_low, ci_high : float
        Profile penalised likelihood; an end is infinite where the profile does not come down.
    statistic, p_value : float
        Penalised likelihood ratio, one degree of freedom.
    """

    coefficient: float
    ci_low: float
    ci_high: float
    statistic: float
    p_value: float


def penalised_fit(
    evaluate: Evaluate, size: int, *, position: int, confidence: float
) -> PenalisedFit:
    """Return Firth's estimate of a coefficient with its profile interval and test.

    Parameters
    ----------
    evaluate : function
        From coefficients, shape (size,), to the log likelihood with its information; covariates
        standardised.
    size, position : int
        How many coefficients there are, and which is asked about.
    confidence : float

    Returns
    -------
    fit : PenalisedFit

    Notes
    -----
    Convention: one coefficient is profiled in one dimension to 1e-10; the others are maximised
    anew at each of its values.
    """
    profile = _Profile(evaluate, size, position)
    # Of several tops the one uphill from zero is taken: bracket it by walking.
    low, high = _bracket(profile)
    top = optimize.minimize_scalar(
        lambda value: -profile(value), bounds=(low, high), method="bounded", options={"xatol": 1e-9}
    )
    estimate, best = float(top.x), -float(top.fun)
    allowed = best - stats.chi2.ppf(confidence, 1) / 2.0
    ends = [_crossing(profile, estimate, allowed, direction) for direction in (-1.0, 1.0)]
    statistic = max(2.0 * (best - profile(0.0)), 0.0)
    return PenalisedFit(estimate, ends[0], ends[1], statistic, chi_squared_p(statistic, 1))


def _penalised(evaluate: Evaluate, coefficients: NDArray[np.float64]) -> float:
    """Return the penalised log likelihood, minus infinity where the information is singular."""
    at = evaluate(coefficients)
    if not np.isfinite(at.log_likelihood) or not np.isfinite(at.information).all():
        return -np.inf
    sign, logarithm = np.linalg.slogdet(at.information)
    return float(at.log_likelihood + logarithm / 2.0) if sign > 0 else -np.inf


class _Profile:
    """The best penalised likelihood at a value of one coefficient: a function of the value alone.

    The others are maximised from where they were best at the stop before, on a fixed path outward
    from zero, so that neither the order of the questions nor a far one before has a say.
    """

    def __init__(self, evaluate: Evaluate, size: int, position: int) -> None:
        self._evaluate, self._position = evaluate, position
        _, start = _over_the_others(evaluate, 0.0, np.zeros(size - 1), position)
        self._stops = {direction: [(0.0, start)] for direction in (-1.0, 1.0)}

    def __call__(self, value: float) -> float:
        """Return the best penalised log likelihood at a value of the coefficient."""
        stops = self._stops[1.0 if value >= 0.0 else -1.0]
        while stops[0][1].size and abs(stops[-1][0]) < abs(value):
            ahead = stops[-1][0] + np.copysign(_STEP * _GROWTH ** (len(stops) - 1), value)
            stops.append((ahead, self._best(ahead, stops[-1])[1]))
        behind = next(stop for stop in reversed(stops) if abs(stop[0]) <= abs(value))
        return self._best(value, behind)[0]

    def _best(
        self, value: float, behind: tuple[float, NDArray[np.float64]]
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the best at a value, and the others there, from the stop behind it."""
        at, others = behind
        # What separates keeps its direction: far out the others grow with the value.
        starts = [others] if at == 0.0 else [others, others * (value / at)]
        found = [_over_the_others(self._evaluate, value, start, self._position) for start in starts]
        return max(found, key=lambda one: one[0])


def _over_the_others(
    evaluate: Evaluate, value: float, start: NDArray[np.float64], position: int
) -> tuple[float, NDArray[np.float64]]:
    """Return the best penalised likelihood at a value of the coefficient, and the others there."""
    if start.size == 0:
        return _penalised(evaluate, np.array([value])), start

    def loss(rest: NDArray[np.float64]) -> float:
        found = _penalised(evaluate, np.insert(rest, position, value))
        return -found if np.isfinite(found) else _IMPOSSIBLE

    found = optimize.minimize(loss, start, method="BFGS", options={"gtol": 1e-6})
    return -float(found.fun), np.asarray(found.x, dtype=float)


def _bracket(profile: Callable[[float], float]) -> tuple[float, float]:
    """Return an interval that holds the top of the profile."""
    step = _STEP
    uphill = 1.0 if profile(1e-3) >= profile(0.0) else -1.0
    behind, top, ahead = -uphill * step, 0.0, uphill * step
    while abs(ahead) < _FARTHEST and profile(ahead) > profile(top):
        step *= _GROWTH
        behind, top, ahead = top, ahead, ahead + uphill * step
    low, high = sorted((behind, ahead))
    return low, high


def _crossing(
    profile: Callable[[float], float], estimate: float, allowed: float, direction: float
) -> float:
    """Return where the profile falls to `allowed`, infinite where it does not."""
    step, outer = _STEP, estimate
    while abs(outer - estimate) < _FARTHEST:
        inner, outer = outer, outer + direction * step
        if profile(outer) < allowed:
            low, high = sorted((inner, outer))
            return float(
                optimize.brentq(lambda value: profile(value) - allowed, low, high, xtol=1e-10)
            )
        step *= _GROWTH
    return direction * float("inf")
