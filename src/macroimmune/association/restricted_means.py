"""Mean time without the event up to a horizon fixed in advance: by arm, and at cuts."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.arms import NOT_RANDOMISED, control_and_treated
from macroimmune.association.detection_limits import sides_unknown
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.fixed_cut import at_cut
from macroimmune.association.ledger import LedgerEntry, with_q_values
from macroimmune.association.survival_association import few_events
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
MEAN = "restricted mean"
_EVERYBODY = "all participants"


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One of the groups: its name, its survival, and who it is among those compared."""

    name: str
    survival: Survival
    rows: NDArray[np.bool_]


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
    Convention: differences are taken within the declared strata and cohorts, where there are any;
    at a cut within arms too, as in the models of a feature. Events are counted over the whole
    follow-up of the group.
    """
    rows: list[RestrictedMeanRow] = []
    by_id = {item.endpoint.id: item for item in data if item.survival is not None}
    for endpoint, horizon in study.analysis.restricted_mean_days.items():
        found = by_id.get(endpoint)
        if found is None:
            rows.append(_absent(endpoint, horizon))
            continue
        made = list(_of_arms(study, found, horizon))
        for value in values:
            made += _at_cut(study, value, found, horizon)
        rows += [_with_few_events(row) for row in made]
    tests = [row for row in rows if row.against]
    entries = [
        LedgerEntry(
            row.feature,
            row.endpoint,
            None,
            row.method,
            row.p_value,
            row.status,
            is_of_treatment=not row.feature,
        )
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


def _with_few_events(row: RestrictedMeanRow) -> RestrictedMeanRow:
    """Return the row with a note where its interval rests on few events."""
    few = "" if np.isnan(row.ci_low) else few_events(row.n_events)
    return replace(row, status="; ".join(part for part in (row.status, few) if part))


def _of_arms(study: Study, data: EndpointData, horizon: float) -> Iterator[RestrictedMeanRow]:
    """Return the mean of each arm, or of everybody, and treated against control."""
    arms = study.participants["arm"].fill_null("arm not stated").to_numpy()
    names = sorted(set(arms[data.known]))
    if len(names) < 2:
        everybody = np.ones(int(data.known.sum()), dtype=bool)
        yield _mean("", data, horizon, Group(_EVERYBODY, data.survival_of(data.known), everybody))
    else:
        for name in names:
            of_arm = data.known & (arms == name)
            group = Group(f"arm {name}", data.survival_of(of_arm), of_arm[data.known])
            yield _mean("", data, horizon, group)
    if not study.analysis.control_arms:
        return
    control, treated = control_and_treated(study)
    chosen = data.known & (control | treated)
    groups = _groups(data, chosen, treated[chosen], ("control", "treated"))
    # Cohorts may differ in outcome and in how many are in each arm: arms are compared within them.
    of_features = strata_columns(study, of_feature=True, at_landmark=False)
    columns = tuple(name for name in of_features if name != "arm")
    row = _compared(study, "", data, horizon, groups, chosen, columns, OF_ARMS)
    note = "" if study.analysis.randomised or np.isnan(row.p_value) else NOT_RANDOMISED
    yield replace(row, status="; ".join(part for part in (row.status, note) if part))


def _at_cut(
    study: Study, values: ParticipantValues, data: EndpointData, horizon: float
) -> Iterator[RestrictedMeanRow]:
    """Return the means up to and above a cut that was fixed beforehand, and their difference."""
    cut = study.analysis.cut_points.get(values.definition.id)
    if cut is None or data.endpoint.id in values.definition.part_of_endpoints:
        return
    threshold, chosen, above = at_cut(values, data, cut)
    at = f"{threshold:.4g}" if chosen.any() else "the cut"
    groups = _groups(data, chosen, above, (f"up to {at}", f"above {at}"))
    feature = values.definition.id
    rows = [_mean(feature, data, horizon, group) for group in groups]
    columns = strata_columns(study, of_feature=True, at_landmark=False)
    rows.append(_compared(study, feature, data, horizon, groups, chosen, columns, AT_CUT))
    unknown = sides_unknown(values, data, threshold)
    for row in rows:
        yield replace(row, status="; ".join(part for part in (row.status, unknown) if part))


def _groups(
    data: EndpointData,
    chosen: NDArray[np.bool_],
    in_second: NDArray[np.bool_],
    names: tuple[str, str],
) -> tuple[Group, Group]:
    """Return both groups of the chosen participants with their names."""
    survival = data.survival_of(chosen)
    return (
        Group(names[0], survival.select(~in_second), ~in_second),
        Group(names[1], survival.select(in_second), in_second),
    )


def _compared(
    study: Study,
    feature: str,
    data: EndpointData,
    horizon: float,
    groups: tuple[Group, Group],
    chosen: NDArray[np.bool_],
    columns: tuple[str, ...],
    method: str,
) -> RestrictedMeanRow:
    """Return the difference of two groups, within strata where columns stratify."""
    row = _difference(feature, data, horizon, *groups, method)
    strata = strata_labels(study, columns)
    if strata is None:
        return row
    found = stratified_restricted_mean_difference(
        data.survival_of(chosen), groups[1].rows, strata[chosen], horizon_days=horizon
    )
    # The status of the whole groups names them.
    why = row.status if np.isnan(row.estimate_days) else found.status
    within = f"within {', '.join(column.replace('_', ' ') for column in columns)}"
    return replace(
        row,
        estimate_days=found.difference,
        standard_error_days=found.standard_error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        p_value=found.p_value,
        n=found.n,
        n_events=found.n_events,
        method=f"{method}, within strata",
        status="; ".join(part for part in (within, why or _left_out(found)) if part),
    )


def _left_out(found: StratifiedRestrictedMeanDifference) -> str:
    """Say how many participants could not be compared within their stratum, or nothing."""
    if not found.n_excluded:
        return ""
    return (
        f"{found.n_excluded} participants in {found.n_strata_left_out} strata were left out, in "
        "which a group has fewer than 5 participants, no events or no follow-up to the horizon"
    )


def _mean(feature: str, data: EndpointData, horizon: float, group: Group) -> RestrictedMeanRow:
    found = restricted_mean(group.survival, horizon_days=horizon)
    return RestrictedMeanRow(
        feature=feature,
        endpoint=data.endpoint.id,
        horizon_days=horizon,
        group=group.name,
        against="",
        estimate_days=found.mean,
        standard_error_days=found.standard_error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        p_value=float("nan"),
        n=found.n,
        n_events=group.survival.n_events,
        method=MEAN,
        status=found.status,
    )


def _difference(
    feature: str, data: EndpointData, horizon: float, first: Group, second: Group, method: str
) -> RestrictedMeanRow:
    found = restricted_mean_difference(first.survival, second.survival, horizon_days=horizon)
    # The kernel speaks of a first and a second group; here they have names.
    status = "; ".join(
        f"{group.name}: {one.status}"
        for group, one in ((first, found.first), (second, found.second))
        if one.status
    )
    return RestrictedMeanRow(
        feature=feature,
        endpoint=data.endpoint.id,
        horizon_days=horizon,
        group=second.name,
        against=first.name,
        estimate_days=found.difference,
        standard_error_days=found.standard_error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        p_value=found.p_value,
        n=found.n,
        n_events=first.survival.n_events + second.survival.n_events,
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
