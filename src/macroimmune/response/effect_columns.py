"""The effect sizes of many pairs of populations and markers at once, column by column."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.response.cell_minima import LEAST_CELLS, few_cells, use_of_cells
from macroimmune.response.mean_difference import MeanDifference, mean_difference
from macroimmune.response.signed_distance import signed_distance
from macroimmune.response.well import MarkerLevels
from macroimmune.statistics.random_splits import random_splits
from macroimmune.statistics.ranked_samples import RankedSamples, ranked_samples
from macroimmune.statistics.share_beyond import share_beyond
from macroimmune.statistics.superiority import superiority

__all__ = ["LEAST_CARRIERS", "NUMBERS", "effect_columns"]

Numbers = NDArray[np.float64]
Levels = Sequence[MarkerLevels]
# On fewer cells a variance is not known well enough: of 50 cells that are zero against 50 of which
# 3 % are not, intervals hold the truth at a rate of .72, and all such pairs are told.
LEAST_CARRIERS = 5.0
NUMBERS = (
    *(f"{name}_{which}" for name in ("mean", "median") for which in ("unstimulated", "stimulated")),
    *("difference", "difference_ci_low", "difference_ci_high"),
    *("cells_se", "thresholds_se", "batch_se"),
    *("percent_above", "percent_above_ci_low", "percent_above_ci_high"),
    *("signed_emd", "signed_emd_ci_low", "signed_emd_ci_high", "emd_null"),
    *("superiority", "superiority_ci_low", "superiority_ci_high"),
)
_PERCENTILE = 0.99
_Z = 1.959963984540054
_SAME = (
    "all cells of both wells have one value: the interval has no error of counting, and an answer "
    "of few cells would not be seen"
)


def effect_columns(
    unstimulated: Levels,
    stimulated: Levels,
    *,
    batch_variance: Numbers,
    batch_freedom: Numbers,
    rng: np.random.Generator,
) -> tuple[Mapping[str, Numbers], list[str], list[str]]:
    """Return the effect sizes of each pair.

    Parameters
    ----------
    unstimulated, stimulated : sequence of MarkerLevels
        As many of both; each of one population and marker in both wells.
    batch_variance, batch_freedom : float array, shape (pairs,)
        Of the difference between batches; NaN where that is not known.
    rng : numpy.random.Generator

    Returns
    -------
    columns : mapping from name to float array, shape (pairs,)
        `NUMBERS`; NaN where there is no estimate.
    use, status : list of str

    Notes
    -----
    Convention: see `response_effects`. All pairs share their random draws.
    """
    columns = {name: np.full(len(unstimulated), np.nan) for name in NUMBERS}
    for which, levels in (("unstimulated", unstimulated), ("stimulated", stimulated)):
        columns[f"mean_{which}"][:] = [one.mean for one in levels]
        columns[f"median_{which}"][:] = [_median(one) for one in levels]
    counts = [(a.n_cells, b.n_cells) for a, b in zip(unstimulated, stimulated, strict=True)]
    use, status = [use_of_cells(*n) for n in counts], [few_cells(*n) for n in counts]
    enough = [k for k, n in enumerate(counts) if min(n) >= LEAST_CELLS]
    if enough:
        pair = [unstimulated[k] for k in enough], [stimulated[k] for k in enough]
        before, after = (_ranked(some) for some in pair)
        difference = mean_difference(
            *pair,
            (before, after),
            batch_variance=batch_variance[enough],
            batch_freedom=batch_freedom[enough],
        )
        found = _estimates(before, after, difference, rng)
        found["batch_se"] = np.sqrt(batch_variance[enough])
        for name, values in found.items():
            columns[name][enough] = values
        for place, cells, carriers in zip(
            enough, difference.cells, difference.carriers, strict=True
        ):
            words = _SAME if not cells else _few_carriers(float(carriers))
            status[place] = "; ".join(filter(None, [status[place], words]))
    return columns, use, status


def _median(levels: MarkerLevels) -> float:
    ranked = levels.ranked
    if not ranked.size:
        return float("nan")
    return (float(ranked[(ranked.size - 1) // 2]) + float(ranked[ranked.size // 2])) / 2


def _ranked(levels: Levels) -> RankedSamples:
    return ranked_samples([one.ranked for one in levels], [one.n_cells for one in levels])


def _few_carriers(carriers: float) -> str:
    """Say that the spread rests on too few cells."""
    if carriers >= LEAST_CARRIERS:
        return ""
    return (
        f"the spread of both wells rests on about {max(carriers, 1.0):.0f} cells, fewer than "
        f"{LEAST_CARRIERS:g}: the interval of the difference may be too narrow"
    )


def _estimates(
    before: RankedSamples,
    after: RankedSamples,
    difference: MeanDifference,
    rng: np.random.Generator,
) -> dict[str, Numbers]:
    """Return the four effect sizes of pairs with enough cells."""
    above = share_beyond(
        after,
        before,
        percentile=_PERCENTILE,
        shift_error=np.sqrt(difference.added),
        rng=rng,
    )
    superior = superiority(after, before, shift_variance=difference.added, z=_Z)
    return {
        "difference": difference.value,
        "difference_ci_low": difference.low,
        "difference_ci_high": difference.high,
        "cells_se": difference.cells,
        "thresholds_se": difference.thresholds,
        "percent_above": 100.0 * above.gain,
        "percent_above_ci_low": 100.0 * above.ci_low,
        "percent_above_ci_high": 100.0 * above.ci_high,
        **signed_distance(before, after, difference, random_splits(rng)),
        "superiority": superior.estimate,
        "superiority_ci_low": superior.ci_low,
        "superiority_ci_high": superior.ci_high,
    }
