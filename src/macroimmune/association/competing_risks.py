"""Every feature against endpoints whose events compete: both hazards of each, and the arms."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.competing_row import CompetingRow, cause_names, unknown_causes
from macroimmune.association.curves import Curve
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.feature_model import feature_model
from macroimmune.association.gray_between_arms import GRAY, gray_between_arms
from macroimmune.association.incidence_curves import of_strongest, of_whole_study
from macroimmune.association.ledger import KEYS, LedgerEntry, with_q_values
from macroimmune.association.values import ParticipantValues, chosen_participants
from macroimmune.features import SCALE_LABELS
from macroimmune.outcomes import Survival
from macroimmune.results import conform, empty
from macroimmune.statistics import CoxFit, FineGrayFit, cox, fine_gray
from macroimmune.study import Study

__all__ = [
    "CompetingRisks",
    "competing_association",
    "competing_frame",
    "competing_risks",
    "sentences",
]

CAUSE_SPECIFIC = "cause-specific Cox model"
SUBDISTRIBUTION = "Fine-Gray model"
LATE_ENTRY = (
    "participants entered late (entry_days), for which the weights of this model do not hold; the "
    "cause-specific hazard ratios honour the entry"
)
_SENTENCES = {
    CAUSE_SPECIFIC: (
        "Where events compete, cause-specific hazards were modelled by Cox models in which events "
        "of other causes end the time at risk."
    ),
    SUBDISTRIBUTION: (
        "Sub-distribution hazards were modelled as by Fine and Gray (Efron's approximation for "
        "ties, inverse weights of the censoring curve just before each time, intervals with the "
        "error of that curve)."
    ),
    GRAY: "Arms were compared by Gray's test of cumulative incidence.",
}
_CURVES = (
    "Cumulative incidence is the Aalen-Johansen estimate with log(-log) 95 % intervals; events of "
    "an unknown cause count as competing, never as censored."
)
_FEW_EVENTS = 10
_NOTHING = (float("nan"),) * 4


@dataclass
class CompetingRisks:
    """All that is found on competing events: rows, the tests made, and curves."""

    rows: list[CompetingRow] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)


def competing_risks(
    study: Study, looks: Sequence[tuple[list[ParticipantValues], list[EndpointData]]]
) -> CompetingRisks:
    """Return what features and arms say about endpoints whose events are told apart.

    Parameters
    ----------
    study : Study
    looks : sequence of (values, endpoints)
        From time zero first, then from each landmark.

    Returns
    -------
    found : CompetingRisks
        Empty where no endpoint has causes. Curves by thirds are there for the five features of each
        endpoint and landmark with the smallest p of the sub-distribution hazard.
    """
    found = CompetingRisks()
    for number, (values, data) in enumerate(looks):
        with_causes = [item for item in data if item.cause is not None]
        if not with_causes:
            continue
        columns = strata_columns(study, of_feature=True, at_landmark=number > 0)
        strata = strata_labels(study, columns)
        for item in with_causes:
            if number == 0:
                found.curves += of_whole_study(study, item)
                _add(found, gray_between_arms(study, item))
            tested = [v for v in values if item.endpoint.id not in v.definition.part_of_endpoints]
            rows = [row for value in tested for row in competing_association(value, item, strata)]
            _add(found, rows)
            p_values = {
                row.feature: row.p_value
                for row in rows
                if row.effect == "subdistribution_hazard_ratio"
            }
            found.curves += of_strongest(tested, item, p_values)
    return found


def _add(found: CompetingRisks, rows: Iterable[CompetingRow]) -> None:
    for row in rows:
        found.rows.append(row)
        key = (row.feature, row.endpoint, row.landmark_days)
        found.entries.append(LedgerEntry(*key, row.method, row.p_value, row.status))


def competing_association(
    values: ParticipantValues, data: EndpointData, strata: NDArray[np.int64] | None
) -> list[CompetingRow]:
    """Return three ratios of a feature: two cause-specific ones and the sub-distribution one.

    Parameters
    ----------
    values : ParticipantValues
    data : EndpointData
        With causes.
    strata : int array, shape (participants,), or None

    Returns
    -------
    rows : list of CompetingRow
        Of the event of interest: cause-specific and sub-distribution hazard ratio; of the competing
        events: the cause-specific one.
    """
    chosen = chosen_participants(values, data.known)
    cause, model = data.cause_of(chosen), feature_model(values, data, strata)
    survival = model.survival
    rows = []
    for event, name in zip((cause == 1, cause > 1), cause_names(data), strict=True):
        of_cause = Survival(time=survival.time, event=event, entry=survival.entry)
        fit = cox(of_cause, model.design, strata=model.strata)
        rows.append(_row(values, data, cause, name, "cause_specific_hazard_ratio", fit))
    name = cause_names(data)[0]
    if survival.entry is not None:
        late = _row(values, data, cause, name, "subdistribution_hazard_ratio", None)
        return [rows[0], late, rows[1]]
    fine = fine_gray(survival, cause, model.design, strata=model.strata)
    return [
        rows[0],
        _row(values, data, cause, name, "subdistribution_hazard_ratio", fine),
        rows[1],
    ]


def _row(
    values: ParticipantValues,
    data: EndpointData,
    cause: NDArray[np.int64],
    name: str,
    effect: str,
    fit: CoxFit | FineGrayFit | None,
) -> CompetingRow:
    """Return the row of a fit; without one participants entered late."""
    of_interest = name == cause_names(data)[0]
    n_events = int((cause == 1).sum() if of_interest else (cause > 1).sum())
    estimate, low, high, p_value = _NOTHING
    notes = [LATE_ENTRY]
    if fit is not None:
        estimate, low, high = (float(x[0]) for x in (fit.hazard_ratios, fit.ci_low, fit.ci_high))
        p_value, notes = float(fit.p_values[0]), [fit.status]
        if not fit.status and n_events < _FEW_EVENTS:
            notes.append(f"only {n_events} events: the interval is rough")
    if np.isinf((estimate, low, high)).any():
        estimate, low, high, _ = _NOTHING
        notes.insert(0, "the ratio or its interval is too large to be written as a number")
    if not cause.size:
        notes = ["no participant with this endpoint has a value"]
    notes += [_undetected(values, data), unknown_causes(cause)]
    model = CAUSE_SPECIFIC if effect.startswith("cause") else SUBDISTRIBUTION
    return CompetingRow(
        feature=values.definition.id,
        endpoint=data.endpoint.id,
        landmark_days=values.landmark_days,
        cause=name,
        effect=effect,
        scale=SCALE_LABELS[values.definition.scale],
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        p_value=p_value,
        n=cause.size,
        n_events=n_events,
        n_competing=int((cause > 0).sum()) - n_events,
        n_excluded=values.values.size - cause.size,
        method=f"{model}: {name}",
        status="; ".join(note for note in notes if note),
    )


def _undetected(values: ParticipantValues, data: EndpointData) -> str:
    """Say how many values are undetected; other models draw them, these do not."""
    if values.below is None:
        return ""
    below = values.below[chosen_participants(values, data.known)]
    share = f"{int(below.sum())} of {below.size} values undetected"
    return f"{share}: they stand at their limits" if below.any() else ""


def competing_frame(found: CompetingRisks, ledger: pl.DataFrame) -> pl.DataFrame:
    """Return the table `competing_risks` of the results contract, with q-values."""
    if not found.rows:
        return empty("competing_risks")
    frame = pl.DataFrame(
        [asdict(row) for row in found.rows],
        schema_overrides={"landmark_days": pl.Float64},
        infer_schema_length=None,
    )
    frame = frame.with_columns(pl.col(name).cast(ledger.schema[name]) for name in KEYS)
    return conform("competing_risks", with_q_values(frame, ledger))


def sentences(used: Iterable[str]) -> list[str]:
    """Return the sentences of the methods paragraph for the methods that were used."""
    begun = {method.split(":")[0] for method in used}
    said = [text for method, text in _SENTENCES.items() if method in begun]
    return [*said, _CURVES] if said else []
