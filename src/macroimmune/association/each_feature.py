"""Each feature against each endpoint, at baseline and at landmarks: estimates, tests, curves."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.adjusted import adjusted_association
from macroimmune.association.adjusting_columns import AdjustingColumn, adjusting_columns
from macroimmune.association.completed_models import Imputing
from macroimmune.association.curves import (
    Curve,
    distribution,
    effect_curve,
    kaplan_meier_curves,
    thirds,
)
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.response_association import response_association
from macroimmune.association.responsiveness_companions import unstimulated_level
from macroimmune.association.row import AssociationRow
from macroimmune.association.screened_models import ScreenedModel, screened_models
from macroimmune.association.survival_association import survival_association
from macroimmune.association.undetected import with_undetected_imputed
from macroimmune.association.values import ParticipantValues, chosen_participants
from macroimmune.features import SCALE_LABELS, FeatureDefinition, FeatureTable
from macroimmune.study import Study

__all__ = [
    "REFUSED",
    "FeatureFindings",
    "Look",
    "Progress",
    "each_feature",
    "refused_features",
    "refused_row",
]

Progress = Callable[[int, int], None]
# The features of one time, and the endpoints as seen from it.
Look = tuple[list[ParticipantValues], list[EndpointData]]
REFUSED = (
    "refused: measured after treatment start; tested only at a landmark or as a time-dependent "
    "covariate, set landmarks_days or time_dependent in [analysis] of study.toml before looking at "
    "outcomes"
)
PART_OF_ENDPOINT = "refused: this endpoint is defined by this very change"


@dataclass
class FeatureFindings:
    """What is gathered while the features are gone through."""

    rows: list[AssociationRow] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)


def each_feature(
    study: Study, looks: list[Look], imputing: Imputing, progress: Progress | None
) -> FeatureFindings:
    """Return every feature against every endpoint of its look, one after the other.

    Parameters
    ----------
    study : Study
    looks : list of (features, endpoints)
        At baseline, then at each landmark.
    imputing : Imputing
    progress : callable or None
        Called with (features done, features in all).

    Returns
    -------
    findings : FeatureFindings
    """
    collected = FeatureFindings()
    total, done = sum(len(values) for values, _ in looks), 0
    for place, (values, data) in enumerate(looks):
        columns = strata_columns(study, of_feature=True, at_landmark=place > 0)
        strata = strata_labels(study, columns)
        adjusting, _ = adjusting_columns(study, columns)
        screened = [screened_models(values, item, strata) for item in data]
        for number, value in enumerate(values):
            level = unstimulated_level(value, values)
            for item, models in zip(data, screened, strict=True):
                _one(value, item, strata, models[number], collected, imputing)
                _adjusted(study, value, item, strata, adjusting, imputing, collected)
                if level is not None:
                    _adjusted(study, value, item, strata, (level,), imputing, collected)
            done += 1
            if progress is not None:
                progress(done, total)
    return collected


def _one(
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    fitted: ScreenedModel,
    collected: FeatureFindings,
    imputing: Imputing,
) -> None:
    """Add one feature against one endpoint to what is collected."""
    if data.endpoint.id in values.definition.part_of_endpoints:
        collected.rows.append(refused_row(values.definition, data, PART_OF_ENDPOINT))
        return
    if data.survival is None:
        rows, entries = response_association(values, data, strata, fitted=fitted.response)
        rows, entries = with_undetected_imputed(rows, entries, values, data, strata, imputing)
        collected.rows += rows
        collected.entries += entries
        collected.curves += distribution(values, data)
        return
    row, entries, spline = survival_association(values, data, strata, fitted=fitted.cox)
    rows, entries = with_undetected_imputed([row], entries, values, data, strata, imputing)
    collected.rows += rows
    collected.entries += entries
    if spline is not None:
        collected.curves += effect_curve(values, data, spline)
    chosen = chosen_participants(values, data.known)
    survival = data.survival_of(chosen)
    groups = thirds(values.values[chosen], values.definition.scale)
    collected.curves += kaplan_meier_curves(
        values.definition.id, data, [(name, survival.select(rows)) for name, rows in groups]
    )


def _adjusted(
    study: Study,
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    adjusting: tuple[AdjustingColumn, ...],
    imputing: Imputing,
    collected: FeatureFindings,
) -> None:
    """Add the effect adjusted for columns, where there are any."""
    if not adjusting or data.endpoint.id in values.definition.part_of_endpoints:
        return
    row, entry = adjusted_association(
        values,
        data,
        strata,
        adjusting,
        imputing,
        impute_missing=study.analysis.multiple_imputation > 0,
    )
    collected.rows.append(row)
    collected.entries.append(entry)


def refused_features(
    study: Study, features: FeatureTable, data: list[EndpointData]
) -> list[AssociationRow]:
    """Return a row for each feature on treatment and endpoint that nothing allows to test."""
    if study.analysis.landmarks_days:
        return []
    later = [item for item in features.computed if item.timing != "baseline"]
    untested = [item for item in data if item.survival is None or not study.analysis.time_dependent]
    return [refused_row(item, endpoint, REFUSED) for item in later for endpoint in untested]


def refused_row(definition: FeatureDefinition, data: EndpointData, status: str) -> AssociationRow:
    """Return a row without an estimate, with the reason in its status."""
    gap = float("nan")
    return AssociationRow(
        feature=definition.id,
        endpoint=data.endpoint.id,
        landmark_days=data.landmark_days,
        scale=SCALE_LABELS[definition.scale],
        effect="odds_ratio" if data.survival is None else "hazard_ratio",
        estimate=gap,
        ci_low=gap,
        ci_high=gap,
        p_value=gap,
        n=0,
        n_events=0,
        n_excluded=data.known.size,
        log_effect_per_sd=gap,
        standard_error_per_sd=gap,
        nonlinearity_p_value=gap,
        proportional_hazards_p_value=gap,
        method="none",
        status=status,
    )
