"""The correlations of all baseline variables, put together from what cohorts measured together."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

__all__ = [
    "assembled_correlations",
    "latent_correlation",
    "measured_pairs",
    "nearest_correlations",
]

Values = NDArray[np.float64]

# Correlation of a normal variable with its own ranks.
_RANKS = float(np.sqrt(3.0 / np.pi))
_LARGEST = 0.95
_LEAST_EIGENVALUE = 1e-4
_PROJECTIONS = 200
_CLOSE = 1e-7


def latent_correlation(rho: float, share_a: float | None, share_b: float | None) -> float:
    """Return the correlation of the normal scores behind a rank correlation.

    Parameters
    ----------
    rho : float
        Spearman's, as measured.
    share_a, share_b : float or None
        Of ones, where a variable is yes or no; None where it is continuous.

    Returns
    -------
    r : float
        At most 0.95 to either side.

    Notes
    -----
    Convention: 2 sin(pi rho / 6) of two continuous variables; of a threshold and a continuous
    variable the biserial correlation on ranks, exact where it is small; sin(pi rho / 2) of two
    thresholds, exact at shares of one half.

    Examples
    --------
    >>> round(latent_correlation(0.5, None, None), 4)
    0.5176
    >>> round(latent_correlation(0.3, 0.5, None), 4)
    0.3848
    """
    if share_a is not None and share_b is not None:
        found = np.sin(np.pi * rho / 2.0)
    elif share_a is None and share_b is None:
        found = 2.0 * np.sin(np.pi * rho / 6.0)
    else:
        share = float(share_a if share_a is not None else share_b or 0.0)
        height = np.exp(-0.5 * float(ndtri(share)) ** 2) / np.sqrt(2.0 * np.pi)
        found = rho * np.sqrt(share * (1.0 - share)) / height / _RANKS
    return float(np.clip(found, -_LARGEST, _LARGEST))


def assembled_correlations(
    names: Sequence[str],
    loadings: Sequence[float],
    measured: Sequence[tuple[tuple[str, ...], Mapping[frozenset[str], float]]],
    assumed: Mapping[frozenset[str], float],
) -> Values:
    """Return correlations of normal scores: stated, else measured, else through inflammation.

    Parameters
    ----------
    names : sequence of str
    loadings : sequence of float
        On the latent inflammation, for pairs that no cohort measured together.
    measured : sequence of (columns, correlations)
        Per cohort, the first counts most: under which name each variable stands there, empty if
        it does not, and the correlations of normal scores of pairs.
    assumed : mapping from pair of names to float
        Goes before what is measured.

    Returns
    -------
    correlations : float array, shape (names, names)
        Symmetric with ones on the diagonal; not yet positive definite.
    """
    size = len(names)
    found = np.outer(loadings, loadings)
    for a in range(size):
        for b in range(a):
            pair = frozenset((names[a], names[b]))
            value = assumed.get(pair)
            if value is None:
                value = _first_measured(a, b, measured)
            if value is not None:
                found[a, b] = found[b, a] = value
    np.fill_diagonal(found, 1.0)
    return np.asarray(found, dtype=float)


def _first_measured(
    a: int, b: int, measured: Sequence[tuple[tuple[str, ...], Mapping[frozenset[str], float]]]
) -> float | None:
    for columns, correlations in measured:
        pair = frozenset((columns[a], columns[b]))
        if len(pair) == 2 and pair in correlations:
            return correlations[pair]
    return None


def nearest_correlations(matrix: Values) -> Values:
    """Return the nearest positive definite matrix with ones on the diagonal.

    Parameters
    ----------
    matrix : float array, shape (k, k)
        Symmetric.

    Returns
    -------
    nearest : float array, shape (k, k)
        Smallest eigenvalue about 0.0001 or above.

    Notes
    -----
    Convention: alternating projections with Dykstra's correction (Higham 2002, IMA J Numer Anal
    22:329).
    """
    current, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(_PROJECTIONS):
        shifted = current - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, _LEAST_EIGENVALUE)) @ vectors.T
        correction = positive - shifted
        following = positive.copy()
        np.fill_diagonal(following, 1.0)
        moved = float(np.abs(following - current).max())
        current = following
        if moved < _CLOSE:
            break
    values, vectors = np.linalg.eigh(current)
    positive = (vectors * np.maximum(values, _LEAST_EIGENVALUE)) @ vectors.T
    size = np.sqrt(np.diag(positive))
    return np.asarray(positive / np.outer(size, size), dtype=float)


def measured_pairs(
    correlations: pl.DataFrame, marginals: pl.DataFrame, cohort: str
) -> Mapping[frozenset[str], float]:
    """Return correlations of normal scores of a cohort, by pair of its columns.

    Parameters
    ----------
    correlations, marginals : polars DataFrame
        Summary tables; rows of other cohorts and of parts of a cohort do not count.
    cohort : str
    """
    shares = {
        str(name): float(mean)
        for name, mean in marginals
        .filter(pl.col("cohort") == cohort, pl.col("group") == "all", pl.col("unit") == "yes or no")
        .select("variable", "mean")
        .iter_rows()
    }
    rows = correlations.filter(pl.col("cohort") == cohort, pl.col("group") == "all")
    return {
        frozenset((str(a), str(b))): latent_correlation(rho, shares.get(a), shares.get(b))
        for a, b, rho in rows.select("variable_a", "variable_b", "rho").iter_rows()
    }
