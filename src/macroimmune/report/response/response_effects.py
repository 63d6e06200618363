"""Effect sizes of each marker over donors: medians with their range, and how many answer."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, plural
from macroimmune.report.response.donors import baseline_samples
from macroimmune.report.response.names import panel_words, population_name, stimulus_words
from macroimmune.report.response.response_maps import STIMULATION, row_order
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["effects_table"]

_MOST_ROWS, _FEWEST_ROWS = 400, 8
_CELLS = re.compile(r"^\d[^:;]*stimulated cells: fewer than (\d+)")
_EFFECTS = ("difference", "percent_above", "signed_emd", "superiority")
_COLUMNS = (
    Column("Stimulus"),
    Column("Panel"),
    Column("Population"),
    Column("Marker"),
    Column("Donors", is_number=True, meaning="With an estimate"),
    Column(
        "Up, down",
        is_number=True,
        meaning="Donors whose 95 % interval of the difference lies above, or below, 0",
    ),
    Column("Difference", is_number=True, meaning="Of means, on the scale of the marker"),
    Column("% above", is_number=True, meaning="Gain above the unstimulated 99th percentile"),
    Column("Signed EMD", is_number=True, meaning="Earth mover's distance, sign of the difference"),
    Column("Superiority", is_number=True, meaning="0.5: none; that a stimulated cell has more"),
    Column("Status", meaning="Each with its donors, where not of all"),
)


def effects_table(source: ReportSource) -> Table | None:
    """Return a row for each stimulus, population and marker; None where nothing was measured.

    Notes
    -----
    Convention: one sample and one pair of wells of each donor; medians over donors, in parentheses
    the range.
    """
    rows = baseline_samples(source.tables["stimulation_responses"])
    if rows.is_empty():
        return None
    groups = list(rows.group_by(STIMULATION, maintain_order=True))
    # Every stimulus has its share of the rows, so that none is told of alone.
    most = max(_MOST_ROWS // len(groups), _FEWEST_ROWS)
    cells: list[tuple[Cell, ...]] = []
    more = 0
    for key, some in groups:
        found = list(_over_donors(source, some))
        more += max(len(found) - most, 0)
        of = dict(zip(STIMULATION, key, strict=True))
        cells.extend(_cells({**of, **row}) for row in found[:most])
    note = "Medians over donors, ranges in parentheses."
    if more > 0:
        note += f" {plural(more, 'more row')} can be made from stimulation_responses.parquet."
    made = Table(
        "Effect of the stimulus by marker",
        _COLUMNS,
        tuple(cells),
        note,
        can_filter=True,
    )
    return compact(made, once=("Stimulus", "Panel"))


def _over_donors(source: ReportSource, rows: pl.DataFrame) -> Iterator[Row]:
    known = pl.col("difference").is_not_null()
    # Of a donor with several pairs of wells the first that has an estimate counts.
    one_each = ["participant_id", "population", "marker"]
    rows = rows.sort(~known, maintain_order=True).unique(
        one_each, keep="first", maintain_order=True
    )
    order = pl.DataFrame(
        row_order(source, rows), schema={"population": pl.String, "marker": pl.String}, orient="row"
    )
    summed = rows.group_by("population", "marker").agg(
        pl.col("participant_id").filter(known).n_unique().alias("n"),
        pl.len().alias("n_rows"),
        pl.col("difference_ci_low").count().alias("n_told"),
        (pl.col("difference_ci_low") > 0).sum().alias("up"),
        (pl.col("difference_ci_high") < 0).sum().alias("down"),
        *(pl.col(name).median().alias(name) for name in _EFFECTS),
        *(pl.col(name).min().alias(f"{name}_low") for name in _EFFECTS),
        *(pl.col(name).max().alias(f"{name}_high") for name in _EFFECTS),
        pl.col("status").sort().alias("statuses"),
    )
    joined = order.join(summed, on=["population", "marker"], how="left", maintain_order="left")
    yield from joined.iter_rows(named=True)


def _cells(row: Row) -> tuple[Cell, ...]:
    return (
        Cell(stimulus_words(row)),
        Cell(panel_words(row)),
        Cell(population_name(row["population"])),
        Cell(row["marker"]),
        number_cell(count(row["n"]), row["n"]),
        _answering(row),
        _effect(row, "difference", 2),
        _effect(row, "percent_above", 1),
        _effect(row, "signed_emd", 2),
        _effect(row, "superiority", 2),
        Cell(_status(row["statuses"]), look="wide" if any(row["statuses"]) else ""),
    )


def _answering(row: Row) -> Cell:
    """Return how many donors answer; the dash where no difference has an interval."""
    if not row["n_told"]:
        return number_cell(MISSING, None)
    return number_cell(f"{row['up']}, {row['down']}", row["up"] - row["down"])


def _effect(row: Row, name: str, decimals: int) -> Cell:
    value = row[name]
    if value is None:
        return number_cell(MISSING, None)
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    ends = f" ({low:.{decimals}f} to {high:.{decimals}f})" if row["n"] > 1 else ""
    return number_cell(f"{round(value, decimals) + 0.0:.{decimals}f}{ends}", value)


def _status(statuses: Sequence[str]) -> str:
    """Return what is said of the donors, each once with how many it is said of.

    Numbers of cells are those of one donor; without them donors agree.
    """
    said = Counter(
        _CELLS.sub(r"fewer than \1 cells", part)
        for status in statuses
        for part in dict.fromkeys(status.split("; "))
        if part
    )
    return "; ".join(
        words if n == len(statuses) else f"{words} ({n} of {len(statuses)})"
        for words, n in said.most_common()
    )
