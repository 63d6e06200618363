"""The best cut of features against one endpoint, with the search paid for."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.curves import Curve
from macroimmune.association.cut_row import SEARCHED, CutRow, cut_row
from macroimmune.association.detection_limits import largest_limit
from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.random_draws import random_draws
from macroimmune.association.row import nobody
from macroimmune.association.values import ParticipantValues
from macroimmune.statistics import (
    CutPointBootstrap,
    CutPointScreen,
    bootstrap_cut_points,
    conditional_logistic,
    cox,
    cut_path,
    firth_cox,
    firth_logistic,
    logistic,
    screen_cut_points,
)

__all__ = ["SearchedCuts", "searched_cuts"]

SURVIVAL = "maximally selected log-rank statistic, searched cut"
BINARY = "maximally selected chi-squared statistic, searched cut"
PERMUTATIONS = 10_000
RESAMPLES = 1000
CURVE = "cut_statistic"
LATE = "participants entered late: their scores cannot be permuted, so no cut was searched"
_SEPARATED = "apparent ratio by Firth's penalised likelihood, because the cut separates the events"
_ONE_CUT = "only one cut is possible, so nothing was searched"
_UNADJUSTED = "the search is not adjusted for the baseline value"
_STABLE = 0.5
_MOST_POINTS = 120


@dataclass(frozen=True, slots=True)
class SearchedCuts:
    """What a search of several features against one endpoint gives, in the order of the features.

    Parameters
    ----------
    rows : list of CutRow
    entries : list of LedgerEntry
    curves : list of Curve
        The statistic along the cuts of each feature that was searched.
    """

    rows: list[CutRow]
    entries: list[LedgerEntry]
    curves: list[Curve]


def searched_cuts(
    features: list[ParticipantValues],
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    *,
    seed: int,
) -> SearchedCuts:
    """Return the best cut of each feature against one endpoint.

    Parameters
    ----------
    features : list of ParticipantValues
        At the landmark of the endpoint, if there is one.
    data : EndpointData
    strata : int array, shape (participants,), or None
        Scores are formed, permuted and resampled within them.
    seed : int
        Of the run.

    Returns
    -------
    found : SearchedCuts

    Notes
    -----
    Convention: cuts are in the unit of the feature and "above" is strict; 10 % to 90 % of the
    participants lie up to a cut. Permutations and resamples are those of the endpoint, so one
    feature's numbers do not depend on which others are searched. No cut below the largest limit
    of an undetected value is tried: at such a cut the side of that participant is unknown, and
    leaving out the undetected would leave out the low values alone.
    """
    if not features:
        return SearchedCuts([], [], [])
    method = BINARY if data.survival is None else SURVIVAL
    if data.survival is not None and data.survival.entry is not None:
        rows = [_without_search(values, data, method, LATE) for values in features]
        return SearchedCuts(rows, [_entry(row) for row in rows], [])
    if not data.known.any():
        rows = [_without_search(values, data, method, nobody(values)) for values in features]
        return SearchedCuts(rows, [_entry(row) for row in rows], [])
    outcome = data.outcome_of(data.known) if data.survival is None else data.survival
    markers = np.column_stack([_candidates(values, data) for values in features])
    stratum = None if strata is None else strata[data.known]
    about = (data.endpoint.id, data.landmark_days)
    screen = screen_cut_points(
        outcome,
        markers,
        permutations=PERMUTATIONS,
        rng=random_draws(seed, "cut-point permutations", *about),
        strata=stratum,
    )
    resampled = bootstrap_cut_points(
        outcome,
        markers,
        screen,
        resamples=RESAMPLES,
        rng=random_draws(seed, "cut-point resamples", *about),
        strata=stratum,
    )
    rows, curves = [], []
    for position, values in enumerate(features):
        limited = _limited(values, data)
        if screen.status[position]:
            said = "; ".join(part for part in (screen.status[position], limited) if part)
            rows.append(_without_search(values, data, method, said))
            continue
        path = cut_path(outcome, markers[:, position], strata=stratum)
        row = _row(values, data, strata, screen, resampled, position)
        rows.append(_with_notes(row, values, limited, n_cuts=path.cuts.size))
        kept = _thinned(path.statistics)
        place = (row.feature, row.endpoint, row.landmark_days, "statistic")
        gap = np.full(kept.size, np.nan)
        statistics = path.statistics[kept]
        curves.append(Curve(CURVE, *place, path.cuts[kept], statistics, gap, gap, path.n_low[kept]))
    return SearchedCuts(rows, [_entry(row) for row in rows], curves)


def _candidates(values: ParticipantValues, data: EndpointData) -> NDArray[np.float64]:
    """Return the values searched: ties up to the largest limit, so that no cut lies below it."""
    known = values.values[data.known]
    return np.maximum(known, largest_limit(values, data))


def _limited(values: ParticipantValues, data: EndpointData) -> str:
    """Say below which value no cut was tried, or nothing."""
    limit = largest_limit(values, data)
    if np.isinf(limit):
        return ""
    return f"no cut below {limit:.4g}, the largest limit of an undetected value, was tried"


def _without_search(
    values: ParticipantValues, data: EndpointData, method: str, status: str
) -> CutRow:
    gap = float("nan")
    return cut_row(values, data, kind=SEARCHED, cut=gap, method=method, status=status)


def _entry(row: CutRow) -> LedgerEntry:
    why = row.status if np.isnan(row.p_value) else ""
    return LedgerEntry(row.feature, row.endpoint, row.landmark_days, row.method, row.p_value, why)


def _row(
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    screen: CutPointScreen,
    resampled: CutPointBootstrap,
    position: int,
) -> CutRow:
    """Return the row of a feature with a best cut."""
    cut = float(screen.cuts[position])
    apparent, note = _apparent_log_ratio(values, data, strata, cut)
    method = BINARY if data.survival is None else SURVIVAL
    said = "; ".join(part for part in (note, resampled.status[position]) if part)
    return replace(
        cut_row(values, data, kind=SEARCHED, cut=cut, method=method, status=said),
        p_value=float(screen.p_permutation[position]),
        cut_ci_low=float(resampled.cut_ci_low[position]),
        cut_ci_high=float(resampled.cut_ci_high[position]),
        share_near=float(resampled.share_near[position]),
        share_at_border=float(resampled.share_at_border[position]),
        statistic=float(screen.statistics[position]),
        statistic_threshold=float(screen.thresholds[position]),
        lausen_schumacher_p_value=float(screen.p_lausen_schumacher[position]),
        apparent_ratio=_exp(apparent),
        shrunken_ratio=_exp(apparent * float(screen.shrinkage[position])),
        shrunken_ci_low=_exp(float(resampled.shrunken_ci_low[position])),
        shrunken_ci_high=_exp(float(resampled.shrunken_ci_high[position])),
    )


def _apparent_log_ratio(
    values: ParticipantValues, data: EndpointData, strata: NDArray[np.int64] | None, cut: float
) -> tuple[float, str]:
    """Return the log ratio above v up to the cut as if it had been fixed, and what to say of it."""
    chosen = data.known & ~np.isnan(values.values)
    above = (values.values[chosen] > cut).astype(float)
    stratum = None if strata is None else strata[chosen]
    if data.survival is not None:
        survival = data.survival_of(chosen)
        fit = cox(survival, above, strata=stratum)
        if not fit.status:
            return float(fit.coefficients[0]), ""
        penalised = firth_cox(survival, above, strata=stratum)
        return penalised.coefficient, _SEPARATED if penalised.ratio > 0 else fit.status
    outcome = data.outcome_of(chosen)
    if stratum is not None:
        within = conditional_logistic(outcome, above, stratum)
        return float(within.coefficients[0]), within.status
    plain = logistic(outcome, above)
    if not plain.status:
        return float(plain.coefficients[0]), ""
    penalised = firth_logistic(outcome, above)
    return penalised.coefficient, _SEPARATED if penalised.ratio > 0 else plain.status


def _with_notes(row: CutRow, values: ParticipantValues, limited: str, *, n_cuts: int) -> CutRow:
    """Return the row with what a reader must know of its search."""
    notes = [
        _ONE_CUT if n_cuts == 1 else "",
        f"unstable: only {row.share_near:.0%} of resamples have their best cut near this one"
        if row.share_near < _STABLE
        else "",
        "" if values.baseline is None else _UNADJUSTED,
        row.status,
        limited,
    ]
    return replace(row, status="; ".join(note for note in notes if note))


def _exp(log_ratio: float) -> float:
    """Return the ratio; NaN, too, where it is too large to be written as a number."""
    return float(np.exp(log_ratio)) if log_ratio < 700 else float("nan")


def _thinned(statistics: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the positions of the cuts that are drawn, the best among them."""
    size = statistics.size
    even = np.linspace(0, size - 1, min(size, _MOST_POINTS)).round().astype(np.intp)
    return np.unique(np.append(even, statistics.argmax()))
