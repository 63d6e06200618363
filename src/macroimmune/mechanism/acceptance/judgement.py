"""Whether a claim holds: of ratios, of an association, of a number."""

from collections.abc import Sequence

import numpy as np

from macroimmune.mechanism.acceptance.frozen_rules import Rules

__all__ = [
    "SIGNS",
    "SIGNS_MET",
    "association_found",
    "association_holds",
    "ratio_found",
    "ratio_holds",
    "value_holds",
    "value_ratio",
]

# The directions of the vocabulary that can be shuffled; the sixth is `value`.
SIGNS = ("up", "down", "unchanged", "not up", "not down")
# What is met by a model for which all goes one way.
SIGNS_MET = {
    "up": ("up", "not down"),
    "down": ("down", "not up"),
    "unchanged": ("unchanged", "not up", "not down"),
}


def ratio_holds(ratios: Sequence[float], rules: Rules) -> tuple[bool, ...]:
    """Return whether each of `SIGNS` holds of a contrast.

    Parameters
    ----------
    ratios : sequence of float
        Condition over comparator in each tumour of the claim; without one nothing holds.
    rules : Rules

    Returns
    -------
    holds : tuple of bool
        A sign holds where it holds of every ratio.
    """
    found = np.asarray(ratios, dtype=float)
    if not found.size:
        return (False,) * len(SIGNS)
    low, high = rules.unchanged
    holds = (
        np.all(found >= rules.up),
        np.all(found <= rules.down),
        np.all((found >= low) & (found <= high)),
        np.all(found <= rules.not_up),
        np.all(found >= rules.not_down),
    )
    return tuple(bool(one) for one in holds)


def association_holds(associations: Sequence[float], rules: Rules) -> tuple[bool, ...]:
    """Return whether each of `SIGNS` holds of an association.

    Parameters
    ----------
    associations : sequence of float, -1 to 1
        In each tumour of the claim; without one nothing holds.
    rules : Rules

    Returns
    -------
    holds : tuple of bool
    """
    found = np.asarray(associations, dtype=float)
    if not found.size:
        return (False,) * len(SIGNS)
    smallest = rules.smallest_association
    holds = (
        np.all(found >= smallest),
        np.all(found <= -smallest),
        np.all(np.abs(found) < smallest),
        np.all(found < smallest),
        np.all(found > -smallest),
    )
    return tuple(bool(one) for one in holds)


def ratio_found(ratio: float, rules: Rules) -> str:
    """Return `up`, `down` or `unchanged`: how the ratio moved by the limits of up and down."""
    if ratio >= rules.up:
        return "up"
    return "down" if ratio <= rules.down else "unchanged"


def association_found(association: float, rules: Rules) -> str:
    """Return `up`, `down` or `unchanged`, of an association."""
    if association >= rules.smallest_association:
        return "up"
    return "down" if association <= -rules.smallest_association else "unchanged"


def value_holds(
    values: Sequence[float], low: float | None, high: float | None, rules: Rules
) -> bool:
    """Return whether a number lies where it should, in every tumour of the claim.

    Parameters
    ----------
    values : sequence of float
        Without one it does not hold.
    low, high : float or None
        Range; None is open. Equal ends are a point, met within the multiples of the rules.
    rules : Rules
    """
    if low is not None and low == high:
        low, high = low * rules.point[0], low * rules.point[1]
    least, most = -np.inf if low is None else low, np.inf if high is None else high
    return bool(values) and all(least <= value <= most for value in values)


def value_ratio(value: float, low: float | None, high: float | None) -> float:
    """Return the number over the nearest number that was stated; 1 within the range.

    Examples
    --------
    >>> value_ratio(30, 60, 60), value_ratio(10, 7, 14), value_ratio(28, None, 14)
    (0.5, 1.0, 2.0)
    """
    if low is not None and value < low:
        return value / low
    return value / high if high is not None and value > high else 1.0
