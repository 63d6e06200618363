"""Every feature against every endpoint: estimates, tests, curves, verdicts."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.added_value import added_value
from macroimmune.association.added_value_table import added_value_frame
from macroimmune.association.adjusted import adjusted_association, is_adjusted
from macroimmune.association.adjusting_columns import AdjustingColumn, adjusting_columns
from macroimmune.association.agreement import agreement_frame
from macroimmune.association.cohorts_within import effects_within
from macroimmune.association.competing_risks import competing_frame, competing_risks
from macroimmune.association.completed_models import UNDETECTED_IMPUTATIONS, Imputing
from macroimmune.association.curves import (
    Curve,
    curves_frame,
    distribution,
    effect_curve,
    kaplan_meier_curves,
    thirds,
)
from macroimmune.association.cut_points import CutPoints, check_cut_points, cut_points
from macroimmune.association.cut_row import cut_points_frame
from macroimmune.association.endpoint_data import (
    EndpointData,
    endpoint_data,
    patients_only,
    strata_columns,
    strata_labels,
)
from macroimmune.association.hazard_ratio_curves import hazard_ratio_curves
from macroimmune.association.ledger import KEYS, LedgerEntry, ledger_frame, with_q_values
from macroimmune.association.methods import methods_used
from macroimmune.association.predictive import interactions, predictive_frame
from macroimmune.association.response_association import response_association
from macroimmune.association.restricted_means import restricted_mean_frame, restricted_means
from macroimmune.association.row import AssociationRow
from macroimmune.association.screened_models import ScreenedModel, screened_models
from macroimmune.association.survival_association import survival_association
from macroimmune.association.time_dependent import time_dependent
from macroimmune.association.trajectories import trajectories, trajectories_frame
from macroimmune.association.undetected import with_undetected_imputed
from macroimmune.association.values import (
    ParticipantValues,
    chosen_participants,
    participant_values,
    with_baselines,
)
from macroimmune.features import SCALE_LABELS, FeatureDefinition, FeatureTable
from macroimmune.results import conform, empty
from macroimmune.study import Study

__all__ = ["Associations", "associate"]

Progress = Callable[[int, int], None]
REFUSED = (
    "refused: measured after treatment start; tested only at a landmark or as a time-dependent "
    "covariate, set landmarks_days or time_dependent in [analysis] of study.toml before looking at "
    "outcomes"
)
PART_OF_ENDPOINT = "refused: this endpoint is defined by this very change"


@dataclass(frozen=True, slots=True)
class Associations:
    """All that `associate` finds, as tables of the results contract.

    Parameters
    ----------
    associations, competing_risks, predictive, added_value, agreement : polars DataFrame
    trajectories, ledger, curves : polars DataFrame
    cut_points : polars DataFrame
        Cuts fixed beforehand and cuts searched because the study asks for it.
    restricted_means : polars DataFrame
        Without rows where no horizon was set.
    meta_analysis, meta_cohorts : polars DataFrame
        Effects pooled over the cohorts of the study; without rows below three cohorts.
    methods : tuple of str
        The sentences of the methods paragraph.
    """

    associations: pl.DataFrame
    competing_risks: pl.DataFrame
    predictive: pl.DataFrame
    added_value: pl.DataFrame
    agreement: pl.DataFrame
    trajectories: pl.DataFrame
    ledger: pl.DataFrame
    curves: pl.DataFrame
    cut_points: pl.DataFrame
    restricted_means: pl.DataFrame
    meta_analysis: pl.DataFrame
    meta_cohorts: pl.DataFrame
    methods: tuple[str, ...]


@dataclass
class _Collected:
    """What is gathered while the features are gone through."""

    rows: list[AssociationRow] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    def add(self, cuts: CutPoints) -> None:
        """Add what cut-points give."""
        self.rows += cuts.associations
        self.entries += cuts.entries
        self.curves += cuts.curves


def associate(
    study: Study, features: FeatureTable, *, seed: int = 2021, progress: Progress | None = None
) -> Associations:
    """Return how every feature goes with every endpoint of the study.

    Parameters
    ----------
    study : Study
    features : FeatureTable
        As `compute_features` returns it for this study.
    seed : int
        Of every random draw, see `random_draws`.
    progress : callable or None
        Called with (features done, features in all).

    Returns
    -------
    found : Associations

    Raises
    ------
    DesignError
        If the baseline window reaches past treatment start, or participants repeat.
    InputError
        If a cut point or a score to add to names a feature that was not computed, or a cut is both
        fixed and searched.

    Notes
    -----
    Convention: the participant is the unit; features enter continuously; on-treatment features
    are tested only at a landmark or as time-dependent covariates, and refused without either.
    """
    everyone, study = study.participants.height, patients_only(study)
    check_cut_points(study, features)
    people = study.participants["participant_id"]
    window = study.analysis.baseline_window_days
    baseline = participant_values(features, people, window=window)
    looks: list[tuple[list[ParticipantValues], list[EndpointData]]] = [
        (baseline, endpoint_data(study))
    ]
    for day in study.analysis.landmarks_days:
        later = participant_values(features, people, window=window, landmark_days=day)
        later = with_baselines(later, baseline)
        looks.append((later, endpoint_data(study, day)))
    imputing = Imputing(seed, study.analysis.multiple_imputation or UNDETECTED_IMPUTATIONS)
    collected = _Collected(curves=_whole_study(study, looks[0][1]))
    total, done = sum(len(values) for values, _ in looks), 0
    for values, data in looks:
        at_landmark = values is not baseline
        columns = strata_columns(study, of_feature=True, at_landmark=at_landmark)
        strata = strata_labels(study, columns)
        adjusting, _ = adjusting_columns(study, columns)
        screened = [screened_models(values, item, strata) for item in data]
        for place, value in enumerate(values):
            for item, models in zip(data, screened, strict=True):
                _one(value, item, strata, models[place], collected, imputing)
                _adjusted(study, value, item, strata, adjusting, imputing, collected)
            done += 1
            if progress is not None:
                progress(done, total)
    unadjusted = [row for row in collected.rows if not is_adjusted(row.method)]
    cuts = cut_points(study, looks, unadjusted, seed=seed)
    for_all_times, of_times = time_dependent(study, features, *looks[0])
    collected.rows += for_all_times
    collected.entries += of_times
    collected.add(cuts)
    found, entries = interactions(study, *looks[0])
    compared, of_compared = added_value(study, features, looks, seed=seed)
    together = effects_within(study, looks, imputing)
    means, of_means = restricted_means(study, *looks[0])
    courses = trajectories(study, features)
    of_courses = [item.entry for item in courses]
    competing = competing_risks(study, looks)
    ledger = ledger_frame([
        *collected.entries,
        *competing.entries,
        *entries,
        *of_means,
        *of_compared,
        *together.entries,
        *of_courses,
    ])
    pooled = together.with_q_values_of(ledger)
    refused = _refused(study, features, looks[0][1])
    associations = _associations(collected.rows, refused, ledger)
    over_time = hazard_ratio_curves(study, looks, associations)
    return Associations(
        associations=associations,
        competing_risks=competing_frame(competing, ledger),
        predictive=predictive_frame(study, found, ledger),
        added_value=added_value_frame(compared, ledger),
        agreement=agreement_frame(features, associations, study.participants),
        trajectories=trajectories_frame(courses, study.analysis.trajectories_until_days, ledger),
        ledger=ledger,
        curves=curves_frame([*collected.curves, *over_time, *competing.curves]),
        cut_points=cut_points_frame(cuts.rows, ledger),
        restricted_means=restricted_mean_frame(means, ledger),
        meta_analysis=pooled.meta_analysis,
        meta_cohorts=pooled.meta_cohorts,
        methods=methods_used(
            study,
            features,
            ledger,
            n_not_patients=everyone - people.len(),
            draws_over_time=bool(over_time),
        ),
    )


def _one(
    values: ParticipantValues,
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    fitted: ScreenedModel,
    collected: _Collected,
    imputing: Imputing,
) -> None:
    """Add one feature against one endpoint to what is collected."""
    if data.endpoint.id in values.definition.part_of_endpoints:
        collected.rows.append(_refused_row(values.definition, data, PART_OF_ENDPOINT))
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
    collected: _Collected,
) -> None:
    """Add the effect adjusted for declared columns, where the study declares any."""
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


def _whole_study(study: Study, data: list[EndpointData]) -> list[Curve]:
    """Return the survival curves of the whole study, by arm where there are arms."""
    curves: list[Curve] = []
    arms = study.participants["arm"].fill_null("arm not stated").to_numpy()
    for item in data:
        if item.survival is None:
            continue
        of_known = arms[item.known]
        names = sorted(set(of_known))
        groups = [("all participants", item.survival)]
        if len(names) > 1:
            groups = [(str(name), item.survival.select(of_known == name)) for name in names]
        curves += kaplan_meier_curves("", item, groups)
    return curves


def _refused(
    study: Study, features: FeatureTable, data: list[EndpointData]
) -> list[AssociationRow]:
    """Return a row for each feature on treatment and endpoint that nothing allows to test."""
    if study.analysis.landmarks_days:
        return []
    later = [item for item in features.computed if item.timing != "baseline"]
    untested = [item for item in data if item.survival is None or not study.analysis.time_dependent]
    return [_refused_row(item, endpoint, REFUSED) for item in later for endpoint in untested]


def _refused_row(definition: FeatureDefinition, data: EndpointData, status: str) -> AssociationRow:
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


def _associations(
    rows: list[AssociationRow], refused: list[AssociationRow], ledger: pl.DataFrame
) -> pl.DataFrame:
    listed = [row.to_dict() for row in (*rows, *refused)]
    if not listed:
        return empty("associations")
    frame = pl.DataFrame(
        listed, schema_overrides={"landmark_days": pl.Float64}, infer_schema_length=None
    )
    if ledger.is_empty():
        return conform("associations", frame.with_columns(pl.lit(None).alias("q_value")))
    frame = frame.with_columns(pl.col(name).cast(ledger.schema[name]) for name in KEYS)
    return conform("associations", with_q_values(frame, ledger))
