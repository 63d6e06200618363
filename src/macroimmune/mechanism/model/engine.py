"""The engine: one loaded model that runs many times from its healthy state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.model.composition import model_sbml

__all__ = ["Action", "Course", "Engine"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to the model at one moment.

    Parameters
    ----------
    day : float
    quantity : str
        A population, a drug or a parameter of the model.
    operation : str
        `add`, `set` or `multiply`.
    amount : float
    """

    day: float
    quantity: str
    operation: str
    amount: float


@dataclass(frozen=True, slots=True)
class Course:
    """What a run gives.

    Parameters
    ----------
    days : (n_days,) array
    values : (n_days, n_columns) array
        Whole days that were reached; fewer than were asked for where the run failed.
    columns : tuple of str
    status : str
        Empty, or why the run ended early.
    """

    days: NDArray[np.float64]
    values: NDArray[np.float64]
    columns: tuple[str, ...]
    status: str


@cache
def _loaded() -> Any:
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_CRITICAL)
    return roadrunner.RoadRunner(model_sbml())


class Engine:
    """The model, compiled once in a process.

    Parameters
    ----------
    relative_tolerance : float
        Of the integrator (CVODE, stiff).
    """

    def __init__(self, relative_tolerance: float = 1e-6) -> None:
        self._runner = _loaded()
        integrator = self._runner.integrator
        integrator.relative_tolerance = relative_tolerance
        integrator.absolute_tolerance = 1e-9
        integrator.maximum_num_steps = 20_000
        model = self._runner.model
        self.populations = tuple(model.getFloatingSpeciesIds())
        self.signals = tuple(
            name for name in model.getGlobalParameterIds() if name in self._rules()
        )
        self.columns = self.populations + self.signals
        self._runner.timeCourseSelections = [
            "time",
            *(f"[{name}]" for name in self.populations),
            *self.signals,
        ]

    def _rules(self) -> frozenset[str]:
        return frozenset(self._runner.getAssignmentRuleIds())

    def run(
        self,
        values: Mapping[str, float],
        actions: Sequence[Action],
        days: Sequence[float],
    ) -> Course:
        """Run from the healthy state and report at the days asked for.

        Parameters
        ----------
        values : mapping
            Parameters that differ from the table, by name.
        actions : sequence of Action
            Done before the values of their day are reported.
        days : sequence of float
            Strictly rising; the first is where the run starts.
        """
        runner = self._runner
        runner.resetAll()
        for name, value in values.items():
            runner[name] = value
        runner.reset()
        due = sorted(actions, key=lambda action: action.day)
        wanted = np.asarray(days, dtype=float)
        stops = np.unique([wanted[0], wanted[-1], *(a.day for a in due if a.day <= wanted[-1])])
        kept = []
        status = ""
        for begin, end in zip(stops[:-1], stops[1:], strict=True):
            for action in due:
                if action.day == begin:
                    self._do(action)
            within = wanted[(wanted >= begin) & (wanted < end)]
            times = np.unique([begin, *within, end])
            try:
                rows = np.asarray(runner.simulate(times=times.tolist()))
            except RuntimeError as failure:
                status = f"the run ended between day {begin:g} and day {end:g}: {failure}"
                break
            kept.append(rows[np.isin(times, within)])
        else:
            for action in due:
                if action.day == stops[-1]:
                    self._do(action)
            kept.append(np.asarray(runner.getSelectedValues())[None, :])
        table = np.vstack(kept) if kept else np.empty((0, len(self.columns) + 1))
        return Course(wanted[: len(table)], table[:, 1:], self.columns, status)

    def _do(self, action: Action) -> None:
        before = self._runner[action.quantity]
        self._runner[action.quantity] = {
            "add": before + action.amount,
            "set": action.amount,
            "multiply": before * action.amount,
        }[action.operation]
