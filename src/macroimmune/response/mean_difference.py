"""The difference of the means of two wells, with the parts of its error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.response.well import MarkerLevels
from macroimmune.statistics.compiled import compiled
from macroimmune.statistics.ranked_samples import RankedSamples
from macroimmune.statistics.skewed_mean import skewed_reach

__all__ = ["MeanDifference", "mean_difference"]

Numbers = NDArray[np.float64]
Levels = Sequence[MarkerLevels]


@dataclass(frozen=True, slots=True, eq=False)
class MeanDifference:
    """The difference of means of each pair with the parts of its error.

    Parameters
    ----------
    value : float array, shape (pairs,)
        Mean stimulated - mean unstimulated.
    cells : float array, shape (pairs,)
        Standard error that cells bring.
    thresholds : float array, shape (pairs,)
        That thresholds bring; NaN where none were drawn.
    added : float array, shape (pairs,)
        Variance that thresholds and batches bring.
    low, high : float array, shape (pairs,)
        95 % interval.
    carriers : float array, shape (pairs,)
        On how many cells the variance rests: of values that are zero but in k cells, about k; of
        normal ones a third of all. Infinite where cells bring no error.
    """

    value: Numbers
    cells: Numbers
    thresholds: Numbers
    added: Numbers
    low: Numbers
    high: Numbers
    carriers: Numbers


def mean_difference(
    unstimulated: Levels,
    stimulated: Levels,
    ranked: tuple[RankedSamples, RankedSamples],
    *,
    batch_variance: Numbers,
    batch_freedom: Numbers,
) -> MeanDifference:
    """Return the difference of means of each pair; degrees of freedom by Satterthwaite.

    Parameters
    ----------
    unstimulated, stimulated : sequence of MarkerLevels
        As many of both, of two cells or more.
    ranked : (RankedSamples, RankedSamples)
        Their values.
    batch_variance, batch_freedom : float array, shape (pairs,)
        NaN where not known.

    Notes
    -----
    Convention: see `response_effects`. The cells on which a variance v rests are v^2 over the
    variance of v as the fourth moment gives it: n / kurtosis for one well.
    """
    wells = (unstimulated, stimulated)
    n = np.array([[one.n_cells for one in well] for well in wells], float)
    means = np.array([[one.mean for one in well] for well in wells])
    of_cells = np.array([[one.variance for one in well] for well in wells]) / n
    drawn, drawn_freedom = _of_thresholds(unstimulated, stimulated)
    variances = np.stack([*of_cells, drawn, batch_variance])
    variances = np.where(np.isnan(variances), 0.0, variances)
    freedoms = np.stack([*(n - 1.0), drawn_freedom, batch_freedom])
    total = variances.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.where(variances > 0.0, variances**2 / freedoms, 0.0).sum(axis=0)
        freedom = np.where(squares > 0.0, total**2 / squares, np.inf)
    quantile = special.stdtrit(np.minimum(freedom, 1e9), 0.975)
    error, cells = np.sqrt(total), of_cells.sum(axis=0)
    moments = [_moments(one, mean) for one, mean in zip(ranked, means, strict=True)]
    third = moments[1][0] / n[1] ** 2 - moments[0][0] / n[0] ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        below, above = skewed_reach(quantile, np.where(error > 0.0, third / error**3, 0.0))
        of_variance = sum(of_cells[k] ** 2 * moments[k][1] / n[k] for k in (0, 1))
        carriers = np.where(cells > 0.0, total**2 / of_variance, np.inf)
    value = means[1] - means[0]
    return MeanDifference(
        value=value,
        cells=np.sqrt(cells),
        thresholds=np.sqrt(drawn),
        added=variances[2] + variances[3],
        low=value - below * error,
        high=value + above * error,
        carriers=carriers,
    )


def _of_thresholds(unstimulated: Levels, stimulated: Levels) -> tuple[Numbers, Numbers]:
    """Return the variance over draws of thresholds and its degrees of freedom, NaN without draws.

    Each well's thresholds are drawn by themselves.
    """
    found = np.full((2, len(unstimulated)), np.nan)
    for k, pair in enumerate(zip(unstimulated, stimulated, strict=True)):
        drawn = [one.drawn_means for one in pair if one.drawn_means.size > 1]
        if drawn:
            found[0, k] = sum(one.var(ddof=1) for one in drawn)
            found[1, k] = min(map(len, drawn)) - 1
    return found[0], found[1]


def _moments(samples: RankedSamples, means: Numbers) -> Numbers:
    """Return the third moment about the means, and the kurtosis, shape (2, samples)."""
    found = np.empty((2, means.size))
    _fill_moments(samples.values, samples.ends, means, found)
    return found


@compiled
def _fill_moments(values: Numbers, ends: NDArray[np.intp], means: Numbers, found: Numbers) -> None:
    for k in range(means.size):
        second = third = fourth = 0.0
        for value in values[ends[k] : ends[k + 1]]:
            apart = value - means[k]
            square = apart * apart
            second += square
            third += square * apart
            fourth += square * square
        size = ends[k + 1] - ends[k]
        found[0, k] = third / size
        found[1, k] = size * fourth / (second * second) if second > 0.0 else 0.0
