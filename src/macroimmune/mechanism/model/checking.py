"""Whether the model can do what is asked of a run; what it lacks is told with the nearest name."""

from collections.abc import Collection, Mapping, Sequence
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.model.actions_and_courses import Action

__all__ = ["check_values", "checked_actions", "checked_days", "checked_names"]

OPERATIONS = ("add", "set", "multiply")


def checked_days(days: Sequence[float]) -> NDArray[np.float64]:
    """Return the days of a run, (n_days,).

    Raises
    ------
    InputError
        If there is none, one is not finite, or they do not rise.
    """
    wanted = np.asarray(days, dtype=float)
    if wanted.size == 0 or not np.isfinite(wanted).all() or (np.diff(wanted) <= 0).any():
        msg = "days of a run: expected at least one, finite and strictly rising"
        raise InputError(msg)
    return wanted


def checked_names(kind: str, names: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Return names of the model, each once.

    Parameters
    ----------
    kind : str
        What they are names of, such as `column`, for the message.
    names : sequence of str
    known : collection of str

    Raises
    ------
    InputError
        If the model has no such thing.
    """
    for name in names:
        if name not in known:
            msg = f"the model has no {kind} {name!r}. {did_you_mean(name, known)}"
            raise InputError(msg)
    return tuple(dict.fromkeys(names))


def check_values(values: Mapping[str, float], constants: Collection[str]) -> None:
    """Refuse what is no constant of the model, or no number.

    Raises
    ------
    InputError
    """
    for name, value in values.items():
        if name not in constants:
            msg = f"the model has no parameter {name!r}. {did_you_mean(name, constants)}"
            raise InputError(msg)
        if not isfinite(value):
            msg = f"parameter {name} = {value!r}: expected a finite number"
            raise InputError(msg)


def checked_actions(
    actions: Sequence[Action], first: float, settable: Collection[str], columns: Collection[str]
) -> list[Action]:
    """Return the actions in the order of their days, those of one day as they were given.

    Parameters
    ----------
    actions : sequence of Action
    first : float
        Day on which the run begins.
    settable : collection of str
        States and constants of the model.
    columns : collection of str
        All that the model computes, with what no action can set.

    Raises
    ------
    InputError
        If a name or an operation is unknown, a number is not finite, or an action comes before the
        first day.
    """
    for action in actions:
        if action.quantity not in settable:
            lacks = (
                "it follows from others at every moment"
                if action.quantity in columns
                else "the model has no such population, drug or parameter"
            )
            msg = (
                f"an action on {action.quantity!r} on day {action.day:g}: {lacks}. "
                f"{did_you_mean(action.quantity, settable)}"
            )
            raise InputError(msg)
        if action.operation not in OPERATIONS:
            msg = (
                f"an action on {action.quantity} with operation {action.operation!r}. "
                f"{did_you_mean(action.operation, OPERATIONS)}"
            )
            raise InputError(msg)
        if not (isfinite(action.amount) and isfinite(action.day)):
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
