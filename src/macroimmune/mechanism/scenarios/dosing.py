"""On which days doses are given, and when a run begins and ends."""

import math

from macroimmune.mechanism.scenarios.records import TUMOUR_FREE, Intervention, Scenario
from macroimmune.mechanism.scenarios.species import species_scales

__all__ = ["dose_days", "end_day", "implantation_day", "is_repeated", "start_day"]

# A last dose that falls on `until` is given, whatever the rounding of day + n x every.
_SLACK_DAYS = 1e-9


def is_repeated(given: Intervention) -> bool:
    """Return whether there is more than one dose."""
    return given.every is not None


def dose_days(given: Intervention) -> tuple[float, ...]:
    """Return the days of the doses, rising.

    Examples
    --------
    >>> dose_days(Intervention("anti_PD1", day=1, every=3, times=3))
    (1.0, 4.0, 7.0)
    >>> dose_days(Intervention("anti_PD1", day=0, every=7, until=14))
    (0.0, 7.0, 14.0)
    """
    if given.every is None:
        return (float(given.day),)
    times = given.times
    if given.until is not None:
        times = 1 + math.floor((given.until - given.day) / given.every + _SLACK_DAYS)
    return tuple(float(given.day + number * given.every) for number in range(times))


def end_day(given: Intervention) -> float:
    """Return the day on which a held input is set back as the scenario states; else its day."""
    return float(given.day if given.until is None else given.until)


def implantation_day(scenario: Scenario) -> float:
    """Return the day on which the tumour is implanted; 0 in a tumour-free host."""
    if scenario.tumour == TUMOUR_FREE:
        return 0.0
    days = scenario.tumour_days
    return -float(species_scales()[scenario.species].tumour_days if days is None else days)


def start_day(scenario: Scenario) -> float:
    """Return the day on which the run begins.

    Examples
    --------
    >>> start_day(Scenario("x", tumour="generic", tumour_days=20, settle_days=10))
    -30.0
    """
    return implantation_day(scenario) - scenario.settle_days
