"""Pairs of participants whose order of events is known, counted in n log n steps.

Go through time from the last day to the first and keep, for every value of the marker, the weight
of those who are still there. At an event all of them outlived the participant: the weight at lower
values is concordant, that at the same value tied, that at higher values discordant. A Fenwick tree
over the ranks of the marker holds the weights, so that each question costs log n. On one day events
come before censorings, and two events of one day are no pair: censored participants of a day enter
the tree before its events are asked about, participants with an event after that.

For the standard error each participant's own share is needed, also as the one who outlived others.
That is the same walk in the other direction, with the events in the tree.
"""

import numpy as np
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["add_weight", "pair_shares", "pair_sums", "weight_up_to"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@compiled
def add_weight(tree: Floats, rank: int, weight: float) -> None:
    """Add the weight of a participant to the tree, at the rank of its marker."""
    position = rank + 1
    while position < tree.size:
        tree[position] += weight
        position += position & -position


@compiled
def weight_up_to(tree: Floats, rank: int) -> float:
    """Return the weight of all in the tree whose rank is at most this one."""
    position, total = rank + 1, 0.0
    while position > 0:
        total += tree[position]
        position -= position & -position
    return total


@compiled
def pair_sums(
    day: Whole, is_event: Whole, rank: Whole, weight: Floats, time_weight: Floats, tree: Floats
) -> tuple[float, float, float]:
    """Return the weights of concordant, discordant and marker-tied pairs.

    Parameters
    ----------
    day : int array, shape (n,)
        Code of the time, descending; within one, those without an event first.
    is_event, rank : int array, shape (n,)
        One for an event; dense rank of the marker from zero.
    weight, time_weight : float array, shape (n,)
        Of the participant; of the pairs that an event of that time opens.
    tree : float array, shape (ranks + 1,)
        Room for work.
    """
    tree[:] = 0.0
    concordant, discordant, tied, total = 0.0, 0.0, 0.0, 0.0
    start = 0
    while start < day.size:
        stop = start
        while stop < day.size and day[stop] == day[start]:
            if is_event[stop] == 0 and weight[stop] > 0.0:
                add_weight(tree, rank[stop], weight[stop])
                total += weight[stop]
            stop += 1
        for i in range(start, stop):
            if is_event[i] == 1 and weight[i] > 0.0 and time_weight[i] > 0.0:
                below = weight_up_to(tree, rank[i] - 1)
                here = weight_up_to(tree, rank[i])
                pair = weight[i] * time_weight[i]
                concordant += pair * below
                tied += pair * (here - below)
                discordant += pair * (total - here)
        for i in range(start, stop):
            if is_event[i] == 1 and weight[i] > 0.0:
                add_weight(tree, rank[i], weight[i])
                total += weight[i]
        start = stop
    return concordant, discordant, tied


@compiled
def _shares_of_events(
    day: Whole, is_event: Whole, rank: Whole, time_weight: Floats, tree: Floats
) -> tuple[Floats, Floats]:
    """Return the shares of participants as those whose event came first."""
    difference, pairs = np.zeros(day.size), np.zeros(day.size)
    tree[:] = 0.0
    total, start = 0.0, 0
    while start < day.size:
        stop = start
        while stop < day.size and day[stop] == day[start]:
            if is_event[stop] == 0:
                add_weight(tree, rank[stop], 1.0)
                total += 1.0
            stop += 1
        for i in range(start, stop):
            if is_event[i] == 1:
                below, here = weight_up_to(tree, rank[i] - 1), weight_up_to(tree, rank[i])
                difference[i] = time_weight[i] * (below - (total - here))
                pairs[i] = time_weight[i] * total
        for i in range(start, stop):
            if is_event[i] == 1:
                add_weight(tree, rank[i], 1.0)
                total += 1.0
        start = stop
    return difference, pairs


@compiled
def _shares_of_survivors(
    day: Whole, is_event: Whole, rank: Whole, time_weight: Floats, tree: Floats
) -> tuple[Floats, Floats]:
    """Return the shares of participants as those who outlived an event."""
    difference, pairs = np.zeros(day.size), np.zeros(day.size)
    tree[:] = 0.0
    total, stop = 0.0, day.size
    while stop > 0:
        start = stop
        while start > 0 and day[start - 1] == day[stop - 1]:
            start -= 1
        # A day holds those without an event first; its events are no pairs of one another.
        for i in range(stop - 1, start - 1, -1):
            if is_event[i] == 1:
                below, here = weight_up_to(tree, rank[i] - 1), weight_up_to(tree, rank[i])
                difference[i], pairs[i] = (total - here) - below, total
        for i in range(start, stop):
            if is_event[i] == 1:
                add_weight(tree, rank[i], time_weight[i])
                total += time_weight[i]
        for i in range(start, stop):
            if is_event[i] == 0:
                below, here = weight_up_to(tree, rank[i] - 1), weight_up_to(tree, rank[i])
                difference[i], pairs[i] = (total - here) - below, total
        stop = start
    return difference, pairs


def pair_shares(
    day: Whole, is_event: Whole, rank: Whole, time_weight: Floats, tree: Floats
) -> tuple[Floats, Floats]:
    """Return, per participant, concordance less discordance and the pairs it belongs to.

    Parameters
    ----------
    day, is_event, rank, time_weight, tree
        As in `pair_sums`; every participant weighs one.
    """
    given = (day, is_event, rank, time_weight, tree)
    first, second = _shares_of_events(*given), _shares_of_survivors(*given)
    return first[0] + second[0], first[1] + second[1]
