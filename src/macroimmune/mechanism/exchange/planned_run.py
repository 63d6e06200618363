"""What is handed to other tools: one run of the model with its values, actions and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from macroimmune.mechanism.model import Action, Course, Engine
from macroimmune.mechanism.scenarios import Scenario, checked_scenario, report_days
from macroimmune.mechanism.scenarios.actions import scenario_actions, scenario_values

__all__ = ["PlannedRun", "planned_scenario"]


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A run of the model that has not been done yet.

    Parameters
    ----------
    name : str
    values : mapping of str to float
        Parameters that differ from the table.
    actions : sequence of Action
    days : sequence of float
        Strictly rising; the first is where the run starts.
    meaning : str
        One sentence.
    """

    name: str
    values: Mapping[str, float]
    actions: Sequence[Action]
    days: Sequence[float]
    meaning: str = ""

    @property
    def day_zero(self) -> float:
        """Time of day 0 where time starts at 0, as other tools have it."""
        return 0.0 - float(self.days[0])

    @property
    def times(self) -> list[float]:
        """Days, counted from the start of the run."""
        return [float(day) + self.day_zero for day in self.days]

    def course(self, engine: Engine) -> Course:
        """Return what our own engine gives."""
        return engine.run(self.values, self.actions, self.days)


def planned_scenario(scenario: Scenario, engine: Engine) -> PlannedRun:
    """Return the run that a scenario means, reported on whole days.

    Parameters
    ----------
    scenario : Scenario
    engine : Engine
        Its populations are what interventions can act on.

    Raises
    ------
    InputError
        If the scenario has a fault, or the model lacks what an intervention acts on.
    """
    checked_scenario(scenario)
    values = scenario_values(scenario, {})
    return PlannedRun(
        name=scenario.name,
        values=values,
        actions=scenario_actions(scenario, values, engine.states),
        days=report_days(scenario),
        meaning=scenario.meaning,
    )
