"""Turnover: of the clonotypes of one draw, how many another draw lacks."""

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, plural
from macroimmune.report.page import FigureWithNote, SectionPart, TurnoverSection
from macroimmune.report.repertoires.kinds import (
    KIND,
    chain_words,
    compartment_name,
    counted_rank,
    counted_words,
    kind_words,
    label_name,
    say_more,
)
from macroimmune.report.repertoires.rows_figure import FigureRow, RowPoint, rows_figure
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["turnover_section"]

_MOST_ROWS, _MOST_TABLE, _MOST_SAID = 30, 200, 4
_FORWARD, _BACKWARD = "forward", "backward"
_DRAWS = ("compartment", *KIND, "timepoint_before", "timepoint_after")
_DIRECTIONS = {
    _FORWARD: "of the later draw, absent from the earlier",
    _BACKWARD: "of the earlier draw, absent from the later",
}


def turnover_section(source: ReportSource) -> TurnoverSection | None:
    """Return the section, or None where no draws were compared."""
    turnover = source.tables["repertoire_turnover"]
    if turnover.is_empty():
        return None
    said = _statuses(_first_kind(turnover))
    return TurnoverSection(
        "The percentage of clonotypes of one draw that another draw of the same participant lacks, "
        "in both directions, as mean over participants. It is a description: most clonotypes are "
        "rare, and every sample misses most of the rare ones.",
        (
            SectionPart(
                words=said,
                figures=_figures(turnover),
                tables=(_table(turnover),),
            ),
        ),
    )


def _first_kind(turnover: pl.DataFrame) -> pl.DataFrame:
    """Return all T cells as most participants have them; other kinds stand in the table."""
    of_all = turnover.filter(pl.col("population") == "")
    kinds = (of_all if of_all.height else turnover).group_by(KIND).agg(
        pl.col("n_participants").max()
    )  # fmt: skip
    first = kinds.sort("n_participants", counted_rank(), *KIND, descending=[True, *[False] * 4])
    return turnover.join(first.head(1), on=KIND, how="semi", maintain_order="left")


def _statuses(turnover: pl.DataFrame) -> tuple[str, ...]:
    """Return each status as a sentence, with its direction where that is the only one to have it.

    Empty where there are so many that they stand with their rows.
    """
    said = turnover.filter(pl.col("status") != "").group_by("status", maintain_order=True).agg(
        pl.col("direction").unique(maintain_order=True)
    )  # fmt: skip
    if said.height > _MOST_SAID:
        return ()
    return tuple(_sentence(str(words), directions) for words, directions in said.rows())


def _sentence(words: str, directions: list[str]) -> str:
    words = words.rstrip(".")
    if len(directions) > 1 or directions[0] not in _DIRECTIONS:
        return f"{words[:1].upper()}{words[1:]}."
    of = _DIRECTIONS[directions[0]]
    return f"{of[:1].upper()}{of[1:]}: {words}."


def _figures(turnover: pl.DataFrame) -> tuple[FigureWithNote, ...]:
    of_all, turnover = turnover, _first_kind(turnover)
    known = turnover.drop_nulls("mean_percent")
    if known.is_empty():
        return ()
    n_kinds = known.select(KIND).unique().height
    n_left = of_all.drop_nulls("mean_percent").select(_DRAWS).unique().height
    groups = list(known.group_by(_DRAWS, maintain_order=True))
    rows = [
        _row(dict(zip(_DRAWS, key, strict=True)), some, n_kinds)
        for key, some in groups[:_MOST_ROWS]
    ]
    figure = rows_figure(
        "turnover",
        rows,
        axis="% of clonotypes absent from the other draw: mean, lines ± SD over participants",
        title="Clonotypes that another draw lacks",
        description=f"{plural(len(rows), 'pair')} of draws: mean percent of clonotypes absent from "
        "the other draw, with the standard deviation over participants, in both directions.",
        groups=tuple(_DIRECTIONS.values()),
    )
    note = "Lines reach one standard deviation over participants to both sides. "
    return (
        FigureWithNote(
            "Absent clonotypes by pair of draws",
            figure,
            note + say_more(n_left - len(rows), "pair of draws", "repertoire_turnover.csv"),
        ),
    )


def _row(of: Row, rows: pl.DataFrame, n_kinds: int) -> FigureRow:
    points, said = [], []
    for row in rows.iter_rows(named=True):
        mean, sd = row["mean_percent"], row["sd_percent"]
        group = int(row["direction"] == _BACKWARD)
        low, high = (None, None) if sd is None else (max(mean - sd, 0.0), min(mean + sd, 100.0))
        points.append(RowPoint(mean, low, high, group=group))
        said.append(f"{mean:.1f} %")
    n = count(rows["n_participants"].max())  # type: ignore[arg-type]
    kind = f", {kind_words(of)}" if n_kinds > 1 else ""
    label = f"{_draw(of['timepoint_before'])} → {_draw(of['timepoint_after'])}{kind}"
    return FigureRow(
        label, tuple(points), f"{' and '.join(said)}, n = {n}", compartment_name(of["compartment"])
    )


def _draw(words: str) -> str:
    """Return a draw; a bare number is a day."""
    is_number = words.lstrip("-").replace(".", "", 1).isdigit()
    return f"day {words}".replace(" -", " −") if is_number else words.replace("day -", "day −")


def _table(turnover: pl.DataFrame) -> Table:
    columns = (
        Column("Compartment"),
        Column("Chain"),
        Column("Population"),
        Column("Counted"),
        Column("Earlier draw"),
        Column("Later draw"),
        Column("Direction"),
        Column("Participants", is_number=True),
        Column("Absent, mean %", is_number=True),
        Column("SD", is_number=True, meaning="Over participants, percentage points"),
        Column("Status"),
    )
    # Few statuses stand above the figure already.
    first = _first_kind(turnover)
    is_said = first.height == turnover.height and bool(_statuses(first))
    rows = tuple(
        _cells(row, is_said=is_said) for row in turnover.head(_MOST_TABLE).iter_rows(named=True)
    )
    made = Table(
        "Turnover",
        columns,
        rows,
        note=say_more(turnover.height - len(rows), "row", "repertoire_turnover.csv"),
        can_filter=len(rows) > 12,
    )
    return compact(made, once=("Compartment", "Chain", "Population", "Counted"))


def _cells(row: Row, *, is_said: bool) -> tuple[Cell, ...]:
    return (
        Cell(compartment_name(row["compartment"])),
        Cell(chain_words(row["chain"])),
        Cell(label_name(row["population"])),
        Cell(counted_words(row["counted"])),
        Cell(_draw(row["timepoint_before"])),
        Cell(_draw(row["timepoint_after"])),
        Cell(_DIRECTIONS.get(row["direction"], str(row["direction"]))),
        number_cell(count(row["n_participants"]), row["n_participants"]),
        *(
            number_cell(MISSING if row[name] is None else f"{row[name]:.1f}", row[name])
            for name in ("mean_percent", "sd_percent")
        ),
        Cell("" if is_said else row["status"], look="wide"),
    )
