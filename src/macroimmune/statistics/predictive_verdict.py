"""Prognostic or predictive: what a design and an interaction allow to be said, in one sentence."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from macroimmune.errors import InputError
from macroimmune.statistics.interaction import InteractionFit

__all__ = ["Design", "PredictiveVerdict", "PredictiveWord", "predictive_verdict"]

Design = Literal["no control arm", "non-randomised", "randomised"]
PredictiveWord = Literal[
    "cannot be told",
    "predictive value cannot be established",
    "predictive, qualitative",
    "quantitative, depends on the scale",
    "no evidence of interaction",
]


@dataclass(frozen=True, slots=True)
class PredictiveVerdict:
    """What may be said about a marker's predictive value.

    Parameters
    ----------
    verdict : str
        One of `PredictiveWord`.
    sentence : str
        The verdict with the numbers behind it.
    """

    verdict: PredictiveWord
    sentence: str


def predictive_verdict(
    fit: InteractionFit | None, *, design: Design, q_value: float
) -> PredictiveVerdict:
    """Return the verdict on the predictive value of a marker.

    Parameters
    ----------
    fit : InteractionFit or None
        None where there is no control arm.
    design : str
        "no control arm", "non-randomised" or "randomised".
    q_value : float
        Of the interaction, over everything that was tested; NaN where there is none.

    Returns
    -------
    verdict : PredictiveVerdict

    Raises
    ------
    InputError
        If the design is unknown, or does not fit to what was fitted.

    Notes
    -----
    Convention: qualitative means that the interval of the treatment's hazard ratio lies on
    opposite sides of one at the 10th and 90th percentile of the marker. No wording claims that
    a marker lacks predictive value. Checked against: the rules, case by case.

    Examples
    --------
    >>> predictive_verdict(None, design="no control arm", q_value=float("nan")).verdict
    'cannot be told'
    """
    if design not in get_args(Design):
        msg = f"design {design!r}: expected one of {get_args(Design)}"
        raise InputError(msg)
    if design == "no control arm":
        return PredictiveVerdict(
            "cannot be told",
            "cannot be told: without a control arm, prognostic and predictive look the same",
        )
    if fit is None:
        msg = f"a {design} design needs the fit of the interaction, found None"
        raise InputError(msg)
    if fit.randomised != (design == "randomised"):
        msg = f"the interaction was fitted with randomised={fit.randomised}, the design is {design}"
        raise InputError(msg)
    if fit.status:
        return PredictiveVerdict("cannot be told", f"cannot be told: {fit.status}")
    if design == "non-randomised":
        return PredictiveVerdict(
            "predictive value cannot be established",
            f"{_association(fit)}; effect modification HR x {_interval(fit)} in a "
            "non-randomised comparison; predictive value cannot be established",
        )
    return _randomised(fit, q_value)


def _randomised(fit: InteractionFit, q_value: float) -> PredictiveVerdict:
    """Return the verdict where treatment was assigned at random."""
    if not q_value < 0.05:
        ratio = fit.smallest_detectable_ratio
        return PredictiveVerdict(
            "no evidence of interaction",
            f"no evidence of interaction (HR x {_interval(fit)}); the smallest ratio that could "
            f"have been seen with 80 % power is {ratio:.2f} (or {1 / ratio:.2f})",
        )
    harms = fit.treatment_ci_low[[0, 2]] > 1.0
    helps = fit.treatment_ci_high[[0, 2]] < 1.0
    ends = " and ".join(
        f"{fit.treatment_hazard_ratio[i]:.2f} [{fit.treatment_ci_low[i]:.2f} to "
        f"{fit.treatment_ci_high[i]:.2f}]"
        for i in (0, 2)
    )
    treatment = f"treatment HR {ends} at the 10th and 90th percentile of the marker"
    if (harms[0] and helps[1]) or (helps[0] and harms[1]):
        return PredictiveVerdict("predictive, qualitative", f"predictive, qualitative: {treatment}")
    return PredictiveVerdict(
        "quantitative, depends on the scale",
        f"quantitative, depends on the scale: interaction HR x {_interval(fit)}, {treatment}",
    )


def _association(fit: InteractionFit) -> str:
    """Say in which groups the marker's interval leaves out one."""
    apart = (fit.marker_ci_low > 1.0) | (fit.marker_ci_high < 1.0)
    if apart.all():
        opposite = bool(np.diff(fit.marker_hazard_ratio > 1.0)[0])
        return "associated with survival in both" + (", in opposite directions" * opposite)
    if apart.any():
        return (
            "associated with survival in the " + ("treated" if apart[1] else "untreated") + " only"
        )
    return "associated with survival in neither"


def _interval(fit: InteractionFit) -> str:
    """Write the ratio of hazard ratios with its interval."""
    return f"{fit.hazard_ratio_ratio:.2f} [{fit.ci_low:.2f} to {fit.ci_high:.2f}]"
