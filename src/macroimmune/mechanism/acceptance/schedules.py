"""Schedules cut at the end of a run."""

import dataclasses

from macroimmune.mechanism.scenarios import Intervention, dose_days

__all__ = ["within_run"]


def within_run(given: Intervention, last: float) -> Intervention | None:
    """Return an intervention without what would come after the last day; None: nothing is left.

    Examples
    --------
    >>> within_run(Intervention("anti_PD1", every=3, times=5), 7.0).times
    3
    """
    if given.day > last:
        return None
    until = None if given.until is None else min(given.until, last)
    if given.every is None:
        return dataclasses.replace(given, until=until)
    times = sum(day <= last for day in dose_days(given))
    every = given.every if times > 1 else None
    return dataclasses.replace(given, every=every, times=times, until=None)
