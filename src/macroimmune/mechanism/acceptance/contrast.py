"""Claims that contrast two scenarios: their plan, and the ratio that comes of it."""

from dataclasses import dataclass

import numpy as np

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.conditions import BY_CHANCE, Condition, condition_of
from macroimmune.mechanism.acceptance.frozen_rules import Rules
from macroimmune.mechanism.acceptance.hosts import scenarios_of_condition
from macroimmune.mechanism.acceptance.judgement import SIGNS, ratio_found, ratio_holds
from macroimmune.mechanism.acceptance.needs import Courses, Need
from macroimmune.mechanism.acceptance.outcome import ClaimOutcome, days_in_words
from macroimmune.mechanism.acceptance.read_from_clones import by_chance
from macroimmune.mechanism.acceptance.readouts import (
    Readout,
    challenge_days_of,
    readout_of,
    species_of,
    windows_of,
)
from macroimmune.mechanism.acceptance.sides import Side, side_of, side_value, survival_pair
from macroimmune.mechanism.acceptance.tumour_terms import tumours_of
from macroimmune.mechanism.scenarios import Scenario

__all__ = ["Contrast", "contrast_of"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """The plan of a claim that contrasts two scenarios.

    Parameters
    ----------
    claim : Claim
    day : str
    pairs : mapping of str to (Side, Side)
        Condition and comparator in each tumour.
    """

    claim: Claim
    day: str
    pairs: dict[str, tuple[Side, Side]]

    @property
    def needs(self) -> tuple[Need, ...]:
        """Return all that is needed of runs."""
        return tuple(n for pair in self.pairs.values() for side in pair for n in side.all_needs)

    def outcome(self, courses: Courses, rules: Rules) -> ClaimOutcome:
        """Return what the claim comes to.

        Raises
        ------
        NotEvaluatedError
            If a course is not there.
        """
        values = np.array([_values(pair, courses, rules) for pair in self.pairs.values()])
        ratios = values[:, 0] / values[:, 1]
        means = np.exp(np.log(values).mean(axis=0))
        ratio = float(np.exp(np.log(ratios).mean()))
        holds = ratio_holds(ratios.tolist(), rules)
        each = [f"{name} {one:.3g}" for name, one in zip(self.pairs, ratios, strict=True)]
        return ClaimOutcome(
            claim_id=self.claim.evidence_id,
            tumours=tuple(self.pairs),
            day=self.day,
            condition_value=float(means[0]),
            comparator_value=float(means[1]),
            ratio=ratio,
            holds=holds,
            passed=holds[SIGNS.index(self.claim.direction)],
            found=ratio_found(ratio, rules),
            status=f"ratio by tumour: {', '.join(each)}" if len(each) > 1 else "",
        )


def _values(pair: tuple[Side, Side], courses: Courses, rules: Rules) -> tuple[float, float]:
    if pair[0].measure == "survival":
        return survival_pair(*pair, courses, rules)
    return side_value(pair[0], courses, rules), side_value(pair[1], courses, rules)


def contrast_of(claim: Claim) -> Contrast:
    """Return the plan of a claim that contrasts two scenarios.

    Raises
    ------
    InputError
        If a word of the claim is not declared.
    NotEvaluatedError
        If the model lacks the observable.
    """
    condition, comparator = condition_of(claim.condition), condition_of(claim.comparator)
    windows = windows_of(claim, condition, comparator)
    pairs = {}
    for tumour in tumours_of(claim):
        scenarios = _scenarios(claim, (condition, comparator), tumour)
        sides = [
            _side(claim, one, runs, window)
            for one, runs, window in zip((condition, comparator), scenarios, windows, strict=True)
        ]
        pairs[tumour] = (sides[0], sides[1])
    return Contrast(claim, days_in_words(*windows), pairs)


def _scenarios(
    claim: Claim, sides: tuple[Condition, Condition], tumour: str
) -> list[tuple[Scenario, ...]]:
    """Return the scenarios of both sides; who is read before treatment has those of the other."""
    species = species_of(claim)
    found = []
    for side, other in (sides, sides[::-1]):
        runs = other if side.relative_to else side
        readout = _readout(claim, side)
        day = challenge_days_of(readout, runs)
        found.append(
            scenarios_of_condition(
                runs,
                readout,
                species,
                tumour,
                other=side if side.relative_to else other,
                challenge_day=day,
            )
        )
    return found


def _readout(claim: Claim, side: Condition) -> Readout:
    return readout_of(side.readout or claim.observable)


def _side(
    claim: Claim, side: Condition, runs: tuple[Scenario, ...], window: tuple[float, float]
) -> Side:
    return side_of(
        runs,
        side.compartment or claim.compartment,
        _observable(claim, side),
        window,
        therapy=_judged(_readout(claim, side)),
    )


def _observable(claim: Claim, side: Condition) -> str:
    """Return what is read of a side; of clones, chance is that of the claim's own observable."""
    own_chance = by_chance(claim.observable) if side.readout == BY_CHANCE else ""
    return own_chance or side.readout or claim.observable


def _judged(readout: Readout) -> tuple[str, ...]:
    """Return the therapy whose gain an observable names; nothing where it names none."""
    return tuple(given["name"] for given in readout.therapy) if readout.is_efficacy else ()
