"""Repertoires: what was read and left out, what a clonotype is, how deep the samples are."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import count, percent, plural
from macroimmune.report.page import FigureWithNote, RepertoiresSection, SectionPart
from macroimmune.report.repertoires.kinds import (
    KIND,
    NUMBERED,
    by_kind,
    chain_words,
    compartment_name,
    compartments_of,
    counted_rank,
    counted_words,
    day_words,
    label_name,
    of_kind,
    participant_numbers,
    reading_order,
    say_more,
)
from macroimmune.report.repertoires.lines_figure import Axis, LineOfPoints, lines_figure
from macroimmune.report.repertoires.measures import OBSERVED, coverage_lines
from macroimmune.report.repertoires.median_range import median_range
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["repertoire_words", "repertoires_section"]

_MOST_KINDS, _MOST_ROWS, _MOST_REASONS = 3, 200, 4
_KIND_COLUMNS = (Column("Chain"), Column("Population"), Column("Counted"), Column("Compartment"))


def repertoires_section(source: ReportSource) -> RepertoiresSection | None:
    """Return the section, or None where no repertoire was read."""
    listed = source.tables["repertoires"]
    if listed.is_empty():
        return None
    return RepertoiresSection(
        lead=" ".join((repertoire_words(listed), _definition(listed))),
        parts=(
            SectionPart(
                words=tuple(_told(listed, source.tables["repertoire_losses"])),
                small=tuple(_figures(source)),
                tables=(_read(listed),),
                folded=tuple(
                    made for made in (_losses(source), _each(source, listed)) if made is not None
                ),
            ),
        ),
    )


def repertoire_words(listed: pl.DataFrame) -> str:
    """Return repertoires, participants and what is counted; empty where there is none.

    Parameters
    ----------
    listed : polars DataFrame
        Table `repertoires`.
    """
    if listed.is_empty():
        return ""
    people = listed["participant_id"].unique().len()
    counted = [
        f"{counted_words(str(name))} ({count(n)})"
        for name, n in listed.group_by("counted", maintain_order=True).len().rows()
    ]
    what = counted_words(listed["counted"][0]) if len(counted) == 1 else ", ".join(counted)
    return (
        f"{plural(listed.height, 'T cell receptor repertoire')} of "
        f"{plural(people, 'participant')}; counted: {what}."
    )


def _definition(listed: pl.DataFrame) -> str:
    said = [words for words in listed["clonotype"].unique(maintain_order=True) if words]
    return f"A clonotype is: {'; or '.join(said)}." if said else ""


def _told(listed: pl.DataFrame, losses: pl.DataFrame) -> Iterator[str]:
    if listed["is_sampling_known"].any():
        yield (
            "Diversity and clone numbers grow with depth: of two samples of one blood the deeper "
            "has more clonotypes. Where cells or molecules are counted, the sections below compare "
            "samples at one coverage, and the observed value stands beside."
        )
    for status, n in _statuses(listed):
        yield f"{plural(n, 'repertoire')}: {status}."
    if losses.height:
        left = int(losses["n_rows"].sum())
        # Populations of labelled cells come from the same rows as all cells.
        rows = int(listed.unique("files")["n_rows"].sum())
        by_reason = losses.group_by("reason").agg(pl.col("n_rows").sum()).sort(
            "n_rows", "reason", descending=[True, False]
        )  # fmt: skip
        named = "; ".join(
            f"{reason} ({count(n)})" for reason, n in by_reason.head(_MOST_REASONS).rows()
        )
        yield (
            f"Left out: {count(left)} of {count(rows)} rows ({percent(left, rows)}): {named}"
            + (f"; {say_more(by_reason.height - _MOST_REASONS, 'reason', 'the table')}"
               if by_reason.height > _MOST_REASONS else ".")
        )  # fmt: skip


def _statuses(listed: pl.DataFrame) -> list[tuple[str, int]]:
    found = listed.filter(pl.col("status") != "").group_by("status", maintain_order=True).len()
    return [(str(status).rstrip("."), int(n)) for status, n in found.rows()]


def _figures(source: ReportSource) -> Iterator[FigureWithNote]:
    kinds = by_kind(source.tables["repertoires"])
    for place, (words, rows) in enumerate(kinds[:_MOST_KINDS], start=1):
        more = say_more(
            len(kinds) - _MOST_KINDS if place == min(_MOST_KINDS, len(kinds)) else 0,
            "kind of repertoire", "repertoires.csv",
        )  # fmt: skip
        yield from _depth(source, place, words, rows, of_kind("", words, len(kinds)), more)


def _depth(
    source: ReportSource, place: int, words: str, rows: pl.DataFrame, of: str, more: str
) -> Iterator[FigureWithNote]:
    counted = counted_words(str(rows["counted"][0]))
    groups = compartments_of(rows["compartment"])
    known = rows.filter((pl.col("n_counted") > 0) & (pl.col("n_clonotypes") > 0))
    if known.height:
        note = "Each mark is a repertoire."
        yield FigureWithNote(
            f"Depth and clonotypes{of}",
            lines_figure(
                slug(f"depth-{place}-{words}"),
                _marks(known, "n_counted", "n_clonotypes", groups),
                [compartment_name(one) for one in groups],
                Axis(f"{counted} in the repertoire", is_log=True),
                Axis("clonotypes", is_log=True),
                title=f"Clonotypes against depth, {words}",
                description=f"{plural(known.height, 'repertoire')}: clonotypes against the number "
                f"of {counted}, both axes logarithmic.",
            ),
            f"{note} {more}".rstrip(),
        )
    yield from _coverage(source, place, words, rows, of)


def _marks(rows: pl.DataFrame, x: str, y: str, groups: Sequence[str]) -> list[LineOfPoints]:
    return [
        LineOfPoints(
            groups.index(compartment), np.array([across], float), np.array([up], float), marked=(0,)
        )
        for compartment, across, up in rows.select("compartment", x, y).rows()
    ]


def _coverage(
    source: ReportSource, place: int, words: str, rows: pl.DataFrame, of: str
) -> Iterator[FigureWithNote]:
    diversity = source.tables["repertoire_diversity"].filter(
        pl.col("repertoire_id").is_in(rows["repertoire_id"].implode())
    )
    known = (
        diversity.filter(pl.col("basis") == OBSERVED)
        .drop_nulls("coverage").unique("repertoire_id", maintain_order=True)
        .select("repertoire_id", pl.col("coverage") * 100.0)
        .join(rows, on="repertoire_id").filter(pl.col("n_counted") > 0)
    )  # fmt: skip
    if known.is_empty():
        return
    groups = compartments_of(rows["compartment"])
    counted = counted_words(str(rows["counted"][0]))
    yield FigureWithNote(
        f"Depth and coverage{of}",
        lines_figure(
            slug(f"coverage-{place}-{words}"),
            _marks(known, "n_counted", "coverage", groups),
            [compartment_name(one) for one in groups],
            Axis(f"{counted} in the repertoire", is_log=True),
            Axis("coverage, %", references=coverage_lines(diversity)),
            title=f"Coverage against depth, {words}",
            description=f"{plural(known.height, 'repertoire')}: estimated coverage in percent "
            f"against the number of {counted}, logarithmic.",
        ),
        "Coverage is the share of all such cells of the source whose clonotype the sample has.",
    )


def _read(listed: pl.DataFrame) -> Table:
    columns = (
        *_KIND_COLUMNS,
        Column("Participants", is_number=True),
        Column("Samples", is_number=True),
        Column("Repertoires", is_number=True),
        Column("Replicated", is_number=True, meaning="Of several libraries, put together"),
        Column("Counts", is_number=True, meaning="In clonotypes: median (range)"),
        Column("Clonotypes", is_number=True, meaning="Median (range)"),
        Column("Singletons", is_number=True, meaning="Median share of clonotypes counted once"),
        Column("Sampling known", meaning="Whether a count is one cell or molecule"),
    )
    rows = tuple(
        _kind_cells(dict(zip((*KIND, "compartment"), key, strict=True)), some)
        for key, some in listed.sort(
            pl.col("population") != "", counted_rank(), "population", maintain_order=True
        ).group_by([*KIND, "compartment"], maintain_order=True)
    )
    return compact(Table("What was read", columns, rows), once=("Chain", "Population", "Counted"))


def _kind_cells(of: Row, rows: pl.DataFrame) -> tuple[Cell, ...]:
    singletons = rows.select(
        (pl.col("n_singletons") / pl.col("n_clonotypes")).fill_nan(None).median()
    ).item()
    several = rows.filter(pl.col("n_libraries") > 1).height
    numbers = (rows["participant_id"].n_unique(), rows["sample_id"].n_unique(), rows.height)
    return (
        Cell(chain_words(str(of["chain"]))),
        Cell(label_name(str(of["population"]))),
        Cell(counted_words(str(of["counted"]))),
        Cell(compartment_name(str(of["compartment"]))),
        *(number_cell(count(n), n) for n in numbers),
        number_cell(count(several) if several else "", several),
        *(median_range(rows[name], count) for name in ("n_counted", "n_clonotypes")),
        number_cell(percent(singletons, 1.0), singletons),
        Cell("yes" if rows["is_sampling_known"].all() else "no"),
    )


def _losses(source: ReportSource) -> Table | None:
    losses = source.tables["repertoire_losses"]
    if losses.is_empty():
        return None
    columns = (
        Column("Reason"),
        Column("Files", is_number=True),
        Column("Rows", is_number=True),
        Column("What they counted", is_number=True, meaning="Where they had a usable count"),
    )
    by_reason = (
        losses
        .group_by("reason")
        .agg(
            pl.col("file").n_unique().alias("files"),
            pl.col("n_rows").sum(),
            pl.when(pl.col("n_counted").is_not_null().any()).then(pl.col("n_counted").sum()),
        )
        .sort("n_rows", "reason", descending=[True, False])
    )
    rows = tuple(
        (Cell(str(reason)), *(number_cell(count(n), n) for n in numbers))
        for reason, *numbers in by_reason.head(_MOST_ROWS).rows()
    )
    return Table(
        "Rows that were left out, and why",
        columns,
        rows,
        note="Each file with its reasons is in repertoire_losses.csv.",
    )


def _each(source: ReportSource, listed: pl.DataFrame) -> Table:
    numbers = participant_numbers(source)
    columns = (
        Column("Participant", is_number=True),
        Column("Day", is_number=True),
        Column("Compartment"),
        Column("Chain"),
        Column("Population"),
        Column("Counted"),
        Column("Libraries", is_number=True),
        Column("Rows", is_number=True),
        Column("In clonotypes", is_number=True),
        Column("Clonotypes", is_number=True),
        Column("Singletons", is_number=True),
        Column("Status"),
    )
    shown = reading_order(listed).head(_MOST_ROWS)
    rows = tuple(
        (
            number_cell(str(numbers[row["participant_id"]]), numbers[row["participant_id"]]),
            number_cell(
                day_words(row["days_from_treatment_start"]).removeprefix("day "),
                row["days_from_treatment_start"],
            ),
            Cell(compartment_name(row["compartment"])),
            Cell(chain_words(row["chain"])),
            Cell(label_name(row["population"])),
            Cell(counted_words(row["counted"])),
            *(
                number_cell(count(row[name]), row[name])
                for name in ("n_libraries", "n_rows", "n_counted", "n_clonotypes", "n_singletons")
            ),
            Cell(row["status"], look="wide"),
        )
        for row in shown.iter_rows(named=True)
    )
    more = say_more(listed.height - shown.height, "repertoire", "repertoires.csv")
    made = Table(
        "Each repertoire", columns, rows, note=f"{NUMBERED} {more}".rstrip(),
        can_filter=len(rows) > 12,
    )  # fmt: skip
    return compact(made, once=("Chain", "Population", "Counted"), noted=("Status",))
