"""The score of a cell, and that of the summed counts of many: mean of log1p counts per 10,000."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["cell_scores", "jackknife_error", "pseudobulk_scores"]

Values = NDArray[np.float64]
_DEPTH = 1e4


def cell_scores(
    counts: sparse.csr_array, library: Values, members: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return the mean of log1p counts per 10,000 over the genes of each set.

    Parameters
    ----------
    counts : csr_array, shape (cells, genes)
        Of the genes that are in any set.
    library : float array, shape (cells,)
        All counts of a cell.
    members : bool array, shape (genes, sets)

    Returns
    -------
    scores : float32 array, shape (cells, sets)
        NaN for a cell without a count and for a set without a gene.

    Notes
    -----
    Convention: natural logarithm of 1 + 10,000 x count / library; the mean is over the genes that
    were counted, zeros too. Checked against: a plain loop (`benchmarks/interferon_score.py`).

    Examples
    --------
    >>> counts = sparse.csr_array(np.array([[1.0, 0.0], [0.0, 2.0]]))
    >>> scores = cell_scores(counts, np.array([1e4, 2e4]), np.ones((2, 1), dtype=bool))
    >>> [round(float(score), 4) for score in scores.ravel()]
    [0.3466, 0.3466]
    """
    library = np.where(library > 0, library, np.nan)
    logs = sparse.csr_array(counts, dtype=np.float64, copy=True)
    of_row = np.repeat(library, np.diff(logs.indptr))
    logs.data = np.log1p(_DEPTH * logs.data / of_row)
    totals = logs @ members.astype(np.float64)
    with np.errstate(invalid="ignore"):
        means = totals / _sizes(members) + 0.0 * library[:, None]
    return np.asarray(means, dtype=np.float32)


def pseudobulk_scores(sums: Values, library: Values, members: NDArray[np.bool_]) -> Values:
    """Return the same of summed counts.

    Parameters
    ----------
    sums : float array, shape (groups, genes)
        Counts of the genes, summed over the cells of a group.
    library : float array, shape (groups,)
        All counts of the group.
    members : bool array, shape (genes, sets)

    Returns
    -------
    scores : float array, shape (groups, sets)
        NaN for a group without a count and for a set without a gene.
    """
    library = np.where(library > 0, library, np.nan)
    logs = np.log1p(_DEPTH * sums / library[:, None])
    with np.errstate(invalid="ignore"):
        return np.asarray(logs @ members.astype(np.float64) / _sizes(members))


def _sizes(members: NDArray[np.bool_]) -> Values:
    sizes = members.sum(axis=0).astype(float)
    return np.where(sizes > 0, sizes, np.nan)


def jackknife_error(
    sums: Values, library: Values, n_cells: NDArray[np.int64], members: NDArray[np.bool_]
) -> Values:
    """Return the standard error of a pseudobulk score: groups of cells are left out in turn.

    Parameters
    ----------
    sums : float array, shape (groups, genes)
        Of groups into which the cells were dealt like cards.
    library, n_cells : array, shape (groups,)
    members : bool array, shape (genes, sets)

    Returns
    -------
    standard_error : float array, shape (sets,)
        NaN where fewer than five groups have a cell.

    Notes
    -----
    Convention: delete-a-group jackknife, sqrt((g - 1) / g x sum of squares about the mean); groups
    differ by at most one cell.
    """
    used = n_cells > 0
    groups = int(used.sum())
    if groups < 5:
        return np.full(members.shape[1], np.nan)
    left = pseudobulk_scores(sums.sum(axis=0) - sums[used], library.sum() - library[used], members)
    spread = ((left - left.mean(axis=0)) ** 2).sum(axis=0)
    return np.asarray(np.sqrt((groups - 1) / groups * spread))
