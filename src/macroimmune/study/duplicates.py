"""Rows that repeat the key of their table: measurements are averaged, people never."""

from collections.abc import Iterator

import polars as pl

from macroimmune.inputs.row_findings import SHOWN_ROWS, row_findings
from macroimmune.results import Finding
from macroimmune.schema import Table

__all__ = ["first_of_each", "mean_of_duplicates"]

# Every duplicated measurement is listed, up to a number that nobody reads any more.
_SHOWN_MEASUREMENTS = 1000


def _repeats(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """Return the rows beyond the first of each key."""
    return frame.filter(~pl.struct(key).is_first_distinct())


def mean_of_duplicates(
    frame: pl.DataFrame, table: Table
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return one row per key with the mean of its values, and a warning per row beyond the first.

    Parameters
    ----------
    frame : polars DataFrame
        Rows of a measured table, samples completed.
    table : Table

    Notes
    -----
    Convention: values in units of different quantities are never averaged: where the unit is part
    of the key all stay, and a note says so; elsewhere the first unit stays. A mean counts as below
    its limit only where all its parts are.
    """
    key = table.key
    findings = list(_several_units(frame, table))
    if frame.is_empty() or not pl.struct(key).is_duplicated().pipe(frame.select).to_series().any():
        return frame, tuple(findings)
    repeats = _repeats(frame, key)
    for (file,), rows in repeats.group_by("source_file", maintain_order=True):
        findings.extend(
            row_findings(
                "warning",
                "duplicate-rows",
                file=str(file),
                column=table.measured,
                rows=rows["source_row"].to_list(),
                found=[
                    f"{row[table.measured]} of sample {row['sample_id']} again, = {row['value']:g}"
                    for row in rows.head(_SHOWN_MEASUREMENTS).iter_rows(named=True)
                ],
                expected=f"one row per {table.one_row_per}",
                advice="The mean of the rows is used. Delete the row that is wrong, if one is.",
                shown=_SHOWN_MEASUREMENTS,
            )
        )
    first_unit = pl.col("unit").eq_missing(pl.col("unit").first().over(key))
    means = [pl.col("value").mean()]
    if "below_limit" in frame.columns:
        means.append(pl.col("below_limit").all())
    averaged = {"value", "below_limit"}
    others = [
        pl.col(name).drop_nulls().first()
        for name in frame.columns
        if name not in key and name not in averaged
    ]
    merged = frame.filter(first_unit).group_by(key, maintain_order=True).agg(*means, *others)
    return merged.select(frame.columns), tuple(findings)


def _several_units(frame: pl.DataFrame, table: Table) -> Iterator[Finding]:
    """Note each word that one sample has in several units."""
    if "unit" not in table.key:
        return
    without = [name for name in table.key if name != "unit"]
    units = pl.col("unit").fill_null("no unit")
    samples = frame.group_by(without).agg(units.unique().sort(), pl.col("source_file").min())
    several = samples.filter(pl.col("unit").list.len() > 1)
    words = several.group_by(table.measured, "source_file").agg(
        pl.len().alias("n"), pl.col("unit").explode().unique().sort().str.join(" and ")
    )
    for word, file, n, named in words.sort(table.measured, "source_file").iter_rows():
        yield Finding(
            "note",
            "several-units",
            file or "",
            None,
            table.measured,
            f"{word} of {n} samples in {named}",
            "one unit",
            "Both stay: each unit is a feature of its own, and nothing is averaged across them.",
        )


def first_of_each(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return the first row per key, and an error for each further one.

    Parameters
    ----------
    frame : polars DataFrame
        Rows of participants, outcomes or another table in which a key stands once.
    table : Table
    """
    if frame.is_empty() or not table.key:
        return frame, ()
    repeats = _repeats(frame, table.key)
    findings: list[Finding] = []
    for (file,), rows in repeats.group_by("source_file", maintain_order=True):
        names = rows.select(pl.concat_str(table.key, separator=", ", ignore_nulls=True)).to_series()
        findings.extend(
            row_findings(
                "error",
                f"duplicate-{table.one_row_per.replace(' ', '-')}",
                file=str(file),
                column=table.key[0],
                rows=rows["source_row"].to_list(),
                found=[f"{name} again in {table.name}" for name in names.head(SHOWN_ROWS)]
                + [""] * max(names.len() - SHOWN_ROWS, 0),
                expected=f"one row per {table.one_row_per}",
                advice=(
                    "Delete the row that is wrong. The same number for two people in two files? "
                    'Give each file its own prefix = "...".'
                ),
            )
        )
    return frame.unique(list(table.key), keep="first", maintain_order=True), tuple(findings)
