"""Kernels: arrays in, frozen results out; they know nothing of blood."""

from macroimmune.statistics.added_value import AddedValue, added_value_binary, added_value_survival
from macroimmune.statistics.baseline_hazard import BaselineHazard, baseline_hazard
from macroimmune.statistics.binary_calibration import binary_calibration
from macroimmune.statistics.binary_prediction_error import BinaryBrierScore, binary_brier_score
from macroimmune.statistics.calibration import Calibration
from macroimmune.statistics.called_changes import CalledChanges, called_changes
from macroimmune.statistics.censoring import CensoringCurve, censoring_curve
from macroimmune.statistics.cohort_tests import cox_of_cohorts, logistic_of_cohorts
from macroimmune.statistics.compared_groups import ComparedGroups, GroupSummaries, compare_groups
from macroimmune.statistics.concordance import (
    Concordance,
    ConcordanceDifference,
    bootstrap_concordance,
    concordance,
    concordance_difference,
)
from macroimmune.statistics.conditional_logistic import conditional_logistic
from macroimmune.statistics.confounding_refusal import confounding_refusal
from macroimmune.statistics.cox import CoxFit, cox
from macroimmune.statistics.cross_validation import (
    BinaryRecipe,
    SurvivalRecipe,
    cross_validate_binary,
    cross_validate_survival,
)
from macroimmune.statistics.cumulative_hazard import cumulative_hazard
from macroimmune.statistics.cumulative_incidence import CumulativeIncidence, cumulative_incidence
from macroimmune.statistics.cut_point_bootstrap import CutPointBootstrap, bootstrap_cut_points
from macroimmune.statistics.discrete_false_discovery import discrete_q_values
from macroimmune.statistics.diversity_accumulation import (
    AccumulatedDiversity,
    SampleCoverage,
    coverage_at,
    coverage_interval,
    diversity_at,
    size_at_coverage,
)
from macroimmune.statistics.event_proportion import event_proportion
from macroimmune.statistics.exact_odds_ratio import ExactOddsRatio, exact_odds_ratio
from macroimmune.statistics.false_discovery import q_values
from macroimmune.statistics.fine_gray import FineGrayFit, fine_gray
from macroimmune.statistics.firth_models import FirthFit, firth_cox, firth_logistic
from macroimmune.statistics.fisher_counts import fisher_of_counts
from macroimmune.statistics.frequency_counts import FrequencyCounts, frequency_counts
from macroimmune.statistics.gray_test import GrayTest, gray_test
from macroimmune.statistics.hazard_ratio_over_time import (
    HazardRatioOverTime,
    hazard_ratio_over_time,
)
from macroimmune.statistics.hill_curve import HillFit, hill_curve
from macroimmune.statistics.horizon import Horizon, horizon_at, standard_horizon
from macroimmune.statistics.interaction import InteractionFit, treatment_interaction
from macroimmune.statistics.intervals import (
    Contrast,
    chi_squared_p,
    minimal_detectable_effect,
    normal_quantile,
    wald_contrast,
    wald_p,
)
from macroimmune.statistics.isotonic import isotonic_regression
from macroimmune.statistics.kaplan_meier import KaplanMeier, kaplan_meier
from macroimmune.statistics.kept_ratio import kept_dispersion, kept_ratio
from macroimmune.statistics.kind_overlap import KindOverlap, kind_overlap
from macroimmune.statistics.landmark_sets import (
    LandmarkEffect,
    LandmarkSets,
    landmark_effect,
    landmark_sets,
)
from macroimmune.statistics.left_censored import LeftCensoredRegression, left_censored_regression
from macroimmune.statistics.left_censored_summary import LeftCensoredSummary, left_censored_summary
from macroimmune.statistics.log_rank import LogRank, log_rank
from macroimmune.statistics.logistic import LogisticFit, logistic
from macroimmune.statistics.mann_whitney import mann_whitney
from macroimmune.statistics.maximally_selected import log_rank_scores
from macroimmune.statistics.meta_analysis import MetaAnalysis, leave_one_out, meta_analysis
from macroimmune.statistics.method_agreement import MethodAgreement, method_agreement
from macroimmune.statistics.mixed_model import MixedModel, mixed_model
from macroimmune.statistics.monotone_trend import MonotoneTrend, monotone_trend
from macroimmune.statistics.multiple_imputation import (
    ColumnKind,
    Imputations,
    multiple_imputation,
    stratum_indicators,
)
from macroimmune.statistics.nearest_node import nearest_nodes
from macroimmune.statistics.nested_models import NestedModels, nested_cox, nested_logistic
from macroimmune.statistics.nested_ridge import NestedRidge, nested_ridge, ridge_penalties
from macroimmune.statistics.net_benefit import NetBenefit, net_benefit, survival_net_benefit
from macroimmune.statistics.node_groups import group_nodes, group_stability
from macroimmune.statistics.novel_kinds import NovelKinds, novel_kinds
from macroimmune.statistics.one_pool import SharedKinds, novel_kinds_elsewhere, shared_kinds
from macroimmune.statistics.optimism import CorrectedChange, corrected_change
from macroimmune.statistics.order_statistics import (
    OrderStatistics,
    plotting_positions,
    regression_on_order_statistics,
)
from macroimmune.statistics.out_of_fold import CrossValidatedMeasure, CrossValidation
from macroimmune.statistics.overdispersed_proportions import (
    OverdispersedLogistic,
    overdispersed_logistic,
)
from macroimmune.statistics.paired_counts import (
    ChangedCounts,
    ReplicateDispersion,
    changed_counts,
    replicate_dispersion,
)
from macroimmune.statistics.participant_folds import participant_folds
from macroimmune.statistics.performance import (
    BinaryPerformance,
    SurvivalPerformance,
    binary_performance,
    survival_performance,
)
from macroimmune.statistics.performance_measures import PerformanceMeasure
from macroimmune.statistics.pooled_dispersion import (
    PooledDispersion,
    RepeatedCounts,
    pooled_dispersion,
    repeated_counts,
)
from macroimmune.statistics.predicted_survival import PredictedSurvival, predicted_survival
from macroimmune.statistics.prediction_error import BrierScore, brier_score
from macroimmune.statistics.predictive_verdict import PredictiveVerdict, predictive_verdict
from macroimmune.statistics.proportion_interval import proportion_interval
from macroimmune.statistics.proportional_hazards import ProportionalHazards, proportional_hazards
from macroimmune.statistics.rarefaction import (
    RarefiedDiversity,
    diversity_at_coverage,
    sample_coverage,
)
from macroimmune.statistics.recipes import cox_recipe, logistic_recipe
from macroimmune.statistics.regression_calibration import (
    CorrectedRatio,
    RegressionCalibration,
    corrected_ratio,
    regression_calibration,
)
from macroimmune.statistics.restricted_mean import (
    RestrictedMean,
    RestrictedMeanDifference,
    restricted_mean,
    restricted_mean_difference,
)
from macroimmune.statistics.roc import Auc, AucDifference, auc, auc_difference
from macroimmune.statistics.rubin import PooledEstimate, pool_imputations
from macroimmune.statistics.sample_size import (
    interaction_information,
    kept_information,
    participants_needed,
    power_at,
    smallest_log_ratio,
)
from macroimmune.statistics.screening_auc import AucScreen, screen_auc
from macroimmune.statistics.screening_cox import CoxScreen, screen_cox
from macroimmune.statistics.screening_cut_points import (
    CutPath,
    CutPointScreen,
    cut_path,
    lausen_schumacher_p,
    screen_cut_points,
)
from macroimmune.statistics.screening_log_rank import LogRankScreen, screen_log_rank
from macroimmune.statistics.screening_logistic import LogisticScreen, screen_logistic
from macroimmune.statistics.self_organising_map import (
    SelfOrganisingMap,
    train_self_organising_map,
)
from macroimmune.statistics.share_differences import (
    ShareDifference,
    paired_share_difference,
    share_difference,
)
from macroimmune.statistics.spline import SplineEffect, cox_spline, natural_spline_basis
from macroimmune.statistics.start_stop import StartStop, split_at
from macroimmune.statistics.stratified_restricted_mean import (
    StratifiedRestrictedMeanDifference,
    stratified_restricted_mean_difference,
)
from macroimmune.statistics.stratified_roc import stratified_auc
from macroimmune.statistics.survival_calibration import survival_calibration
from macroimmune.statistics.time_dependent_roc import (
    TimeDependentAuc,
    TimeDependentRoc,
    time_dependent_auc,
    time_dependent_roc,
)
from macroimmune.statistics.time_dependent_rows import (
    DatedValues,
    TimeDependentRows,
    time_dependent_rows,
)
from macroimmune.statistics.time_varying_effect import (
    TimeVaryingEffect,
    effect_along_log_time,
    effect_before_and_after,
)
from macroimmune.statistics.unseen_kinds import Chao1, chao1
from macroimmune.statistics.verdict import Verdict, agreement_verdict

__all__ = [
    "repeated_counts",
    "pooled_dispersion",
    "RepeatedCounts",
    "PooledDispersion",
    "fisher_of_counts",
    "discrete_q_values",
    "called_changes",
    "CalledChanges",
    "AccumulatedDiversity",
    "SampleCoverage",
    "coverage_at",
    "coverage_interval",
    "diversity_at",
    "size_at_coverage",
    "FrequencyCounts",
    "frequency_counts",
    "Chao1",
    "chao1",
    "AddedValue",
    "Auc",
    "AucDifference",
    "AucScreen",
    "BaselineHazard",
    "BinaryBrierScore",
    "BinaryPerformance",
    "BinaryRecipe",
    "BrierScore",
    "Calibration",
    "CensoringCurve",
    "ChangedCounts",
    "ColumnKind",
    "ComparedGroups",
    "Concordance",
    "ConcordanceDifference",
    "Contrast",
    "CorrectedChange",
    "CorrectedRatio",
    "CoxFit",
    "CoxScreen",
    "CrossValidatedMeasure",
    "CrossValidation",
    "CumulativeIncidence",
    "CutPath",
    "CutPointBootstrap",
    "CutPointScreen",
    "DatedValues",
    "ExactOddsRatio",
    "FineGrayFit",
    "FirthFit",
    "GrayTest",
    "GroupSummaries",
    "HazardRatioOverTime",
    "HillFit",
    "Horizon",
    "Imputations",
    "InteractionFit",
    "KaplanMeier",
    "KindOverlap",
    "LandmarkEffect",
    "LandmarkSets",
    "LeftCensoredRegression",
    "LeftCensoredSummary",
    "LogRank",
    "LogRankScreen",
    "LogisticFit",
    "LogisticScreen",
    "MetaAnalysis",
    "MethodAgreement",
    "MixedModel",
    "MonotoneTrend",
    "NestedModels",
    "NestedRidge",
    "NetBenefit",
    "NovelKinds",
    "OrderStatistics",
    "OverdispersedLogistic",
    "PerformanceMeasure",
    "PooledEstimate",
    "PredictedSurvival",
    "PredictiveVerdict",
    "ProportionalHazards",
    "RarefiedDiversity",
    "RegressionCalibration",
    "ReplicateDispersion",
    "RestrictedMean",
    "RestrictedMeanDifference",
    "SelfOrganisingMap",
    "SharedKinds",
    "ShareDifference",
    "SplineEffect",
    "StartStop",
    "StratifiedRestrictedMeanDifference",
    "SurvivalPerformance",
    "SurvivalRecipe",
    "TimeDependentAuc",
    "TimeDependentRoc",
    "TimeDependentRows",
    "TimeVaryingEffect",
    "Verdict",
    "added_value_binary",
    "added_value_survival",
    "agreement_verdict",
    "auc",
    "auc_difference",
    "baseline_hazard",
    "binary_brier_score",
    "binary_calibration",
    "binary_performance",
    "bootstrap_concordance",
    "bootstrap_cut_points",
    "brier_score",
    "censoring_curve",
    "changed_counts",
    "chi_squared_p",
    "compare_groups",
    "concordance",
    "concordance_difference",
    "conditional_logistic",
    "confounding_refusal",
    "corrected_change",
    "corrected_ratio",
    "cox",
    "cox_of_cohorts",
    "cox_recipe",
    "cox_spline",
    "cross_validate_binary",
    "cross_validate_survival",
    "cumulative_hazard",
    "cumulative_incidence",
    "cut_path",
    "diversity_at_coverage",
    "effect_along_log_time",
    "effect_before_and_after",
    "event_proportion",
    "exact_odds_ratio",
    "fine_gray",
    "firth_cox",
    "firth_logistic",
    "gray_test",
    "group_nodes",
    "group_stability",
    "hazard_ratio_over_time",
    "hill_curve",
    "horizon_at",
    "interaction_information",
    "isotonic_regression",
    "kaplan_meier",
    "kept_information",
    "kind_overlap",
    "landmark_effect",
    "kept_dispersion",
    "kept_ratio",
    "landmark_sets",
    "lausen_schumacher_p",
    "leave_one_out",
    "left_censored_regression",
    "left_censored_summary",
    "log_rank",
    "log_rank_scores",
    "logistic",
    "logistic_of_cohorts",
    "logistic_recipe",
    "mann_whitney",
    "meta_analysis",
    "method_agreement",
    "minimal_detectable_effect",
    "mixed_model",
    "monotone_trend",
    "multiple_imputation",
    "natural_spline_basis",
    "nearest_nodes",
    "nested_cox",
    "nested_logistic",
    "nested_ridge",
    "net_benefit",
    "normal_quantile",
    "novel_kinds",
    "novel_kinds_elsewhere",
    "overdispersed_logistic",
    "paired_share_difference",
    "participant_folds",
    "participants_needed",
    "plotting_positions",
    "pool_imputations",
    "power_at",
    "predicted_survival",
    "predictive_verdict",
    "proportion_interval",
    "proportional_hazards",
    "q_values",
    "regression_calibration",
    "regression_on_order_statistics",
    "replicate_dispersion",
    "restricted_mean",
    "restricted_mean_difference",
    "ridge_penalties",
    "sample_coverage",
    "screen_auc",
    "screen_cox",
    "screen_cut_points",
    "screen_log_rank",
    "screen_logistic",
    "share_difference",
    "shared_kinds",
    "smallest_log_ratio",
    "split_at",
    "standard_horizon",
    "stratified_auc",
    "stratified_restricted_mean_difference",
    "stratum_indicators",
    "survival_calibration",
    "survival_net_benefit",
    "survival_performance",
    "time_dependent_auc",
    "time_dependent_roc",
    "time_dependent_rows",
    "train_self_organising_map",
    "treatment_interaction",
    "wald_contrast",
    "wald_p",
]
