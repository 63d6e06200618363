"""The methods paragraph: a sentence for each method that a run really used."""

from collections.abc import Collection

import polars as pl

from macroimmune.association import (
    competing_risks,
    fixed_cut,
    hazard_ratio_curves,
    predictive,
    response_association,
    restricted_means,
    searched_cut,
    survival_association,
    trajectories,
)
from macroimmune.association.added_value import added_value_sentences
from macroimmune.association.adjusted import IMPUTED, without_imputation
from macroimmune.association.cohorts_within import cohorts_within
from macroimmune.association.endpoint_data import strata_columns
from macroimmune.association.imputation_sentences import imputation_sentences
from macroimmune.association.ledger import OUTCOME
from macroimmune.features import FeatureTable
from macroimmune.results import RESULT_TABLES
from macroimmune.schema import ENDPOINTS
from macroimmune.study import Study

__all__ = ["methods_used"]

_SEARCH = (
    "among cuts with 10 to 90 % of the participants below; its p-value is adjusted for the search "
    f"by {searched_cut.PERMUTATIONS:,} permutations of the scores. The log ratio at the cut was "
    "multiplied by 1 - E(M^2) / M^2, M being "
    f"the largest statistic; intervals are percentiles of {searched_cut.RESAMPLES:,} resamples of "
    "the participants, each searched and shrunken anew, and promise no exact level for the place "
    "of the cut."
)
_SENTENCES = {
    survival_association.METHOD: (
        "Each feature entered a Cox proportional hazards model as a continuous covariate (Efron's "
        "approximation for ties); hazard ratios carry Wald 95 % intervals and p-values."
    ),
    survival_association.NONLINEARITY: (
        "Departure from a log-linear effect was tested with a natural cubic spline with knots at "
        "the 10th, 50th and 90th percentile."
    ),
    survival_association.PROPORTIONALITY: (
        "Proportional hazards were tested with the score test of Grambsch and Therneau against "
        "the Kaplan-Meier transformation of time."
    ),
    response_association.LOGISTIC: (
        "Binary endpoints were analysed by logistic regression on the continuous feature; odds "
        "ratios carry Wald 95 % intervals."
    ),
    response_association.DELONG: (
        "Areas under the ROC curve have variances by DeLong and intervals on the logit scale."
    ),
    survival_association.FIRTH: (
        "Where a feature separated the events, Firth's penalised likelihood took the place of the "
        "plain Cox model, with a profile-likelihood interval and a penalised likelihood-ratio test."
    ),
    response_association.FIRTH: (
        "Where a feature separated the outcomes, Firth's penalised likelihood took the place of "
        "plain logistic regression, with a profile-likelihood interval and a penalised "
        "likelihood-ratio test."
    ),
    survival_association.ADJUSTED: (
        "Cox models of a change since baseline were adjusted for the baseline value on its own "
        "scale."
    ),
    response_association.ADJUSTED: (
        "Logistic models of a change since baseline were adjusted for the baseline value on its "
        "own scale; areas under the curve are those of the change alone."
    ),
    fixed_cut.METHOD: (
        "At cuts that were fixed beforehand, survival above the cut was compared with survival up "
        "to it by the log-rank test."
    ),
    fixed_cut.EXACT: (
        "At cuts that were fixed beforehand, binary endpoints above the cut were compared with "
        "those up to it by Fisher's exact test, with the conditional odds ratio and its exact "
        "interval."
    ),
    searched_cut.SURVIVAL: (
        "Because the study asks for it, the best cut was searched by the maximally selected "
        f"log-rank statistic {_SEARCH}"
    ),
    searched_cut.BINARY: (
        "Because the study asks for it, the best cut against binary endpoints was searched by the "
        f"maximally selected chi-squared statistic {_SEARCH}"
    ),
    predictive.METHOD: (
        "Effect modification was estimated by the product of feature and treatment in a Cox "
        "model with both."
    ),
}
_SCALES = {
    "doubling": "ratios, concentrations and most counts on the log2 scale (effects per doubling)",
    "npx": "Olink NPX as they are (effects per NPX)",
    "share": "percentages as the arcsine of the square root, per standard deviation",
    "root": "counts that can be zero as square roots, per standard deviation",
    "sd": "all others per standard deviation",
    "flag": "proteins undetected in more than half of the samples as detected or not",
}


def methods_used(
    study: Study,
    features: FeatureTable,
    ledger: pl.DataFrame,
    *,
    n_not_patients: int = 0,
    draws_over_time: bool = False,
    draws_incidence: bool = False,
    approximated: bool = False,
    means_of: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the sentences of the methods paragraph, in order.

    Parameters
    ----------
    study : Study
    features : FeatureTable
    ledger : polars DataFrame
        What was really run.
    n_not_patients : int
        Healthy controls and other species, which entered no model.
    draws_over_time : bool
        Whether hazard ratios were drawn over time.
    draws_incidence : bool
        Whether cumulative incidence was drawn.
    approximated : bool
        Whether a searched cut has the p-value of Lausen and Schumacher.
    means_of : collection of str
        Endpoints with a restricted mean.

    Returns
    -------
    sentences : tuple of str
    """
    low, high = study.analysis.baseline_window_days
    named = set(ledger.filter(pl.col("p_value").is_not_null())["method"])
    used = _in_parts({without_imputation(method) for method in named})
    scales = {item.scale for item in features.computed}
    sentences = [
        f"Baseline was the last sample from day {low:g} to day {high:g}; treatment starts on day 0."
    ]
    if n_not_patients:
        sentences.append(
            f"Healthy controls and other species ({n_not_patients}) entered no model of outcomes."
        )
    if any(item.timing != "baseline" for item in features.computed):
        sentences += _on_treatment(study)
    if scales:
        entered = "; ".join(text for scale, text in _SCALES.items() if scale in scales)
        sentences.append(f"Features entered models with {entered}.")
    sentences += [text for method, text in _SENTENCES.items() if method in used]
    if approximated:
        sentences.append(
            "Beside the p-value of a searched cut stands the approximation of Lausen and "
            "Schumacher, where the search had no strata."
        )
    sentences += imputation_sentences(study, named, has_undetected=_has_undetected(features))
    if draws_over_time:
        sentences.append(
            "Hazard ratios over time are scaled Schoenfeld residuals smoothed by a natural cubic "
            "spline with 4 degrees of freedom along the Kaplan-Meier transformation of time, with "
            f"pointwise 95 % intervals; {hazard_ratio_curves.RULE}."
        )
    sentences += competing_risks.sentences(used, drawn=draws_incidence)
    sentences += _courses(study, used)
    sentences += _restricted_means(study, means_of, used)
    sentences += _stratified(study) if used else []
    together = cohorts_within(study).sentence()
    sentences += [together] if used and together else []
    if any(endpoint.kind == "survival" for endpoint in study.endpoints()):
        sentences.append(
            "Survival curves are Kaplan-Meier estimates with log-log 95 % intervals; thirds are "
            "drawn for display and not tested."
        )
    sentences += added_value_sentences(used)
    sentences += _family(ledger, named)
    return tuple(sentences)


def _has_undetected(features: FeatureTable) -> bool:
    levels = [item.id for item in features.computed if item.scale != "flag"]
    return bool(features.frame.filter(pl.col("feature").is_in(levels))["below_limit"].any())


def _in_parts(used: set[str]) -> set[str]:
    """Take a penalised model of a change for what it is: adjusted for baseline, and penalised."""
    models = {
        module.FIRTH_ADJUSTED: {module.ADJUSTED, module.FIRTH}
        for module in (survival_association, response_association)
    }
    return used.union(*(parts for method, parts in models.items() if method in used))


def _family(ledger: pl.DataFrame, named: Collection[str]) -> list[str]:
    tested = ledger.filter(pl.col("q_value").is_not_null())
    if tested.is_empty():
        return []
    in_family = tested.filter(pl.col("family") == OUTCOME).height
    of_treatment = tested.height - in_family
    apart = (
        [
            f"The {of_treatment} tests of what treatment does to biomarkers or between arms are a "
            "family of their own: most such effects are real and would loosen the threshold for "
            "the others."
        ]
        if of_treatment
        else []
    )
    kept = " that was not imputed" if any(IMPUTED in method for method in named) else ""
    return [
        f"Participants with a missing value{kept} were left out of the estimate concerned and "
        "counted.",
        f"q-values are Benjamini-Hochberg false discovery rates over all {in_family} tests of "
        f"biomarkers against outcomes in this run ({RESULT_TABLES['ledger'].file}), whatever the "
        "endpoint.",
        *apart,
    ]


def _courses(study: Study, used: set[str]) -> list[str]:
    if not any(method.startswith(trajectories.METHOD) for method in used):
        return []
    return [
        "Repeated samples from baseline to day "
        f"{study.analysis.trajectories_until_days:g} entered linear mixed models (REML) with a "
        "straight line in time, a level and, where the samples allowed, a trend of its own for "
        "each participant; tests and intervals use t with Satterthwaite's degrees of freedom. "
        "Samples that are missing after death or drop-out are taken as missing at random."
    ]


def _restricted_means(study: Study, means_of: Collection[str], used: set[str]) -> list[str]:
    horizons = study.analysis.restricted_mean_days
    estimated = {name: day for name, day in horizons.items() if name in means_of}
    if not estimated:
        return []
    listed = ", ".join(f"{ENDPOINTS[name].name} day {day:g}" for name, day in estimated.items())
    compared = {
        m for m in used if m.startswith((restricted_means.OF_ARMS, restricted_means.AT_CUT))
    }
    within = {method for method in compared if method.endswith("within strata")}
    tests = "; differences between groups have Wald tests" if compared - within else ""
    if within:
        tests += (
            "; where models are stratified differences are taken within strata, with tests by t "
            "and Satterthwaite's degrees of freedom, and strata in which a group has fewer than 5 "
            "participants, no events or no follow-up to the horizon are left out"
        )
    return [
        f"Restricted mean survival times, up to horizons fixed beforehand ({listed}), are areas "
        f"under the Kaplan-Meier curve with standard errors of the estimate{tests}."
    ]


def _on_treatment(study: Study) -> list[str]:
    days, at_all_times = study.analysis.landmarks_days, study.analysis.time_dependent
    if not days and not at_all_times:
        return [
            "Features measured after treatment start were not tested, because no landmark was set."
        ]
    sentences: list[str] = []
    if days:
        only = "" if at_all_times else "only "
        listed = ", ".join(f"{day:g}" for day in days)
        sentences.append(
            f"Features measured after treatment start were tested {only}at the landmark (day "
            f"{listed}): among participants still at risk then, with time counted from it and the "
            "last sample up to it."
        )
    if at_all_times:
        sentences.append(
            "Features measured after treatment start also entered Cox models of survival as "
            "time-dependent covariates: follow-up was split at each measurement, a value holds "
            "from after its day until the next, and participants are at risk from their first "
            "value on; variances are those of participants as clusters, and a change since "
            "baseline was adjusted for the baseline value."
        )
    return sentences


def _stratified(study: Study) -> list[str]:
    baseline = strata_columns(study, of_feature=True, at_landmark=False)
    landmark = strata_columns(study, of_feature=True, at_landmark=True)
    sentences: list[str] = []
    if baseline:
        sentences.append(
            f"Models of a feature were stratified by {_named(baseline)}, so that they describe "
            "differences within strata: baseline hazards by stratum in Cox models, the exact "
            "conditional likelihood in logistic models, pairs of one stratum in areas."
        )
    if study.analysis.landmarks_days and landmark != baseline:
        sentences.append(f"At landmarks they were stratified by {_named(landmark)}.")
    if study.analysis.time_dependent and landmark != baseline:
        sentences.append(f"Time-dependent models were stratified by {_named(landmark)}.")
    if study.analysis.control_arms:
        columns = strata_columns(study, of_feature=False, at_landmark=False)
        by = f"stratified by {_named(columns)}" if columns else "not stratified"
        apart = "cohort" in baseline and "cohort" not in columns
        why = ": no cohort holds both arms, so differences between cohorts may pass as theirs"
        sentences.append(
            f"Models of the interaction with treatment were {by}"
            f"{f', not by cohort{why}' if apart else ''}."
        )
    return sentences


def _named(columns: tuple[str, ...]) -> str:
    return ", ".join(column.replace("_", " ") for column in columns)
