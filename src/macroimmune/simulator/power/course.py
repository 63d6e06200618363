"""How events come and how long patients are observed, from a plan or from a share of events."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from macroimmune.errors import InputError
from macroimmune.simulator.plan import OutcomesPlan
from macroimmune.statistics import event_proportion

__all__ = ["Course", "course_of_plan", "course_with_events"]

_MONTHS_PER_YEAR = 12.0
_MEDIAN = 12.0
_LONGEST = 1e6


@dataclass(frozen=True, slots=True)
class Course:
    """Events and observation of a cohort; times in months.

    Parameters
    ----------
    events : tuple of (float, float)
        Median and Weibull shape of each kind of event of a patient with an average marker in the
        control arm; the first to come counts.
    enrolment, follow_up : float, months
        How long patients enter, and how long the last of them is observed.
    lost_per_year : float
        Hazard of loss to follow-up.
    """

    events: tuple[tuple[float, float], ...]
    enrolment: float
    follow_up: float
    lost_per_year: float

    def __post_init__(self) -> None:
        """Refuse times and rates that cannot be.

        Raises
        ------
        InputError
            In one line.
        """
        for median, _ in self.events:
            if not (math.isfinite(median) and median > 0.0):
                msg = f"median {median:g} months: expected more than 0"
                raise InputError(msg)
        for name, value in (
            (f"enrolment {self.enrolment:g} months", self.enrolment),
            (f"follow-up {self.follow_up:g} months", self.follow_up),
            (f"loss of {self.lost_per_year:g} per year", self.lost_per_year),
        ):
            if not (math.isfinite(value) and value >= 0.0):
                msg = f"{name}: expected 0 or more"
                raise InputError(msg)

    def share_with_event(self, mean: float = 0.0, sd: float = 0.0) -> float:
        """Return the share whose event is seen, of patients with normal log hazards.

        Parameters
        ----------
        mean, sd : float
            Of the log hazards.
        """
        return event_proportion(
            self.events,
            enrolment=self.enrolment,
            follow_up=self.follow_up,
            loss_rate=self.lost_per_year / _MONTHS_PER_YEAR,
            log_hazard_mean=mean,
            log_hazard_sd=sd,
        )

    def draw(
        self, log_hazard: NDArray[np.float64], rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return times in months and whether the event was seen, for patients of any shape."""
        shape = log_hazard.shape
        first = np.full(shape, np.inf)
        for median, power in self.events:
            total = rng.exponential(1.0 / np.log(2.0), shape) * np.exp(-log_hazard)
            np.minimum(first, median * total ** (1.0 / power), out=first)
        end = self.follow_up + self.enrolment * rng.random(shape)
        if self.lost_per_year > 0.0:
            lost = rng.exponential(_MONTHS_PER_YEAR / self.lost_per_year, shape)
            np.minimum(end, lost, out=end)
        return np.minimum(first, end), first <= end


def course_of_plan(plan: OutcomesPlan, endpoint: Literal["os", "pfs"]) -> Course:
    """Return the course of an endpoint as a plan of a virtual study states it.

    Parameters
    ----------
    plan : OutcomesPlan
    endpoint : {"os", "pfs"}
        Progression-free survival ends with progression or death, whichever is first.
    """
    death = (plan.os_median_months, plan.os_shape)
    progression = (plan.progression_median_months, plan.progression_shape)
    return Course(
        events=(death,) if endpoint == "os" else (progression, death),
        enrolment=plan.enrolment_months,
        follow_up=plan.follow_up_months,
        lost_per_year=plan.lost_per_year,
    )


def course_with_events(
    share: float, arms: Sequence[tuple[float, float, float]] = ((1.0, 0.0, 0.0),)
) -> Course:
    """Return a course in which this share of a cohort has its event.

    Parameters
    ----------
    share : float, in (0, 1]
    arms : sequence of (float, float, float)
        Share of the cohort, mean and SD of the normal log hazards of each arm.

    Raises
    ------
    InputError
        If the share is impossible.

    Notes
    -----
    Convention: a constant hazard; patients enter evenly up to the data cut, nobody is lost. The
    length of time is arbitrary and the test does not depend on it.
    """
    if not 0.0 < share <= 1.0:
        msg = f"share with the event {share:g}: expected above 0 and at most 1, such as 0.6"
        raise InputError(msg)
    course = Course(((_MEDIAN, 1.0),), 0.0, _LONGEST, 0.0)
    if share == 1.0:
        return course

    def excess(log_enrolment: float) -> float:
        found = replace(course, enrolment=math.exp(log_enrolment), follow_up=0.0)
        seen = [weight * found.share_with_event(mean, sd) for weight, mean, sd in arms]
        return sum(seen) - share

    longest = math.log(_LONGEST)
    if excess(longest) < 0.0:
        msg = f"share with the event {share:g}: more than the weakest patients allow; write 1"
        raise InputError(msg)
    enrolment = math.exp(brentq(excess, -longest, longest, xtol=1e-9))
    return replace(course, enrolment=enrolment, follow_up=0.0)
