"""How far two samples lie apart, beside what chance alone makes of two halves of one of them."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import ks_2samp, rankdata, wasserstein_distance

from macroimmune.errors import InputError
from macroimmune.simulator.calibration.summaries import rank_correlation

__all__ = [
    "Distance",
    "correlation_distances",
    "distance",
    "rank_correlations",
    "variable_distances",
]

Values = NDArray[np.float64]

_HALVES = 60
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Distance:
    """Two samples of one variable.

    Parameters
    ----------
    ks : float
        Kolmogorov-Smirnov: the largest difference of the two distribution functions.
    standardised_difference : float
        Second mean minus first, in SD (root of the mean of both variances).
    sd_ratio : float
        SD of the second over that of the first; NaN where the first does not vary.
    wasserstein : float
        Area between the distribution functions, in the same SD.
    """

    ks: float
    standardised_difference: float
    sd_ratio: float
    wasserstein: float


def distance(first: Values, second: Values) -> Distance:
    """Return how far the second sample lies from the first.

    Parameters
    ----------
    first, second : float array, shape (n,), (m,)
        Finite, on the scale on which means are compared.

    Returns
    -------
    distance : Distance

    Raises
    ------
    InputError
        If a sample has fewer than two values.

    Examples
    --------
    >>> distance(np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0])).standardised_difference
    1.0
    """
    if min(len(first), len(second)) < 2:
        msg = f"two values or more are needed in each sample, found {len(first)}, {len(second)}"
        raise InputError(msg)
    spread_first, spread_second = float(first.std(ddof=1)), float(second.std(ddof=1))
    spread = float(np.sqrt((spread_first**2 + spread_second**2) / 2.0))
    apart = float(second.mean() - first.mean())
    return Distance(
        ks=float(ks_2samp(first, second, method="asymp").statistic),
        standardised_difference=apart / spread if spread > 0.0 else 0.0,
        sd_ratio=spread_second / spread_first if spread_first > 0.0 else float("nan"),
        wasserstein=float(wasserstein_distance(first, second)) / spread if spread > 0.0 else 0.0,
    )


def variable_distances(
    real: pl.DataFrame,
    virtual: pl.DataFrame,
    logarithmic: frozenset[str],
    *,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Return one row per column that both tables have.

    Parameters
    ----------
    real, virtual : polars DataFrame
        Numbers, nulls where missing.
    logarithmic : frozenset of str
        Columns compared as logarithms; zeros stand at half the smallest positive value of both.
    rng : numpy Generator
        Splits the real table into halves.

    Returns
    -------
    distances : polars DataFrame
        Distances as `Distance`; medians as they are; of two random halves of the real table the
        mean and the 95th percentile of `ks` and of the absolute standardised difference. Halves
        are smaller than what is compared: chance parts n rows from m rows by sqrt(1 + n / m) / 2
        of what it makes of halves.
    """
    rows = []
    for name in (column for column in real.columns if column in virtual.columns):
        first, second = _known(real, name), _known(virtual, name)
        if min(len(first), len(second)) < _FEWEST:
            continue
        medians = float(np.median(first)), float(np.median(second))
        if name in logarithmic:
            together = np.concatenate((first, second))
            least = float(together[together > 0].min()) / 2.0
            first, second = (np.log(np.maximum(values, least)) for values in (first, second))
        found = distance(first, second)
        halves = [distance(*_halves(first, rng)) for _ in range(_HALVES)]
        ks = np.array([half.ks for half in halves])
        apart = np.abs([half.standardised_difference for half in halves])
        rows.append({
            "variable": name,
            "scale": "log" if name in logarithmic else "linear",
            "n_real": len(first),
            "n_virtual": len(second),
            "median_real": medians[0],
            "median_virtual": medians[1],
            "ks": found.ks,
            "ks_halves": float(ks.mean()),
            "ks_halves_95": float(np.quantile(ks, 0.95)),
            "standardised_difference": found.standardised_difference,
            "standardised_difference_halves_95": float(np.quantile(apart, 0.95)),
            "sd_ratio": found.sd_ratio,
            "wasserstein": found.wasserstein,
        })
    return pl.DataFrame(rows)


def correlation_distances(
    real: pl.DataFrame, virtual: pl.DataFrame, *, rng: np.random.Generator
) -> pl.DataFrame:
    """Return one row per pair of columns that both tables have.

    Parameters
    ----------
    real, virtual : polars DataFrame
    rng : numpy Generator
        Splits the real table into halves.

    Returns
    -------
    correlations : polars DataFrame
        Spearman's of both tables, their difference, and the 95th percentile of the absolute
        difference between two random halves of the real table.
    """
    names = [column for column in real.columns if column in virtual.columns]
    columns = _matrix(real, names)
    apart = np.array([
        np.abs(_rank_matrix(one) - _rank_matrix(two))
        for one, two in (_halves(columns, rng) for _ in range(_HALVES // 4))
    ])
    rows = []
    for place, first in enumerate(names):
        for offset, second in enumerate(names[place + 1 :], start=place + 1):
            pairs = real.select(first, second).drop_nulls().cast(pl.Float64).to_numpy()
            others = virtual.select(first, second).drop_nulls().cast(pl.Float64).to_numpy()
            if min(len(pairs), len(others)) < _FEWEST:
                continue
            rho = rank_correlation(pairs[:, 0], pairs[:, 1])
            ours = rank_correlation(others[:, 0], others[:, 1])
            if not np.isfinite(rho + ours):
                continue
            rows.append({
                "variable_a": first,
                "variable_b": second,
                "n_real": len(pairs),
                "rho_real": rho,
                "rho_virtual": ours,
                "difference": ours - rho,
                "halves_95": float(np.quantile(apart[:, place, offset], 0.95)),
            })
    return pl.DataFrame(rows)


def _matrix(table: pl.DataFrame, names: list[str]) -> Values:
    columns = [table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in names]
    return np.stack(columns, axis=1) if columns else np.empty((table.height, 0))


def _rank_matrix(columns: Values) -> Values:
    """Return correlations of ranks of all columns at once; ranks are those of known values."""
    ranks = np.asarray(rankdata(columns, axis=0, nan_policy="omit"), dtype=float)
    is_known = np.isfinite(ranks)
    centred = np.where(is_known, ranks - np.nanmean(ranks, axis=0), 0.0)
    squares = (centred**2).T @ is_known
    size: Values = np.sqrt(squares * squares.T)
    found = np.zeros(size.shape)
    np.divide(centred.T @ centred, size, out=found, where=size > 0.0)
    return found


def rank_correlations(table: pl.DataFrame) -> pl.DataFrame:
    """Return Spearman's correlation of every pair of columns: variable_a, variable_b, rho_virtual.

    Parameters
    ----------
    table : polars DataFrame
        Without nulls.
    """
    rows = [
        (first, second, rank_correlation(_known(table, first), _known(table, second)))
        for place, first in enumerate(table.columns)
        for second in table.columns[place + 1 :]
    ]
    return pl.DataFrame(
        rows, schema=["variable_a", "variable_b", "rho_virtual"], orient="row"
    ).filter(pl.col("rho_virtual").is_finite())


def _halves(values: Values, rng: np.random.Generator) -> tuple[Values, Values]:
    order = rng.permutation(len(values))
    middle = len(values) // 2
    return values[order[:middle]], values[order[middle:]]


def _known(table: pl.DataFrame, name: str) -> Values:
    return table[name].drop_nulls().cast(pl.Float64).to_numpy()
