"""What a repertoire is: the clonotypes of one sample, with their counts, and what they count."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from macroimmune.results import Finding

__all__ = [
    "CELL_COLUMNS",
    "CLONOTYPE_COLUMNS",
    "READS_STATUS",
    "Repertoire",
    "Repertoires",
    "is_sampling_known",
]

CLONOTYPE_COLUMNS = MappingProxyType({
    # What tells clonotypes apart, such as "TRBV19|TGTGCC...|TRBJ2-7"; the same in all samples.
    "clonotype": pl.String(),
    "v_gene": pl.String(),
    "j_gene": pl.String(),
    "junction": pl.String(),
    "junction_aa": pl.String(),
    "count": pl.Int64(),
})
CELL_COLUMNS = MappingProxyType({
    "cell_id": pl.String(),
    "clonotype": pl.String(),
    # The laboratory's label; null where a cell has none.
    "label": pl.String(),
})

READS_STATUS = (
    "reads are counted, so how many cells were sampled is not known: no coverage, no expansion, "
    "no novelty"
)


def is_sampling_known(counted: str) -> bool:
    """Return whether each count is one sampled cell or molecule, which reads are not.

    Examples
    --------
    >>> is_sampling_known("templates"), is_sampling_known("reads"), is_sampling_known("")
    (True, False, False)
    """
    return counted in {"templates", "umis", "cells"}


@dataclass(frozen=True, slots=True, eq=False)
class Repertoire:
    """The clonotypes of one sample.

    Parameters
    ----------
    repertoire_id : str
    clonotypes : polars DataFrame
        Columns of `CLONOTYPE_COLUMNS`, each clonotype once, libraries put together; largest first,
        then by clonotype. Counts are whole and positive.
    libraries : tuple of polars DataFrame
        (clonotype, count) of each library, where there are several; else empty.
    cells : polars DataFrame or None
        Columns of `CELL_COLUMNS`, a row per cell with a clonotype; None where cells are not known.
    """

    repertoire_id: str
    clonotypes: pl.DataFrame
    libraries: tuple[pl.DataFrame, ...] = ()
    cells: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Repertoires:
    """All repertoires of a study: a list, and each one when asked for, so that memory stays small.

    Parameters
    ----------
    listed : polars DataFrame
        Table `repertoires` of the results contract; of one sample there may be several: chains,
        populations, and what is counted.
    losses : polars DataFrame
        Table `repertoire_losses`.
    read : callable
        From `repertoire_id` to `Repertoire`.
    findings : tuple of Finding
    """

    listed: pl.DataFrame
    losses: pl.DataFrame
    read: Callable[[str], Repertoire]
    findings: tuple[Finding, ...] = field(default=())
