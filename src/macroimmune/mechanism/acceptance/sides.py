"""One side of a contrast: what is needed of runs, and the value that comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.acceptance.frozen_rules import Rules, rules
from macroimmune.mechanism.acceptance.hosts import untreated
from macroimmune.mechanism.acceptance.needs import BURDEN, Courses, Need, NotEvaluatedError
from macroimmune.mechanism.acceptance.places import places_of
from macroimmune.mechanism.acceptance.readouts import composition
from macroimmune.mechanism.scenarios import TUMOUR_FREE, Scenario

__all__ = [
    "DISTANCE",
    "SURVIVAL",
    "Side",
    "course_of",
    "day_of_death",
    "side_of",
    "side_value",
    "survival_pair",
]

DISTANCE = "immune composition distance from healthy"
SURVIVAL = ("survival", "overall survival", "progression-free survival")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a contrast in one tumour.

    Parameters
    ----------
    measure : str
        `reading`, `efficacy`, `distance` or `survival`.
    needs : tuple of tuple of Need
        Of each alternative: a reading has one need per place; an efficacy the burden treated and
        untreated; a distance, pair by pair, each population here and in the healthy host.
    """

    measure: str
    needs: tuple[tuple[Need, ...], ...]

    @property
    def all_needs(self) -> tuple[Need, ...]:
        """Return the needs of all alternatives."""
        return tuple(need for one in self.needs for need in one)


def side_of(
    scenarios: Sequence[Scenario],
    compartment: str,
    observable: str,
    days: tuple[float, float],
    *,
    therapy: Sequence[str] = (),
) -> Side:
    """Return what is needed for one side.

    Parameters
    ----------
    scenarios : sequence of Scenario
        One, or one for each alternative.
    compartment, observable : str
        As claims spell them.
    days : (float, float)
        Window of the readout.
    therapy : sequence of str, optional
        Interventions whose gain is read in place of the observable.

    Raises
    ------
    NotEvaluatedError
        If the model has no such observable.
    """
    if therapy:
        needs = [
            (Need(one, *BURDEN, *days), Need(untreated(one, therapy), *BURDEN, *days))
            for one in scenarios
        ]
        return Side("efficacy", tuple(needs))
    if observable in SURVIVAL:
        return Side("survival", tuple((Need(one, *BURDEN, 0.0, max(days)),) for one in scenarios))
    if observable == DISTANCE:
        return Side("distance", tuple(_distance_needs(one, compartment, days) for one in scenarios))
    places = places_of(compartment, observable)
    return Side(
        "reading",
        tuple(tuple(Need(one, *place, *days) for place in places) for one in scenarios),
    )


def _distance_needs(
    scenario: Scenario, compartment: str, days: tuple[float, float]
) -> tuple[Need, ...]:
    healthy = Scenario(
        scenario.name,
        species=scenario.species,
        tumour=TUMOUR_FREE,
        tumour_days=0.0,
    )
    parts = [
        place
        for name, members in composition().items()
        if name == compartment or (compartment == "periphery" and name in rules().places)
        for observable in members
        for place in places_of(name, observable)
    ]
    if not parts:
        msg = f"no composition of {compartment} is declared in readouts.toml"
        raise NotEvaluatedError(msg)
    return tuple(Need(host, *place, *days) for place in parts for host in (scenario, healthy))


def course_of(need: Need, courses: Courses) -> NDArray[np.float64]:
    """Return a course.

    Raises
    ------
    NotEvaluatedError
        If there is none; with the reason.
    """
    found = courses[need]
    if isinstance(found, str):
        raise NotEvaluatedError(found)
    return found


def side_value(side: Side, courses: Courses, said: Rules) -> float:
    """Return the value of one side; of alternatives the greatest.

    Notes
    -----
    Convention: a value below its floor counts as the floor; places are joined by the geometric
    mean, so that the ratio of two sides is the mean of the log ratios over places.

    Raises
    ------
    NotEvaluatedError
        If a course is not there.
    """
    kind = side.measure if side.measure in said.floors else "number"
    values = [_value(side.measure, needs, courses, said) for needs in side.needs]
    return float(max(np.exp(np.mean(np.log(np.maximum(v, said.floors[kind])))) for v in values))


def _value(
    measure: str, needs: tuple[Need, ...], courses: Courses, rules: Rules
) -> NDArray[np.float64]:
    floor = rules.floors["number"]
    means = np.array([max(course_of(need, courses).mean(), floor) for need in needs])
    if measure == "efficacy":
        return np.array([1 - means[0] / means[1]])
    if measure == "distance":
        return np.array([np.abs(np.log(means[::2] / means[1::2])).mean()])
    return means


def day_of_death(burden: NDArray[np.float64], rules: Rules) -> float:
    """Return the first day, of a daily course from day 0, with a lethal burden; infinite: none."""
    is_lethal = burden >= rules.lethal_burden
    return float(np.argmax(is_lethal)) if is_lethal.any() else np.inf


def survival_pair(
    condition: Side, comparator: Side, courses: Courses, rules: Rules
) -> tuple[float, float]:
    """Return survival on both sides: the day of death, or one over the last burden.

    Raises
    ------
    NotEvaluatedError
        If a course is not there.

    Notes
    -----
    Convention: who does not die is given the last day of the window where the other one dies; if
    neither dies, less tumour is longer survival.
    """
    courses_of = [
        [course_of(need, courses) for need in side.all_needs] for side in (condition, comparator)
    ]
    days = [max(day_of_death(one, rules) for one in found) for found in courses_of]
    if min(days) < np.inf:
        last = float(min(len(one) for found in courses_of for one in found) - 1)
        return max(min(days[0], last), 1.0), max(min(days[1], last), 1.0)
    lives = [max(1 / max(one[-1], rules.floors["number"]) for one in found) for found in courses_of]
    return lives[0], lives[1]
