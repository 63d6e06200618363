"""Every feature against endpoints whose events compete: both hazards of each, and the arms."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.competing_row import CompetingRow, cause_names, unknown_causes
from macroimmune.association.curves import Curve
from macroimmune.association.detection_limits import at_their_limits, undetected_of
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.feature_model import feature_model
from macroimmune.association.gray_between_arms import GRAY, gray_between_arms
from macroimmune.association.incidence_curves import of_strongest, of_whole_study
from macroimmune.association.ledger import KEYS, LedgerEntry, with_q_values
from macroimmune.association.survival_association import few_events, survival_effect
from macroimmune.association.values import ParticipantValues, chosen_participants
from macroimmune.features import SCALE_LABELS
from macroimmune.outcomes import Survival
from macroimmune.results import conform, empty
from macroimmune.statistics import fine_gray
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
        "of other causes end the time at risk (Firth's penalised likelihood where a feature "
        "separated the events)."
    ),
    SUBDISTRIBUTION: (
        "Sub-distribution hazards were modelled as by Fine and Gray (Efron's approximation for "
        "ties, inverse weights of the censoring curve just before each time, intervals with the "
        "error of that curve)."
    ),
    GRAY: "Arms were compared by Gray's test of cumulative incidence.",
}
_CURVES = "Cumulative incidence is the Aalen-Johansen estimate with log(-log) 95 % intervals."
_UNKNOWN = "Events of an unknown cause count as competing, never as censored."
_NOT_APART = "the hazard is that of"
_UNTESTED = "Proportionality of cause-specific and sub-distribution hazards was not tested."
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
        if _NOT_APART in row.status:
            # The same model stands among the associations, and is counted there.
            continue
        key = (row.feature, row.endpoint, row.landmark_days)
        of_arms = not row.feature
        found.entries.append(
            LedgerEntry(*key, row.method, row.p_value, row.status, is_of_treatment=of_arms)
        )


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
    interest, competing = cause_names(data)
    return [
        _cause_specific(values, data, strata, interest),
        _subdistribution(values, data, strata, interest),
        _cause_specific(values, data, strata, competing),
    ]


def _cause_specific(
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    name: str,
) -> CompetingRow:
    """Return the effect on survival free of one kind of event, the other kind being censored."""
    cause = data.cause_of(data.known)
    effect = "cause_specific_hazard_ratio"
    apart = _not_apart(values, data, name)
    if apart:
        return _row(values, data, name, effect, _NOTHING, apart)
    everyone = data.survival_of(data.known)
    event = cause == 1 if name == cause_names(data)[0] else cause > 1
    of_cause = replace(
        data, survival=Survival(time=everyone.time, event=event, entry=everyone.entry)
    )
    row, _ = survival_effect(values, of_cause, strata)
    numbers = (row.estimate, row.ci_low, row.ci_high, row.p_value)
    return _row(values, data, name, effect, numbers, row.status)


def _not_apart(values: ParticipantValues, data: EndpointData, name: str) -> str:
    """Say that one kind of event alone was seen, so that its hazard is that of any, or nothing."""
    cause = data.cause_of(chosen_participants(values, data.known))
    interest, _ = cause_names(data)
    other, own = (cause > 1, cause == 1) if name == interest else (cause == 1, cause > 1)
    if other.any() or not own.any():
        return ""
    unseen = "no competing event was seen" if name == interest else f"no {interest} was seen"
    return f"{unseen}: {_NOT_APART} {data.endpoint.name}"


def _subdistribution(
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    name: str,
) -> CompetingRow:
    """Return the effect on the cumulative incidence of the event of interest."""
    effect = "subdistribution_hazard_ratio"
    cause = data.cause_of(chosen_participants(values, data.known))
    apart = _not_apart(values, data, name)
    if apart:
        return _row(values, data, name, effect, _NOTHING, apart)
    model = feature_model(values, data, strata)
    if model.survival.entry is not None:
        return _row(values, data, name, effect, _NOTHING, LATE_ENTRY)
    fit = fine_gray(model.survival, cause, model.design, strata=model.strata)
    found = (fit.hazard_ratios[0], fit.ci_low[0], fit.ci_high[0], fit.p_values[0])
    numbers, status = tuple(float(one) for one in found), fit.status
    if not cause.size:
        status = "no participant with this endpoint has a value"
    elif not status:
        status = few_events(fit.n_events)
    if np.isinf(numbers).any():
        numbers = (*_NOTHING[:3], numbers[3])
        status = "the ratio or its interval is too large to be written as a number"
    return _row(values, data, name, effect, numbers, status)


def _row(
    values: ParticipantValues,
    data: EndpointData,
    name: str,
    effect: str,
    numbers: tuple[float, ...],
    status: str,
) -> CompetingRow:
    """Return the row of a ratio; `numbers` are the ratio, its limits and its p."""
    cause = data.cause_of(chosen_participants(values, data.known))
    of_interest = name == cause_names(data)[0]
    n_events = int((cause == 1).sum() if of_interest else (cause > 1).sum())
    model = CAUSE_SPECIFIC if effect.startswith("cause") else SUBDISTRIBUTION
    below = undetected_of(values, chosen_participants(values, data.known))
    notes = (status, at_their_limits(below), unknown_causes(cause))
    return CompetingRow(
        feature=values.definition.id,
        endpoint=data.endpoint.id,
        landmark_days=values.landmark_days,
        cause=name,
        effect=effect,
        scale=SCALE_LABELS[values.definition.scale],
        estimate=numbers[0],
        ci_low=numbers[1],
        ci_high=numbers[2],
        p_value=numbers[3],
        n=cause.size,
        n_events=n_events,
        n_competing=int((cause > 0).sum()) - n_events,
        n_excluded=values.values.size - cause.size,
        method=f"{model}: {name}",
        status="; ".join(note for note in notes if note),
    )


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


def sentences(used: Iterable[str], *, drawn: bool) -> list[str]:
    """Return the sentences of the methods paragraph for the methods used and curves drawn."""
    begun = {method.split(":")[0] for method in used}
    said = [text for method, text in _SENTENCES.items() if method in begun]
    untested = [_UNTESTED] if begun & {CAUSE_SPECIFIC, SUBDISTRIBUTION} else []
    incidence = [_CURVES] if drawn else []
    return [*said, *untested, *incidence, *([_UNKNOWN] if said or drawn else [])]
