"""From a cohort and dated measurements to start-stop rows that cannot look into the future."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.start_stop import StartStop

__all__ = ["DatedValues", "TimeDependentRows", "time_dependent_rows"]


@dataclass(frozen=True, slots=True, eq=False)
class DatedValues:
    """Measurements of one covariate with their days, checked when built.

    Parameters
    ----------
    participant : int array, shape (measurements,)
        Whose it is: a position in the cohort.
    day : float array, shape (measurements,), days from time zero
        May lie before time zero.
    value : float array, shape (measurements,)
        Without missing values: leave out what was not measured.

    Raises
    ------
    InputError
        If shapes or kinds differ from these, a number is missing, or a participant has two
        values on one day.
    """

    participant: NDArray[np.intp]
    day: NDArray[np.float64]
    value: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check what was given and keep read-only copies of it, by participant and day.

        Raises
        ------
        InputError
            As the class says.
        """
        whose = np.asarray(self.participant)
        day, value = np.asarray(self.day, dtype=float), np.asarray(self.value, dtype=float)
        if whose.ndim != 1 or not whose.shape == day.shape == value.shape:
            msg = f"one day and value per measurement: {whose.shape}, {day.shape}, {value.shape}"
            raise InputError(msg)
        if whose.dtype.kind not in "iu" or (whose.size and whose.min() < 0):
            msg = "participants of measurements are positions in the cohort, from 0"
            raise InputError(msg)
        if not (np.isfinite(day) & np.isfinite(value)).all():
            msg = "a measurement lacks its day or value; leave out what was not measured"
            raise InputError(msg)
        order = np.lexsort((day, whose))
        whose, day, value = whose[order].astype(np.intp), day[order], value[order]
        twice = (whose[1:] == whose[:-1]) & (day[1:] == day[:-1])
        if twice.any():
            at = int(np.flatnonzero(twice)[0])
            msg = (
                f"participant at position {whose[at]} has two values on day {day[at]:g}; choose "
                "one value a day before the rows are built"
            )
            raise InputError(msg)
        for name, values in (("participant", whose), ("day", day), ("value", value)):
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    def check_cohort(self, n: int) -> None:
        """Refuse measurements of somebody who is not among `n` participants.

        Raises
        ------
        InputError
            With the position that was named.
        """
        if self.participant.size and self.participant.max() >= n:
            msg = (
                f"a measurement names participant {self.participant.max()}, the cohort has {n} "
                "(positions from 0)"
            )
            raise InputError(msg)


@dataclass(frozen=True, slots=True, eq=False)
class TimeDependentRows:
    """Start-stop rows with the values that were known in each of them.

    Parameters
    ----------
    rows : StartStop
    values : float array, shape (rows, covariates)
        The last value measured at or before the start of the row; NaN before the first.
    n_after_end : int array, shape (covariates,)
        Measurements dated after the end of follow-up: they were dropped.
    n_on_last_day : int array, shape (covariates,)
        Measurements on the very last day: nothing happens after them that could depend on them.
    n_without_follow_up : int
        Participants whose time is zero; they have no row.
    convention : str
    """

    rows: StartStop
    values: NDArray[np.float64]
    n_after_end: NDArray[np.intp]
    n_on_last_day: NDArray[np.intp]
    n_without_follow_up: int
    convention: str


def time_dependent_rows(
    survival: Survival, measurements: Sequence[DatedValues]
) -> TimeDependentRows:
    """Return the follow-up cut wherever a value was measured, each row with what was known then.

    Parameters
    ----------
    survival : Survival
        The cohort, one entry per participant; left truncation is honoured.
    measurements : sequence of DatedValues
        One for each covariate.

    Returns
    -------
    found : TimeDependentRows

    Raises
    ------
    InputError
        If there are no covariates, or a measurement names no participant of the cohort.

    Notes
    -----
    Convention: a value holds from the moment after its day until the next one, in rows (day,
    next]. An event on the day of a measurement does not see it: it may have been drawn after,
    or because of, what happened. Values from before entry hold at entry. Checked against: R
    `tmerge` with `tdc`.

    Examples
    --------
    >>> s = Survival(time=np.array([10.0]), event=np.array([True]))
    >>> seen = DatedValues(np.array([0, 0]), np.array([0.0, 10.0]), np.array([1.5, 9.0]))
    >>> time_dependent_rows(s, [seen]).values
    array([[1.5]])
    """
    if not measurements:
        msg = "start-stop rows need the measurements of at least one covariate"
        raise InputError(msg)
    for item in measurements:
        item.check_cohort(survival.n)
    entry = np.zeros(survival.n) if survival.entry is None else survival.entry
    rows = _cut_where_measured(survival, entry, measurements)
    return TimeDependentRows(
        rows=rows,
        values=np.column_stack([_last_known(item, rows) for item in measurements]),
        n_after_end=_counted(item.day > survival.time[item.participant] for item in measurements),
        n_on_last_day=_counted(
            item.day == survival.time[item.participant] for item in measurements
        ),
        n_without_follow_up=int((survival.time <= entry).sum()),
        convention=(
            "a value holds from after its day until the next; an event on that day does not see it"
        ),
    )


def _counted(flags: Iterable[NDArray[np.bool_]]) -> NDArray[np.intp]:
    return np.array([int(flag.sum()) for flag in flags], dtype=np.intp)


def _cut_where_measured(
    survival: Survival, entry: NDArray[np.float64], measurements: Sequence[DatedValues]
) -> StartStop:
    """Return the follow-up of each participant, cut at the days of its own measurements."""
    followed = np.flatnonzero(survival.time > entry)
    whose = np.concatenate([item.participant for item in measurements])
    day = np.concatenate([item.day for item in measurements])
    inside = (day > entry[whose]) & (day < survival.time[whose])
    # Each piece begins at entry or at a measurement; it ends where the next one begins.
    begins = np.unique(
        np.column_stack([
            np.concatenate([followed, whose[inside]]).astype(float),
            np.concatenate([entry[followed], day[inside]]),
        ]),
        axis=0,
    )
    participant, start = begins[:, 0].astype(np.intp), begins[:, 1]
    stop, is_last = survival.time[participant], np.ones(participant.size, dtype=bool)
    is_last[:-1] = participant[1:] != participant[:-1]
    stop[~is_last] = start[1:][~is_last[:-1]]
    return StartStop(participant, start, stop, survival.event[participant] & is_last)


def _last_known(measured: DatedValues, rows: StartStop) -> NDArray[np.float64]:
    """Return, for each row, the last value measured at or before its start; NaN without one."""
    # Ranks instead of days make one sorted key of participant and day.
    days = np.unique(np.concatenate([measured.day, rows.start]))
    width = days.size + 1
    keys = measured.participant * width + np.searchsorted(days, measured.day)
    wanted = rows.participant * width + np.searchsorted(days, rows.start)
    last = np.searchsorted(keys, wanted, side="right") - 1
    known = last >= 0
    known[known] = measured.participant[last[known]] == rows.participant[known]
    values = np.full(rows.n, np.nan)
    values[known] = measured.value[last[known]]
    return values
