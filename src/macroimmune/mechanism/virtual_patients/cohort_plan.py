"""What a virtual cohort is: its patients, arms, what is kept of each course, and its outcomes."""

from dataclasses import dataclass, field

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import Intervention, Scenario
from macroimmune.mechanism.virtual_patients.draw_patients import DESIGNS
from macroimmune.mechanism.virtual_patients.outcome_rules import OutcomeRules
from macroimmune.mechanism.virtual_patients.physiological_ranges import (
    PhysiologicalRange,
    physiological_ranges,
)
from macroimmune.mechanism.virtual_patients.population_weights import Target

__all__ = ["ALLOCATIONS", "BASELINE_DAY", "CohortArm", "CohortPlan"]

ALLOCATIONS = ("counterfactual", "randomised")
# The day before treatment, so that nothing which is done on day 0 shows.
BASELINE_DAY = -1
_OBSERVABLES = ("Tum", "neutrophils")
_DAYS = (BASELINE_DAY, 21, 42, 63, 84)


@dataclass(frozen=True, slots=True)
class CohortArm:
    """One arm: what is done to its patients."""

    name: str
    interventions: tuple[Intervention, ...] = ()


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """A virtual cohort before it is run.

    Parameters
    ----------
    scenario : Scenario
        The host, the tumour and the length of the course. Its interventions are given in every
        arm, before those of the arm.
    arms : tuple of CohortArm
        Empty: one arm under the name of the scenario.
    patients : int
        So many are drawn.
    seed : int
    design : str
        `sobol` or `latin_hypercube`; see `draw_patients`.
    allocation : str
        `counterfactual`: every patient runs in every arm. `randomised`: each in one, in permuted
        blocks of one patient per arm.
    varies : tuple of str
        Parameters that differ between patients; empty: all of the table of variation.
    observables : tuple of str
        What is kept of each course, by name; columns of the model or observables.
    days : tuple of int
        On which days. Day -1, before treatment, is always kept.
    ranges : tuple of PhysiologicalRange
        Who is outside one of them before treatment is left out; empty: nobody.
    outcomes : OutcomeRules
    targets : tuple of Target
        What the population is that weights turn the patients into; empty: equal weights.

    Raises
    ------
    InputError
        If a word is not known, two arms have one name, or a day lies outside the course.
    """

    scenario: Scenario
    arms: tuple[CohortArm, ...] = ()
    patients: int = 100
    seed: int = 1
    design: str = "sobol"
    allocation: str = "counterfactual"
    varies: tuple[str, ...] = ()
    observables: tuple[str, ...] = _OBSERVABLES
    days: tuple[int, ...] = _DAYS
    ranges: tuple[PhysiologicalRange, ...] = field(default_factory=physiological_ranges)
    outcomes: OutcomeRules = field(default_factory=OutcomeRules)
    targets: tuple[Target, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be.

        Raises
        ------
        InputError
            As the class says.
        """
        arms = self.arms or (CohortArm(self.scenario.name),)
        object.__setattr__(self, "arms", arms)
        days = sorted({BASELINE_DAY, *(day for day in self.days if day <= self.scenario.days)})
        object.__setattr__(self, "days", tuple(days))
        for word, words in ((self.design, DESIGNS), (self.allocation, ALLOCATIONS)):
            if word not in words:
                msg = f"{word!r}: no such word here. {did_you_mean(word, words)}"
                raise InputError(msg)
        names = [arm.name for arm in arms]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            msg = f"arm {twice!r}: given twice; every arm has a name of its own"
            raise InputError(msg)
        if days[0] < BASELINE_DAY:
            msg = f"day {days[0]}: courses are kept from day {BASELINE_DAY} on"
            raise InputError(msg)
