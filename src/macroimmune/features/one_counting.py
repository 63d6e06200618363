"""One way of counting for all values of a feature: templates and cells do not compare."""

from collections.abc import Sequence

import polars as pl

__all__ = ["COUNTED", "one_counting"]

# Of several that as many participants have, the first.
COUNTED = ("templates", "umis", "cells", "reads")


def one_counting(
    rows: pl.DataFrame, group: Sequence[str], values: Sequence[str], *, of: str = "sample_id"
) -> pl.DataFrame:
    """Return one row per sample, with values only where it counts as the others do.

    Parameters
    ----------
    rows : polars DataFrame
        participant_id, counted, status, the columns below; of a sample there may be several rows,
        one for each that it counts.
    group : sequence of str
        Columns within which values are compared, such as compartment and population.
    values : sequence of str
        Columns that are emptied where a sample counts otherwise.
    of : str
        Column of the sample.

    Returns
    -------
    rows : polars DataFrame
        Those of one counting for each sample, in their order.

    Notes
    -----
    Convention: in each group the counting that most participants have, reads only where nobody has
    another; of equally many the first of templates, UMIs, cells and reads. A sample without it
    keeps the first that it has, with a status in place of values: at one coverage or one depth,
    templates of 40 people and cells of two are still not the same measure.

    Examples
    --------
    >>> rows = pl.DataFrame({"participant_id": ["P1", "P2", "P3"], "sample_id": ["a", "b", "c"],
    ...     "counted": ["cells", "templates", "templates"], "status": "", "value": [1.0, 2.0, 3.0]})
    >>> one_counting(rows, [], ["value"]).select("sample_id", "value", "status").rows()[0]
    ('a', None, 'cells are counted here, templates in most participants: not comparable')
    """
    places = {name: number for number, name in enumerate(COUNTED)}
    ordered = rows.with_columns(
        pl.lit(value=True).alias("_all"),
        pl
        .col("counted")
        .replace_strict(places, default=len(places), return_dtype=pl.Int64)
        .alias("_place"),
    )
    group = [*group, "_all"]
    usual = (
        ordered
        .group_by(*group, "counted", "_place")
        .agg(pl.col("participant_id").n_unique().alias("_n"))
        .sort(pl.col("_place") >= places["reads"], -pl.col("_n").cast(pl.Int64), "_place")
        .unique(group, keep="first", maintain_order=True)
        .select(*group, pl.col("counted").alias("_usual"))
    )
    marked = ordered.join(usual, on=group, how="left", nulls_equal=True, maintain_order="left")
    is_usual = pl.col("counted") == pl.col("_usual")
    # Several rows of one repertoire, such as its measures, stay together.
    first = pl.struct(~is_usual, "_place").rank("min").over(*group, of) == 1
    words = (pl.col(name).replace("", "undeclared things") for name in ("counted", "_usual"))
    said = pl.format("{} are counted here, {} in most participants: not comparable", *words)
    return (
        marked
        .filter(first)
        .with_columns(
            *(pl.when(is_usual).then(pl.col(name)).alias(name) for name in values),
            pl.when(is_usual).then("status").otherwise(said).alias("status"),
        )
        .drop("_all", "_place", "_usual")
    )
