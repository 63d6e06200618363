"""Of which populations repertoires are features, so that labels of cells do not flood the tests."""

from collections.abc import Iterator

import polars as pl

from macroimmune.features.compartments import BLOOD

__all__ = ["LABELLED_POPULATIONS", "featured_kinds", "of_featured_populations"]

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


def featured_kinds(rows: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Yield (population, compartment, rows) of what becomes features: all T cells and blood first.

    Parameters
    ----------
    rows : polars DataFrame
        With the columns population, compartment and counted.
    """
    ordered = of_featured_populations(rows).sort(
        pl.col("population") != "",
        "population",
        pl.col("compartment") != BLOOD,
        "compartment",
        maintain_order=True,
    )
    for (population, compartment), some in ordered.group_by(
        "population", "compartment", maintain_order=True
    ):
        yield str(population), str(compartment), some
