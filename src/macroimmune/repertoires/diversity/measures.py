"""Measures of one repertoire as rows: observed, at a common coverage, estimated, as a curve."""

import math
from collections.abc import Iterator
from dataclasses import asdict
from types import MappingProxyType

import numpy as np

from macroimmune.repertoires.diversity.observed_diversity import clonality, observed_diversity
from macroimmune.repertoires.library_dispersion import Overdispersion
from macroimmune.repertoires.repertoire import READS_STATUS
from macroimmune.statistics import (
    AccumulatedDiversity,
    FrequencyCounts,
    chao1,
    coverage_interval,
    diversity_at,
    normal_quantile,
)

__all__ = [
    "COMMON",
    "ESTIMATED",
    "OBSERVED",
    "common_rows",
    "curve_rows",
    "estimated_rows",
    "observed_rows",
]

Row = dict[str, object]

OBSERVED, COMMON, ESTIMATED = "observed", "common coverage", "estimated"
_CLONOTYPES, _INDEX, _SHARE = "clonotypes", "0 to 1", "share"
_UNITS = MappingProxyType({
    "hill_0": _CLONOTYPES,
    "hill_1": _CLONOTYPES,
    "hill_2": _CLONOTYPES,
    "shannon_clonality": _INDEX,
    "simpson_clonality": _INDEX,
    "gini": _INDEX,
    "d50": _CLONOTYPES,
    "d50_share": _SHARE,
    "top_1_share": _SHARE,
    "top_10_share": _SHARE,
    "top_100_share": _SHARE,
    "convergence": "nucleotide per amino-acid CDR3",
    "chao1": _CLONOTYPES,
    "coverage": _SHARE,
})
_AT_COMMON = ("hill_0", "hill_1", "hill_2", "shannon_clonality", "simpson_clonality")
_ONE = "one clonotype: Shannon clonality is not defined"
_NO_NUCLEOTIDES = "nucleotide CDR3s are not known, or do not tell clonotypes apart here"
_DEPTH = "as counted: follows the depth"
_BEYOND = "extrapolated: a lower bound where many clonotypes are rare"
_LOW = "extrapolated: too low, by more than its interval, where many clonotypes are rare"
_BOUND = "a lower bound"
_OF_BOUND = "extrapolated: rests on a lower bound of clonotypes"
_CROSSED = "the extrapolated entropy exceeds that of the lower bound of clonotypes"
# Sizes of the curve: shares of the sample's own, evenly on the logarithm, and beyond it.
_WITHIN = 12
_LATER = (1.25, 1.5, 1.75, 2.0)
_Z = normal_quantile(0.95)


def _row(
    measure: str,
    basis: str,
    value: float,
    status: str,
    *,
    varied: Overdispersion | None = None,
    **others: float,
) -> Row:
    filled = {name: others.get(name) for name in ("ci_low", "ci_high", "coverage", "size")}
    return {
        "measure": measure,
        "basis": basis,
        "value": value,
        **filled,
        "unit": _UNITS[measure],
        "overdispersion": varied.value if varied else None,
        "overdispersion_source": varied.source if varied else "",
        "status": status,
    }


def observed_rows(
    counts: FrequencyCounts, convergence: float, *, is_sampling_known: bool
) -> list[Row]:
    """Return the measures of a repertoire as it was counted.

    Parameters
    ----------
    counts : FrequencyCounts
    convergence : float
        NaN where sequences are not known.
    is_sampling_known : bool
        Whether a count is a cell or molecule; else no coverage stands beside.
    """
    found = asdict(observed_diversity(counts)) | {"convergence": convergence}
    others = {"size": float(counts.n)}
    if is_sampling_known and counts.n:
        others["coverage"] = coverage_interval(counts).coverage
    rows = []
    for measure, value in found.items():
        status = _DEPTH
        if not counts.n:
            status = "the repertoire is empty"
        elif math.isnan(value):
            status = _ONE if measure == "shannon_clonality" else _NO_NUCLEOTIDES
        rows.append(_row(measure, OBSERVED, value, status, varied=None, **others))
    return rows


def estimated_rows(counts: FrequencyCounts, *, is_sampling_known: bool) -> list[Row]:
    """Return the lower bound of clonotypes and the coverage, each with its interval."""
    nothing = float("nan")
    if not is_sampling_known:
        return [
            _row(measure, ESTIMATED, nothing, READS_STATUS) for measure in ("chao1", "coverage")
        ]
    bound, covered = chao1(counts), coverage_interval(counts)
    size = float(counts.n)
    return [
        _row("chao1", ESTIMATED, bound.kinds, bound.status or _BOUND, ci_low=bound.ci_low,
             ci_high=bound.ci_high, coverage=covered.coverage, size=size),
        _row("coverage", ESTIMATED, covered.coverage, covered.status, ci_low=covered.ci_low,
             ci_high=covered.ci_high, coverage=covered.coverage, size=size),
    ]  # fmt: skip


def common_rows(
    counts: FrequencyCounts,
    coverage: float,
    status: str,
    varied: Overdispersion | None = None,
    *,
    is_sampling_known: bool,
) -> list[Row]:
    """Return Hill numbers and clonalities at the coverage of all repertoires of a kind.

    Parameters
    ----------
    counts : FrequencyCounts
    coverage : float
    status : str
        Why there is none; else empty.
    varied : Overdispersion or None
        Of clones' shares between libraries, which widens intervals; None: counting alone.
    is_sampling_known : bool

    Notes
    -----
    Convention: Shannon clonality is null where the entropy exceeds the logarithm of clonotypes:
    beyond a sample both are extrapolated apart. Over-dispersion widens intervals and moves no
    value: see `diversity_at`. Extrapolated values of order 0 and 1 stand too low where most unseen
    clonotypes are naive, for which those seen once and twice tell too few
    (`benchmarks/repertoires_of_virtual_studies.py` prints them apart).
    """
    if not is_sampling_known or status:
        said = status if is_sampling_known else READS_STATUS
        nothing = float("nan")
        return [_row(one, COMMON, nothing, said, coverage=coverage) for one in _AT_COMMON]
    if coverage >= 1.0 or counts.n_kinds == 1:
        found = diversity_at(counts, sizes=[float(counts.n)], dispersion=_value(varied))
    else:
        found = diversity_at(counts, coverages=[coverage], dispersion=_value(varied))
    others = {"coverage": coverage, "size": float(found.size[0])}
    beyond = _BEYOND if found.part[0] == "extrapolated" else ""
    by_order = (beyond, _LOW if beyond else "", "")
    rows = [
        _row(
            f"hill_{order}",
            COMMON,
            float(np.exp(found.log_hill[0, order])),
            by_order[order],
            varied=varied,
            **_log_interval(found, 0, order),
            **others,
        )
        for order in range(3)
    ]
    shannon = clonality(*found.log_hill[0, :2])
    of_shannon = _ONE if math.isnan(shannon) else _OF_BOUND if beyond else ""
    if shannon < 0.0:
        shannon, of_shannon = float("nan"), _CROSSED
    simpson = float(np.exp(-0.5 * found.log_hill[0, 2]))
    reach = float(np.exp(0.5 * _Z * found.log_errors[0, 2]))
    rows += [
        _row("shannon_clonality", COMMON, shannon, of_shannon, varied=varied,
             **_clonality_interval(found), **others),
        _row("simpson_clonality", COMMON, simpson, "", varied=varied, ci_low=simpson / reach,
             ci_high=min(simpson * reach, 1.0), **others),
    ]  # fmt: skip
    return rows


def _value(varied: Overdispersion | None) -> float:
    return varied.value if varied else 0.0


def _log_interval(found: AccumulatedDiversity, level: int, order: int) -> dict[str, float]:
    """Return the interval of a Hill number, whose logarithm is taken as normal."""
    value = float(np.exp(found.log_hill[level, order]))
    reach = float(np.exp(_Z * found.log_errors[level, order]))
    return {"ci_low": min(max(value / reach, 1.0), value), "ci_high": value * reach}


def _clonality_interval(found: AccumulatedDiversity) -> dict[str, float]:
    kinds, entropy = found.log_hill[0, :2]
    if not kinds > 0.0 or entropy > kinds:
        return {}
    of_kinds, of_entropy = found.log_errors[0, :2]
    variance = (
        (of_entropy / kinds) ** 2
        + (entropy * of_kinds / kinds**2) ** 2
        - 2.0 * entropy * found.log_covariance[0] / kinds**3
    )
    value, reach = clonality(kinds, entropy), _Z * math.sqrt(max(variance, 0.0))
    return {"ci_low": max(value - reach, 0.0), "ci_high": min(value + reach, 1.0)}


def curve_rows(counts: FrequencyCounts, varied: Overdispersion | None = None) -> list[Row]:
    """Return Hill numbers along sizes, from few counts to twice the sample."""
    return list(_curve(counts, _value(varied))) if counts.n else []


def _curve(counts: FrequencyCounts, dispersion: float) -> Iterator[Row]:
    n = counts.n
    within = np.unique(np.round(np.geomspace(1, n, _WITHIN + 1)))
    sizes = np.concatenate([within, np.round(n * np.array(_LATER))])
    # Where nothing was seen twice, nothing can be extrapolated.
    if counts.of_size(1) == n:
        sizes = within
    found = diversity_at(counts, sizes=np.unique(sizes), dispersion=dispersion)
    for order in range(3):
        for level, size in enumerate(found.size):
            yield {
                "order": order,
                "size": float(size),
                "coverage": float(found.coverage[level]),
                "part": found.part[level],
                "value": float(np.exp(found.log_hill[level, order])),
                **_log_interval(found, level, order),
            }
