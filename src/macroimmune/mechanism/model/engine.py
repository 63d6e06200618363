"""The engine: one compiled model that runs many times from its healthy state."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.model.compiling import compiled_model

__all__ = ["Action", "Course", "Engine"]

OPERATIONS = ("add", "set", "multiply")
# Cells are counted in 10^9: a thousandth of one cell.
ABSOLUTE_TOLERANCE = 1e-12
# Within one span of at most so many days; a run that needs more is stuck.
MOST_STEPS = 5_000
SPAN_DAYS = 30.0
_REASONS = {
    "CV_TOO_MUCH_WORK": f"the solver took {MOST_STEPS:,} steps and did not reach the next day",
    "CV_CONV_FAILURE": "the solver finds no next state, however small its step",
    "CV_ERR_FAILURE": "the solver cannot hold its tolerance, however small its step",
}

_Numbers = NDArray[np.float64]


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
        Of the days that were reached; fewer than were asked for where the run failed. Finite.
    columns : tuple of str
    status : str
        Empty, or why the run ended early.
    """

    days: _Numbers
    values: _Numbers
    columns: tuple[str, ...]
    status: str


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

    def __init__(self, relative_tolerance: float = 1e-8, flows: Sequence[str] = ()) -> None:
        if not 1e-12 <= relative_tolerance <= 1e-3:
            msg = f"relative_tolerance = {relative_tolerance!r}: expected between 1e-12 and 1e-3"
            raise InputError(msg)
        self.relative_tolerance = relative_tolerance
        self._runner = runner = compiled_model()
        ruled = frozenset(runner.getAssignmentRuleIds())
        known = runner.model.getGlobalParameterIds()
        self.populations = tuple(runner.model.getFloatingSpeciesIds())
        self.signals = tuple(name for name in known if name in ruled)
        self.flows = _checked_flows(flows, runner.model.getReactionIds())
        self.columns = self.populations + self.signals + self.flows
        self._constants = dict.fromkeys(name for name in known if name not in ruled)
        self.states = tuple(name for name in self.populations if name not in ruled)
        self._places = [self.populations.index(name) for name in self.states]
        self._settable = dict.fromkeys((*self.states, *self._constants))
        self._selections = {name: name for name in self.columns}
        self._selections |= {name: f"[{name}]" for name in self.populations}

    def __reduce__(self) -> tuple[type["Engine"], tuple[float, tuple[str, ...]]]:
        return Engine, (self.relative_tolerance, self.flows)

    def run(
        self,
        values: Mapping[str, float],
        actions: Sequence[Action],
        days: Sequence[float],
        columns: Sequence[str] | None = None,
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

        Raises
        ------
        InputError
            If a name or an operation is unknown, a number is not finite, the days do not rise, or
            an action comes before the first day.
        """
        wanted = _checked_days(days)
        due = self._checked_actions(actions, wanted[0])
        self._check_values(values)
        reported = self.columns if columns is None else self._checked_columns(columns)
        self._start(values, reported)
        stops = np.unique([wanted[0], wanted[-1], *(a.day for a in due if a.day <= wanted[-1])])
        kept, status = [], ""
        for begin, end in zip(stops[:-1], stops[1:], strict=True):
            self._do(due, begin)
            within = wanted[np.searchsorted(wanted, begin) : np.searchsorted(wanted, end)]
            rows, status = self._advance(begin, within, end)
            kept.append(rows)
            if status:
                break
        else:
            self._do(due, stops[-1])
            kept.append(np.asarray(self._runner.getSelectedValues())[None, :])
        return _course(wanted, np.vstack(kept), reported, status)

    def _start(self, values: Mapping[str, float], columns: Sequence[str]) -> None:
        """Put the model into the healthy state that these parameters give."""
        runner = self._runner
        # All engines share the model, but each run reports its own columns.
        runner.timeCourseSelections = ["time", *(self._selections[name] for name in columns)]
        # Adams formulas alone: they multiply and add, so that what is zero stays zero. BDF solves
        # linear equations, whose rounding puts 1e-20 of a pathogen into a healthy host; it grows.
        runner.integrator.stiff = False
        runner.integrator.relative_tolerance = self.relative_tolerance
        runner.integrator.absolute_tolerance = ABSOLUTE_TOLERANCE
        runner.integrator.maximum_num_steps = MOST_STEPS
        runner.resetAll()
        for name, value in values.items():
            runner.model[name] = value
        # Initial states that are written in terms of parameters follow the new ones.
        runner.reset()

    def _checked_columns(self, columns: Sequence[str]) -> tuple[str, ...]:
        for name in columns:
            if name not in self._selections:
                msg = f"the model has no column {name!r}. {did_you_mean(name, self.columns)}"
                raise InputError(msg)
        return tuple(dict.fromkeys(columns))

    def _check_values(self, values: Mapping[str, float]) -> None:
        """Refuse what is no constant of the model, or no number.

        Raises
        ------
        InputError
        """
        for name, value in values.items():
            if name not in self._constants:
                msg = f"the model has no parameter {name!r}. {did_you_mean(name, self._constants)}"
                raise InputError(msg)
            if not np.isfinite(value):
                msg = f"parameter {name} = {value!r}: expected a finite number"
                raise InputError(msg)

    def _checked_actions(self, actions: Sequence[Action], first: float) -> list[Action]:
        for action in actions:
            if action.quantity not in self._settable:
                lacks = (
                    "it follows from others at every moment"
                    if action.quantity in self.columns
                    else "the model has no such population, drug or parameter"
                )
                msg = (
                    f"an action on {action.quantity!r} on day {action.day:g}: {lacks}. "
                    f"{did_you_mean(action.quantity, self._settable)}"
                )
                raise InputError(msg)
            if action.operation not in OPERATIONS:
                msg = (
                    f"an action on {action.quantity} with operation {action.operation!r}. "
                    f"{did_you_mean(action.operation, OPERATIONS)}"
                )
                raise InputError(msg)
            if not (np.isfinite(action.amount) and np.isfinite(action.day)):
                msg = (
                    f"an action on {action.quantity}, day {action.day!r}, amount "
                    f"{action.amount!r}: expected finite numbers"
                )
                raise InputError(msg)
            if action.day < first:
                msg = (
                    f"an action on {action.quantity} on day {action.day:g}: the run begins on day "
                    f"{first:g}; let it begin earlier"
                )
                raise InputError(msg)
        return sorted(actions, key=lambda action: action.day)

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

    def _advance(self, begin: float, within: _Numbers, end: float) -> tuple[_Numbers, str]:
        """Integrate up to `end`; return the rows of the days `within` and why it failed, if so."""
        runner = self._runner
        before = np.array(runner.model.getFloatingSpeciesAmounts(self._places))
        times = np.unique([begin, *within, *np.arange(begin, end, SPAN_DAYS), end])
        asked = np.isin(times, within)
        try:
            return np.asarray(runner.simulate(times=times.tolist()))[asked], ""
        except RuntimeError:
            # Nothing of an integration that failed is given back: go again, day by day.
            runner.model.setFloatingSpeciesAmounts(self._places, before)
        rows = [np.asarray(runner.getSelectedValues())]
        rows[0][0] = begin
        for start, stop in zip(times[:-1], times[1:], strict=True):
            # Also the days that nobody asked for: one long step can fail where short ones do not.
            daily = np.unique([*np.arange(start, stop), stop])
            for one, next_one in zip(daily[:-1], daily[1:], strict=True):
                try:
                    row = np.asarray(runner.simulate(times=[one, next_one]))[-1]
                except RuntimeError as failure:
                    reason = f"stopped after day {one:g}: {_reason(failure)}"
                    return np.array(rows)[asked[: len(rows)]], reason
            rows.append(row)
        return np.array(rows)[asked], ""


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


def _checked_flows(flows: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    for name in flows:
        if name not in known:
            msg = f"the model has no reaction {name!r}. {did_you_mean(name, known)}"
            raise InputError(msg)
    return tuple(flows)


def _checked_days(days: Sequence[float]) -> _Numbers:
    wanted = np.asarray(days, dtype=float)
    if wanted.size == 0 or not np.isfinite(wanted).all() or (np.diff(wanted) <= 0).any():
        msg = "days of a run: expected at least one, finite and strictly rising"
        raise InputError(msg)
    return wanted


def _reason(failure: RuntimeError) -> str:
    """Return why the solver failed, as a sentence without full stop."""
    found = re.search(r"CV_[A-Z_]+", str(failure))
    said = " ".join(str(failure).split(";")[0].split())
    return _REASONS.get(found[0], said) if found else said
