"""Diversity: ranks of clones, rarefaction to one coverage, measures there and as observed."""

from collections.abc import Iterator

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import count, plural, significant
from macroimmune.report.page import DiversitySection, FigureWithNote, SectionPart
from macroimmune.report.repertoires.diversity_curves import ordered_measures, over_time, rarefied
from macroimmune.report.repertoires.gene_usage import usage_figures
from macroimmune.report.repertoires.kinds import (
    KIND,
    by_kind,
    chain_words,
    compartment_name,
    compartments_of,
    counted_words,
    label_name,
    of_kind,
    say_more,
)
from macroimmune.report.repertoires.lines_figure import Axis, LineOfPoints, lines_figure
from macroimmune.report.repertoires.measures import COMMON, OBSERVED, basis_words, measure_name
from macroimmune.report.repertoires.median_range import median_range
from macroimmune.report.response.donors import spread
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["diversity_section"]

_MOST_KINDS, _MOST_LINES, _MOST_ROWS, _MOST_LEVELS = 3, 60, 300, 4


def diversity_section(source: ReportSource) -> DiversitySection | None:
    """Return the section, or None where no diversity was measured."""
    names = ("repertoire_diversity", "rarefaction", "clone_ranks", "gene_usage")
    if all(source.tables[name].is_empty() for name in names):
        return None
    parts = (_ranks(source), _rarefaction(source), _measures(source), _usage(source))
    return DiversitySection(
        _lead(source.tables["repertoire_diversity"]),
        tuple(part for part in parts if part is not None),
    )


def _lead(diversity: pl.DataFrame) -> str:
    n = diversity["repertoire_id"].n_unique()
    if not n:
        return ""
    common = diversity.filter((pl.col("basis") == COMMON) & pl.col("value").is_not_null())
    levels = [
        f"{level:.1f} % for {words}{place}"
        for words, rows in by_kind(common)
        for level, place in _levels(rows)
    ]
    if not levels:
        standing = "No measure stands at a common coverage; observed values follow depth."
    elif len(levels) > _MOST_LEVELS:
        standing = f"Compared at {len(levels)} coverages, one for samples of each kind."
    else:
        standing = f"Compared at one coverage: {'; '.join(levels)}."
    return f"Measures of {plural(n, 'repertoire')}. {standing}"


def _levels(rows: pl.DataFrame) -> list[tuple[float, str]]:
    """Return the common coverages of a kind in percent, with the compartment where they differ."""
    found = (
        rows.drop_nulls("coverage").select("compartment", "coverage").unique(maintain_order=True)
    )
    if found["coverage"].n_unique() == 1:
        return [(100.0 * float(found["coverage"][0]), "")]
    return [(100.0 * level, f", {compartment_name(place)}") for place, level in found.rows()]


def _ranks(source: ReportSource) -> SectionPart | None:
    ranks = source.tables["clone_ranks"].filter((pl.col("share") > 0) & (pl.col("rank") > 0))
    figures = []
    kinds = by_kind(ranks)
    for place, (words, rows) in enumerate(kinds[:_MOST_KINDS], start=1):
        figures.append(_rank_figure(place, words, rows, len(kinds)))
    if not figures:
        return None
    more = say_more(len(kinds) - _MOST_KINDS, "kind of repertoire", "clone_ranks.parquet")
    return SectionPart(
        "Sizes of clones",
        (
            "Each line is a repertoire: its clones from the largest to the smallest, and the share "
            f"of each. A line that falls steeply is held by few clones. {more}".rstrip(),
        ),
        small=tuple(figures),
    )


def _rank_figure(place: int, words: str, rows: pl.DataFrame, n_kinds: int) -> FigureWithNote:
    groups = compartments_of(rows["compartment"])
    every = rows["repertoire_id"].unique(maintain_order=True).to_list()
    parts = rows.partition_by("repertoire_id", as_dict=True)
    lines = [
        LineOfPoints(
            groups.index(one["compartment"][0]),
            one["rank"].cast(pl.Float64).to_numpy(),
            100.0 * one["share"].to_numpy(),
        )
        for name in spread(every, _MOST_LINES)
        for one in [parts[name,].sort("rank")]
    ]
    figure = lines_figure(
        slug(f"ranks-{place}-{words}"),
        lines,
        [compartment_name(one) for one in groups],
        Axis("rank of the clone", is_log=True),
        Axis(f"% of {counted_words(str(rows['counted'][0]))}", is_log=True),
        title=f"Clones by rank, {words}",
        description=f"{plural(len(lines), 'repertoire')}: share of each clone against its rank, "
        "both axes logarithmic.",
    )
    return FigureWithNote(
        of_kind("Clones by rank", words, n_kinds),
        figure,
        say_more(len(every) - len(lines), "repertoire", "clone_ranks.parquet"),
    )


def _rarefaction(source: ReportSource) -> SectionPart | None:
    curves = source.tables["rarefaction"]
    if curves.is_empty():
        return None
    kinds = by_kind(curves)
    figures = [
        part
        for place, (words, rows) in enumerate(kinds[:_MOST_KINDS], start=1)
        for part in rarefied(source, place, words, rows, len(kinds))
    ]
    more = say_more(len(kinds) - _MOST_KINDS, "kind of repertoire", "rarefaction.parquet")
    return SectionPart(
        "Rarefaction and extrapolation",
        (
            "Hill numbers as they would be at other depths, with 95 % bands where there are at "
            "most twelve lines. Left of the mark a curve is rarefied, right of it (dashed) "
            "extrapolated to at most twice the depth. Against coverage, samples are compared where "
            f"the dashed line crosses them: depth cannot drive that comparison. {more}".rstrip(),
        ),
        small=tuple(figures),
    )


def _measures(source: ReportSource) -> SectionPart | None:
    diversity = source.tables["repertoire_diversity"]
    if diversity.is_empty():
        return None
    return SectionPart(
        "Measures",
        (
            "Hill numbers count clonotypes: all of them (0), those that are not rare (1), those "
            "that are large (2). Clonality is 0 where all clones are of one size and 1 where one "
            "clone is all.",
        ),
        small=tuple(over_time(source)),
        tables=(_table(diversity),),
        folded=tuple(_without(diversity)),
    )


def _usage(source: ReportSource) -> SectionPart | None:
    figures = tuple(usage_figures(source))
    if not figures:
        return None
    words = "Share of the clonotypes of each repertoire that have the gene, so that one large "
    return SectionPart(
        "Usage of V and J genes",
        (f"{words}clone does not stand for many. One scale for all genes of a figure.",),
        figures=figures,
    )


def _table(diversity: pl.DataFrame) -> Table:
    columns = (
        Column("Measure"),
        Column("Chain"),
        Column("Population"),
        Column("Counted"),
        Column("Compartment"),
        Column("Unit"),
        Column("Repertoires", is_number=True),
        Column("Observed", is_number=True, meaning="Median (range)"),
        Column("At common coverage", is_number=True, meaning="Median (range)"),
        Column("Half width", is_number=True, meaning="Median half of its 95 % interval"),
        Column("Estimated", is_number=True, meaning="Chao1, coverage: median (range)"),
    )
    keys = ["measure", *KIND, "compartment"]
    order = {name: place for place, name in enumerate(ordered_measures(diversity["measure"]))}
    groups = sorted(
        diversity.group_by(keys, maintain_order=True), key=lambda group: order[str(group[0][0])]
    )
    rows = tuple(
        _cells(dict(zip(keys, key, strict=True)), some) for key, some in groups[:_MOST_ROWS]
    )
    more = say_more(len(groups) - _MOST_ROWS, "row", "repertoire_diversity.parquet")
    made = Table(
        "Measures of diversity", columns, rows, note=more, can_filter=len(rows) > 12
    )  # fmt: skip
    return compact(made, once=("Chain", "Population", "Counted", "Compartment"))


def _cells(of: Row, rows: pl.DataFrame) -> tuple[Cell, ...]:
    common = rows.filter(pl.col("basis") == COMMON)
    other = rows.filter(pl.col("basis").is_in([OBSERVED, COMMON]).not_())
    n = rows["repertoire_id"].n_unique()
    width = common.select(((pl.col("ci_high") - pl.col("ci_low")) / 2).median()).item()
    return (
        Cell(measure_name(str(of["measure"]))),
        Cell(chain_words(str(of["chain"]))),
        Cell(label_name(str(of["population"]))),
        Cell(counted_words(str(of["counted"]))),
        Cell(compartment_name(str(of["compartment"]))),
        Cell(next((unit for unit in rows["unit"] if unit), "")),
        number_cell(count(n), n),
        median_range(rows.filter(pl.col("basis") == OBSERVED)["value"], significant),
        median_range(common["value"], significant),
        number_cell(significant(width), width),
        median_range(other["value"], significant),
    )


def _without(diversity: pl.DataFrame) -> Iterator[Table]:
    """Give the table of what has no estimate or a word on how to read it, where there is any."""
    said = diversity.filter(pl.col("status") != "")
    if said.is_empty():
        return
    columns = (
        Column("Status"), Column("Measure"), Column("Basis"), Column("Repertoires", is_number=True)
    )  # fmt: skip
    groups = said.group_by("status", "basis", maintain_order=True).agg(
        pl.col("measure").unique(maintain_order=True), pl.col("repertoire_id").n_unique()
    )
    rows = tuple(
        (
            Cell(str(status), look="wide"),
            Cell(", ".join(measure_name(one) for one in measures), look="wide"),
            Cell(basis_words(str(basis))),
            number_cell(count(n), n),
        )
        for status, basis, measures, n in groups.head(_MOST_ROWS).rows()
    )
    yield Table("Measures with a status", columns, rows)
