"""Of which populations repertoires are features, so that labels of cells do not flood the tests."""

import polars as pl

__all__ = ["LABELLED_POPULATIONS", "of_featured_populations"]

# Of labelled cells: those of which repertoires are published as markers, and CD8 beside CD4.
LABELLED_POPULATIONS = ("cd4_t", "cd8_t", "treg", "em_cd8")


def of_featured_populations(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that become features: all T cells, sorted populations, a few labelled ones.

    Parameters
    ----------
    rows : polars DataFrame
        With the columns population (empty: all T cells) and counted.

    Notes
    -----
    Convention: who sorts a population asks a question of it; labels of single cells come by the
    dozen, and each would be one test more that costs the others power. The tables hold them all.

    Examples
    --------
    >>> rows = pl.DataFrame({
    ...     "population": ["", "cm_cd4", "treg", "cm_cd4"],
    ...     "counted": ["cells", "cells", "cells", "templates"],
    ... })
    >>> of_featured_populations(rows).height
    3
    """
    return rows.filter(
        (pl.col("population") == "")
        | (pl.col("counted") != "cells")
        | pl.col("population").is_in(LABELLED_POPULATIONS)
    )
