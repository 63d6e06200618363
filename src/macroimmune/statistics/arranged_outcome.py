"""An outcome sorted once, in the order in which loops over risk sets go through it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from macroimmune.outcomes import Survival

__all__ = ["Arranged", "arranged"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Arranged(NamedTuple):
    """The outcome, by stratum and, within one, from the last day to the first.

    Parameters
    ----------
    time : float array, shape (n,)
    event : int array, shape (n,)
        One for an event.
    opens : int array, shape (n,)
        One for an event up to the horizon: only these open pairs.
    stratum : int array, shape (n,)
        Codes 0, 1, ...
    n_strata : int
    day_stop, opens_stratum : int array, shape (days,)
        Where each day of a stratum ends; one where a day is the first of its stratum.
    by_time : int array, shape (n,)
        Places of the participants from the first day on, whatever the stratum.
    is_cox : bool
        False for a logistic model, whose constant is the last coefficient.
    horizon, threshold : float
    """

    time: Floats
    event: Whole
    opens: Whole
    stratum: Whole
    n_strata: int
    day_stop: Whole
    opens_stratum: Whole
    by_time: Whole
    is_cox: bool
    horizon: float
    threshold: float


def arranged(
    survival: Survival,
    stratum: NDArray[np.int64],
    horizon: float,
    threshold: float,
    *,
    is_cox: bool,
) -> tuple[Arranged, NDArray[np.intp]]:
    """Return the outcome sorted for the loops, and the order of the participants in it.

    Parameters
    ----------
    survival : Survival
        Without left truncation.
    stratum : int array, shape (n,)
        Codes 0, 1, ...
    horizon, threshold : float
    is_cox : bool

    Returns
    -------
    outcome : Arranged
    order : int array, shape (n,)
        `values[order]` are values of the participants in the order of the outcome.
    """
    order = np.lexsort((-survival.time, stratum))
    time, label = survival.time[order], stratum[order]
    event = survival.event[order].astype(np.int64)
    new_stratum = np.ones(time.size, dtype=bool)
    new_stratum[1:] = label[1:] != label[:-1]
    new_day = new_stratum.copy()
    new_day[1:] |= time[1:] != time[:-1]
    starts = np.flatnonzero(new_day)
    found = Arranged(
        time=time,
        event=event,
        opens=event * (time <= horizon),
        stratum=label,
        n_strata=int(label.max(initial=-1)) + 1,
        day_stop=np.append(starts[1:], time.size).astype(np.int64),
        opens_stratum=new_stratum[starts].astype(np.int64),
        by_time=np.argsort(time, kind="stable").astype(np.int64),
        is_cox=is_cox,
        horizon=float(horizon),
        threshold=float(threshold),
    )
    return found, order
