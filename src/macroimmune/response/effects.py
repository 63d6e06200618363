"""The effect sizes of a stimulus on one marker of one population, each with its interval."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from macroimmune.response.well import MarkerLevels
from macroimmune.statistics.moved_mass import moved_mass
from macroimmune.statistics.random_splits import Splits, pooled_ranks, random_splits
from macroimmune.statistics.ranked_values import quantiles_of_ranked
from macroimmune.statistics.share_beyond import share_beyond
from macroimmune.statistics.skewed_mean import skewed_reach
from macroimmune.statistics.superiority import superiority

__all__ = [
    "LEAST_CELLS",
    "LEAST_FOR_SCORE",
    "MeanDifference",
    "ResponseEffects",
    "difference_of_means",
    "few_cells",
    "response_effects",
    "split_sizes",
]

LEAST_FOR_SCORE, LEAST_CELLS = 50, 20
_PERCENTILE = 0.99
# So many quantiles stand for the cells of both wells where these are more.
_POOLED = 600
_Z = 1.959963984540054
_SAME = "all cells of both wells have one value: there is no error of counting"


@dataclass(frozen=True, slots=True)
class ResponseEffects:
    """What a stimulus does to one marker of one population; None where there is no estimate.

    Parameters
    ----------
    n_unstimulated, n_stimulated : int
        Cells with a value.
    mean_unstimulated, mean_stimulated, median_unstimulated, median_stimulated : float or None
    difference, difference_ci_low, difference_ci_high : float or None
        Mean stimulated - mean unstimulated.
    cells_se, thresholds_se, batch_se : float or None
        The standard errors of the difference that cells, thresholds and batches bring.
    percent_above, percent_above_ci_low, percent_above_ci_high : float or None
        Gain of percent above the unstimulated 99th percentile.
    signed_emd, signed_emd_ci_low, signed_emd_ci_high : float or None
        Earth mover's distance with the sign of the difference.
    emd_null : float or None
        95th percentile of the distance that counting alone gives, from random splits of the cells
        of both wells.
    superiority, superiority_ci_low, superiority_ci_high : float or None
        Probability that a stimulated cell has more than an unstimulated one.
    use : {"score", "effect size", "none"}
    status : str
    """

    n_unstimulated: int
    n_stimulated: int
    mean_unstimulated: float | None = None
    mean_stimulated: float | None = None
    median_unstimulated: float | None = None
    median_stimulated: float | None = None
    difference: float | None = None
    difference_ci_low: float | None = None
    difference_ci_high: float | None = None
    cells_se: float | None = None
    thresholds_se: float | None = None
    batch_se: float | None = None
    percent_above: float | None = None
    percent_above_ci_low: float | None = None
    percent_above_ci_high: float | None = None
    signed_emd: float | None = None
    signed_emd_ci_low: float | None = None
    signed_emd_ci_high: float | None = None
    emd_null: float | None = None
    superiority: float | None = None
    superiority_ci_low: float | None = None
    superiority_ci_high: float | None = None
    use: str = "none"
    status: str = ""


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """The difference of means with the parts of its error.

    Parameters
    ----------
    value : float
        Mean stimulated - mean unstimulated.
    cells : float
        Standard error that cells bring.
    thresholds : float or None
        That thresholds bring; None where none were drawn.
    added : float
        Variance that thresholds and batches bring.
    low, high : float
        95 % interval.
    """

    value: float
    cells: float
    thresholds: float | None
    added: float
    low: float
    high: float


def split_sizes(n_unstimulated: int, n_stimulated: int) -> tuple[int, int]:
    """Return the sizes of the parts that stand for two wells; of many cells, the same for all."""
    if n_unstimulated + n_stimulated > _POOLED:
        return _POOLED // 2, _POOLED // 2
    return n_stimulated, n_unstimulated


def response_effects(
    unstimulated: MarkerLevels,
    stimulated: MarkerLevels,
    *,
    batch_variance: float | None = None,
    batch_freedom: float = math.inf,
    splits: Splits | None = None,
    rng: np.random.Generator,
) -> ResponseEffects:
    """Return the four effect sizes of a stimulus on one marker of one population.

    Parameters
    ----------
    unstimulated, stimulated : MarkerLevels
        Of the same population and marker in both wells.
    batch_variance : float, optional
        Variance of the difference between batches, from bridging controls.
    batch_freedom : float
        Degrees of freedom with which it was estimated.
    splits : Splits, optional
        Into parts of `split_sizes`; drawn where they are not given.
    rng : numpy.random.Generator

    Returns
    -------
    effects : ResponseEffects

    Notes
    -----
    Convention: at least 50 cells in both wells for a score, 20 for an effect size. Interval of the
    difference: Welch's variance of both means, the variance over draws of thresholds in both wells,
    and that between batches, with Satterthwaite's degrees of freedom; each end is the farther of
    Student's and Hall's for skewed values. Thresholds and batches act on the other effect sizes as
    a shift of the stimulated cells.
    Checked against: bootstrap of cells; coverage in known distributions.

    Examples
    --------
    >>> from macroimmune.response.marker_levels import marker_levels
    >>> rng = np.random.default_rng(1)
    >>> before, after = (marker_levels(rng.normal(x, 1, 200).astype("f4")) for x in (0, 2))
    >>> found = response_effects(before, after, rng=rng)
    >>> round(found.difference), round(found.superiority, 1), found.use
    (2, 0.9, 'score')
    """
    least = min(unstimulated.n_cells, stimulated.n_cells)
    described = _described(unstimulated, "unstimulated") | _described(stimulated, "stimulated")
    status = few_cells(unstimulated.n_cells, stimulated.n_cells)
    if least < LEAST_CELLS:
        return ResponseEffects(**described, use="none", status=status)
    difference = difference_of_means(
        unstimulated, stimulated, batch_variance=batch_variance, batch_freedom=batch_freedom
    )
    if not difference.cells:
        status = "; ".join(filter(None, [status, _SAME]))
    if splits is None:
        splits = random_splits(split_sizes(unstimulated.n_cells, stimulated.n_cells), rng)
    return ResponseEffects(
        **described,
        difference=difference.value,
        difference_ci_low=difference.low,
        difference_ci_high=difference.high,
        cells_se=difference.cells,
        thresholds_se=difference.thresholds,
        batch_se=None if batch_variance is None else math.sqrt(batch_variance),
        **_percent_above(unstimulated, stimulated, difference.added, rng),
        **_signed_emd(unstimulated, stimulated, difference, splits),
        **_superiority(unstimulated, stimulated, difference.added),
        use="score" if least >= LEAST_FOR_SCORE else "effect size",
        status=status,
    )


def _described(levels: MarkerLevels, which: str) -> dict[str, Any]:
    """Return number, mean and median of one well: what there is, however few cells."""
    found: dict[str, Any] = {f"n_{which}": levels.n_cells}
    if levels.n_cells:
        found[f"mean_{which}"] = levels.mean
        found[f"median_{which}"] = float(quantiles_of_ranked(levels.ranked, 0.5))
    return found


def few_cells(unstimulated: int, stimulated: int) -> str:
    """Say which of two wells has too few cells, and for what; nothing where both have enough."""
    if min(unstimulated, stimulated) >= LEAST_FOR_SCORE:
        return ""
    few = [
        f"{n} {which} cells"
        for n, which in ((unstimulated, "unstimulated"), (stimulated, "stimulated"))
        if n < LEAST_FOR_SCORE
    ]
    if min(unstimulated, stimulated) < LEAST_CELLS:
        return f"{' and '.join(few)}: fewer than {LEAST_CELLS} give no effect size"
    return f"{' and '.join(few)}: fewer than {LEAST_FOR_SCORE} give an effect size but no score"


def _thresholds_variance(
    unstimulated: MarkerLevels, stimulated: MarkerLevels
) -> tuple[float, float] | None:
    """Return the variance over draws of thresholds and its degrees of freedom."""
    drawn = [one.drawn_means for one in (unstimulated, stimulated) if one.drawn_means.size > 1]
    if not drawn:
        return None
    # Each well's thresholds are drawn by themselves.
    return float(sum(one.var(ddof=1) for one in drawn)), float(min(map(len, drawn)) - 1)


def difference_of_means(
    unstimulated: MarkerLevels,
    stimulated: MarkerLevels,
    *,
    batch_variance: float | None = None,
    batch_freedom: float = math.inf,
) -> MeanDifference:
    """Return the difference of means; its degrees of freedom by Satterthwaite.

    See `response_effects` for the parameters.
    """
    drawn = _thresholds_variance(unstimulated, stimulated)
    wells = (unstimulated, stimulated)
    parts = [(one.variance / one.n_cells, one.n_cells - 1.0) for one in wells]
    cells = sum(variance for variance, _ in parts)
    parts += [drawn] if drawn is not None else []
    parts += [(batch_variance, batch_freedom)] if batch_variance is not None else []
    total = sum(variance for variance, _ in parts)
    squares = sum(variance**2 / freedom for variance, freedom in parts)
    freedom = total**2 / squares if squares > 0.0 else math.inf
    quantile = float(special.stdtrit(min(freedom, 1e9), 0.975))
    value, error = stimulated.mean - unstimulated.mean, math.sqrt(total)
    third = _third_moment(stimulated) - _third_moment(unstimulated)
    below, above = skewed_reach(quantile, third / error**3 if error > 0.0 else 0.0)
    return MeanDifference(
        value=value,
        cells=math.sqrt(cells),
        thresholds=None if drawn is None else math.sqrt(drawn[0]),
        added=total - cells,
        low=value - below * error,
        high=value + above * error,
    )


def _third_moment(levels: MarkerLevels) -> float:
    """Return the third moment of the error of the mean."""
    apart = levels.ranked.astype(np.float64) - levels.mean
    return float((apart**3).mean()) / levels.n_cells**2


def _percent_above(
    unstimulated: MarkerLevels, stimulated: MarkerLevels, added: float, rng: np.random.Generator
) -> dict[str, Any]:
    found = share_beyond(
        stimulated.ranked,
        stimulated.n_cells,
        unstimulated.ranked,
        unstimulated.n_cells,
        percentile=_PERCENTILE,
        shift_error=math.sqrt(added),
        rng=rng,
    )
    return {
        "percent_above": 100.0 * found.gain,
        "percent_above_ci_low": 100.0 * found.ci_low,
        "percent_above_ci_high": 100.0 * found.ci_high,
    }


def _signed_emd(
    unstimulated: MarkerLevels,
    stimulated: MarkerLevels,
    difference: MeanDifference,
    splits: Splits,
) -> dict[str, Any]:
    """Return the distance with the sign of the difference.

    Where the sign is certain its interval is that of the distance, less what counting alone gives;
    the size of the difference is its least. Where the sign is not certain the interval reaches to
    both sides: to the ends of the difference's and the excess beyond.
    """
    n, m = stimulated.n_cells, unstimulated.n_cells
    moved = moved_mass(stimulated.ranked, n, unstimulated.ranked, m)
    by_counting = splits.distances(
        pooled_ranks(stimulated.ranked, n, unstimulated.ranked, m, _POOLED), n, m
    )
    size = max(moved.distance, abs(difference.value))
    reach = _Z * math.hypot(moved.error, math.sqrt(difference.added))
    if difference.low > 0.0 or difference.high < 0.0:
        nearest = min(abs(difference.low), abs(difference.high))
        least = max(nearest, size - float(by_counting.mean()) - reach)
        ends = (min(least, size), size + reach)
        low, high = ends if difference.value > 0.0 else (-ends[1], -ends[0])
    else:
        excess = moved.excess + _Z * moved.excess_error
        most = size + max(reach, difference.high - difference.value)
        low, high = max(difference.low - excess, -most), min(difference.high + excess, most)
    return {
        "signed_emd": math.copysign(size, difference.value),
        "signed_emd_ci_low": low,
        "signed_emd_ci_high": high,
        "emd_null": float(np.quantile(by_counting, 0.95)),
    }


def _superiority(
    unstimulated: MarkerLevels, stimulated: MarkerLevels, added: float
) -> dict[str, Any]:
    found = superiority(
        stimulated.ranked,
        stimulated.n_cells,
        unstimulated.ranked,
        unstimulated.n_cells,
        shift_variance=added,
        z=_Z,
    )
    return {
        "superiority": found.estimate,
        "superiority_ci_low": found.ci_low,
        "superiority_ci_high": found.ci_high,
    }
