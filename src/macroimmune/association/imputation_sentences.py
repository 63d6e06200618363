"""What the methods paragraph says of undetected and missing values."""

from collections.abc import Collection

from macroimmune.association import (
    added_value,
    competing_risks,
    predictive,
    time_dependent,
    trajectories,
)
from macroimmune.association.adjusted import IMPUTED, adjusted_for, is_adjusted
from macroimmune.association.adjusting_columns import adjusting_columns
from macroimmune.association.completed_models import UNDETECTED_IMPUTATIONS
from macroimmune.association.endpoint_data import strata_columns
from macroimmune.association.undetected import IMPUTED as UNDETECTED_IMPUTED
from macroimmune.study import Study

__all__ = ["imputation_sentences"]

_POOLED = (
    "pooled on the log scale by Rubin's rules with the degrees of freedom of Barnard and Rubin"
)


# Beside the models of a feature, in which undetected values are drawn.
_AT_LIMITS = {
    time_dependent.METHOD: "time-dependent models",
    competing_risks.CAUSE_SPECIFIC: "models of competing events",
    competing_risks.SUBDISTRIBUTION: "models of competing events",
    predictive.METHOD: "interactions with treatment",
    trajectories.METHOD: "models of repeated samples",
    added_value.METHOD: "models of what biomarkers add to others",
}


def imputation_sentences(study: Study, used: Collection[str], *, has_undetected: bool) -> list[str]:
    """Return the sentences on undetected values, adjustment and imputed columns.

    Parameters
    ----------
    study : Study
    used : collection of str
        Methods that gave a p-value.
    has_undetected : bool
        Whether a feature that is not itself "detected or not" has undetected values.
    """
    times = study.analysis.multiple_imputation or UNDETECTED_IMPUTATIONS
    sentences: list[str] = []
    if any(UNDETECTED_IMPUTED in method for method in used):
        sentences.append(
            "Undetected values of a feature detected in at least half of the samples were imputed "
            f"{times} times: drawn below their own limits from a left-censored normal model on the "
            "scale of the feature, given the outcome (event and Nelson-Aalen cumulative hazard, "
            f"or the binary outcome) and the strata; estimates were {_POOLED}. One estimate "
            "counts per feature and endpoint; that with values at the limits is told in its "
            "status and is not a test of its own; linearity was not tested."
        )
    if has_undetected:
        sentences += _at_limits(study, used)
    words = [name.replace("_", " ") for name in study.analysis.adjust_for]
    adjusted = [
        method
        for method in used
        if is_adjusted(method) and set(words).intersection(adjusted_for(method))
    ]
    columns = strata_columns(study, of_feature=True, at_landmark=False)
    _, already = adjusting_columns(study, columns)
    if adjusted:
        listed = {name for method in adjusted for name in adjusted_for(method)}
        named = ", ".join(name for name in words if name in listed)
        missing = "participants who lack one were left out"
        if any(IMPUTED in method for method in adjusted):
            missing = (
                f"missing ones were imputed {times} times by chained equations (predictive mean "
                "matching for numbers, logistic for two categories) given the feature, the "
                f"outcome and the strata, and {_POOLED}; participants without a value of the "
                "feature were left out, and outcomes were never imputed"
            )
        sentences.append(
            f"Beside the unadjusted effects stand effects adjusted for {named}, tests of their "
            f"own; {missing}."
        )
    if used and already:
        sentences.append(
            f"The study asks to adjust for {', '.join(already)} too, by which the models are "
            "stratified already: nothing was adjusted for it again."
        )
    return sentences


def _at_limits(study: Study, used: Collection[str]) -> list[str]:
    """Say where undetected values stood at their limits, and what became of them at cuts."""
    named = [
        place
        for start, place in _AT_LIMITS.items()
        if any(method.startswith(start) for method in used)
    ]
    places = ", ".join(dict.fromkeys(["Ranks", "curves", *named]))
    said = [f"{places} and tests of proportional hazards took undetected values at their limits."]
    if study.analysis.cut_points:
        said.append(
            "At cuts fixed beforehand, participants with an undetected value whose limit lies "
            "above the cut were left out and counted."
        )
    if study.analysis.search_cut_points:
        said.append(
            "No cut below the largest limit of an undetected value of the feature was searched."
        )
    return said
