"""Similar receptors: how many have a neighbour at one size, and the largest clusters."""

from collections.abc import Iterator

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, plural
from macroimmune.report.page import FigureWithNote, ReceptorNeighboursSection, SectionPart
from macroimmune.report.repertoires.kinds import (
    KIND,
    chain_words,
    compartment_name,
    compartments_of,
    counted_words,
    kind_words,
    label_name,
    say_more,
)
from macroimmune.report.repertoires.median_range import decimals, median_range
from macroimmune.report.repertoires.rows_figure import FigureRow, RowPoint, rows_figure
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["neighbours_section"]

_MOST_ROWS, _MOST_CLUSTERS, _MOST_RECEPTORS = 30, 20, 5
_KEYS = (*KIND, "compartment", "rule")


def neighbours_section(source: ReportSource) -> ReceptorNeighboursSection | None:
    """Return the section, or None where no receptors were compared."""
    neighbours, clusters = source.tables["receptor_neighbours"], source.tables["receptor_clusters"]
    parts = []
    if neighbours.height:
        parts.append(_shares(neighbours))
    if clusters.height:
        parts.append(_clusters(clusters))
    if not parts:
        return None
    return ReceptorNeighboursSection(_lead(neighbours, clusters), tuple(parts))


def _lead(neighbours: pl.DataFrame, clusters: pl.DataFrame) -> str:
    rules = {str(rule) for frame in (neighbours, clusters) for rule in frame["rule"] if rule}
    words = f"Two receptors are neighbours within {' or '.join(sorted(rules))}." if rules else ""
    return (
        f"{words} Neighbours can come from one antigen, but also from how receptors are made: "
        "easily made receptors have many neighbours in everybody."
    ).strip()


def _shares(neighbours: pl.DataFrame) -> SectionPart:
    return SectionPart(
        "Receptors with a neighbour",
        (
            "The more receptors there are, the more of them have a neighbour. Samples are compared "
            "at the number of receptors of the smallest of their kind.",
        ),
        figures=tuple(_figures(neighbours)),
        tables=(_table(neighbours),),
    )


def _figures(neighbours: pl.DataFrame) -> Iterator[FigureWithNote]:
    known = neighbours.drop_nulls("share_at_common_size")
    if known.is_empty():
        return
    groups = compartments_of(known["compartment"])
    parts = list(known.group_by(_KEYS, maintain_order=True))
    n_kinds = known.select(KIND).unique().height
    rows = [
        _row(dict(zip(_KEYS, key, strict=True)), rows, groups, n_kinds)
        for key, rows in parts[:_MOST_ROWS]
    ]
    figure = rows_figure(
        "receptor-neighbours",
        rows,
        axis="% of receptors with a neighbour, at a common number of receptors",
        title="Receptors with a neighbour at a common size",
        description=f"{plural(known.height, 'repertoire')}: percent of receptors with a neighbour "
        "expected at the number of receptors of the smallest repertoire of the kind.",
        groups=[compartment_name(one) for one in groups],
    )
    more = say_more(len(parts) - len(rows), "row", "receptor_neighbours.csv")
    yield FigureWithNote(
        "At a common size", figure, f"Each mark is a repertoire. {more}".rstrip()
    )  # fmt: skip


def _row(of: Row, rows: pl.DataFrame, groups: list[str], n_kinds: int) -> FigureRow:
    group = groups.index(of["compartment"])
    shares = 100.0 * rows["share_at_common_size"]
    sizes = rows["common_size"].drop_nulls().unique()
    kind = f", {kind_words(of)}" if n_kinds > 1 else ""
    at = f" of {count(sizes[0])}" if sizes.len() == 1 else ""
    return FigureRow(
        f"{compartment_name(of['compartment'])}{kind}",
        tuple(RowPoint(share, group=group) for share in shares.to_list()),
        f"n = {rows.height}, median {float(shares.median()):.2f} %{at}",  # type: ignore[arg-type]
    )


def _table(neighbours: pl.DataFrame) -> Table:
    columns = (
        Column("Chain"),
        Column("Population"),
        Column("Counted"),
        Column("Compartment"),
        Column("Rule"),
        Column("Repertoires", is_number=True),
        Column("Receptors", is_number=True, meaning="Median (range)"),
        Column("With a neighbour, %", is_number=True, meaning="Median (range), as observed"),
        Column("At common size, %", is_number=True, meaning="Median (range)"),
        Column("Common size", is_number=True),
        Column("Clusters", is_number=True, meaning="Of at least two receptors, median (range)"),
        Column("Largest", is_number=True, meaning="Receptors in the largest, median (range)"),
        Column("% of counts", is_number=True, meaning="In receptors with a neighbour"),
        Column("Status"),
    )
    rows = tuple(
        _cells(dict(zip(_KEYS, key, strict=True)), some)
        for key, some in neighbours.group_by(_KEYS, maintain_order=True)
    )
    made = Table("Receptors with a neighbour", columns, rows, can_filter=len(rows) > 12)
    return compact(made, once=("Chain", "Population", "Counted", "Rule"))


def _cells(of: Row, rows: pl.DataFrame) -> tuple[Cell, ...]:
    sizes = rows["common_size"].drop_nulls().unique()
    return (
        Cell(chain_words(of["chain"])),
        Cell(label_name(of["population"])),
        Cell(counted_words(of["counted"])),
        Cell(compartment_name(of["compartment"])),
        Cell(of["rule"]),
        number_cell(count(rows.height), rows.height),
        median_range(rows["n_receptors"], count),
        *(
            median_range(100.0 * rows[n], decimals(2))
            for n in ("share_with_neighbour", "share_at_common_size")
        ),
        number_cell(count(sizes[0]), sizes[0]) if sizes.len() == 1 else number_cell(MISSING, None),
        *(median_range(rows[name], count) for name in ("n_clusters", "largest_cluster")),
        median_range(100.0 * rows["share_of_counts"], decimals(1)),
        Cell("; ".join(sorted(set(rows["status"]) - {""})), look="wide"),
    )


def _clusters(clusters: pl.DataFrame) -> SectionPart:
    columns = (
        Column("Cluster", is_number=True),
        Column("Chain"),
        Column("Rule"),
        Column("Receptors", is_number=True),
        Column("Participants", is_number=True, meaning="Who have one of them"),
        Column("Hub", meaning="The receptor with most neighbours"),
        Column("Neighbours of the hub", is_number=True),
        Column("Among them"),
    )
    shown = clusters.sort("cluster").head(_MOST_CLUSTERS)
    rows = tuple(
        (
            number_cell(str(row["cluster"]), row["cluster"]),
            Cell(chain_words(row["chain"])),
            Cell(row["rule"]),
            number_cell(count(row["n_receptors"]), row["n_receptors"]),
            number_cell(count(row["n_participants"]), row["n_participants"]),
            Cell(row["hub"]),
            number_cell(count(row["n_neighbours_hub"]), row["n_neighbours_hub"]),
            Cell(", ".join(row["receptors"].split(";")[:_MOST_RECEPTORS]), look="wide"),
        )
        for row in shown.iter_rows(named=True)
    )
    made = Table(
        "The largest clusters", columns, rows,
        note=say_more(clusters.height - shown.height, "cluster", "receptor_clusters.parquet"),
    )  # fmt: skip
    return SectionPart(
        "Clusters of similar receptors",
        (f"{plural(clusters.height, 'cluster')} of at least two receptors in the cohort.",),
        tables=(compact(made, once=("Chain", "Rule")),),
    )
