"""Does an observed effect agree with a published direction? One kernel for every evidence line."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from macroimmune.errors import InputError
from macroimmune.statistics.intervals import normal_quantile

__all__ = [
    "RELEVANT_DIFFERENCE",
    "RELEVANT_RATIO",
    "EffectKind",
    "Verdict",
    "VerdictWord",
    "agreement_verdict",
]

EffectKind = Literal["hazard", "odds", "standardised_difference"]
VerdictWord = Literal[
    "agrees", "contradicts", "underpowered", "no effect of that size", "not measured"
]
# What an interval must leave out before silence counts as evidence.
RELEVANT_RATIO = 1.5
RELEVANT_DIFFERENCE = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one study says about one published direction.

    Parameters
    ----------
    verdict : str
        "agrees", "contradicts", "underpowered", "no effect of that size" or "not measured".
    reason : str
        One sentence with the numbers that decided.
    """

    verdict: VerdictWord
    reason: str


def agreement_verdict(
    *,
    log_effect_per_sd: float,
    standard_error_per_sd: float,
    published_direction: int,
    kind: EffectKind,
    missing: str = "the effect could not be estimated",
) -> Verdict:
    """Return the verdict of an observed effect on a published direction.

    Parameters
    ----------
    log_effect_per_sd : float
        Log hazard or odds ratio per standard deviation of the marker, or the standardised
        difference itself. NaN where it could not be estimated.
    standard_error_per_sd : float
        Its standard error. NaN where it could not be estimated.
    published_direction : int
        +1 or -1: the sign that the published effect has on this scale.
    kind : str
        "hazard", "odds" or "standardised_difference".
    missing : str
        What to say where the effect is NaN.

    Returns
    -------
    verdict : Verdict

    Raises
    ------
    InputError
        If the direction is not +1 or -1, the kind is unknown, or the standard error is not
        above zero.

    Notes
    -----
    Convention: normal 95 % interval; "no effect of that size" where it lies inside a ratio of 0.67
    to 1.5 per SD, or 0.5 SD to either side; "underpowered" where it includes no effect and
    reaches further.
    Checked against: hand calculation.

    Examples
    --------
    >>> agreement_verdict(
    ...     log_effect_per_sd=0.4,
    ...     standard_error_per_sd=0.1,
    ...     published_direction=1,
    ...     kind="hazard",
    ... ).verdict
    'agrees'
    """
    if published_direction not in {1, -1}:
        msg = f"a published direction is +1 or -1, found {published_direction}"
        raise InputError(msg)
    if kind not in get_args(EffectKind):
        msg = f"kind of effect {kind!r}: expected one of {get_args(EffectKind)}"
        raise InputError(msg)
    if not (np.isfinite(log_effect_per_sd) and np.isfinite(standard_error_per_sd)):
        return Verdict("not measured", missing)
    if standard_error_per_sd <= 0:
        msg = f"a standard error lies above zero, found {standard_error_per_sd:g}"
        raise InputError(msg)

    reach = normal_quantile(0.95) * standard_error_per_sd
    interval = _in_words(log_effect_per_sd, reach, kind)
    if abs(log_effect_per_sd) > reach:
        same = log_effect_per_sd * published_direction > 0
        if same:
            return Verdict("agrees", f"{interval}, in the published direction")
        return Verdict("contradicts", f"{interval}, against the published direction")
    threshold = RELEVANT_DIFFERENCE if kind == "standardised_difference" else np.log(RELEVANT_RATIO)
    bounds = f"{RELEVANT_DIFFERENCE:g} SD in either direction"
    if kind != "standardised_difference":
        bounds = f"{1 / RELEVANT_RATIO:.2f} and {RELEVANT_RATIO:g}"
    if abs(log_effect_per_sd) + reach < threshold:
        inside = "within" if kind == "standardised_difference" else "between"
        return Verdict("no effect of that size", f"{interval}, {inside} {bounds}")
    return Verdict("underpowered", f"{interval}, which holds no effect and reaches past {bounds}")


def _in_words(effect: float, reach: float, kind: EffectKind) -> str:
    """Write the effect with its interval on the scale that is read."""
    low, high = effect - reach, effect + reach
    if kind == "standardised_difference":
        return f"difference {effect:.2f} SD [{low:.2f} to {high:.2f}]"
    name = "hazard ratio" if kind == "hazard" else "odds ratio"
    return f"{name} per SD {np.exp(effect):.2f} [{np.exp(low):.2f} to {np.exp(high):.2f}]"
