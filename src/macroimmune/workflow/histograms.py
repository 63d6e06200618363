"""Shares of real and virtual people between the same bounds, variable by variable."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.calibration.summaries import PERCENTS, percent_column

__all__ = ["LINEAR_UNITS", "shapes_from_rows", "shapes_from_summaries"]

Values = NDArray[np.float64]

_BINS = 24
# The golden ratio spreads any number of values evenly without drawing random numbers.
_GOLDEN = 0.6180339887498949
# Values in these units are compared as they are, all others as logarithms.
LINEAR_UNITS = ("yes or no", "year", "NPX", "arcsinh", "amino acids", "log1p", "0 to 1")


def shapes_from_rows(
    real: pl.DataFrame, virtual: pl.DataFrame, units: Mapping[str, str]
) -> pl.DataFrame:
    """Return shares between bounds from the rows of both.

    Parameters
    ----------
    real, virtual : polars DataFrame
        Of the columns that both have; nulls where missing.
    units : mapping from column to str

    Returns
    -------
    shapes : polars DataFrame
        variable, unit, low, high, real, virtual; bounds rise by equal steps, of the logarithm
        where values are, from the 0.5th to the 99.5th percentile of both together.
    """
    parts = []
    for name in (column for column in real.columns if column in virtual.columns):
        first, second = _known(real, name), _known(virtual, name)
        edges = _edges(first, second, units[name])
        parts.append(_part(name, units[name], edges, _shares(first, edges), _shares(second, edges)))
    return pl.concat(parts)


def shapes_from_summaries(marginals: pl.DataFrame, virtual: pl.DataFrame) -> pl.DataFrame:
    """Return shares between bounds from stated quantiles and virtual rows.

    Parameters
    ----------
    marginals : polars DataFrame
        Summary numbers of one cohort.
    virtual : polars DataFrame

    Returns
    -------
    shapes : polars DataFrame
        As from rows, with the bounds at the stated quantiles; those of zero are left out where
        the axis is logarithmic.
    """
    parts = []
    for row in marginals.iter_rows(named=True):
        name, unit = str(row["variable"]), str(row["unit"])
        if name not in virtual.columns:
            continue
        if unit == "yes or no":
            edges = np.array([-0.5, 0.5, 1.5])
            shares = np.array([1.0 - row["mean"], row["mean"]])
        else:
            known = [percent for percent in PERCENTS if row[percent_column(percent)] is not None]
            edges = np.array([row[percent_column(percent)] for percent in known])
            # A logarithmic axis has no zero, and two equal quantiles bound nobody.
            rises = np.r_[True, np.diff(edges) > 0] & ((edges > 0) | (unit in LINEAR_UNITS))
            edges, shares = edges[rises], np.diff(np.array(known)[rises]) / 100.0
        ours = _spread(_known(virtual, name), row["decimals"])
        parts.append(_part(name, unit, edges, shares, _shares(ours, edges)))
    return pl.concat(parts)


def _spread(values: Values, decimals: int | None) -> Values:
    """Return rounded values spread over their rounding unit, as stated quantiles are."""
    if decimals is None:
        return values
    within = (np.arange(len(values)) * _GOLDEN) % 1.0 - 0.5
    return np.asarray(values + within * 10.0**-decimals, dtype=float)


def _edges(first: Values, second: Values, unit: str) -> Values:
    if unit == "yes or no":
        return np.array([-0.5, 0.5, 1.5])
    together = np.concatenate((first, second))
    if unit == "amino acids":
        low, high = np.rint(np.quantile(together, [0.001, 0.999]))
        return np.arange(low - 0.5, high + 1.0)
    if unit in LINEAR_UNITS:
        low, high = np.quantile(together, [0.005, 0.995])
        return np.linspace(low, high, _BINS + 1)
    low, high = np.quantile(together[together > 0], [0.005, 0.995])
    return np.geomspace(low, high, _BINS + 1)


def _shares(values: Values, edges: Values) -> Values:
    return np.asarray(np.histogram(values, edges)[0] / len(values), dtype=float)


def _part(name: str, unit: str, edges: Values, real: Values, virtual: Values) -> pl.DataFrame:
    return pl.DataFrame({
        "variable": name,
        "unit": unit,
        "is_log": unit not in LINEAR_UNITS,
        "low": edges[:-1],
        "high": edges[1:],
        "real": real,
        "virtual": virtual,
    })


def _known(table: pl.DataFrame, name: str) -> Values:
    return table[name].drop_nulls().cast(pl.Float64).to_numpy()
