"""Simple measures of repertoires, virtual beside real."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

__all__ = ["library_measures", "measures_beside"]


def library_measures(counts: ArrayLike) -> dict[str, float]:
    """Return what describes the counts of one library's clonotypes.

    Parameters
    ----------
    counts : array, shape (clonotypes,)
        Templates, cells or reads, from 1 up.

    Returns
    -------
    measures : dict
        `total`, `clonotypes`, `unique_share` (clonotypes over total), `clonality` (one minus
        Shannon entropy over the logarithm of the number of clonotypes), `simpson_clonality` (root
        of the sum of squared shares), `top_share`.

    Examples
    --------
    >>> {name: round(value, 3) for name, value in library_measures([2, 1, 1]).items()}
    {'total': 4.0, 'clonotypes': 3.0, 'unique_share': 0.75, 'clonality': 0.054, \
'simpson_clonality': 0.612, 'top_share': 0.5}
    """
    found = np.asarray(counts, dtype=np.float64)
    share = found / found.sum()
    entropy = float(-(share * np.log(share)).sum())
    return {
        "total": float(found.sum()),
        "clonotypes": float(len(found)),
        "unique_share": len(found) / float(found.sum()),
        "clonality": 1.0 - entropy / float(np.log(len(found))) if len(found) > 1 else 1.0,
        "simpson_clonality": float(np.sqrt((share**2).sum())),
        "top_share": float(share.max()),
    }


def measures_beside(
    virtual: Sequence[Mapping[str, float]], real: Sequence[Mapping[str, float]]
) -> pl.DataFrame:
    """Return a table of measures, virtual beside real.

    Parameters
    ----------
    virtual, real : sequence of mappings
        Measures of one library each, as from `library_measures`.

    Returns
    -------
    table : polars DataFrame, a row per measure that both have
        `measure`, least, median and largest real value, the same of virtual ones, and `inside`: the
        share of virtual libraries within the real range.
    """
    rows = []
    for name in real[0]:
        if name not in virtual[0]:
            continue
        ours = np.array([measures[name] for measures in virtual])
        theirs = np.array([measures[name] for measures in real])
        rows.append({
            "measure": name,
            "real_least": theirs.min(),
            "real_median": np.median(theirs),
            "real_largest": theirs.max(),
            "virtual_least": ours.min(),
            "virtual_median": np.median(ours),
            "virtual_largest": ours.max(),
            "inside": ((ours >= theirs.min()) & (ours <= theirs.max())).mean(),
        })
    return pl.DataFrame(rows)
