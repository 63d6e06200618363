"""How a distribution is moved from group to group: a smooth shift of values, shrunk by its noise.

Simple case: two samples of the same cells, one measured by an instrument with more gain. Matching
quantiles gives, at every value, by how much it is to be moved (the shift function). Its noise is
uneven: in the gap between two populations a quantile jumps with every small change of their sizes,
and such jumps are no shift. The shift is therefore taken for a smooth random function of the value
(zero on average), observed at the quantiles with the errors and correlations that counting and
replicates give; how large it is comes from the data by maximum likelihood. Where groups differ no
more than replicates do, the likelihood is highest at zero and nothing is moved.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.statistics.quantile_functions import (
    LEVELS,
    quantile_correlation,
    quantile_standard_errors,
)

__all__ = ["ShiftFunctions", "shift_functions"]

Numbers = NDArray[np.float64]

_GRID = 256
# Sizes and smoothness of the shift that are tried, as shares of the range of the values.
_SIZES = np.geomspace(0.002, 0.3, 30)
_LENGTHS = (0.125, 0.25, 0.5, 1.0, 2.0)
# Below this share of the range a quantile is not believed, however many cells.
_RESOLUTION = 0.002
_SMOOTHED_OVER = 5
_REACHES = (2, 3, 4)
# Neighbouring quantiles hang together so closely that every second one tells as much.
_USED = slice(None, None, 2)


@dataclass(frozen=True, slots=True, eq=False)
class ShiftFunctions:
    """The shift of every group to the common goal, on an even grid of values.

    Parameters
    ----------
    low, high : float array, shape (groups,)
        First and last value of the grid.
    shifts : float array, shape (groups, 256)
        Added to a value; value plus shift never falls as the value rises.
    size : float
        Standard deviation of the shift as the likelihood has it; 0: nothing is moved.
    length : float
        Distance of values over which the shift changes; NaN where `size` is 0.
    """

    low: Numbers
    high: Numbers
    shifts: Numbers
    size: float
    length: float


@dataclass(frozen=True, slots=True, eq=False)
class _Observed:
    """Shifts of one group at its quantiles, with the covariance of their errors."""

    at: Numbers
    shift: Numbers
    noise: Numbers


def shift_functions(
    quantiles: ArrayLike,
    n: ArrayLike,
    group: ArrayLike,
    *,
    reference: int | None = None,
    is_zero_fixed: bool = False,
) -> ShiftFunctions:
    """Return by how much the values of every group are to be moved to the goal.

    Parameters
    ----------
    quantiles : float array, shape (samples, 101)
        Quantile functions at `LEVELS`.
    n : float array, shape (samples,)
        Values from which each was made.
    group : int array, shape (samples,)
        0, 1, ...; every group has a sample.
    reference : int, optional
        Group that is the goal; without it the mean of the groups.
    is_zero_fixed : bool
        Values up to 0 stay: where nothing was counted no gain is seen.

    Returns
    -------
    shifts : ShiftFunctions

    Raises
    ------
    InputError
        If arrays differ in length, quantiles are missing, or there are fewer than two groups.

    Notes
    -----
    Convention: quantile functions are averaged over the samples of a group. Errors: the larger of
    what counting gives and of what samples of one group show (with one sample per group: counting
    alone), correlated as in a Brownian bridge. Prior of the shift: mean 0, covariance size^2
    exp(-distance / length), both by maximum likelihood over all groups. Outside the range of the
    group the shift at the end holds.

    Examples
    --------
    >>> from macroimmune.statistics.quantile_functions import quantile_function
    >>> values = np.random.default_rng(1).normal(3, 1, 5000)
    >>> q = np.array([quantile_function(values), quantile_function(values + 0.4)])
    >>> shift_functions(q, [5000, 5000], [0, 1]).shifts[:, 128].round(1).tolist()
    [0.2, -0.2]
    """
    q, size, of = _checked(quantiles, n, group)
    count = int(of.max()) + 1
    means = np.array([q[of == one].mean(axis=0) for one in range(count)])
    goal = means.mean(axis=0) if reference is None else means[reference]
    observed = _observed(q, size, of, means, goal, reference, is_zero_fixed=is_zero_fixed)
    span = float(goal[-1] - goal[0])
    best, length = _most_likely(observed, span)
    low = np.array([one.at[0] for one in observed])
    high = np.array([one.at[-1] for one in observed])
    shifts = np.array([_posterior(one, best, length) for one in observed])
    return ShiftFunctions(low, high, shifts, best, length if best > 0 else np.nan)


def _checked(
    quantiles: ArrayLike, n: ArrayLike, group: ArrayLike
) -> tuple[Numbers, Numbers, NDArray[np.int64]]:
    q, size = np.asarray(quantiles, dtype=float), np.asarray(n, dtype=float)
    of = np.asarray(group, dtype=np.int64)
    if q.ndim != 2 or q.shape != (size.size, LEVELS.size) or of.shape != size.shape:
        msg = f"one quantile function of {LEVELS.size} levels, size and group per sample: {q.shape}"
        raise InputError(msg)
    if not np.isfinite(q).all():
        msg = "a quantile is missing; leave samples without values out"
        raise InputError(msg)
    if np.unique(of).size < 2 or not np.array_equal(np.unique(of), np.arange(of.max() + 1)):
        msg = f"groups {np.unique(of).tolist()}; expected 0, 1, ... and at least two"
        raise InputError(msg)
    return q, size, of


def _observed(
    q: Numbers,
    size: Numbers,
    of: NDArray[np.int64],
    means: Numbers,
    goal: Numbers,
    reference: int | None,
    *,
    is_zero_fixed: bool,
) -> list[_Observed]:
    errors = np.sqrt(_variance(q, size, of, means))
    noise = (errors[:, None] * quantile_correlation() * errors)[_USED, _USED]
    means, goal = means[:, _USED], goal[_USED]
    each = 1 / np.bincount(of)
    count = each.size
    nugget = max(_RESOLUTION * float(goal[-1] - goal[0]), 1e-9) ** 2
    found = []
    for one in range(count):
        if reference is None:
            share = each[one] * (1 - 2 / count) + each.sum() / count**2
        else:
            share = 0.0 if one == reference else each[one] + each[reference]
        kept = means[one] > 0 if is_zero_fixed else np.ones(goal.size, dtype=bool)
        covariance = noise[np.ix_(kept, kept)] * share + nugget * np.eye(int(kept.sum()))
        at, shift = means[one][kept], (goal - means[one])[kept]
        if is_zero_fixed:
            at, shift, covariance = _with_zero(at, shift, covariance, nugget)
        found.append(_Observed(at, shift, covariance))
    return found


def _with_zero(
    at: Numbers, shift: Numbers, covariance: Numbers, nugget: float
) -> tuple[Numbers, Numbers, Numbers]:
    """Return the same with a shift of 0 at the value 0, known as well as anything."""
    wider = np.zeros((at.size + 1, at.size + 1))
    wider[0, 0] = nugget / 100
    wider[1:, 1:] = covariance
    return np.r_[0.0, at], np.r_[0.0, shift], wider


def _variance(q: Numbers, size: Numbers, of: NDArray[np.int64], means: Numbers) -> Numbers:
    """Return the variance of one sample's quantiles about its group, per level."""
    counting = np.asarray((_counting_errors(q, size) ** 2).mean(axis=0))
    freedom = of.size - means.shape[0]
    if freedom == 0:
        return counting
    between = ((q - means[of]) ** 2).sum(axis=0) / freedom
    padded = np.pad(between, _SMOOTHED_OVER // 2, mode="edge")
    smoothed = np.convolve(padded, np.full(_SMOOTHED_OVER, 1 / _SMOOTHED_OVER), mode="valid")
    return np.asarray(np.maximum(counting, smoothed))


def _counting_errors(q: Numbers, size: Numbers) -> Numbers:
    """Return the errors of counting, those beside a gap as large as those within.

    A quantile is normal about its mean only where the density is even. Where a gap lies within a
    few standard errors of the share it may jump across, and its error is that of the jump: what
    the wider reaches show beyond a straight line.
    """
    near = quantile_standard_errors(q, size)
    wider = [
        quantile_standard_errors(q, size, float(reach)) - (reach - 1) * near for reach in _REACHES
    ]
    return np.asarray(np.max([near, *wider], axis=0))


def _prior(at: Numbers, other: Numbers, size: float, length: float) -> Numbers:
    apart = np.sqrt(3.0) * np.abs(at[:, None] - other) / length
    return np.asarray(size**2 * (1 + apart) * np.exp(-apart))


def _most_likely(observed: list[_Observed], span: float) -> tuple[float, float]:
    """Return size and length of the shift with the highest likelihood; 0 where none helps."""
    if span <= 0:
        return 0.0, 1.0
    sizes = np.r_[0.0, _SIZES] * span
    best = (0.0, 0.0, 1.0)
    for length in _LENGTHS:
        gained = sum(_log_likelihoods(one, sizes, length * span) for one in observed)
        gained = np.asarray(gained) - np.asarray(gained)[0]
        place = int(np.argmax(gained))
        if gained[place] > best[0]:
            best = (float(gained[place]), float(sizes[place]), length * span)
    return best[1], best[2]


def _log_likelihoods(one: _Observed, sizes: Numbers, length: float) -> Numbers:
    """Return the log likelihood of every size, up to a constant."""
    prior = _prior(one.at, one.at, 1.0, length)
    roots = np.linalg.cholesky(one.noise + sizes[:, None, None] ** 2 * prior)
    # One step of forward substitution for all sizes at once: many small systems, no threads.
    whitened = np.zeros((sizes.size, one.at.size))
    for row in range(one.at.size):
        known = (roots[:, row, :row] * whitened[:, :row]).sum(axis=1)
        whitened[:, row] = (one.shift[row] - known) / roots[:, row, row]
    diagonals = np.diagonal(roots, axis1=1, axis2=2)
    return np.asarray(-0.5 * (whitened**2).sum(axis=1) - np.log(diagonals).sum(axis=1))


def _posterior(one: _Observed, size: float, length: float) -> Numbers:
    """Return the expected shift on the grid of a group, bent where it would turn the order."""
    if size == 0:
        return np.zeros(_GRID)
    grid = np.linspace(one.at[0], one.at[-1], _GRID)
    covariance = one.noise + _prior(one.at, one.at, size, length)
    weights = np.linalg.solve(covariance, one.shift)
    moved = grid + _prior(grid, one.at, size, length) @ weights
    return np.asarray(np.maximum.accumulate(moved) - grid)
