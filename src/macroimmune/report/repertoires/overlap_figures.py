"""Overlap of the repertoires of each participant: heat maps and a table."""

import numpy as np
import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, estimate_with_interval
from macroimmune.report.page import FigureWithNote, SectionPart
from macroimmune.report.repertoires.grid_figure import grid_figure
from macroimmune.report.repertoires.kinds import (
    KIND,
    NUMBERED,
    chain_words,
    compartment_name,
    compartments_of,
    counted_words,
    day_words,
    first_kinds,
    kind_words,
    label_name,
    participant_numbers,
    say_more,
)
from macroimmune.report.response.donors import spread
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["overlap_part"]

_MOST_FIGURES, _MOST_ROWS, _WIDEST = 8, 200, 7
_SIDES = ("one", "other")


def overlap_part(source: ReportSource) -> SectionPart | None:
    """Return heat maps and table of overlap, or None where nothing was compared."""
    overlap = source.tables["repertoire_overlap"]
    if overlap.is_empty():
        return None
    numbers = participant_numbers(source)
    groups = list(
        overlap
        .drop_nulls("morisita_horn")
        .sort("participant_id", *KIND)
        .group_by("participant_id", *KIND, maintain_order=True)
    )
    n_kinds = overlap.select(KIND).unique().height
    first = first_kinds([(str(who), dict(zip(KIND, of, strict=True))) for (who, *of), _ in groups])
    shown = spread([groups[place] for place in first], _MOST_FIGURES)
    figures = [
        _figure(place, numbers.get(str(key[0]), 0), dict(zip(KIND, key[1:], strict=True)), rows,
                n_kinds)
        for place, (key, rows) in enumerate(shown, start=1)
    ]  # fmt: skip
    more = say_more(len(groups) - len(shown), "heat map", "repertoire_overlap.csv")
    return SectionPart(
        "Overlap of repertoires",
        (
            "Morisita's index compares the shares of clones: about 1 where two repertoires hold "
            "the same clones in the same shares, 0 where they hold none together. Of reads it is "
            "that of the observed shares (Morisita-Horn), which is low where depth is low. "
            f"{more}".rstrip(),
        ),
        small=tuple(figures),
        folded=(_table(overlap, numbers),),
    )


def _figure(place: int, number: int, of: Row, rows: pl.DataFrame, n_kinds: int) -> FigureWithNote:
    kind = f", {kind_words(of)}" if n_kinds > 1 else ""
    label = f"Participant {number}{kind}"
    seen = pl.concat([
        rows.select(
            pl.col(side).alias("id"),
            pl.col(f"compartment_{side}").alias("compartment"),
            pl.col(f"day_{side}").alias("day"),
        )
        for side in _SIDES
    ]).unique(maintain_order=True)
    order = {name: k for k, name in enumerate(compartments_of(seen["compartment"]))}
    every = sorted(
        seen.rows(), key=lambda one: (order[one[1]], one[2] is None, one[2] or 0.0, one[0])
    )
    shown = spread(every, _WIDEST)
    at = {one[0]: k for k, one in enumerate(shown)}
    values = np.full((len(shown), len(shown)), np.nan)
    np.fill_diagonal(values, 1.0)
    is_corrected = rows["morisita"].null_count() == 0
    index, unit = ("morisita", "Morisita") if is_corrected else ("morisita_horn", "Morisita-Horn")
    for one, other, value in rows.select("one", "other", index).rows():
        if one in at and other in at:
            values[at[one], at[other]] = values[at[other], at[one]] = value
    names = [f"{compartment_name(where)}, {day_words(day)}" for _, where, day in shown]
    figure = grid_figure(
        f"overlap-{place}",
        values,
        names,
        columns=names,
        title=f"{unit} overlap of repertoires, {label}",
        unit=f"{unit} overlap",
        limit=1.0,
    )
    note = say_more(len(every) - len(shown), "repertoire", "repertoire_overlap.csv")
    return FigureWithNote(label, figure, note)


def _table(overlap: pl.DataFrame, numbers: dict[str, int]) -> Table:
    columns = (
        Column("Participant", is_number=True),
        Column("Chain"),
        Column("Population"),
        Column("Counted"),
        Column("One"),
        Column("Other"),
        Column("Clonotypes, one", is_number=True),
        Column("Clonotypes, other", is_number=True),
        Column("Shared", is_number=True),
        Column("Jaccard", is_number=True, meaning="Shared of those in either; follows depth"),
        Column("Morisita-Horn", is_number=True, meaning="Of the observed shares; follows depth"),
        Column("Morisita (95 %)", is_number=True, meaning="Of what was sampled; none for reads"),
        Column("% of counts, one", is_number=True, meaning="In shared clonotypes"),
        Column("% of counts, other", is_number=True, meaning="In shared clonotypes"),
        Column("Status"),
    )
    rows = tuple(_cells(row, numbers) for row in overlap.head(_MOST_ROWS).iter_rows(named=True))
    more = say_more(overlap.height - len(rows), "pair", "repertoire_overlap.csv")
    made = Table(
        "Overlap of pairs of repertoires", columns, rows, note=f"{NUMBERED} {more}".rstrip(),
        can_filter=len(rows) > 12,
    )  # fmt: skip
    return compact(made, once=("Chain", "Population", "Counted"), noted=("Status",))


def _cells(row: Row, numbers: dict[str, int]) -> tuple[Cell, ...]:
    number = numbers.get(row["participant_id"])
    overlap = [row[name] for name in ("morisita", "morisita_horn_ci_low", "morisita_horn_ci_high")]
    horn = row["morisita_horn"]
    masses = [row[f"shared_mass_{side}"] for side in _SIDES]
    jaccard = row["jaccard"]
    return (
        number_cell(str(number or MISSING), number),
        Cell(chain_words(row["chain"])),
        Cell(label_name(row["population"])),
        Cell(counted_words(row["counted"])),
        *(
            Cell(f"{compartment_name(row[f'compartment_{side}'])}, {day_words(row[f'day_{side}'])}")
            for side in _SIDES
        ),
        *(number_cell(count(row[name]), row[name]) for name in ("n_one", "n_other", "n_shared")),
        number_cell(MISSING if jaccard is None else f"{jaccard:.3f}", jaccard),
        number_cell(MISSING if horn is None else f"{horn:.3f}", horn),
        number_cell(estimate_with_interval(*overlap), overlap[0]),
        *(number_cell(MISSING if one is None else f"{100 * one:.1f}", one) for one in masses),
        Cell(row["status"], look="wide"),
    )
