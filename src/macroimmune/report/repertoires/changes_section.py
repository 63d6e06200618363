"""Expanded, contracted and novel clones between two samples of one participant."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import (
    MISSING,
    count,
    estimate_with_interval,
    percent,
    plural,
    significant,
)
from macroimmune.report.page import CloneChangesSection, FigureWithNote, SectionPart
from macroimmune.report.repertoires.change_figure import CloneShares, change_figure
from macroimmune.report.repertoires.kinds import (
    NUMBERED,
    chain_words,
    compartment_name,
    counted_words,
    label_name,
    participant_numbers,
    say_more,
)
from macroimmune.report.repertoires.novel_clones import novel_figure, novel_table
from macroimmune.report.repertoires.pairs import (
    PAIR,
    PAIR_COLUMNS,
    distinct_pairs,
    pair_heads,
    pair_label,
    primary_pairs,
    short_days,
    shown_pairs,
)
from macroimmune.report.repertoires.rows_figure import FigureRow, RowPoint, rows_figure
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.svg import Figure
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["changes_section"]

_MOST_SCATTERS, _MOST_PAIRS, _MOST_ROWS = 12, 30, 200
_BASELINE = "baseline"
_TESTED = " that was counted often enough to be tested"
_FIRST_KIND = (
    "Figures show all T cells where they were measured, templates before UMIs and cells; the "
    "tables have every kind of repertoire."
)


def changes_section(source: ReportSource) -> CloneChangesSection | None:
    """Return the section, or None where no two samples were compared."""
    changes = distinct_pairs(source.tables["repertoire_changes"])
    if changes.is_empty():
        return None
    parts = (_scatters(source), _called(source, changes), _novel(source, changes))
    return CloneChangesSection(
        _lead(changes), tuple(part for part in parts if part is not None)
    )  # fmt: skip


def _lead(changes: pl.DataFrame) -> str:
    baseline = changes.filter(pl.col("pair") == _BASELINE).height
    n_people = changes["participant_id"].n_unique()
    words = (
        f"{plural(changes.height, 'pair')} of samples of {plural(n_people, 'participant')}"
        f" ({count(baseline)} from baseline, {count(changes.height - baseline)} of neighbouring "
        "draws)."
    )
    if changes["n_expanded"].null_count() == changes.height:
        return f"{words} No clone was tested: {_most_said(changes)}."
    return (
        f"{words} A clone is expanded or contracted where its share of all T cells of the sample "
        "moved more than counting and libraries explain, at q < 0.05 within its pair; a population "
        "of cells that rises takes its clones along."
    )


def _most_said(changes: pl.DataFrame) -> str:
    said = changes.filter(pl.col("status") != "")["status"].mode().sort()
    return str(said[0]).rstrip(".") if said.len() else "no status was given"


def _scatters(source: ReportSource) -> SectionPart | None:
    clones = source.tables["clone_changes"].filter(
        (pl.col("share_before") > 0) | (pl.col("share_after") > 0)
    )
    if clones.is_empty():
        return None
    numbers = participant_numbers(source)
    listed = clones.select(*PAIR, "day_before", "day_after").unique(maintain_order=True)
    pairs, left = shown_pairs(distinct_pairs(listed), _MOST_SCATTERS)
    is_tested = clones["q_value"].null_count() < clones.height
    figures = []
    for place, (row, kind) in enumerate(zip(pairs, pair_heads(pairs), strict=True), start=1):
        mine = clones.filter(
            (pl.col("before") == row["before"])
            & (pl.col("after") == row["after"])
            & (pl.col("pair") == row["pair"])
        )
        label = pair_label(row, numbers) + (f", {kind}" if kind else "")
        figures.append(FigureWithNote(label, _scatter(place, label, row, mine)))
    more = say_more(left, "pair", "clone_changes.parquet")
    return SectionPart(
        "Shares before and after",
        (
            f"Each mark is a clone{_TESTED if is_tested else ''}. On the dashed line nothing "
            "changed; clones that one sample lacks lie on its lane “not seen”, which does not mean "
            f"absent. {_FIRST_KIND} {NUMBERED} {more}".rstrip(),
        ),
        small=tuple(figures),
    )


def _scatter(place: int, label: str, row: Row, mine: pl.DataFrame) -> Figure:
    flags = {
        name: mine[name].fill_null(value=False).to_numpy()
        for name in ("is_singleton_before", "is_in_tumour")
    }
    shares = CloneShares(
        100.0 * mine["share_before"].fill_null(0.0).to_numpy(),
        100.0 * mine["share_after"].fill_null(0.0).to_numpy(),
        mine["call"].to_list(),
        flags["is_singleton_before"],
        flags["is_in_tumour"],
    )
    return change_figure(
        f"clone-changes-{place}",
        shares,
        title=f"Shares of clones before and after, {label}",
        unit=f"% of {counted_words(str(row['counted']))}",
        has_calls=bool(np.any(mine["q_value"].is_not_null().to_numpy())),
    )


def _called(source: ReportSource, changes: pl.DataFrame) -> SectionPart | None:
    tested = changes.drop_nulls("n_expanded")
    if tested.is_empty():
        return None
    numbers = participant_numbers(source)
    pairs, left = shown_pairs(tested, _MOST_PAIRS)
    figure = FigureWithNote(
        "Called clones beside Fisher's test",
        _calls_figure(pairs, numbers),
        "Fisher's test takes counts as if nothing but sampling varied: it calls libraries of one "
        "sample different. Its number stands here for comparison only. "
        + say_more(left, "pair", "repertoire_changes.csv"),
    )
    return SectionPart(
        "Expanded and contracted clones",
        (
            "Over-dispersion is the squared standard deviation over the mean of a clone's share "
            "between two libraries of one sample, beyond counting; with a stated prior in place of "
            "replicates the calls are exploratory.",
        ),
        figures=(figure,),
        tables=(_table(changes, numbers),),
    )  # fmt: skip


def _calls_figure(pairs: list[Row], numbers: dict[str, int]) -> Figure:
    rows = []
    for row, kind in zip(pairs, pair_heads(pairs), strict=True):
        called = float(row["n_expanded"] + (row["n_contracted"] or 0))
        points = [RowPoint(called)]
        if row["n_fisher"] is not None:
            points.append(RowPoint(float(row["n_fisher"]), group=1))
        words = f"{count(row['n_expanded'])} expanded, {count(row['n_contracted'])} contracted"
        rows.append(FigureRow(pair_label(row, numbers), tuple(points), words, kind))
    return rows_figure(
        "clone-calls",
        rows,
        axis="clones called at q < 0.05",
        title="Called clones beside Fisher's test",
        description=f"{plural(len(rows), 'pair')} of samples: clones called with over-dispersion "
        "and clones that Fisher's test would call.",
        groups=("with over-dispersion: expanded and contracted", "Fisher's test"),
    )


def _table(changes: pl.DataFrame, numbers: dict[str, int]) -> Table:
    columns = (
        *PAIR_COLUMNS,
        Column("Over-dispersion (95 %)", is_number=True),
        Column("From", meaning="Replicates of a sample, or a stated prior"),
        Column("Tested", is_number=True, meaning="Clonotypes tested"),
        Column("Expanded", is_number=True, meaning="q < 0.05"),
        Column("Contracted", is_number=True, meaning="q < 0.05"),
        Column("Fisher", is_number=True, meaning="Clones that Fisher's test calls: to compare"),
        Column("Expanded, % of counts", is_number=True, meaning="Before → after"),
        Column("In tumour", is_number=True, meaning="Of the expanded, in a tumour sample"),
        Column("Singletons expanded", is_number=True, meaning="Of those counted once before"),
        Column("By chance", is_number=True, meaning="Singletons expected to pass by chance alone"),
        Column("At one depth", is_number=True, meaning="Expanded clones, both thinned to it"),
        Column("Status"),
    )
    rows = tuple(_cells(row, numbers) for row in changes.head(_MOST_ROWS).iter_rows(named=True))
    more = say_more(changes.height - len(rows), "pair", "repertoire_changes.csv")
    made = Table(
        "Pairs of samples", columns, rows, note=f"{NUMBERED} {more}".rstrip(),
        can_filter=len(rows) > 12,
    )  # fmt: skip
    return compact(made, once=("Compartment", "Chain", "Population", "Counted", "Pair", "From"),
                   noted=("Status",))  # fmt: skip


def _cells(row: Row, numbers: dict[str, int]) -> tuple[Cell, ...]:
    number = numbers.get(row["participant_id"])
    over = estimate_with_interval(
        row["overdispersion"], row["overdispersion_ci_low"], row["overdispersion_ci_high"]
    )
    mass = MISSING
    if row["expanded_mass_before"] is not None and row["expanded_mass_after"] is not None:
        mass = " → ".join(
            f"{100.0 * row[name]:.1f}" for name in ("expanded_mass_before", "expanded_mass_after")
        )
    once = MISSING
    if row["n_singletons_expanded"] is not None:
        once = f"{count(row['n_singletons_expanded'])} of {count(row['n_singletons'])}"
    return (
        number_cell(str(number or MISSING), number),
        Cell(compartment_name(row["compartment"])),
        Cell(chain_words(row["chain"])),
        Cell(label_name(row["population"])),
        Cell(counted_words(row["counted"])),
        Cell(short_days(row)),
        Cell(row["pair"]),
        number_cell(over, row["overdispersion"]),
        Cell(row["overdispersion_source"]),
        *(
            number_cell(count(row[name]), row[name])
            for name in ("n_tested", "n_expanded", "n_contracted", "n_fisher")
        ),
        number_cell(mass, row["expanded_mass_after"]),
        number_cell(count(row["n_expanded_in_tumour"]), row["n_expanded_in_tumour"]),
        number_cell(once, row["n_singletons_expanded"]),
        number_cell(significant(row["n_singletons_by_chance"]), row["n_singletons_by_chance"]),
        number_cell(_matched(row), row["n_expanded_matched"]),
        Cell(row["status"], look="wide"),
    )


def _matched(row: Row) -> str:
    if row["n_expanded_matched"] is None:
        return MISSING
    return f"{row['n_expanded_matched']:.1f} at {count(row['matched_depth'])}"


def _novel(source: ReportSource, changes: pl.DataFrame) -> SectionPart | None:
    changes = changes.drop_nulls("n_novel")
    if changes.is_empty():
        return None
    numbers = participant_numbers(source)
    return SectionPart(
        "Novel clones",
        tuple(_novel_words(changes)),
        figures=tuple(novel_figure(changes, numbers)),
        tables=(novel_table(changes, numbers),),
    )


def _novel_words(changes: pl.DataFrame) -> Iterator[str]:
    expected = "n_repeated_novel_expected"
    known = primary_pairs(changes.drop_nulls(expected).filter(pl.col("n_repeated_after") > 0))
    if known.is_empty():
        yield (
            "Most clonotypes of a sample are rare, so another sample of the same blood lacks most "
            "of them too. Without knowing how many cells were sampled the observed share cannot be "
            f"held against that: {_most_said(changes)}."
        )
        return
    observed, by_depth = int(known["n_repeated_novel"].sum()), float(known[expected].sum())
    after = int(known["n_repeated_after"].sum())
    yield (
        "Of the clonotypes counted at least twice in the later samples "
        f"{percent(observed, after)} were not seen before; {percent(by_depth, after)} were to be "
        "expected from depth and from how much clones move between draws. What counts is the "
        "excess over that: clones that were absent before, or too rare to be seen, which two "
        "samples cannot tell apart."
    )
