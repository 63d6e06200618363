"""Clones by cell population: sizes, expansion, migration and transition, novel clones."""

from collections.abc import Iterator

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import count, plural
from macroimmune.report.page import CloneCellsSection, FigureWithNote, SectionPart
from macroimmune.report.repertoires.kinds import (
    KIND,
    compartment_name,
    compartments_of,
    label_name,
    say_more,
)
from macroimmune.report.repertoires.median_range import decimals, median_range
from macroimmune.report.repertoires.novel_clones import percent_with_interval
from macroimmune.report.repertoires.pairs import distinct_pairs
from macroimmune.report.repertoires.rows_figure import FigureRow, RowPoint, rows_figure
from macroimmune.report.repertoires.startrac_part import startrac_part
from macroimmune.report.source import ReportSource
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["clone_cells_section"]

_MOST_POPULATIONS, _MOST_ROWS = 30, 200


def clone_cells_section(source: ReportSource) -> CloneCellsSection | None:
    """Return the section, or None where no cell has both a clonotype and a population."""
    parts = (_sizes(source), startrac_part(source), _novel(source))
    kept = tuple(part for part in parts if part is not None)
    if not kept:
        return None
    sizes = source.tables["clone_populations"]
    n_cells = int(sizes.filter(pl.col("population") == "")["n_cells"].sum())
    n_labels = sizes.filter(pl.col("population") != "")["population"].n_unique()
    labels = f" in {plural(n_labels, 'population')}" if n_labels else ", without labels"
    lead = (
        f"{f'{count(n_cells)} cells' if n_cells else 'Cells'} with a clonotype{labels}, "
        f"{plural(sizes['repertoire_id'].n_unique(), 'sample')} of "
        f"{plural(sizes['participant_id'].n_unique(), 'participant')}."
        if sizes.height
        else ""
    )
    return CloneCellsSection(lead, kept)


def _sizes(source: ReportSource) -> SectionPart | None:
    sizes = source.tables["clone_populations"]
    if sizes.is_empty():
        return None
    known = sizes.drop_nulls("expanded_share")
    order = known.group_by("population").agg(pl.col("expanded_share").median()).sort(
        "expanded_share", "population", descending=[True, False]
    )["population"].to_list()  # fmt: skip
    groups = compartments_of(known["compartment"])
    rows = [
        FigureRow(
            label_name(name),
            tuple(
                RowPoint(100.0 * share, group=groups.index(where))
                for where, share in mine.select("compartment", "expanded_share").rows()
            ),
            f"n = {mine.height}, median {100.0 * float(mine['expanded_share'].median()):.1f} %",  # type: ignore[arg-type]
        )
        for name in order[:_MOST_POPULATIONS]
        for mine in [known.filter(pl.col("population") == name)]
    ]
    figures = []
    if rows:
        figure = rows_figure(
            "clone-sizes",
            rows,
            axis="% of cells in clonotypes of at least two cells",
            title="Cells in expanded clonotypes by population",
            description=f"{plural(len(rows), 'population')}: percent of the cells of each sample "
            "that are in clonotypes of at least two cells.",
            groups=[compartment_name(one) for one in groups],
        )
        more = say_more(len(order) - len(rows), "population", "clone_populations.csv")
        figures.append(
            FigureWithNote("Cells in clonotypes of at least two cells", figure,
                           f"Each mark is a sample. {more}".rstrip())
        )  # fmt: skip
    return SectionPart(
        "Sizes of clones by population",
        (
            "Clone sizes grow with the number of cells: populations of few cells look less "
            "expanded.",
        ),
        figures=tuple(figures),
        tables=(_sizes_table(sizes),),
    )


def _sizes_table(sizes: pl.DataFrame) -> Table:
    columns = (
        Column("Population"),
        Column("Compartment"),
        Column("Samples", is_number=True),
        Column("Cells", is_number=True, meaning="Median (range)"),
        Column("Clonotypes", is_number=True, meaning="Median (range)"),
        Column("Cells per clonotype", is_number=True, meaning="Median (range)"),
        Column("Largest, %", is_number=True, meaning="Of cells, in the largest clonotype"),
        Column("In expanded, %", is_number=True, meaning="Of cells, in clonotypes of two or more"),
        Column("Status"),
    )
    groups = list(sizes.group_by("population", "compartment", maintain_order=True))
    rows = tuple(
        (
            Cell(label_name(str(population))),
            Cell(compartment_name(str(compartment))),
            number_cell(count(rows.height), rows.height),
            *(median_range(rows[name], count) for name in ("n_cells", "n_clonotypes")),
            median_range(rows["mean_clone_size"], decimals(2)),
            *(
                median_range(100.0 * rows[name], decimals(1))
                for name in ("largest_share", "expanded_share")
            ),
            Cell("; ".join(sorted(set(rows["status"]) - {""})), look="wide"),
        )
        for (population, compartment), rows in groups[:_MOST_ROWS]
    )
    more = say_more(len(groups) - len(rows), "row", "clone_populations.csv")
    made = Table("Clones by population", columns, rows, note=more, can_filter=len(rows) > 12)
    return compact(made, once=("Compartment",))


def _novel(source: ReportSource) -> SectionPart | None:
    novel = source.tables["novel_phenotypes"]
    if novel.is_empty():
        return None
    pairs = distinct_pairs(novel.select(*_PAIR).unique(maintain_order=True))
    mine = novel.join(pairs.select("before", "after", "pair"), on=["before", "after", "pair"],
                      maintain_order="left")  # fmt: skip
    return SectionPart(
        "Novel clones by population",
        (
            "Clonotypes of each population of the later sample that the earlier sample lacks, as "
            "excess over what depth alone makes; right of the dashed line are more than that.",
        ),
        figures=tuple(_novel_figure(mine)),
        tables=(_novel_table(mine),),
    )


_PAIR = ("participant_id", "compartment", *KIND, "pair", "before", "after", "day_before",
         "day_after")  # fmt: skip


def _novel_figure(novel: pl.DataFrame) -> Iterator[FigureWithNote]:
    known = novel.drop_nulls("novel_excess")
    if known.is_empty():
        return
    order = known.group_by("of_population").agg(pl.col("novel_excess").median()).sort(
        "novel_excess", "of_population", descending=[True, False]
    )["of_population"].to_list()  # fmt: skip
    groups = compartments_of(known["compartment"])
    rows = [
        FigureRow(
            label_name(name),
            tuple(
                RowPoint(
                    100.0 * value,
                    None if low is None else 100.0 * low,
                    None if high is None else 100.0 * high,
                    group=groups.index(where),
                )
                for where, value, low, high in mine.select(
                    "compartment", "novel_excess", "ci_low", "ci_high"
                ).rows()
            ),
            f"{plural(mine.height, 'pair')}, median "
            f"{percent_with_interval(float(mine['novel_excess'].median()), None, None)}",  # type: ignore[arg-type]
        )
        for name in order[:_MOST_POPULATIONS]
        for mine in [known.filter(pl.col("of_population") == name)]
    ]
    figure = rows_figure(
        "novel-by-population",
        rows,
        axis="novel clonotypes, observed less expected, % of the population's clonotypes",
        title="Novel clonotypes by population",
        description=f"{plural(len(rows), 'population')}: excess of clonotypes not seen before over "
        "what depth alone makes, with 95 % intervals; each mark is a pair of samples.",
        groups=[compartment_name(one) for one in groups],
        is_zero_marked=True,
    )
    more = say_more(len(order) - len(rows), "population", "novel_phenotypes.csv")
    yield FigureWithNote("Excess of novel clonotypes", figure, more)


def _novel_table(novel: pl.DataFrame) -> Table:
    columns = (
        Column("Population"),
        Column("Compartment"),
        Column("Pairs", is_number=True),
        Column("Clonotypes", is_number=True, meaning="Of the later samples, together"),
        Column("Not seen before", is_number=True),
        Column("Expected", is_number=True, meaning="From depth alone"),
        Column("Excess, median (range)", is_number=True, meaning="Percent of the clonotypes"),
        Column("Above zero", is_number=True, meaning="Pairs whose interval lies above zero"),
        Column("Status"),
    )
    groups = list(novel.group_by("of_population", "compartment", maintain_order=True))
    rows = tuple(
        (
            Cell(label_name(str(population))),
            Cell(compartment_name(str(compartment))),
            number_cell(count(some.height), some.height),
            *(
                number_cell(count(total), total)
                for total in (
                    _total(some, "n_clonotypes"),
                    _total(some, "n_novel"),
                    _total(some, "n_novel_expected"),
                )
            ),
            median_range(100.0 * some["novel_excess"], decimals(1)),
            number_cell(
                count(above := float((some["ci_low"] > 0).sum())), above
            ),
            Cell("; ".join(sorted(set(some["status"]) - {""})), look="wide"),
        )
        for (population, compartment), some in groups[:_MOST_ROWS]
    )  # fmt: skip
    made = Table("Novel clonotypes by population", columns, rows, can_filter=len(rows) > 12)
    return compact(made, once=("Compartment",))


def _total(rows: pl.DataFrame, name: str) -> float | None:
    known = rows[name].drop_nulls()
    return float(known.sum()) if known.len() else None
