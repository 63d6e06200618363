"""Cell frequencies beside the true ones of virtual files: how many intervals hold the truth."""

import polars as pl

from macroimmune.evidence import populations
from macroimmune.report.numbers import NO_BREAK, count, percent, plural, ratio
from macroimmune.report.source import ReportSource
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["true_frequencies"]

_ROOT = "live single cells"
_COLUMNS = (
    Column("Population"),
    Column("Of"),
    Column("Files", is_number=True),
    Column("True, mean %", is_number=True),
    Column("Estimated, mean %", is_number=True),
    Column("Median difference", is_number=True, meaning="Estimate less truth, percentage points"),
    Column("Intervals that hold the truth", is_number=True),
)


def true_frequencies(source: ReportSource) -> tuple[Table | None, str]:
    """Return the table and the sentence above it; none where no frequency has a truth."""
    frame = source.tables["truth_frequencies"]
    if frame.is_empty():
        return None, ""
    judged = frame.with_columns(
        pl.col("true_percent").is_between("ci_low", "ci_high").alias("holds"),
        (pl.col("percent") - pl.col("true_percent")).alias("off"),
    )
    found = judged.group_by("population", "parent", maintain_order=True).agg(
        pl.len().alias("n"),
        pl.col("true_percent").mean().alias("true"),
        pl.col("percent").mean(),
        pl.col("off").median(),
        pl.col("holds").sum().alias("held"),
        pl.col("holds").count().alias("judged"),
    )
    held, n = int(judged["holds"].sum()), int(judged["holds"].count())
    lead = (
        f"The cells of each FCS file were drawn from known fractions. {count(held)} of {count(n)} "
        f"95{NO_BREAK}% intervals of cell frequencies ({percent(held, n)}) hold them, in "
        f"{plural(judged['raw_file'].n_unique(), 'file')} and {plural(found.height, 'population')} "
        "that are sums of virtual ones."
    )
    names = {one.id: one.name for one in populations()} | {"": _ROOT}
    cells = tuple(
        (
            Cell(names.get(row["population"], row["population"])),
            Cell(names.get(row["parent"], row["parent"])),
            number_cell(count(row["n"]), row["n"]),
            number_cell(ratio(row["true"]), row["true"]),
            number_cell(ratio(row["percent"]), row["percent"]),
            number_cell(ratio(row["off"]), row["off"]),
            number_cell(f"{count(row['held'])} of {count(row['judged'])}", row["held"]),
        )
        for row in found.iter_rows(named=True)
    )
    return Table("Cell frequencies and truth", _COLUMNS, cells), lead
