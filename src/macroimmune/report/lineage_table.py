"""Which lineage markers a stimulus moved: words, and a table of markers and shares."""

from collections.abc import Iterator

import polars as pl

from macroimmune.evidence import populations
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["lineage_table", "lineage_words"]

_MOST_NAMED = 6


def lineage_words(moved: pl.DataFrame) -> tuple[str, ...]:
    """Return a sentence for each panel and stimulus; none where no wells are paired.

    Parameters
    ----------
    moved : polars DataFrame
        Table `lineage_invariance`.
    """
    keys = ["panel", "stimulus", "stimulus_minutes"]
    return tuple(_words(rows) for _, rows in moved.group_by(keys, maintain_order=True))


def _words(rows: pl.DataFrame) -> str:
    first = rows.row(0, named=True)
    panel = f" ({first['panel']})" if first["panel"] else ""
    of = f"{_stimulus(first)}{panel}"
    told = rows.filter(pl.col("effect").is_not_null())
    if told.is_empty():
        return f"{of}: fewer than three donors with both wells; lineage markers were not compared."
    flagged = told.filter("is_flagged").sort("measure", maintain_order=True)
    if flagged.is_empty():
        return f"{of} moves no lineage marker and no share of cells beyond the limits."
    named = [_named(row) for row in flagged.iter_rows(named=True)]
    more = len(named) - _MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return (
        f"{of} moves {', '.join(named[:_MOST_NAMED])}{rest}: other cells are compared in the "
        "stimulated wells, so read the response of these cells with care."
    )


def _named(row: dict[str, object]) -> str:
    name = _name(str(row["population"]))
    return f"{row['antigen']} of {name}" if row["measure"] == "level" else f"the share of {name}"


def _stimulus(row: dict[str, object]) -> str:
    minutes = row["stimulus_minutes"]
    lasted = f" {minutes:g} min" if isinstance(minutes, float) else ""
    return f"{row['stimulus']}{lasted}"


def _name(population: str) -> str:
    names = {one.id: one.name for one in populations()}
    return names.get(population, population)


def lineage_table(moved: pl.DataFrame) -> Table | None:
    """Return a row for each marker and share, flagged ones first; None where there are none.

    Parameters
    ----------
    moved : polars DataFrame
        Table `lineage_invariance`.
    """
    if moved.is_empty():
        return None
    columns = (
        Column("Stimulus"),
        Column("Panel"),
        Column("Population"),
        Column("What", meaning="Share of the parent, or level of a marker that tells the cells"),
        Column("Donors", is_number=True),
        Column(
            "Change",
            is_number=True,
            meaning="Stimulated against unstimulated: odds ratio of a share; difference of a "
            "level on the transformed scale",
        ),
        Column("95 % interval"),
        Column("Limit", is_number=True, meaning="Smaller changes are not flagged"),
        Column("Status"),
    )
    rows = moved.sort("is_flagged", descending=True, maintain_order=True)
    return Table(
        "Lineage markers with and without a stimulus", columns, tuple(_rows(rows)), can_filter=True
    )


def _rows(moved: pl.DataFrame) -> Iterator[tuple[Cell, ...]]:
    for row in moved.iter_rows(named=True):
        is_told = row["effect"] is not None
        yield (
            Cell(_stimulus(row)),
            Cell(row["panel"]),
            Cell(_name(row["population"])),
            Cell("share" if row["measure"] == "share" else f"level of {row['antigen']}"),
            number_cell(str(row["n"]), row["n"]),
            number_cell(f"{row['effect']:.2f}" if is_told else "", row["effect"]),
            Cell(f"{row['ci_low']:.2f} to {row['ci_high']:.2f}" if is_told else ""),
            number_cell("" if row["limit"] is None else f"{row['limit']:.2f}", row["limit"]),
            Cell(("moved" if row["is_flagged"] else "") if is_told else row["status"]),
        )
