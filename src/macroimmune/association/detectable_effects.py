"""How small an effect of a responsiveness score this cohort could have seen."""

import math
from dataclasses import asdict, dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.confounded_batches import ConfoundedFeatures
from macroimmune.association.each_feature import Look
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.responsiveness_companions import is_score
from macroimmune.association.row import nobody
from macroimmune.association.survival_association import few_events
from macroimmune.association.values import ParticipantValues, chosen_participants, without_batch
from macroimmune.results import conform, empty
from macroimmune.statistics import (
    kept_information,
    regression_calibration,
    smallest_log_ratio,
    stratum_indicators,
)
from macroimmune.study import Study

__all__ = ["DetectableEffect", "detectable_effects", "detectable_effects_frame"]

_POWER = 0.8
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class DetectableEffect:
    """One row of `detectable_effects.csv`; fields are the columns there."""

    feature: str
    endpoint: str
    n: int
    n_events: int
    effect: str
    detectable: float
    detectable_protective: float
    detectable_true: float
    status: str


def detectable_effects(
    study: Study, looks: list[Look], refused: ConfoundedFeatures
) -> list[DetectableEffect]:
    """Return the smallest effect of each score that would have been found with 80 % power.

    Parameters
    ----------
    study : Study
    looks : list of (features, endpoints)
        At baseline, then at each landmark; all features.
    refused : ConfoundedFeatures
        A refused feature has a row with the reason: no number of participants tells its effect.

    Returns
    -------
    rows : list of DetectableEffect

    Notes
    -----
    Convention: two-sided 5 % for one test, by the formulas of `participants_needed`, with the
    events that were seen; what a baseline or strata explain of the score is taken off its
    information. Ratios are per SD of the measured score. The true score varies less than the
    measured one and acts more strongly per unit; per SD of its own the ratio that measurement can
    just show is the detectable one to the power 1 / root of the reliability.
    """
    rows = []
    for place, (values, data) in enumerate(looks):
        columns = strata_columns(study, of_feature=True, at_landmark=place > 0)
        strata = strata_labels(study, columns)
        for item in values:
            if is_score(item.definition):
                why = refused.reasons.get(item.definition.id, "")
                rows += [_detectable(item, endpoint, strata, why) for endpoint in data]
    return rows


def detectable_effects_frame(rows: list[DetectableEffect]) -> pl.DataFrame:
    """Return the rows as table `detectable_effects` of the results contract."""
    if not rows:
        return empty("detectable_effects")
    listed = [asdict(row) for row in rows]
    return conform("detectable_effects", pl.DataFrame(listed, infer_schema_length=None))


def _detectable(
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    why: str,
) -> DetectableEffect:
    """Return the row of one score and endpoint."""
    chosen = chosen_participants(values, data.known)
    n, n_events = int(chosen.sum()), _events(data, chosen)
    is_binary = data.survival is None
    empty_row = DetectableEffect(
        feature=values.definition.id,
        endpoint=data.endpoint.id,
        n=n,
        n_events=n_events,
        effect="odds_ratio" if is_binary else "hazard_ratio",
        detectable=_NAN,
        detectable_protective=_NAN,
        detectable_true=_NAN,
        status=why,
    )
    share = n_events / n if n else 0.0
    information = share * (1.0 - share) if is_binary else share
    beside = _beside(values, strata, chosen)
    left = _left_by(values.on_scale[chosen], beside)
    if why or not information > 0.0 or not left > 0.0:
        return replace(empty_row, status=why or _nothing(values, n, information))
    information *= kept_information(adjusted_r2=1.0 - left)
    smallest = smallest_log_ratio(information, n, power=_POWER)
    reliability = _reliability(values, chosen, beside)
    true = smallest / math.sqrt(reliability) if reliability > 0.0 else _NAN
    rough = few_events(min(n_events, n - n_events) if is_binary else n_events, "number")
    return replace(
        empty_row,
        detectable=_ratio(smallest),
        detectable_protective=_ratio(-smallest),
        detectable_true=_ratio(true),
        status="; ".join(
            note for note in (_words(smallest, true), rough, without_batch(values, chosen)) if note
        ),
    )


def _events(data: EndpointData, chosen: NDArray[np.bool_]) -> int:
    if data.survival is None:
        return int(data.outcome_of(chosen).sum())
    return data.survival_of(chosen).n_events


def _beside(
    values: ParticipantValues, strata: NDArray[np.int64] | None, chosen: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return what the model compares within, shape (chosen, columns)."""
    n = int(chosen.sum())
    columns = [] if values.baseline is None else [values.baseline[chosen]]
    if strata is not None and n:
        columns.append(stratum_indicators(strata[chosen], np.ones(n, dtype=bool)))
    return np.column_stack([np.empty((n, 0)), *columns])


def _left_by(level: NDArray[np.float64], beside: NDArray[np.float64]) -> float:
    """Return the share of the score's variance that the columns beside it do not explain."""
    if level.size < 2 or not np.ptp(level) > 0.0:
        return 0.0
    if not beside.shape[1]:
        return 1.0
    centred = level - level.mean()
    columns = beside - beside.mean(axis=0)
    fitted = columns @ np.linalg.lstsq(columns, centred, rcond=None)[0]
    return float(((centred - fitted) ** 2).sum() / (centred**2).sum())


def _reliability(
    values: ParticipantValues, chosen: NDArray[np.bool_], beside: NDArray[np.float64]
) -> float:
    """Return the reliability of the score, NaN where it is not known."""
    if values.error_variance is None:
        return _NAN
    known = ~np.isnan(values.error_variance[chosen])
    return regression_calibration(
        values.on_scale[chosen][known], values.error_variance[chosen][known], beside[known]
    ).reliability


def _ratio(log_ratio: float) -> float:
    """Return the ratio, infinite where it is too large to be written."""
    return math.exp(log_ratio) if not log_ratio > 700.0 else math.inf


def _words(smallest: float, true: float) -> str:
    """Say what the ratios mean."""
    said = (
        f"found with 80 % power at two-sided 5 %: {_ratio(smallest):.3g} or more, "
        f"{_ratio(-smallest):.3g} or less per SD; smaller effects may have been missed"
    )
    if math.isnan(true):
        return f"{said}; the reliability is not known"
    return f"{said}; per SD of the true score {_ratio(true):.3g} or {_ratio(-true):.3g}"


def _nothing(values: ParticipantValues, n: int, information: float) -> str:
    """Say why no effect at all could be seen."""
    if not n:
        return nobody(values)
    if not information > 0.0:
        return "nobody has the event, or everybody: no effect can be seen"
    return "the score does not vary: no effect can be seen"
