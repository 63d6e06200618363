"""Expansion, migration and transition of clones, beside what shuffled labels give."""

from collections.abc import Iterator

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, plural
from macroimmune.report.page import FigureWithNote, SectionPart
from macroimmune.report.repertoires.kinds import compartment_name, label_name, say_more
from macroimmune.report.repertoires.median_range import decimals, median_range
from macroimmune.report.repertoires.rows_figure import FigureRow, RowPoint, rows_figure
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["startrac_part"]

_MOST_ROWS, _MOST_TABLE = 20, 300
_INDICES = ("expansion", "migration", "transition")
_MEANINGS = {
    "expansion": "how unevenly the cells of a population are spread over clones",
    "migration": "how much its clones are spread over compartments",
    "transition": "how much its clones are shared with other populations",
}
_ALPHA = 0.05
_ROW = ("index", "population", "of", "other")


def startrac_part(source: ReportSource) -> SectionPart | None:
    """Return the part on the indices, or None where there are none."""
    indices = _distinct(source.tables["startrac"])
    if indices.is_empty():
        return None
    shuffled = (
        " Dark bars are the mean of each index when the labels are shuffled among the cells of "
        "each sample; only what lies beyond it is of the population."
    )
    is_compared = indices["expected"].null_count() < indices.height
    return SectionPart(
        "Expansion, migration and transition",
        (
            f"Indices in the manner of STARTRAC: expansion is {_MEANINGS['expansion']}, migration "
            f"{_MEANINGS['migration']}, transition {_MEANINGS['transition']}."
            + (
                shuffled
                if is_compared
                else " Without labels of cells there is nothing to hold them against."
            ),
        ),
        figures=tuple(_figures(indices)),
        folded=(_table(indices),),
    )


def _figures(indices: pl.DataFrame) -> Iterator[FigureWithNote]:
    for index in _ordered(indices):
        known = indices.filter(pl.col("index") == index).drop_nulls("value")
        if known.is_empty():
            continue
        order = known.group_by(_ROW).agg(pl.col("value").median()).sort(
            pl.col("other") != "", "value", *_ROW, descending=[False, True, *[False] * len(_ROW)]
        )  # fmt: skip
        rows = [_row(row, known) for row in order.head(_MOST_ROWS).iter_rows(named=True)]
        has_null = known["expected"].drop_nulls().len() > 0
        figure = rows_figure(
            f"startrac-{index}",
            rows,
            axis=f"{index} index, 0 to 1",
            title=f"{index.capitalize()} index by population",
            description=f"{plural(len(rows), 'row')}: {index} index of each "
            f"{_unit(index)} with its 95 % interval, beside its mean when labels are shuffled.",
            groups=(f"{_unit(index)}, with the 95 % interval",),
            expected="mean with shuffled labels" if has_null else "",
        )
        more = say_more(order.height - len(rows), "row", "startrac.csv")
        right = f"Right: {_unit(index)}s with p < 0.05 against shuffled labels." if has_null else ""
        yield FigureWithNote(
            f"{index.capitalize()} by population", figure, f"{right} {more}".strip()
        )


def _distinct(indices: pl.DataFrame) -> pl.DataFrame:
    """Return the indices without those of a pair of compartments where there are but two."""
    is_pair = (pl.col("index") == "migration") & (pl.col("other") != "")
    two = indices.filter(is_pair)
    sites = pl.concat([two["of"], two["other"]]).n_unique()
    return indices.filter(~is_pair) if sites <= 2 else indices


def _ordered(indices: pl.DataFrame) -> list[str]:
    found = set(indices["index"])
    return [one for one in _INDICES if one in found] + sorted(found - set(_INDICES))


def _other_name(other: str) -> str:
    return compartment_name(other) if label_name(other) == other else label_name(other)


def _unit(index: str) -> str:
    """Return what a point is: expansion is within a sample."""
    return "sample" if index == "expansion" else "participant"


def _row(of: Row, known: pl.DataFrame) -> FigureRow:
    mine = known.filter(pl.col(name) == of[name] for name in _ROW).sort("participant_id")
    points = tuple(
        RowPoint(value, low, high, expected=expected)
        for value, low, high, expected in mine.select(
            "value", "ci_low", "ci_high", "expected"
        ).rows()
    )
    tested = mine.drop_nulls("p_value")
    below = tested.filter(pl.col("p_value") < _ALPHA).height
    label = label_name(of["population"])
    if of["other"] and of["index"] == "migration":
        label += f", {compartment_name(of['of'])} – {compartment_name(of['other'])}"
    elif of["other"]:
        label += f" – {_other_name(of['other'])}"
    elif of["index"] == "expansion":
        label += f", {compartment_name(of['of'])}"
    words = f"p < 0.05 in {below} of {tested.height}" if tested.height else f"n = {mine.height}"
    return FigureRow(label, points, words)


def _table(indices: pl.DataFrame) -> Table:
    columns = (
        Column("Index"),
        Column("Population"),
        Column("With"),
        Column("Over"),
        Column("Participants", is_number=True),
        Column("With a value", is_number=True, meaning="Samples of expansion, else participants"),
        Column("Value", is_number=True, meaning="Median (range)"),
        Column("Shuffled", is_number=True, meaning="Mean with shuffled labels: median (range)"),
        Column("p < 0.05", is_number=True, meaning="Of those with a value"),
        Column("Status"),
    )
    groups = list(indices.group_by("index", "population", "other", "of", maintain_order=True))
    rows = tuple(_cells(some.row(0, named=True), some) for _, some in groups[:_MOST_TABLE])
    more = say_more(len(groups) - len(rows), "row", "startrac.csv")
    made = Table(
        "Indices by population", columns, rows, note=more, can_filter=len(rows) > 12
    )  # fmt: skip
    return compact(made, noted=("Status",))


def _cells(of: Row, rows: pl.DataFrame) -> tuple[Cell, ...]:
    n_known = rows["value"].drop_nulls().len()
    n_people = rows["participant_id"].n_unique()
    below, n_tested = int((rows["p_value"] < _ALPHA).sum()), rows["p_value"].drop_nulls().len()
    return (
        Cell(of["index"]),
        Cell(label_name(of["population"])),
        Cell(_other_name(of["other"]) if of["other"] else ""),
        Cell(of["of"]),
        number_cell(count(n_people), n_people),
        number_cell(count(n_known), n_known),
        *(median_range(rows[name], decimals(3)) for name in ("value", "expected")),
        number_cell(count(below) if n_tested else MISSING, below),
        Cell("; ".join(sorted(set(rows["status"]) - {""})), look="wide"),
    )
