"""Claims on patients: a predictor, an outcome, and their association over a virtual cohort."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.associations import Variable, outcomes, predictors
from macroimmune.mechanism.acceptance.cohort import patient_scenario, patients
from macroimmune.mechanism.acceptance.conditions import Condition, condition_of
from macroimmune.mechanism.acceptance.frozen_rules import Rules
from macroimmune.mechanism.acceptance.hosts import scenarios_of_condition
from macroimmune.mechanism.acceptance.judgement import SIGNS, association_found, association_holds
from macroimmune.mechanism.acceptance.needs import (
    BURDEN,
    Courses,
    Need,
    NotEvaluatedError,
    flat_needs,
)
from macroimmune.mechanism.acceptance.outcome import ClaimOutcome, days_in_words
from macroimmune.mechanism.acceptance.places import places_of
from macroimmune.mechanism.acceptance.readouts import Readout, species_of
from macroimmune.mechanism.acceptance.sides import course_of, day_of_death
from macroimmune.mechanism.acceptance.tumour_terms import tumours_of
from macroimmune.mechanism.scenarios import Scenario

__all__ = [
    "Association",
    "association_of",
    "concordance_sign",
    "is_association",
    "rank_correlation",
]

_BEFORE = -1.0


@dataclass(frozen=True, slots=True)
class Association:
    """The plan of a claim on patients.

    Parameters
    ----------
    claim : Claim
    predictor, outcome : Variable
    day : str
    by_tumour : mapping of str to tuple of (tuple of Need, tuple of Need)
        Per tumour and patient: what predictor and outcome are made of.
    """

    claim: Claim
    predictor: Variable
    outcome_variable: Variable
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
            If a course is not there, or predictor or outcome is the same in all patients.
        """
        signs = self.predictor.sign * self.outcome_variable.sign
        found = signs * float(
            np.mean([self._within(cohort, courses, rules) for cohort in self.by_tumour.values()])
        )
        holds = association_holds([found], rules)
        return ClaimOutcome(
            claim_id=self.claim.evidence_id,
            tumours=tuple(self.by_tumour),
            day=self.day,
            association=found,
            holds=holds,
            passed=holds[SIGNS.index(self.claim.direction)],
            found=association_found(found, rules),
        )

    def _within(
        self,
        cohort: tuple[tuple[tuple[Need, ...], tuple[Need, ...]], ...],
        courses: Courses,
        rules: Rules,
    ) -> float:
        """Return the association within one tumour."""
        first = np.array([_read(self.predictor, one, courses, rules) for one, _ in cohort])
        if self.outcome_variable.measure != "survival":
            second = [_read(self.outcome_variable, two, courses, rules) for _, two in cohort]
            return rank_correlation(first, np.array(second))
        burdens = [course_of(two[-1], courses) for _, two in cohort]
        deaths = np.array([day_of_death(burden, rules) for burden in burdens])
        if np.isfinite(deaths).any():
            return concordance_sign(first, deaths)
        return rank_correlation(first, np.array([-burden[-1] for burden in burdens]))


def rank_correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return Spearman's rho.

    Raises
    ------
    NotEvaluatedError
        If either is the same throughout.
    """
    one, two = rankdata(first), rankdata(second)
    if np.ptp(one) == 0 or np.ptp(two) == 0:
        which = "predictor" if np.ptp(one) == 0 else "outcome"
        msg = f"the {which} is the same in all patients of the virtual cohort"
        raise NotEvaluatedError(msg)
    return float(np.corrcoef(one, two)[0, 1])


def concordance_sign(predictor: NDArray[np.float64], deaths: NDArray[np.float64]) -> float:
    """Return 2 x concordance - 1: share of pairs in which the higher predictor lives longer.

    Parameters
    ----------
    predictor : (n,) array
    deaths : (n,) array, days
        Infinite where the patient lives to the end; all are followed equally long.

    Returns
    -------
    association : float, -1 to 1

    Raises
    ------
    NotEvaluatedError
        If no two patients can be compared.

    Notes
    -----
    Convention: pairs that die on one day, or both live, are left out; ties of the predictor count
    as neither.

    Examples
    --------
    >>> concordance_sign(np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, np.inf]))
    1.0
    """
    earlier = deaths[:, None] < deaths[None, :]
    if not earlier.any():
        msg = "no two patients of the virtual cohort differ in survival"
        raise NotEvaluatedError(msg)
    higher = np.sign(predictor[None, :] - predictor[:, None])
    return float(higher[earlier].mean())


def _read(variable: Variable, needs: tuple[Need, ...], courses: Courses, rules: Rules) -> float:
    """Return a variable of one patient, on the scale of logarithms where it is a ratio."""
    floor = rules.floors["number"]
    means = [max(float(course_of(need, courses).mean()), floor) for need in needs]
    if variable.measure == "response":
        return float(np.log(means[0] / means[1]))
    half = len(means) // 2
    if variable.when == "change":
        return float(np.mean(np.log(means[half:])) - np.mean(np.log(means[:half])))
    return float(np.mean(np.log(means)))


def is_association(claim: Claim) -> bool:
    """Return whether a claim is one of a predictor and an outcome, as declared."""
    return claim.condition in predictors() and claim.observable in outcomes()


def association_of(claim: Claim, n_patients: int) -> Association:
    """Return the plan of a claim on patients.

    Parameters
    ----------
    claim : Claim
    n_patients : int
        Spread over the tumours of the claim in turn.

    Raises
    ------
    InputError
        If a word of the claim is not declared.
    NotEvaluatedError
        If the model lacks an observable.
    """
    predictor, outcome = predictors()[claim.condition], outcomes()[claim.observable]
    under = outcome.under or predictor.under
    therapy = condition_of(under) if under else Condition("untreated")
    names = tumours_of(claim)
    readout = Readout(claim.observable)
    runs = [scenarios_of_condition(therapy, readout, species_of(claim), name)[0] for name in names]
    by_tumour = {
        name: tuple(
            (_needs(predictor, host, claim), _needs(outcome, host, claim))
            for host in _hosts(runs[place], place, len(names), n_patients)
        )
        for place, name in enumerate(names)
    }
    days = [_days(one) for one in (predictor, outcome)]
    return Association(claim, predictor, outcome, days_in_words(*days), by_tumour)


def _hosts(run: Scenario, place: int, n_tumours: int, n_patients: int) -> list[Scenario]:
    return [patient_scenario(run, one) for one in patients(n_patients)[place::n_tumours]]


def _days(variable: Variable) -> tuple[float, float]:
    return (
        (_BEFORE, _BEFORE)
        if variable.when == "before" and variable.measure == "reading"
        else (variable.day)
    )


def _needs(variable: Variable, host: Scenario, claim: Claim) -> tuple[Need, ...]:
    if variable.measure == "response":
        return (Need(host, *BURDEN, _BEFORE, _BEFORE), Need(host, *BURDEN, *variable.day))
    if variable.measure == "survival":
        return (Need(host, *BURDEN, 0.0, max(variable.day)),)
    places = places_of(variable.compartment or claim.compartment, variable.observable)
    before = tuple(Need(host, *place, _BEFORE, _BEFORE) for place in places)
    during = tuple(Need(host, *place, *variable.day) for place in places)
    return {"before": before, "on treatment": during, "change": before + during}[variable.when]
