"""Claims that state a number: a day, a duration, a share of patients."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.cohort import patient_scenario, patients
from macroimmune.mechanism.acceptance.conditions import condition_of
from macroimmune.mechanism.acceptance.declared import check_word, window
from macroimmune.mechanism.acceptance.frozen_rules import Rules
from macroimmune.mechanism.acceptance.hosts import scenarios_of_condition
from macroimmune.mechanism.acceptance.judgement import value_holds, value_ratio
from macroimmune.mechanism.acceptance.needs import BURDEN, Courses, Need, flat_needs
from macroimmune.mechanism.acceptance.outcome import ClaimOutcome, days_in_words
from macroimmune.mechanism.acceptance.places import places_of
from macroimmune.mechanism.acceptance.readouts import quantity_of, readout_of, species_of
from macroimmune.mechanism.acceptance.sides import course_of
from macroimmune.mechanism.acceptance.tumour_terms import tumours_of
from macroimmune.mechanism.scenarios import Scenario

__all__ = ["MEASURES", "StatedNumber", "number_of"]

MEASURES = {
    "mean": "mean over the window",
    "peak day": "day of the largest value within the window",
    "duration": "last day of the window on which it differs from that under `against`",
    "response rate": "percent of patients whose least burden is lower by the share of the rules",
    "share falling": "percent of patients in whom it is lower than before treatment",
}
_RESPONSE = "response rate"
_OF_PATIENTS = (_RESPONSE, "share falling")
_BEFORE = -1.0


@dataclass(frozen=True, slots=True)
class StatedNumber:
    """The plan of a claim that states a number.

    Parameters
    ----------
    claim : Claim
    measure : str
        One of `MEASURES`.
    day : str
    by_tumour : mapping of str to tuple of (tuple of Need, tuple of Need)
        Per tumour and run (or patient): the courses, and those with which they are compared.
    """

    claim: Claim
    measure: str
    day: str
    by_tumour: dict[str, tuple[tuple[tuple[Need, ...], tuple[Need, ...]], ...]]

    @property
    def needs(self) -> tuple[Need, ...]:
        """Return all that is needed of runs."""
        return flat_needs(self.by_tumour)

    def outcome(self, courses: Courses, rules: Rules) -> ClaimOutcome:
        """Return what the claim comes to.

        Raises
        ------
        NotEvaluatedError
            If a course is not there.
        """
        values = [_number(self.measure, runs, courses, rules) for runs in self.by_tumour.values()]
        low, high = self.claim.value_low, self.claim.value_high
        mean = float(np.mean(values))
        each = [f"{name} {one:.3g}" for name, one in zip(self.by_tumour, values, strict=True)]
        holds = value_holds(values, low, high, rules)
        return ClaimOutcome(
            claim_id=self.claim.evidence_id,
            tumours=tuple(self.by_tumour),
            day=self.day,
            condition_value=mean,
            ratio=value_ratio(mean, low, high),
            value_holds=holds,
            passed=holds,
            found=f"{mean:.3g}",
            status=f"by tumour: {', '.join(each)}" if len(each) > 1 else "",
        )


def _joined(needs: tuple[Need, ...], courses: Courses, rules: Rules) -> NDArray[np.float64]:
    """Return the geometric mean over places, day by day."""
    found = np.array([course_of(need, courses) for need in needs])
    joined: NDArray[np.float64] = np.exp(
        np.log(np.maximum(found, rules.floors["number"])).mean(axis=0)
    )
    return joined


def _number(
    measure: str,
    runs: tuple[tuple[tuple[Need, ...], tuple[Need, ...]], ...],
    courses: Courses,
    rules: Rules,
) -> float:
    if measure in _OF_PATIENTS:
        limit = 1 - rules.response_fall if measure == _RESPONSE else rules.down
        fell = []
        for after, before in runs:
            course = _joined(after, courses, rules) / _joined(before, courses, rules)
            fell.append((course.min() if measure == _RESPONSE else course.mean()) <= limit)
        return 100 * float(np.mean(fell))
    after, before = runs[0]
    course, first = _joined(after, courses, rules), after[0].first
    if measure == "mean":
        return float(course.mean())
    if measure == "peak day":
        return first + float(course.argmax())
    ratios = course / _joined(before, courses, rules)
    differs = np.flatnonzero((ratios >= rules.up) | (ratios <= rules.down))
    return first + float(differs[-1]) if differs.size else 0.0


def number_of(claim: Claim, n_patients: int) -> StatedNumber:
    """Return the plan of a claim that states a number.

    Parameters
    ----------
    claim : Claim
    n_patients : int
        Of the cohort behind a share of patients.

    Raises
    ------
    InputError
        If a word of the claim is not declared.
    NotEvaluatedError
        If the model lacks the observable.
    """
    said = quantity_of(claim.observable)
    measure = said.get("measure", "mean")
    check_word(f"readouts.toml, {claim.observable!r}, measure", measure, MEASURES)
    days = window(said.get("days", 0.0))
    by_tumour = {
        tumour: tuple(_runs(claim, said, measure, tumour, days, n_patients))
        for tumour in tumours_of(claim)
    }
    return StatedNumber(claim, measure, days_in_words(days), by_tumour)


def _runs(
    claim: Claim,
    said: Mapping[str, Any],
    measure: str,
    tumour: str,
    days: tuple[float, float],
    n_patients: int,
) -> list[tuple[tuple[Need, ...], tuple[Need, ...]]]:
    run = _scenario(claim, said.get("under", claim.condition), tumour)
    run = dataclasses.replace(run, tumour_days=float(said.get("tumour_days", run.tumour_days)))
    if measure in _OF_PATIENTS:
        places = (BURDEN,) if measure == _RESPONSE else _places(claim, said)
        hosts = [patient_scenario(run, one) for one in patients(n_patients)]
        return [(_needs(h, places, days), _needs(h, places, (_BEFORE, _BEFORE))) for h in hosts]
    places = _places(claim, said)
    if measure != "duration":
        return [(_needs(run, places, days), ())]
    other = _scenario(claim, said["against"], tumour)
    return [(_needs(run, places, days), _needs(other, places, days))]


def _places(claim: Claim, said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return places_of(said.get("compartment", claim.compartment), said.get("of", claim.observable))


def _scenario(claim: Claim, text: str, tumour: str) -> Scenario:
    readout = readout_of(claim.observable)
    return scenarios_of_condition(condition_of(text), readout, species_of(claim), tumour)[0]


def _needs(
    scenario: Scenario, places: tuple[tuple[str, str], ...], days: tuple[float, float]
) -> tuple[Need, ...]:
    return tuple(Need(scenario, *place, *days) for place in places)
