"""Whether two ways of grouping the same people tell the same: Cramer's V and a permutation p."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import random_table

from macroimmune.errors import InputError

__all__ = ["Confounding", "confounding"]

_DRAWS = 1_999


@dataclass(frozen=True, slots=True)
class Confounding:
    """How two groupings of the same units hang together.

    Parameters
    ----------
    cramers_v : float in 0..1
        Corrected for bias; 0 where they are independent; NaN where one grouping has one group.
    p_value : float
        Of chi squared given both margins, by random tables; NaN likewise.
    is_complete : bool
        Whether every group of the first holds one group of the second only.
    n, n_first, n_second : int
        Units, groups of the first, groups of the second.
    """

    cramers_v: float
    p_value: float
    is_complete: bool
    n: int
    n_first: int
    n_second: int


def confounding(
    first: Sequence[str], second: Sequence[str], *, rng: np.random.Generator
) -> Confounding:
    """Return how much one grouping tells of another.

    Parameters
    ----------
    first, second : sequences of str, one per unit
        An empty text is missing: the unit is left out.
    rng : numpy Generator

    Returns
    -------
    found : Confounding

    Raises
    ------
    InputError
        If the sequences differ in length.

    Notes
    -----
    Convention: V of Bergsma (2013), which is 0 on average under independence; 1,999 tables with
    the same margins (Patefield's algorithm), the observed one counted.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> found = confounding(list("AAAABBBB"), list("ttttcccc"), rng=rng)
    >>> found.is_complete, round(found.cramers_v, 2), found.p_value < 0.05
    (True, 1.0, True)
    """
    if len(first) != len(second):
        msg = f"one group of each grouping per unit: {len(first)}, {len(second)}"
        raise InputError(msg)
    pairs = [(one, other) for one, other in zip(first, second, strict=True) if one and other]
    rows = sorted({one for one, _ in pairs})
    columns = sorted({other for _, other in pairs})
    table = np.zeros((len(rows), len(columns)))
    for one, other in pairs:
        table[rows.index(one), columns.index(other)] += 1
    if min(table.shape) < 2:
        return Confounding(
            cramers_v=np.nan,
            p_value=np.nan,
            is_complete=False,
            n=len(pairs),
            n_first=len(rows),
            n_second=len(columns),
        )
    is_complete = bool(((table > 0).sum(axis=1) == 1).all())
    chi_squared = _chi_squared(table[None])[0]
    drawn = random_table(table.sum(axis=1), table.sum(axis=0), seed=rng).rvs(_DRAWS)
    as_large = int((_chi_squared(drawn) >= chi_squared * (1 - 1e-9)).sum())
    return Confounding(
        _corrected_v(chi_squared, len(pairs), *table.shape),
        (1 + as_large) / (1 + _DRAWS),
        is_complete,
        len(pairs),
        *table.shape,
    )


def _chi_squared(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    margins = tables[0].sum(axis=1)[:, None] * tables[0].sum(axis=0)
    expected = margins / tables[0].sum()
    return np.asarray(((tables - expected) ** 2 / expected).sum(axis=(1, 2)))


def _corrected_v(chi_squared: float, n: int, rows: int, columns: int) -> float:
    if n < 2:
        return np.nan
    phi = max(chi_squared / n - (rows - 1) * (columns - 1) / (n - 1), 0.0)
    most = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(min(phi / most, 1.0))) if most > 0 else np.nan
