"""Clones that are new in a later tumour sample: how many of them are found in blood."""

from collections.abc import Iterator

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, plural
from macroimmune.report.page import FigureWithNote, SectionPart
from macroimmune.report.repertoires.kinds import (
    KIND,
    chain_words,
    counted_rank,
    counted_words,
    kind_words,
    label_name,
    participant_numbers,
    say_more,
)
from macroimmune.report.repertoires.pairs import days_words, short_days
from macroimmune.report.repertoires.rows_figure import FigureRow, RowPoint, rows_figure
from macroimmune.report.response.donors import spread
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["novel_tumour_part"]

_MOST_ROWS, _MOST_TABLE = 30, 200
_FOUND = ("found_percent", "found_percent_ci_low", "found_percent_ci_high")
_EXPECTED = ("expected_percent", "expected_percent_low", "expected_percent_high")


def novel_tumour_part(source: ReportSource) -> SectionPart | None:
    """Return the part, or None where nobody has two samples of the tumour."""
    novel = source.tables["novel_tumour_clones"]
    if novel.is_empty():
        return None
    numbers = participant_numbers(source)
    ordered = novel.sort(
        pl.col("population") != "", counted_rank(), *KIND, "seen_in", "participant_id", "day_after",
        nulls_last=True, maintain_order=True,
    )  # fmt: skip
    return SectionPart(
        "Novel tumour clones in blood",
        (
            "Clonotypes of a later tumour sample that the earlier one lacks, and how many of them "
            "are in blood. Both numbers follow depth; grey bars are what these depths would "
            "give if all samples were drawn from one pool of cells.",
        ),
        figures=tuple(_figures(ordered, numbers)),
        tables=(_table(ordered, numbers),),
    )


def _figures(ordered: pl.DataFrame, numbers: dict[str, int]) -> Iterator[FigureWithNote]:
    known = ordered.drop_nulls("found_percent").to_dicts()
    if not known:
        return
    shown = spread(known, _MOST_ROWS)
    n_kinds = len({kind_words(row) for row in known})
    rows = [
        FigureRow(
            f"Participant {numbers.get(row['participant_id'], 0)}, {days_words(row)}",
            (RowPoint(*(row[name] for name in (*_FOUND, *_EXPECTED))),),
            f"{count(row['n_found'])} of {count(row['n_novel'])}, {_interval(row, _FOUND)}",
            f"In {row['seen_in']}" + (f"; {kind_words(row)}" if n_kinds > 1 else ""),
        )
        for row in shown
    ]
    figure = rows_figure(
        "novel-tumour-clones",
        rows,
        axis="% of the novel tumour clonotypes that are in blood",
        title="Novel tumour clonotypes in blood",
        description=f"{plural(len(rows), 'row')}: percent of the clonotypes that are new in the "
        "later tumour sample and found in blood, with 95 % intervals, beside what these depths "
        "would give if all samples drew from one pool.",
        groups=("found in blood, with the 95 % interval",),
        expected="expected at these depths from one pool",
    )
    more = say_more(len(known) - len(shown), "row", "novel_tumour_clones.csv")
    yield FigureWithNote("Found and expected", figure, more)


def _interval(row: Row, names: tuple[str, str, str]) -> str:
    value, low, high = (row[name] for name in names)
    if value is None:
        return MISSING
    ends = "" if low is None or high is None else f" ({low:.1f} to {high:.1f})"
    return f"{value:.1f} %{ends}"


def _table(ordered: pl.DataFrame, numbers: dict[str, int]) -> Table:
    columns = (
        Column("Participant", is_number=True),
        Column("Chain"),
        Column("Population"),
        Column("Counted"),
        Column("Days", meaning="Of the tumour samples"),
        Column("Sought in"),
        Column("Clonotypes after", is_number=True),
        Column("Novel", is_number=True, meaning="The earlier sample lacks them; follows depth"),
        Column("In blood", is_number=True),
        Column("In blood (95 %)", is_number=True, meaning="Percent of the novel"),
        Column("Expected", is_number=True, meaning="If all drew from one pool: 2.5 to 97.5 %"),
        Column("Status"),
    )
    rows = tuple(_cells(row, numbers) for row in ordered.head(_MOST_TABLE).iter_rows(named=True))
    made = Table(
        "Novel tumour clonotypes",
        columns,
        rows,
        note=say_more(ordered.height - len(rows), "row", "novel_tumour_clones.csv"),
        can_filter=len(rows) > 12,
    )
    return compact(made, once=("Chain", "Population", "Counted"))


def _cells(row: Row, numbers: dict[str, int]) -> tuple[Cell, ...]:
    number = numbers.get(row["participant_id"])
    sizes = ("n_after", "n_novel", "n_found")
    return (
        number_cell(str(number or MISSING), number),
        Cell(chain_words(row["chain"])),
        Cell(label_name(row["population"])),
        Cell(counted_words(row["counted"])),
        Cell(short_days(row)),
        Cell(row["seen_in"]),
        *(number_cell(count(row[name]), row[name]) for name in sizes),
        number_cell(_interval(row, _FOUND), row["found_percent"]),
        number_cell(_interval(row, _EXPECTED), row["expected_percent"]),
        Cell(row["status"], look="wide"),
    )
