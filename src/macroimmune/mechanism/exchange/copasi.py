"""A second solver: COPASI reads the exported SBML and integrates it with LSODA."""

import locale
from typing import Any

import numpy as np

from macroimmune.errors import InputError
from macroimmune.mechanism.exchange.planned_run import PlannedRun
from macroimmune.mechanism.exchange.sbml import run_sbml
from macroimmune.mechanism.model import Course

__all__ = ["copasi_course", "copasi_library", "largest_difference"]

# Below this share of a column's largest value, differences are taken relative to that share.
SMALL_SHARE = 1e-6
# A hundred cells: differences in what never reaches it count little.
SMALLEST = 1e-7


def copasi_course(planned: PlannedRun, *, relative_tolerance: float = 1e-9) -> Course:
    """Return what COPASI gives for a run, from the SBML that is exported.

    Parameters
    ----------
    planned : PlannedRun
    relative_tolerance : float
        Of LSODA.

    Returns
    -------
    course : Course
        All populations and signals; `status` says where COPASI stopped, if it did.

    Raises
    ------
    InputError
        If basico is not installed.
    """
    basico = copasi_library()
    loaded = basico.load_model_from_string(run_sbml(planned))
    try:
        frame = basico.run_time_course(
            values=planned.times,
            method="deterministic",
            r_tol=relative_tolerance,
            a_tol=1e-14,
            max_steps=1_000_000,
            use_sbml_id=True,
            model=loaded,
        )
    finally:
        basico.remove_datamodel(loaded)
    days = np.asarray(planned.days, dtype=float)[: len(frame)]
    columns = tuple(str(name) for name in frame.columns)
    stopped = len(frame) < len(planned.days)
    status = f"COPASI stopped after day {days[-1]:g}" if stopped else ""
    return Course(days, frame.to_numpy(dtype=float), columns, status)


def copasi_library() -> Any:
    """Return basico, the door to COPASI, without what its import does to the whole process.

    Raises
    ------
    InputError
        If it is not installed.
    """
    # COPASI sets the locale to C, after which Python reads text of other programs as ASCII.
    before = locale.setlocale(locale.LC_ALL)
    try:
        # A peer: slow to import, and nobody needs it to simulate.
        import basico
    except ImportError as error:
        msg = "COPASI needs basico, which is not installed; pip install 'macroimmune[copasi]'"
        raise InputError(msg) from error
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return basico


def largest_difference(ours: Course, other: Course) -> tuple[float, str, float]:
    """Return the largest relative difference of two courses, its column and its day.

    Parameters
    ----------
    ours, other : Course
        Of the same days; the columns of `ours` are compared.

    Returns
    -------
    difference : float
    column : str
    day : float

    Raises
    ------
    InputError
        If the other course lacks a column or has other days.

    Notes
    -----
    Convention: |ours - other| / max(|other|, 1e-6 times the largest of the column, 1e-7), so that
    what has all but vanished is held against what it once was. 1e-7 is a hundred cells, or so much
    of a healthy level.
    """
    missing = [name for name in ours.columns if name not in other.columns]
    if missing or not np.array_equal(ours.days, other.days):
        what = f"lacks {missing[0]}" if missing else "has other days"
        msg = f"two courses to compare: the other one {what}"
        raise InputError(msg)
    theirs = other.values[:, [other.columns.index(name) for name in ours.columns]]
    largest = np.abs(theirs).max(axis=0)
    scale = np.maximum(np.abs(theirs), np.maximum(SMALL_SHARE * largest, SMALLEST))
    relative = np.abs(ours.values - theirs) / scale
    row, column = np.unravel_index(int(relative.argmax()), relative.shape)
    return float(relative[row, column]), ours.columns[column], float(ours.days[row])
