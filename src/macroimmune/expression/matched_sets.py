"""Sets of other genes that are expressed alike: whether it is the set, or any genes would do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError

__all__ = ["SetSpecificity", "matched_gene_sets", "set_specificity"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

_BINS = 25


@dataclass(frozen=True, slots=True)
class SetSpecificity:
    """A set beside sets of other genes that are expressed alike.

    Parameters
    ----------
    value : float
        Of the set.
    median, highest : float
        Of the matched sets.
    n_sets, n_as_high : int
        Matched sets, and those of them with a value as high.
    """

    value: float
    median: float
    highest: float
    n_sets: int
    n_as_high: int


def matched_gene_sets(
    levels: Values,
    members: Places,
    n_sets: int,
    *,
    excluded: Flags,
    rng: np.random.Generator,
) -> Places:
    """Return sets of other genes, each gene in the place of one that is expressed alike.

    Parameters
    ----------
    levels : float array, shape (genes,)
        Mean expression of all genes.
    members : int array, shape (size,)
        Places of the genes of the set.
    n_sets : int
    excluded : bool array, shape (genes,)
        Genes that are not drawn, such as those of any set of the same kind.
    rng : numpy Generator

    Returns
    -------
    sets : int array, shape (n_sets, size)
        Places of genes; none stands twice in a set, none is a member or excluded.

    Raises
    ------
    InputError
        If there are fewer other genes than the set has.

    Notes
    -----
    Convention: all genes but those that are not drawn in 25 bins of equal numbers by level; a
    member is replaced by a gene of its bin, or of the nearest bins where its own has too few.
    """
    is_open = ~excluded
    is_open[members] = False
    others = np.flatnonzero(is_open)
    if others.size < members.size:
        msg = (
            f"{others.size} genes outside the set for {members.size} in it; expected as many; "
            "read the set in a file with more genes"
        )
        raise InputError(msg)
    ordered = others[np.argsort(levels[others], kind="stable")]
    place = np.searchsorted(levels[ordered], levels[members])
    edges = np.arange(_BINS + 1) * ordered.size // _BINS
    bins = np.clip(np.searchsorted(edges, place, side="right") - 1, 0, _BINS - 1)
    sets = np.empty((n_sets, members.size), dtype=np.int64)
    for one in np.unique(bins):
        inside = np.flatnonzero(bins == one)
        low, high = _window(int(edges[one]), int(edges[one + 1]), inside.size, ordered.size)
        chance = rng.random((n_sets, high - low))
        drawn = np.argpartition(chance, inside.size - 1, axis=1)[:, : inside.size]
        sets[:, inside] = ordered[low + drawn]
    # Windows can overlap.
    for row in sets:
        _without_twins(row, ordered, rng)
    return sets


def _window(low: int, high: int, needed: int, count: int) -> tuple[int, int]:
    """Return a window of the ordered genes that holds at least twice what is needed, if it can."""
    size = min(max(high - low, 2 * needed), count)
    start = min(max(low - (size - (high - low)) // 2, 0), count - size)
    return start, start + size


def _without_twins(row: Places, ordered: Places, rng: np.random.Generator) -> None:
    """Replace genes that stand twice by others that are near in expression."""
    _, first = np.unique(row, return_index=True)
    twins = np.setdiff1d(np.arange(row.size), first)
    for twin in twins:
        free = ordered[~np.isin(ordered, row)]
        at = int(np.flatnonzero(ordered == row[twin])[0])
        near = np.argsort(np.abs(np.searchsorted(ordered, free) - at), kind="stable")[:_BINS]
        row[twin] = rng.choice(free[near])


def set_specificity(values: Values, members: Places, sets: Places) -> SetSpecificity:
    """Return the mean value of a set of genes beside that of other sets.

    Parameters
    ----------
    values : float array, shape (genes,)
        Of every gene, such as its change under a stimulus.
    members : int array, shape (size,)
    sets : int array, shape (sets, size)
        From `matched_gene_sets`.

    Examples
    --------
    >>> found = set_specificity(np.array([2.0, 0.1, 0.0]), np.array([0]), np.array([[1], [2]]))
    >>> found.value, found.highest, found.n_as_high
    (2.0, 0.1, 0)
    """
    value = float(values[members].mean())
    others = values[sets].mean(axis=1)
    return SetSpecificity(
        value=value,
        median=float(np.median(others)),
        highest=float(others.max()),
        n_sets=int(others.size),
        n_as_high=int((others >= value).sum()),
    )
