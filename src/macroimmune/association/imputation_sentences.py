"""What the methods paragraph says of undetected and missing values."""

from collections.abc import Collection

from macroimmune.association.adjusted import IMPUTED, is_adjusted
from macroimmune.association.adjusting_columns import adjusting_columns
from macroimmune.association.completed_models import UNDETECTED_IMPUTATIONS
from macroimmune.association.endpoint_data import strata_columns
from macroimmune.association.undetected import IMPUTED as UNDETECTED_IMPUTED
from macroimmune.study import Study

__all__ = ["imputation_sentences"]

_POOLED = (
    "pooled on the log scale by Rubin's rules with the degrees of freedom of Barnard and Rubin"
)


def imputation_sentences(study: Study, used: Collection[str]) -> list[str]:
    """Return the sentences on undetected values, adjustment and imputed columns.

    Parameters
    ----------
    study : Study
    used : collection of str
        Methods that gave a p-value.
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
            "status and is not a test of its own. Ranks, cuts, curves, interactions and tests of "
            "proportional hazards took undetected values at their limits; linearity was not "
            "tested."
        )
    adjusted = [method for method in used if is_adjusted(method)]
    if adjusted:
        _, already = adjusting_columns(
            study, strata_columns(study, of_feature=True, at_landmark=False)
        )
        words = [name.replace("_", " ") for name in study.analysis.adjust_for]
        named = ", ".join(name for name in words if name not in already)
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
            f"own; {missing}.{' Strata stayed strata.' if already else ''}"
        )
    return sentences
