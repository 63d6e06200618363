"""Virtual patients: a set of inputs of the model each, spread evenly over what differs."""

import math
from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.model import parameters
from macroimmune.mechanism.virtual_patients.variation import Variation, variation

__all__ = ["DESIGNS", "PATIENT", "draw_patients"]

Values = NDArray[np.float64]

DESIGNS = ("sobol", "latin_hypercube")
PATIENT = "patient"
# A share of exactly 0 or 1 has no finite normal quantile.
_EDGE = 1e-12


def draw_patients(
    n: int,
    seed: int,
    design: str = "sobol",
    settings: Mapping[str, float] | None = None,
    *,
    only: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Return the inputs of virtual patients.

    Parameters
    ----------
    n : int
    seed : int
        The same seed gives the same patients.
    design : str
        `sobol` or `latin_hypercube`.
    settings : mapping from parameter to value, or None
        What the scenario states of host and tumour; see `Variation` for what it does.
    only : tuple of str
        The parameters that differ; empty: all of the table of variation.

    Returns
    -------
    patients : polars DataFrame, n rows
        `patient` from 1 up, and one column per parameter that differs.

    Raises
    ------
    InputError
        If `n` is below 1, the seed negative, or a design or parameter is not known.

    Notes
    -----
    Convention: parameters are independent of each other. A lognormal one is cut off at its range
    by its quantiles, so no draw piles up at an end. With Sobol, fewer patients of the same seed
    are the first of more; with a Latin hypercube they are others.

    Examples
    --------
    >>> draw_patients(3, seed=1, only=("growth_Tum",)).columns
    ['patient', 'growth_Tum']
    """
    rows = _rows(n, seed, design, only)
    stated = settings or {}
    shares = _shares(n, len(rows), seed, design)
    columns = {row.name: _values(row, shares[:, place], stated) for place, row in enumerate(rows)}
    return pl.DataFrame({PATIENT: np.arange(1, n + 1), **columns})


def _rows(n: int, seed: int, design: str, only: tuple[str, ...]) -> list[Variation]:
    """Return the rows of the table that are asked for.

    Raises
    ------
    InputError
        As `draw_patients` says.
    """
    if n < 1:
        msg = f"patients = {n}: expected a whole number from 1 up"
        raise InputError(msg)
    if seed < 0:
        msg = f"seed = {seed}: expected a whole number from 0 up"
        raise InputError(msg)
    if design not in DESIGNS:
        msg = f"design {design!r}: no such design. {did_you_mean(design, DESIGNS)}"
        raise InputError(msg)
    table = variation()
    for name in only:
        if name not in table:
            msg = f"{name!r} does not differ between patients. {did_you_mean(name, table)}"
            raise InputError(msg)
    return [row for name, row in table.items() if not only or name in only]


def _shares(n: int, k: int, seed: int, design: str) -> Values:
    """Return points of the unit cube, shape (n, k)."""
    # Slow to import, and the processes that run patients draw none.
    from scipy.stats import qmc

    if design == "sobol":
        # Whole powers of two keep the balance of the sequence; the first n of them are taken.
        points = qmc.Sobol(k, rng=seed).random_base2(math.ceil(math.log2(n)) if n > 1 else 0)
    else:
        points = qmc.LatinHypercube(k, rng=seed).random(n)
    return np.asarray(points[:n], dtype=float)


def _values(row: Variation, share: Values, stated: Mapping[str, float]) -> Values:
    """Return the values of one parameter at these shares of its distribution."""
    from scipy.special import ndtr, ndtri

    if row.distribution == "uniform":
        if row.name in stated:
            return np.full(share.size, float(stated[row.name]))
        return np.asarray(row.low + share * (row.high - row.low), dtype=float)
    median = float(stated.get(row.name, parameters()[row.name].value))
    if median == 0.0:
        return np.zeros(share.size)
    with np.errstate(divide="ignore"):
        ends = ndtr(np.log(np.array([row.low, row.high]) / median) / row.sd)
    normal = ndtri(np.clip(ends[0] + share * (ends[1] - ends[0]), _EDGE, 1.0 - _EDGE))
    return np.asarray(np.clip(median * np.exp(row.sd * normal), row.low, row.high), dtype=float)
