"""The counts of all clonotypes of two repertoires, and the same at a smaller depth."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.repertoires.repertoire import Repertoire

__all__ = ["PairCounts", "pair_counts", "thinned"]

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PairCounts:
    """Counts of each clonotype of either repertoire.

    Parameters
    ----------
    names : polars DataFrame, shape (clonotypes, 2)
        clonotype, junction_aa.
    before, after : int array, shape (clonotypes,)
    """

    names: pl.DataFrame
    before: Counts
    after: Counts


def pair_counts(before: Repertoire, after: Repertoire) -> PairCounts:
    """Return the counts of all clonotypes of two repertoires, in the order of their names."""
    columns = ("clonotype", "junction_aa", "count")
    both = before.clonotypes.select(columns).join(
        after.clonotypes.select(columns), on="clonotype", how="full", coalesce=True, suffix="_after"
    )
    both = both.sort("clonotype").with_columns(pl.col("count", "count_after").fill_null(0))
    return PairCounts(
        both.select("clonotype", pl.coalesce("junction_aa", "junction_aa_after")),
        both["count"].to_numpy().astype(np.int64),
        both["count_after"].to_numpy().astype(np.int64),
    )


def thinned(counts: Counts, depth: int, *, rng: np.random.Generator) -> Counts:
    """Return the counts of as many individuals as `depth`, drawn without replacement.

    Parameters
    ----------
    counts : int array, shape (kinds,)
    depth : int
        At most the sum of the counts.
    rng : numpy Generator

    Examples
    --------
    >>> int(thinned(np.array([5, 1, 0]), 4, rng=np.random.default_rng(1)).sum())
    4
    """
    ends = np.cumsum(counts)
    drawn = rng.choice(int(ends[-1]), depth, replace=False, shuffle=False)
    # In order, so that the search walks through memory: several times as fast.
    kinds = np.searchsorted(ends, np.sort(drawn), side="right")
    return np.bincount(kinds, minlength=counts.size).astype(np.int64)
