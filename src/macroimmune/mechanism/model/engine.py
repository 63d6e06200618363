"""The engine: one compiled model that runs many times from its healthy state."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.mechanism.model.actions_and_courses import Action, Course
from macroimmune.mechanism.model.checking import (
    check_values,
    checked_actions,
    checked_days,
    checked_names,
)
from macroimmune.mechanism.model.compiling import compiled_model

__all__ = ["Engine"]

# Cells are counted in 10^9: a thousandth of one cell.
ABSOLUTE_TOLERANCE = 1e-12
# Within one span of at most so many days; a run that needs more is stuck.
MOST_STEPS = 5_000
SPAN_DAYS = 30.0
SHORTEST_DAYS = 1e-6
# Steps are as long as stability allows, not as accuracy would: the fastest rates are 2 to 3 per
# day. Formulas of higher order take as many steps, and each of them costs more.
HIGHEST_ORDER = 4
_REASONS = {
    "CV_TOO_MUCH_WORK": f"the solver took {MOST_STEPS:,} steps and did not reach the next day",
    "CV_CONV_FAILURE": "the solver finds no next state, however small its step",
    "CV_ERR_FAILURE": "the solver cannot hold its tolerance, however small its step",
}

_Numbers = NDArray[np.float64]


class Engine:
    """The model, compiled once in a process and shared by all engines of it.

    An engine can be pickled: what travels is its tolerance, and the process that gets it compiles
    the model for itself, once.

    Parameters
    ----------
    relative_tolerance : float
        Of the integrator (CVODE, Adams formulas), between 1e-12 and 1e-3. At the usual one, values
        are right to a ten-thousandth; at 1e-6, to a thousandth.
    flows : sequence of str
        Reactions of the model whose rate per day is reported too.

    Attributes
    ----------
    populations : tuple of str
        Numbers of cells, levels of cytokines and drugs.
    states : tuple of str
        Populations with a rate of their own. The others, such as T cells in spleen, follow one
        within hours; the model computes them at every moment, and no action can set them.
    signals : tuple of str
        What the model computes from its states at every moment.
    columns : tuple of str
        Columns of a course: both, and the flows that were asked for.

    Raises
    ------
    InputError
        If the tolerance is out of range, the model lacks a flow, or libRoadRunner is not
        installed.
    """

    def __init__(self, relative_tolerance: float = 3e-9, flows: Sequence[str] = ()) -> None:
        if not 1e-12 <= relative_tolerance <= 1e-3:
            msg = f"relative_tolerance = {relative_tolerance!r}: expected between 1e-12 and 1e-3"
            raise InputError(msg)
        self.relative_tolerance = relative_tolerance
        self._runner = runner = compiled_model()
        ruled = frozenset(runner.getAssignmentRuleIds())
        known = runner.model.getGlobalParameterIds()
        self.populations = tuple(runner.model.getFloatingSpeciesIds())
        self.signals = tuple(name for name in known if name in ruled)
        self.flows = checked_names("reaction", flows, runner.model.getReactionIds())
        self.columns = self.populations + self.signals + self.flows
        self._constants = dict.fromkeys(name for name in known if name not in ruled)
        self.states = tuple(name for name in self.populations if name not in ruled)
        self._places = [self.populations.index(name) for name in self.states]
        self._settable = dict.fromkeys((*self.states, *self._constants))
        self._constant_places = [known.index(name) for name in self._constants]
        runner.resetAll()
        self._table = runner.model.getGlobalParameterValues(self._constant_places)
        self._selections = {name: name for name in self.columns}
        self._selections |= {name: f"[{name}]" for name in self.populations}
        _set_integrator(runner.integrator)

    def __reduce__(self) -> tuple[type["Engine"], tuple[float, tuple[str, ...]]]:
        return Engine, (self.relative_tolerance, self.flows)

    def run(
        self,
        values: Mapping[str, float],
        actions: Sequence[Action],
        days: Sequence[float],
        columns: Sequence[str] | None = None,
        stop: Callable[[Course], str] | None = None,
    ) -> Course:
        """Run from the healthy state and report at the days asked for.

        Parameters
        ----------
        values : mapping
            Parameters that differ from the table, by name. The healthy state follows from them.
        actions : sequence of Action
            Done before the values of their day are reported, those of one day in the order given.
            What comes after the last day is left out.
        days : sequence of float
            Strictly rising; the first is where the run starts.
        columns : sequence of str, optional
            Columns of the course, if not all: a run over 400 days spends a third of its time in
            writing all of them down.
        stop : callable, optional
            Called with the course so far whenever actions are due. What it returns, if not empty,
            is why the run ends there.

        Raises
        ------
        InputError
            If a name or an operation is unknown, a number is not finite, the days do not rise, or
            an action comes before the first day.
        """
        wanted = checked_days(days)
        due = checked_actions(actions, wanted[0], self._settable, self.columns)
        check_values(values, self._constants)
        reported = (
            self.columns if columns is None else checked_names("column", columns, self._selections)
        )
        self._start(values, reported)
        stops = np.unique([wanted[0], wanted[-1], *(a.day for a in due if a.day <= wanted[-1])])
        times = _with_spans(np.unique([*wanted, *stops]))
        is_wanted = np.isin(times, wanted)
        kept, status = [], ""
        for begin, end in pairwise(np.searchsorted(times, stops)):
            self._do(due, times[begin])
            rows, status = self._advance(times[begin : end + 1], is_wanted[begin:end])
            kept.append(rows)
            if stop is not None and not status:
                status = stop(_course(wanted, np.vstack(kept), reported, ""))
            if status:
                break
        else:
            self._do(due, stops[-1])
            kept.append(np.asarray(self._runner.getSelectedValues())[None, :])
        return _course(wanted, np.vstack(kept), reported, status)

    def _start(self, values: Mapping[str, float], columns: Sequence[str]) -> None:
        """Put the model into the healthy state that these parameters give."""
        runner = self._runner
        # All engines share the model, but each has its tolerance and each run its columns.
        runner.integrator.relative_tolerance = self.relative_tolerance
        runner.timeCourseSelections = ["time", *(self._selections[name] for name in columns)]
        # As `resetAll` does, in a thirtieth of its time.
        runner.model.setGlobalParameterValues(self._constant_places, self._table)
        for name, value in values.items():
            runner.model[name] = value
        # Initial states that are written in terms of parameters follow the new ones.
        runner.reset()

    def _do(self, due: Sequence[Action], day: float) -> None:
        model = self._runner.model
        for action in due:
            if action.day == day:
                before = model[action.quantity]
                model[action.quantity] = {
                    "add": before + action.amount,
                    "set": action.amount,
                    "multiply": before * action.amount,
                }[action.operation]

    def _advance(self, times: _Numbers, is_wanted: NDArray[np.bool_]) -> tuple[_Numbers, str]:
        """Integrate from the first to the last of these times.

        Return the rows of those that are wanted, without the last, and why it failed, if so.
        """
        runner = self._runner
        before = runner.model.getFloatingSpeciesAmounts(self._places)
        try:
            return np.asarray(runner.simulate(times=times.tolist()))[:-1][is_wanted], ""
        except RuntimeError:
            # Nothing of an integration that failed is given back: go again, day by day.
            runner.model.setFloatingSpeciesAmounts(self._places, before)
        rows = [np.asarray(runner.getSelectedValues())]
        rows[0][0] = times[0]
        for start, stop in pairwise(times):
            # Also the days that nobody asked for: one long step can fail where short ones do not.
            daily = np.unique([*np.arange(start, stop), stop])
            for one, next_one in pairwise(daily):
                try:
                    row = np.asarray(runner.simulate(times=[one, next_one]))[-1]
                except RuntimeError as failure:
                    reason = f"stopped after day {one:g}: {_reason(failure)}"
                    return np.array(rows)[is_wanted[: len(rows)]], reason
            rows.append(row)
        return np.array(rows)[:-1][is_wanted], ""


def _set_integrator(integrator: Any) -> None:
    """Set all but the relative tolerance."""
    # Adams formulas alone: they multiply and add, so that what is zero stays zero. BDF solves
    # linear equations, whose rounding puts 1e-20 of a pathogen into a healthy host; it grows.
    integrator.stiff = False
    integrator.maximum_adams_order = HIGHEST_ORDER
    integrator.absolute_tolerance = ABSOLUTE_TOLERANCE
    integrator.maximum_num_steps = MOST_STEPS


def _with_spans(times: _Numbers) -> _Numbers:
    """Return these times and, where they lie farther apart than a span, some between."""
    spans = np.arange(times[0], times[-1], SPAN_DAYS)
    after = np.searchsorted(times, spans).clip(1)
    # Sums of days differ in their last digits: the integrator takes no step so short.
    apart = np.minimum(np.abs(spans - times[after - 1]), np.abs(times[after] - spans))
    return np.unique([*times, *spans[apart > SHORTEST_DAYS]])


def _course(wanted: _Numbers, table: _Numbers, columns: tuple[str, ...], status: str) -> Course:
    """Return the course up to where a value is no number any more."""
    values = table[:, 1:]
    is_sound = np.isfinite(values).all(axis=1)
    if not is_sound.all():
        n = int(np.argmin(is_sound))
        names = [name for name, v in zip(columns, values[n], strict=True) if v - v != 0]
        status = f"stopped before day {wanted[n]:g}: {names[0]} is no finite number"
        values = values[:n]
    return Course(wanted[: len(values)], values, columns, status)


def _reason(failure: RuntimeError) -> str:
    """Return why the solver failed, as a sentence without full stop."""
    found = re.search(r"CV_[A-Z_]+", str(failure))
    said = " ".join(str(failure).split(";")[0].split())
    return _REASONS.get(found[0], said) if found else said
