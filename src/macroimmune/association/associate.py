"""Every feature against every endpoint: estimates, tests, curves, verdicts."""

from dataclasses import dataclass

import polars as pl

from macroimmune.association.added_value import added_value
from macroimmune.association.added_value_table import added_value_frame
from macroimmune.association.adjusted import is_adjusted
from macroimmune.association.agreement import agreement_frame
from macroimmune.association.cohorts_within import effects_within
from macroimmune.association.competing_risks import competing_frame, competing_risks
from macroimmune.association.completed_models import UNDETECTED_IMPUTATIONS, Imputing
from macroimmune.association.confounded_batches import confounded_features
from macroimmune.association.corrected_effects import (
    corrected_effects,
    corrected_effects_frame,
    corrected_effects_sentences,
)
from macroimmune.association.curves import (
    Curve,
    curves_frame,
    kaplan_meier_curves,
)
from macroimmune.association.cut_points import check_cut_points, cut_points
from macroimmune.association.cut_row import cut_points_frame
from macroimmune.association.detectable_effects import (
    detectable_effects,
    detectable_effects_frame,
)
from macroimmune.association.each_feature import Look, Progress, each_feature, refused_features
from macroimmune.association.endpoint_data import (
    EndpointData,
    endpoint_data,
    patients_only,
)
from macroimmune.association.hazard_ratio_curves import hazard_ratio_curves
from macroimmune.association.incidence_curves import INCIDENCE
from macroimmune.association.ledger import KEYS, ledger_frame, with_q_values
from macroimmune.association.methods import methods_used
from macroimmune.association.predictive import interactions, predictive_frame
from macroimmune.association.restricted_means import restricted_mean_frame, restricted_means
from macroimmune.association.row import AssociationRow
from macroimmune.association.time_dependent import time_dependent
from macroimmune.association.trajectories import trajectories, trajectories_frame
from macroimmune.association.values import (
    participant_values,
    with_baselines,
)
from macroimmune.features import FeatureTable
from macroimmune.results import Finding, conform, empty
from macroimmune.study import Study

__all__ = ["Associations", "associate"]


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
    corrected_effects, detectable_effects : polars DataFrame
        Of responsiveness scores: corrected for errors of measurement and adjusted for the
        unstimulated level; and how small an effect could have been seen.
    refusals : tuple of Finding
        Features that were tested against nothing, because their batch goes with outcome.
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
    corrected_effects: pl.DataFrame
    detectable_effects: pl.DataFrame
    refusals: tuple[Finding, ...]
    methods: tuple[str, ...]


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
    every_look = _looks(study, features)
    confounded = confounded_features(study, features, every_look, seed=seed)
    looks, tested = confounded.left_in(every_look), confounded.left_of(features)
    imputing = Imputing(seed, study.analysis.multiple_imputation or UNDETECTED_IMPUTATIONS)
    found = each_feature(study, looks, imputing, progress)
    unadjusted = [row for row in found.rows if not is_adjusted(row.method)]
    cuts = cut_points(study, looks, unadjusted, seed=seed)
    along_time, of_times = time_dependent(study, tested, *looks[0])
    modified, of_arms = interactions(study, *looks[0])
    compared, of_compared = added_value(
        confounded.with_other_bases(study), tested, looks, seed=seed
    )
    together = effects_within(study, looks, imputing)
    means, of_means = restricted_means(study, *looks[0])
    courses = trajectories(study, tested)
    competing = competing_risks(study, looks)
    ledger = ledger_frame([
        *found.entries,
        *of_times,
        *cuts.entries,
        *competing.entries,
        *of_arms,
        *of_means,
        *of_compared,
        *together.entries,
        *(course.entry for course in courses),
    ])
    refused = [*confounded.rows, *refused_features(study, tested, looks[0][1])]
    associations = _associations([*found.rows, *along_time, *cuts.associations, *refused], ledger)
    over_time = hazard_ratio_curves(study, looks, associations)
    corrected = corrected_effects(study, features, every_look, confounded)
    pooled = together.with_q_values_of(ledger)
    curves = [*_whole_study(study, looks[0][1]), *found.curves, *cuts.curves]
    return Associations(
        associations=associations,
        competing_risks=competing_frame(competing, ledger),
        predictive=predictive_frame(study, modified, ledger),
        added_value=added_value_frame(compared, ledger),
        agreement=agreement_frame(features, associations, study.participants),
        trajectories=trajectories_frame(courses, study.analysis.trajectories_until_days, ledger),
        ledger=ledger,
        curves=curves_frame([*curves, *over_time, *competing.curves]),
        cut_points=cut_points_frame(cuts.rows, ledger),
        restricted_means=restricted_mean_frame(means, ledger),
        meta_analysis=pooled.meta_analysis,
        meta_cohorts=pooled.meta_cohorts,
        corrected_effects=corrected_effects_frame(corrected),
        detectable_effects=detectable_effects_frame(
            detectable_effects(study, every_look, confounded)
        ),
        refusals=confounded.findings,
        methods=(
            *methods_used(
                study,
                tested,
                ledger,
                n_not_patients=everyone - study.participants.height,
                draws_over_time=bool(over_time),
                draws_incidence=any(curve.curve in INCIDENCE for curve in competing.curves),
                approximated=any(row.lausen_schumacher_p_value >= 0.0 for row in cuts.rows),
                means_of={row.endpoint for row in means if row.estimate_days >= 0.0},
            ),
            *corrected_effects_sentences(corrected),
        ),
    )


def _looks(study: Study, features: FeatureTable) -> list[Look]:
    """Return the features and endpoints as seen from time zero, then from each landmark."""
    people, window = study.participants["participant_id"], study.analysis.baseline_window_days
    baseline = participant_values(features, people, window=window)
    looks: list[Look] = [(baseline, endpoint_data(study))]
    for day in study.analysis.landmarks_days:
        later = participant_values(features, people, window=window, landmark_days=day)
        looks.append((with_baselines(later, baseline), endpoint_data(study, day)))
    return looks


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


def _associations(rows: list[AssociationRow], ledger: pl.DataFrame) -> pl.DataFrame:
    listed = [row.to_dict() for row in rows]
    if not listed:
        return empty("associations")
    frame = pl.DataFrame(
        listed, schema_overrides={"landmark_days": pl.Float64}, infer_schema_length=None
    )
    if ledger.is_empty():
        return conform("associations", frame.with_columns(pl.lit(None).alias("q_value")))
    frame = frame.with_columns(pl.col(name).cast(ledger.schema[name]) for name in KEYS)
    return conform("associations", with_q_values(frame, ledger))
