"""The variances of random effects: how many the samples can tell apart, and their estimates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from macroimmune.statistics.restricted_likelihood import (
    RepeatedBlocks,
    RestrictedLikelihood,
    repeated_blocks,
    restricted_deviance,
    restricted_likelihood,
)

__all__ = [
    "ENOUGH_WITH_THREE",
    "LEAST_WITH_THREE",
    "RandomEffects",
    "choose_random_effects",
    "fit_random_effects",
]

Floats = NDArray[np.float64]

NO_SLOPE = "trends do not differ measurably between participants: one trend for all"
NO_CORRELATION = "level and trend of a participant taken as uncorrelated"
NO_INTERCEPT = (
    "levels do not differ measurably between participants; terms that are constant within one "
    "are tested with the number of participants"
)
_PARTS = ("intercept", "slope", "covariance")
_LARGEST_CORRELATION = 0.999
# Fewer participants with three samples than this limit the degrees of freedom of trends.
ENOUGH_WITH_THREE = 10
LEAST_WITH_THREE = 2
_SAME_DEVIANCE = 1e-5
_FAR_FROM_ZERO = 0.01
_START = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class RandomEffects:
    """The variances at the maximum of the restricted likelihood.

    Parameters
    ----------
    parts : tuple of str
        Which random effects are there: "intercept", "slope", "covariance".
    variances : float array, shape (1 + parts,)
        Of the residuals, then of each part.
    at : RestrictedLikelihood
        There.
    """

    parts: tuple[str, ...]
    variances: Floats
    at: RestrictedLikelihood


def choose_random_effects(
    sizes: NDArray[np.intp], *, has_slope: bool
) -> tuple[tuple[str, ...], list[str]]:
    """Return which variances are to be estimated, and what is to be said of those that are not.

    Parameters
    ----------
    sizes : int array, shape (participants,)
        Samples of each.
    has_slope : bool
        Whether a trend of each participant was asked for; it needs two participants with three
        samples or more. With two samples each, differences of trends pass as residuals.
    """
    if not has_slope:
        return ("intercept",), []
    with_three = int((sizes >= 3).sum())
    few = f"{with_three} participants have three samples or more"
    if with_three < LEAST_WITH_THREE:
        return ("intercept",), [f"{few}: one trend for all"]
    if with_three < ENOUGH_WITH_THREE:
        return _PARTS, [f"{few}: their number limits the degrees of freedom of trends"]
    return _PARTS, []


def fit_random_effects(
    x: Floats, y: Floats, random: Floats, codes: NDArray[np.intp], parts: tuple[str, ...]
) -> tuple[RandomEffects | None, list[str]]:
    """Return the fit with the largest set of random effects that are there, and what was dropped.

    Parameters
    ----------
    x : float array, shape (samples, columns)
    y : float array, shape (samples,)
    random : float array, shape (samples, 1 or 2)
        Ones, and the column of the slope.
    codes : int array, shape (samples,)
        Participant of each sample, from 0.
    parts : tuple of str
        As `choose_random_effects` returns them.

    Returns
    -------
    found : RandomEffects or None
        None where no maximum was found.
    notes : list of str
        A sentence for each effect that was left out.

    Notes
    -----
    Convention: at a variance of zero, or a correlation of one, the curvature says nothing about
    degrees of freedom; the model without that parameter takes its place.
    """
    blocks = repeated_blocks(x, y, random, codes)
    notes: list[str] = []
    maximum = _maximise(blocks, x, y, random, parts)
    if "covariance" in parts and (maximum is None or _is_singular(maximum)):
        parts, notes = ("intercept", "slope"), [NO_CORRELATION]
        maximum = _maximise(blocks, x, y, random, parts)
    for name, note in (("slope", NO_SLOPE), ("intercept", NO_INTERCEPT)):
        if name not in parts or "covariance" in parts or _is_large(maximum, name, random):
            continue
        fewer = tuple(part for part in parts if part != name)
        without = _maximise(blocks, x, y, random, fewer)
        better = np.inf if maximum is None else maximum.at.deviance
        if without is not None and without.at.deviance <= better + _SAME_DEVIANCE:
            parts, maximum = fewer, without
            notes = [n for n in notes if n != NO_CORRELATION] + [note]
    return maximum, notes


def _slope(at: RestrictedLikelihood, variances: Floats) -> float:
    """Return the steepest slope of the deviance, per relative change of a variance."""
    return float(np.abs(at.gradient * variances).max())


def _is_large(maximum: RandomEffects | None, name: str, random: Floats) -> bool:
    """Say that a variance is far from zero, so that the model without it need not be tried."""
    if maximum is None:
        return False
    variance = maximum.variances[1 + maximum.parts.index(name)]
    spread = variance * float((random[:, _PARTS.index(name)] ** 2).mean())
    return bool(spread > _FAR_FROM_ZERO * maximum.variances[0])


def _is_singular(maximum: RandomEffects) -> bool:
    intercept, slope, covariance = maximum.variances[1:]
    return not abs(covariance) < _LARGEST_CORRELATION * np.sqrt(max(intercept * slope, 0.0))


def _maximise(
    blocks: RepeatedBlocks, x: Floats, y: Floats, random: Floats, parts: tuple[str, ...]
) -> RandomEffects | None:
    """Return the maximum of the restricted likelihood over variances that make a covariance."""
    chosen = [_PARTS.index(name) for name in parts]
    own = blocks.of_parts(chosen)
    spread = float((y - x @ np.linalg.lstsq(x, y, rcond=None)[0]).var())
    widths = np.sqrt((random**2).mean(axis=0))

    def variances(root: Floats) -> tuple[Floats, Floats]:
        """Return the variances of a root and their derivatives by it."""
        residual = spread * np.exp(root[0])
        if "covariance" in parts:
            a, b, c = root[1:] * np.sqrt(spread) / np.array([widths[0], widths[1], widths[1]])
            values = np.array([residual, a * a, b * b + c * c, a * b])
            steps = np.array([
                [residual, 0, 0, 0],
                [0, 2 * a, 0, 0],
                [0, 0, 2 * b, 2 * c],
                [0, b, a, 0],
            ])
            scale = np.array([1.0, *(np.sqrt(spread) / widths[[0, 1, 1]])])
            return values, steps * scale
        scale = np.sqrt(spread) / widths[[_PARTS.index(name) for name in parts]]
        values = np.concatenate([[residual], (root[1:] * scale) ** 2])
        return values, np.diag(np.concatenate([[residual], 2.0 * root[1:] * scale**2]))

    def deviance(root: Floats) -> tuple[float, Floats]:
        values, steps = variances(root)
        at = restricted_deviance(own, values)
        if at is None or not np.isfinite(at[0]):
            return 1e300, np.zeros(root.size)
        return at[0], at[1] @ steps

    start = np.full(1 + len(parts), _START)
    start[0] = np.log(_START)
    if "covariance" in parts:
        start[2] = 0.0
    found = optimize.minimize(
        deviance, start, jac=True, method="BFGS", options={"gtol": 1e-7, "maxiter": 500}
    )
    return _polished(own, variances(found.x)[0], parts)


def _polished(
    blocks: RepeatedBlocks, variances: Floats, parts: tuple[str, ...]
) -> RandomEffects | None:
    """Return the maximum after the Newton steps that the search left to do."""
    at = restricted_likelihood(blocks, variances)
    for _ in range(10):
        if at is None:
            return None
        try:
            step = np.linalg.solve(at.hessian, at.gradient)
        except np.linalg.LinAlgError:
            break
        there = restricted_likelihood(blocks, variances - step)
        # Near the maximum the deviance is flat to the last digit; its slope is not.
        if there is None or not _slope(there, variances) < 0.5 * _slope(at, variances):
            break
        variances, at = variances - step, there
    return None if at is None else RandomEffects(parts, variances, at)
