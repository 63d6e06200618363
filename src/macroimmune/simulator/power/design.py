"""What is asked of a study: the effect of a marker, how it is measured and how it is tested."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.simulator.power.course import Course, course_with_events
from macroimmune.statistics import interaction_information, kept_information

__all__ = ["LARGEST_RATIO", "POWER_ENDPOINTS", "PowerDesign", "log_ratio_per_sd"]

POWER_ENDPOINTS = ("os", "pfs", "response")
LARGEST_RATIO = 100.0
_EFFECTS = ("prognostic", "predictive")


def log_ratio_per_sd(ratio: float, *, sd_of_log2: float | None = None) -> float:
    """Return the log of a ratio per SD of the marker.

    Parameters
    ----------
    ratio : float, from 0.01 to 100
        Per SD, or per doubling where `sd_of_log2` is given.
    sd_of_log2 : float or None
        SD of the marker's logarithm to base 2.

    Raises
    ------
    InputError
        If a number is impossible.

    Examples
    --------
    >>> round(math.exp(log_ratio_per_sd(1.5, sd_of_log2=0.9)), 3)
    1.44
    """
    if not 1.0 / LARGEST_RATIO <= ratio <= LARGEST_RATIO:
        msg = f"ratio {ratio:g}: expected a number from 0.01 to 100, such as 1.5 or 0.67"
        raise InputError(msg)
    if sd_of_log2 is None:
        return math.log(ratio)
    if not (math.isfinite(sd_of_log2) and sd_of_log2 > 0.0):
        msg = f"SD of the log2 values {sd_of_log2:g}: expected a number above 0, such as 0.9"
        raise InputError(msg)
    return math.log(ratio) * sd_of_log2


@dataclass(frozen=True, slots=True)
class PowerDesign:
    """The test whose power is asked for.

    Parameters
    ----------
    endpoint : {"os", "pfs", "response"}
    effect : {"prognostic", "predictive"}
        Prognostic: the marker acts alike in all. Predictive: it acts in the treated arm alone, and
        the interaction of marker and arm is tested.
    outcome : Course or float
        For os and pfs how events come, or the share with the event over the whole cohort; for
        response the probability of response at an average marker (in the control arm).
    reliability, undetected, adjusted_r2 : float
        As in `kept_information`.
    alpha : float
        Two-sided, of the whole family of tests.
    tests : int
        In the family; each is made at alpha / tests.
    treated_share : float, in (0, 1)
        Of patients who are assigned to treatment at random; for a predictive effect.
    treatment_ratio : float
        Hazard or odds ratio of treatment at an average marker; for a predictive effect.
    """

    endpoint: Literal["os", "pfs", "response"]
    effect: Literal["prognostic", "predictive"]
    outcome: Course | float
    reliability: float = 1.0
    undetected: float = 0.0
    adjusted_r2: float = 0.0
    alpha: float = 0.05
    tests: int = 1
    treated_share: float = 0.5
    treatment_ratio: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises
        ------
        InputError
            In one line.
        """
        for name, words in (("endpoint", POWER_ENDPOINTS), ("effect", _EFFECTS)):
            word = getattr(self, name)
            if word not in words:
                msg = f"{name} {word!r}: expected {' or '.join(words)}. {did_you_mean(word, words)}"
                raise InputError(msg)
        if self.tests < 1:
            msg = f"{self.tests} tests: expected 1 or more"
            raise InputError(msg)
        if not 1.0 / LARGEST_RATIO <= self.treatment_ratio <= LARGEST_RATIO:
            msg = f"treatment ratio {self.treatment_ratio:g}: expected a number from 0.01 to 100"
            raise InputError(msg)
        if self.is_binary and not 0.0 < self.response < 1.0:
            msg = f"probability of response {self.response:g}: expected above 0 and below 1"
            raise InputError(msg)
        # The formulas refuse impossible shares.
        kept_information(
            reliability=self.reliability,
            undetected=self.undetected,
            adjusted_r2=self.adjusted_r2,
        )
        interaction_information(self.treated_share, 1.0, 1.0)
        self.information(0.0)

    @property
    def is_binary(self) -> bool:
        """Whether the outcome is yes or no."""
        return self.endpoint == "response"

    @property
    def is_predictive(self) -> bool:
        """Whether the interaction with the arm is tested."""
        return self.effect == "predictive"

    @property
    def alpha_of_each(self) -> float:
        """The two-sided level of each test, by Bonferroni."""
        return self.alpha / self.tests

    @property
    def response(self) -> float:
        """The probability of response at an average marker; NaN for other endpoints."""
        return float(self.outcome) if isinstance(self.outcome, float | int) else math.nan

    def course(self, log_ratio: float) -> Course:
        """Return how events come where the marker acts with this log ratio per SD.

        Raises
        ------
        InputError
            If the outcome is yes or no.
        """
        if isinstance(self.outcome, Course):
            return self.outcome
        if self.is_binary:
            msg = "response has no times of events; give its probability"
            raise InputError(msg)
        if not self.is_predictive:
            return course_with_events(self.outcome, ((1.0, 0.0, abs(log_ratio)),))
        treated = (self.treated_share, math.log(self.treatment_ratio), abs(log_ratio))
        control = (1.0 - self.treated_share, 0.0, 0.0)
        return course_with_events(self.outcome, (treated, control))

    def information(self, log_ratio: float) -> float:
        """Return the information of one patient about the log ratio that is tested.

        Parameters
        ----------
        log_ratio : float
            Per SD of the true marker; events are more or fewer by it.
        """
        kept = kept_information(
            reliability=self.reliability,
            undetected=self.undetected,
            adjusted_r2=self.adjusted_r2,
        )
        treated = kept * self._of_arm(log_ratio, math.log(self.treatment_ratio))
        if not self.is_predictive:
            return kept * self._of_arm(log_ratio, 0.0)
        control = kept * self._of_arm(0.0, 0.0, log_ratio)
        return interaction_information(self.treated_share, treated, control)

    def events(self, log_ratio: float) -> float:
        """Return the share of all patients whose event is seen, or who respond."""
        if not self.is_predictive:
            return self._seen(log_ratio, 0.0, log_ratio)
        treated = self._seen(log_ratio, math.log(self.treatment_ratio), log_ratio)
        control = self._seen(0.0, 0.0, log_ratio)
        return self.treated_share * treated + (1.0 - self.treated_share) * control

    def _of_arm(self, log_ratio: float, shift: float, whole: float | None = None) -> float:
        if self.is_binary:
            share = 1.0 / (1.0 + math.exp(-(math.log(self.response / (1 - self.response)) + shift)))
            return share * (1.0 - share)
        return self._seen(log_ratio, shift, log_ratio if whole is None else whole)

    def _seen(self, log_ratio: float, shift: float, whole: float) -> float:
        """Return the share with an event in an arm; `whole` is the effect asked for."""
        if self.is_binary:
            return _mean_response(self.response, log_ratio, shift)
        return self.course(whole).share_with_event(shift, abs(log_ratio))


def _mean_response(share: float, log_ratio: float, shift: float) -> float:
    """Return the share of responders among patients with a normal marker."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(48)
    odds = math.log(share / (1.0 - share)) + shift + log_ratio * nodes
    return float((weights / weights.sum()) @ (1.0 / (1.0 + np.exp(-odds))))
