"""Features on treatment as time-dependent covariates: at every moment the last value known then."""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association import survival_association
from macroimmune.association.detection_limits import at_their_limits
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.row import AssociationRow, row_of
from macroimmune.association.values import ParticipantValues
from macroimmune.features import FeatureTable, is_standardised, scaled
from macroimmune.statistics import (
    DatedValues,
    TimeDependentRows,
    cox,
    proportional_hazards,
    time_dependent_rows,
)
from macroimmune.study import Study

__all__ = ["time_dependent"]

METHOD = "time-dependent Cox model, start-stop"
ADJUSTED = "time-dependent Cox model, start-stop, adjusted for baseline"
_NOBODY = (
    "no participant with this endpoint has a value after treatment start and before the end of "
    "follow-up"
)


def time_dependent(
    study: Study,
    features: FeatureTable,
    baseline: list[ParticipantValues],
    data: list[EndpointData],
) -> tuple[list[AssociationRow], list[LedgerEntry]]:
    """Return the time-dependent models of the features on treatment, and every test made.

    Parameters
    ----------
    study : Study
        Nothing is computed unless `time_dependent` is set in its settings.
    features : FeatureTable
    baseline : list of ParticipantValues
        Of all baseline features; a change is adjusted for the baseline that it started from.
    data : list of EndpointData
        From time zero; binary endpoints have no such model.

    Returns
    -------
    rows : list of AssociationRow
        `landmark_days` is None; n counts participants.
    entries : list of LedgerEntry

    Notes
    -----
    Convention: a participant is at risk from the first value after treatment start on, and every
    value holds until the next; an event on the day of a value does not see it. Clusters of
    participants, because rows repeat. Strata as at a landmark. In the SD of "per SD" every
    participant has the same weight, so that it does not follow the number of samples; that of
    first values would be 0 where a marker starts alike in everybody.
    """
    if not study.analysis.time_dependent:
        return [], []
    strata = strata_labels(study, strata_columns(study, of_feature=True, at_landmark=True))
    known = {value.definition.id: value.on_scale for value in baseline}
    people = study.participants["participant_id"]
    rows, entries = [], []
    for definition in features.computed:
        if definition.timing == "baseline":
            continue
        dated, values, below = _dated(features, definition.id, definition.scale, people)
        of_feature = ParticipantValues(
            definition, None, values, values, known.get(definition.baseline_of)
        )
        for item in data:
            if item.survival is None or item.endpoint.id in definition.part_of_endpoints:
                continue
            row, found = _one(of_feature, dated, below, item, strata)
            rows.append(row)
            entries += found
    return rows, entries


def _dated(
    features: FeatureTable, feature: str, scale: str, people: pl.Series
) -> tuple[DatedValues, NDArray[np.float64], NDArray[np.bool_]]:
    """Return values after treatment start, the last of each participant, and which are undetected.

    The last value of a participant only says who has any: no model sees it from time zero.
    """
    place = people.to_frame("participant_id").with_row_index("place")
    rows = (
        features.frame
        .filter(pl.col("feature") == feature, pl.col("days_from_treatment_start") > 0)
        .join(place, on="participant_id")
        .sort("place", "days_from_treatment_start")
    )
    on_scale = scaled(rows["value"].fill_null(np.nan).to_numpy(), scale)
    whose = rows["place"].cast(pl.Int64).to_numpy()
    days = rows["days_from_treatment_start"].to_numpy()
    kept = ~np.isnan(on_scale)
    last = np.full(people.len(), np.nan)
    last[whose[kept]] = on_scale[kept]
    # Of a feature that is detected or not, the undetected are no values at a limit.
    below = rows["below_limit"].fill_null(value=False).to_numpy() & (scale != "flag")
    return DatedValues(whose[kept], days[kept], on_scale[kept]), last, below[kept]


def _one(
    values: ParticipantValues,
    dated: DatedValues,
    below: NDArray[np.bool_],
    data: EndpointData,
    strata: NDArray[np.int64] | None,
) -> tuple[AssociationRow, list[LedgerEntry]]:
    """Return the model of one feature and one survival endpoint, and the tests made."""
    chosen = data.known & ~np.isnan(values.on_scale)
    if values.baseline is not None:
        chosen &= ~np.isnan(values.baseline)
    place = np.cumsum(chosen) - 1
    mine = chosen[dated.participant]
    found = time_dependent_rows(
        data.survival_of(chosen),
        [DatedValues(place[dated.participant[mine]], dated.day[mine], dated.value[mine])],
    )
    # Until a first value is known a participant is not at risk.
    seen = ~np.isnan(found.values[:, 0])
    pieces = found.rows.select(seen)
    covariate, sd = _covariate(found.values[seen, 0], pieces.participant, values.definition.scale)
    design, method = covariate[:, None], METHOD
    if values.baseline is not None:
        method = ADJUSTED
        beside = values.baseline[chosen][pieces.participant]
        if beside.size and np.ptp(beside) > 0:
            design = np.column_stack([covariate, beside])
    stratum = None if strata is None else strata[chosen][pieces.participant]
    fit = cox(pieces.survival, design, strata=stratum, cluster=pieces.participant)
    key = (values.definition.id, data.endpoint.id, None)
    entries = [LedgerEntry(*key, method, float(fit.p_values[0]), fit.status)]
    proportional_p = float("nan")
    if not fit.status:
        hazards = proportional_hazards(pieces.survival, design, strata=stratum, fit=fit)
        proportional_p = float(hazards.p_values[0])
        diagnostic = survival_association.PROPORTIONALITY
        entries.append(
            LedgerEntry(*key, diagnostic, proportional_p, hazards.status, is_diagnostic=True)
        )
    few = survival_association.few_events(fit.n_events)
    notes = (
        fit.status or few,
        survival_association.doubt(proportional_p),
        at_their_limits(below[mine]),
        _dropped(found),
    )
    row = row_of(
        values,
        data,
        effect="hazard_ratio",
        estimate=(fit.hazard_ratios[0], fit.ci_low[0], fit.ci_high[0]),
        p_value=fit.p_values[0],
        per_sd=(fit.coefficients[0] * sd, fit.standard_errors[0] * sd),
        counts=(pieces.n_participants, fit.n_events),
        method=method,
        status="; ".join(note for note in notes if note),
        proportional_hazards_p_value=proportional_p,
    )
    return row if row.n else replace(row, status=_NOBODY), entries


def _covariate(
    on_scale: NDArray[np.float64], participant: NDArray[np.int64], scale: str
) -> tuple[NDArray[np.float64], float]:
    """Return the covariate of the pieces, and the SD over participants of that covariate.

    The SD is that of values of which every participant has the same weight, however many samples:
    with one value each it is the ordinary one.
    """
    _, whose, pieces = np.unique(participant, return_inverse=True, return_counts=True)
    n = pieces.size
    weight = 1.0 / (n * pieces[whose])
    centre = float(weight @ on_scale)
    variance = float(weight @ (on_scale - centre) ** 2) * n / (n - 1) if n > 1 else 0.0
    sd = float(np.sqrt(variance))
    if not is_standardised(scale):
        return on_scale, sd
    return ((on_scale - centre) / sd, 1.0) if sd > 0 else (np.zeros_like(on_scale), 0.0)


def _dropped(found: TimeDependentRows) -> str:
    """Say how many values came too late to hold for anything, or nothing."""
    late, last = int(found.n_after_end[0]), int(found.n_on_last_day[0])
    if not late and not last:
        return ""
    return f"values after the end of follow-up, dropped: {late}; on its last day, unused: {last}"
