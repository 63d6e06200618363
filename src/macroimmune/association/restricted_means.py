"""Mean time without the event up to a horizon fixed in advance: by arm, and at cuts."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import polars as pl

from macroimmune.association.arms import control_and_treated
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.fixed_cut import at_cut
from macroimmune.association.ledger import LedgerEntry, with_q_values
from macroimmune.association.values import ParticipantValues
from macroimmune.outcomes import Survival
from macroimmune.results import conform, empty
from macroimmune.statistics import (
    StratifiedRestrictedMeanDifference,
    restricted_mean,
    restricted_mean_difference,
    stratified_restricted_mean_difference,
)
from macroimmune.study import Study

__all__ = ["RestrictedMeanRow", "restricted_mean_frame", "restricted_means"]

OF_ARMS = "difference of restricted means, treated less control"
AT_CUT = "difference of restricted means, above less up to the cut"
WITHIN_STRATA = f"{AT_CUT}, within strata"
MEAN = "restricted mean"
_NOT_RANDOMISED = "arms were not assigned at random: they may differ in other ways too"
_EVERYBODY = "all participants"
Group = tuple[str, Survival]


@dataclass(frozen=True, slots=True)
class RestrictedMeanRow:
    """One row of `restricted_means.csv` before its q-value; fields are the columns there."""

    feature: str
    endpoint: str
    horizon_days: float
    group: str
    against: str
    estimate_days: float
    standard_error_days: float
    ci_low: float
    ci_high: float
    p_value: float
    n: int
    n_events: int
    method: str
    status: str


def restricted_means(
    study: Study, values: list[ParticipantValues], data: list[EndpointData]
) -> tuple[list[RestrictedMeanRow], list[LedgerEntry]]:
    """Return the restricted means of the study and the tests between groups.

    Parameters
    ----------
    study : Study
        `restricted_mean_days` of its settings says the endpoints and their horizons.
    values : list of ParticipantValues
        Baseline features; those with a cut fixed beforehand are compared at it.
    data : list of EndpointData
        From time zero.

    Returns
    -------
    rows : list of RestrictedMeanRow
        For each endpoint: every arm (or everybody), the difference between treated and control
        where a control arm is declared, and both sides of each cut with their difference.
    entries : list of LedgerEntry
        One for each difference.

    Notes
    -----
    Convention: differences at a cut are taken within the strata of the models of a feature, where
    there are any; those between arms are not stratified. Events are counted over the whole
    follow-up of the group.
    """
    rows: list[RestrictedMeanRow] = []
    by_id = {item.endpoint.id: item for item in data if item.survival is not None}
    for endpoint, horizon in study.analysis.restricted_mean_days.items():
        found = by_id.get(endpoint)
        if found is None:
            rows.append(_absent(endpoint, horizon))
            continue
        rows += _of_arms(study, found, horizon)
        for value in values:
            rows += _at_cut(study, value, found, horizon)
    tests = [row for row in rows if row.against]
    entries = [
        LedgerEntry(row.feature, row.endpoint, None, row.method, row.p_value, row.status)
        for row in tests
    ]
    return rows, entries


def restricted_mean_frame(rows: list[RestrictedMeanRow], ledger: pl.DataFrame) -> pl.DataFrame:
    """Return the table `restricted_means` of the results contract, with q-values."""
    if not rows:
        return empty("restricted_means")
    frame = pl.DataFrame([asdict(row) for row in rows], infer_schema_length=None).with_columns(
        pl.lit(None, dtype=pl.Float64).alias("landmark_days")
    )
    return conform("restricted_means", with_q_values(frame, ledger).drop("landmark_days"))


def _of_arms(study: Study, data: EndpointData, horizon: float) -> Iterator[RestrictedMeanRow]:
    """Return the mean of each arm, or of everybody, and treated against control."""
    arms = study.participants["arm"].fill_null("arm not stated").to_numpy()
    names = sorted(set(arms[data.known]))
    if len(names) < 2:
        yield _mean("", data, horizon, (_EVERYBODY, data.survival_of(data.known)))
    else:
        for name in names:
            group = (f"arm {name}", data.survival_of(data.known & (arms == name)))
            yield _mean("", data, horizon, group)
    if not study.analysis.control_arms:
        return
    control, treated = control_and_treated(study)
    groups = [
        (name, data.survival_of(data.known & rows))
        for name, rows in (("control", control), ("treated", treated))
    ]
    row = _difference("", data, horizon, groups[0], groups[1], OF_ARMS)
    note = "" if study.analysis.randomised or row.status else _NOT_RANDOMISED
    yield replace(row, status=row.status or note)


def _at_cut(
    study: Study, values: ParticipantValues, data: EndpointData, horizon: float
) -> Iterator[RestrictedMeanRow]:
    """Return the means up to and above a cut that was fixed beforehand, and their difference."""
    cut = study.analysis.cut_points.get(values.definition.id)
    if cut is None or data.endpoint.id in values.definition.part_of_endpoints:
        return
    threshold, chosen, above = at_cut(values, data, cut)
    survival, feature = data.survival_of(chosen), values.definition.id
    at = f"{threshold:.4g}" if chosen.any() else "the cut"
    groups: list[Group] = [
        (f"{side} {at}", survival.select(rows))
        for side, rows in (("up to", ~above), ("above", above))
    ]
    yield from (_mean(feature, data, horizon, group) for group in groups)
    row = _difference(feature, data, horizon, groups[0], groups[1], AT_CUT)
    columns = strata_columns(study, of_feature=True, at_landmark=False)
    strata = strata_labels(study, columns)
    if strata is None:
        yield row
        return
    found = stratified_restricted_mean_difference(
        survival, above, strata[chosen], horizon_days=horizon
    )
    yield replace(
        row,
        estimate_days=found.difference,
        standard_error_days=found.standard_error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        p_value=found.p_value,
        n=found.n,
        n_events=found.n_events,
        method=WITHIN_STRATA,
        status=found.status or _left_out(found),
    )


def _left_out(found: StratifiedRestrictedMeanDifference) -> str:
    """Say how many participants could not be compared within their stratum, or nothing."""
    if not found.n_excluded:
        return ""
    return (
        f"{found.n_excluded} participants in {found.n_strata_left_out} strata without both groups "
        "followed to the horizon were left out"
    )


def _mean(feature: str, data: EndpointData, horizon: float, group: Group) -> RestrictedMeanRow:
    name, survival = group
    found = restricted_mean(survival, horizon_days=horizon)
    return RestrictedMeanRow(
        feature=feature,
        endpoint=data.endpoint.id,
        horizon_days=horizon,
        group=name,
        against="",
        estimate_days=found.mean,
        standard_error_days=found.standard_error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        p_value=float("nan"),
        n=found.n,
        n_events=survival.n_events,
        method=MEAN,
        status=found.status,
    )


def _difference(
    feature: str, data: EndpointData, horizon: float, first: Group, second: Group, method: str
) -> RestrictedMeanRow:
    found = restricted_mean_difference(first[1], second[1], horizon_days=horizon)
    # The kernel speaks of a first and a second group; here they have names.
    status = "; ".join(
        f"{name}: {one.status}"
        for (name, _), one in ((first, found.first), (second, found.second))
        if one.status
    )
    return RestrictedMeanRow(
        feature=feature,
        endpoint=data.endpoint.id,
        horizon_days=horizon,
        group=second[0],
        against=first[0],
        estimate_days=found.difference,
        standard_error_days=found.standard_error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        p_value=found.p_value,
        n=found.n,
        n_events=first[1].n_events + second[1].n_events,
        method=method,
        status=status,
    )


def _absent(endpoint: str, horizon: float) -> RestrictedMeanRow:
    gap = float("nan")
    return RestrictedMeanRow(
        feature="",
        endpoint=endpoint,
        horizon_days=horizon,
        group=_EVERYBODY,
        against="",
        estimate_days=gap,
        standard_error_days=gap,
        ci_low=gap,
        ci_high=gap,
        p_value=gap,
        n=0,
        n_events=0,
        method=MEAN,
        status="no participant of this study has this endpoint",
    )
