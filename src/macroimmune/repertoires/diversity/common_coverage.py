"""The coverage at which repertoires of one kind are compared, and which of them reach it."""

from collections.abc import Sequence
from dataclasses import dataclass

from macroimmune.repertoires.common_level import common_level
from macroimmune.statistics import FrequencyCounts, coverage_at

__all__ = ["CommonCoverage", "common_coverage"]

# Assumed: fewer counts, or none seen twice, say too little of coverage to set that of others.
LEAST_COUNTS = 20
# Assumed: a repertoire that reaches less than this share of the median sets no coverage, since all
# others would be thinned to next to nothing for its sake.
_LEAST_OF_MEDIAN = 0.5
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class CommonCoverage:
    """The coverage of a group of repertoires.

    Parameters
    ----------
    coverage : float
        NaN where no repertoire can set it.
    statuses : tuple of str
        Of each repertoire: empty, or why it has no diversity at this coverage.
    """

    coverage: float
    statuses: tuple[str, ...]


def common_coverage(samples: Sequence[FrequencyCounts], asked: float = 0.0) -> CommonCoverage:
    """Return the coverage at which repertoires are compared.

    Parameters
    ----------
    samples : sequence of FrequencyCounts
        Repertoires of one chain, population, compartment and kind of count; not of reads.
    asked : float
        Declared coverage; 0: the lowest that repertoires reach when extrapolated to twice their
        size, of those that reach at least half of the median.

    Returns
    -------
    common : CommonCoverage

    Notes
    -----
    Convention: never beyond twice the sample (Chao and Jost 2012, Ecology 93, 2533). Repertoires
    of fewer than 20 counts (assumed), or in which no clonotype was counted twice, do not set the
    coverage and have no diversity at it; nor do those that reach less than half of what the
    median repertoire does (assumed): of six of 20,000 counts that reach 0.85 and one of 60, all
    would be compared at 0.07.

    Examples
    --------
    >>> from macroimmune.statistics import frequency_counts
    >>> small, large = frequency_counts([9, 6, 4, 1, 1, 1, 2]), frequency_counts([60, 30, 9, 1])
    >>> found = common_coverage([small, large])
    >>> round(found.coverage, 3), found.statuses
    (0.939, ('', ''))
    """
    said = [_unusable(one) for one in samples]
    reached = [
        float("nan") if problem else float(coverage_at(one, [2.0 * one.n])[0])
        for one, problem in zip(samples, said, strict=True)
    ]
    usable = [value for value in reached if value == value]
    lowest = common_level(usable, least_of_median=_LEAST_OF_MEDIAN)
    coverage = asked or (float("nan") if lowest is None else lowest)
    statuses = [
        problem or _too_low(most, coverage) or _too_high(one, coverage)
        for one, problem, most in zip(samples, said, reached, strict=True)
    ]
    return CommonCoverage(coverage, tuple(statuses))


def _unusable(sample: FrequencyCounts) -> str:
    if sample.n == 0:
        return "the repertoire is empty"
    if sample.n < LEAST_COUNTS:
        return f"{sample.n} counts: at least {LEAST_COUNTS} are needed to tell coverage"
    if sample.of_size(1) == sample.n:
        return "no clonotype was counted twice, so coverage cannot be told"
    return ""


def _too_low(most: float, coverage: float) -> str:
    if most >= coverage - _SLACK:
        return ""
    return (
        f"covers at most {most:.3g} when extrapolated to twice its size, less than the "
        f"{coverage:.3g} at which repertoires are compared"
    )


def _too_high(sample: FrequencyCounts, coverage: float) -> str:
    if sample.n_kinds > 1 and float(coverage_at(sample, [1.0])[0]) > coverage:
        return f"one count already covers more than the {coverage:.3g} of the others"
    return ""
