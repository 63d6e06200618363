"""Clones in blood and tumour: shared ones beside what depth allows, and overlap of repertoires."""

from collections.abc import Iterator

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, percent, plural
from macroimmune.report.page import (
    BloodAndTumourSection,
    FigureWithNote,
    OverlapSection,
    SectionPart,
)
from macroimmune.report.repertoires.kinds import (
    KIND,
    NUMBERED,
    by_kind,
    chain_words,
    counted_rank,
    counted_words,
    day_words,
    kind_words,
    label_name,
    participant_numbers,
    say_more,
)
from macroimmune.report.repertoires.novel_tumour_part import novel_tumour_part
from macroimmune.report.repertoires.overlap_figures import overlap_part
from macroimmune.report.repertoires.pairs import distinct_pairs
from macroimmune.report.repertoires.rows_figure import FigureRow, RowPoint, rows_figure
from macroimmune.report.response.donors import spread
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["sharing_section"]

_MOST_ROWS, _MOST_TABLE = 40, 200
_ENDS = ("shared_percent", "shared_percent_ci_low", "shared_percent_ci_high")
_EXPECTED = ("expected_percent", "expected_percent_low", "expected_percent_high")


def sharing_section(source: ReportSource) -> BloodAndTumourSection | OverlapSection | None:
    """Return the section, or None where no two repertoires of a participant were compared.

    Where nobody has repertoires of both blood and tumour it tells of overlap alone.
    """
    sharing = source.tables["clone_sharing"]
    parts = [] if sharing.is_empty() else [_shared(source, sharing)]
    parts.extend(part for part in (novel_tumour_part(source), overlap_part(source)) if part)
    if not parts:
        return None
    lead = _lead(source, sharing)
    if sharing.is_empty() and len(parts) == 1:
        return OverlapSection(lead, tuple(parts))
    return BloodAndTumourSection(lead, tuple(parts))


def _lead(source: ReportSource, sharing: pl.DataFrame) -> str:
    if sharing.is_empty():
        listed = source.tables["repertoires"]
        people = [set(listed.filter(pl.col("compartment") == place)["participant_id"])
                  for place in ("blood", "tumour")]  # fmt: skip
        is_paired = bool(people[0] & people[1])
        return "" if is_paired else "No participant has repertoires of both blood and tumour."
    return (
        f"{plural(sharing.height, 'pair')} of a blood and a tumour repertoire, of "
        f"{plural(sharing['participant_id'].n_unique(), 'participant')}."
    )


def _shared(source: ReportSource, sharing: pl.DataFrame) -> SectionPart:
    numbers = participant_numbers(source)
    ordered = sharing.sort(
        pl.col("population") != "", counted_rank(), *KIND, "clonotype", "participant_id",
        "day_blood", "day_tumour", nulls_last=True,
    )  # fmt: skip
    said = [words for words in ordered["clonotype"].unique(maintain_order=True) if words]
    definition = f" A clonotype is: {'; or '.join(said)}." if said else ""
    return SectionPart(
        "Tumour clones in blood",
        (
            "The share of tumour clonotypes that are found in blood grows with the depth of both "
            "samples. The grey bar is what these depths would give if both samples were drawn from "
            f"one pool of cells: sharing below it means that the two differ.{definition}",
            *_expanded(source),
        ),
        figures=tuple(_figures(ordered, numbers)),
        tables=(_table(ordered, numbers),),
    )


def _expanded(source: ReportSource) -> Iterator[str]:
    """Give a sentence on expanded clones of blood that are tumour clones, if any were sought."""
    clones = source.tables["clone_changes"]
    known = clones.drop_nulls(["is_in_tumour", "q_value"]).filter(pl.col("compartment") == "blood")
    if known.is_empty():
        return
    # Of several kinds of repertoire the first one: a clone of two kinds would count twice.
    known = by_kind(known)[0][1]
    pairs = distinct_pairs(known.select(*_PAIR_KEYS).unique(maintain_order=True))
    tested = known.join(pairs.select("before", "after", "pair"), on=["before", "after", "pair"])
    expanded = tested.filter(pl.col("call") == "expanded")
    others = tested.filter(pl.col("call") != "expanded")
    inside = [int(some["is_in_tumour"].sum()) for some in (expanded, others)]
    if expanded.is_empty():
        yield "No clone expanded in the blood of participants with a tumour sample."
        return
    yield (
        f"Of {plural(expanded.height, 'expanded blood clone')} {count(inside[0])} "
        f"({percent(inside[0], expanded.height)}) are tumour clones; of "
        f"{plural(others.height, 'other tested clone')} {count(inside[1])} "
        f"({percent(inside[1], others.height)}). Larger clones are more often seen in both "
        "samples, expanded or not. A clone counts once in each pair of samples; the "
        "numbers of each pair stand in the table of pairs."
    )


_PAIR_KEYS = ("participant_id", "compartment", *KIND, "pair", "before", "after", "day_before",
              "day_after")  # fmt: skip


def _figures(ordered: pl.DataFrame, numbers: dict[str, int]) -> Iterator[FigureWithNote]:
    known = ordered.drop_nulls("shared_percent").to_dicts()
    if not known:
        return
    shown = spread(known, _MOST_ROWS)
    heads = {(kind_words(row), row["clonotype"]) for row in known}
    rows = [
        FigureRow(
            f"Participant {numbers.get(row['participant_id'], 0)}, {_days(row)}",
            (RowPoint(*(row[name] for name in (*_ENDS, *_EXPECTED))),),
            _words(row),
            f"{kind_words(row)}; {row['clonotype']}" if len(heads) > 1 else "",
        )
        for row in shown
    ]
    has_expectation = any(row["expected_percent"] is not None for row in shown)
    figure = rows_figure(
        "blood-and-tumour",
        rows,
        axis="% of tumour clonotypes that are in the blood sample",
        title="Tumour clonotypes in blood",
        description=f"{plural(len(rows), 'pair')} of blood and tumour: percent of the tumour's "
        "clonotypes found in blood with 95 % intervals, beside what these depths would give if "
        "both drew from one pool.",
        groups=("found in blood, with the 95 % interval",),
        expected="expected at these depths from one pool" if has_expectation else "",
    )
    note = f"{NUMBERED} {say_more(len(known) - len(shown), 'pair', 'clone_sharing.csv')}".rstrip()
    yield FigureWithNote("Shared and expected", figure, note)


def _days(row: Row) -> str:
    if row["day_blood"] == row["day_tumour"]:
        return f"both {day_words(row['day_blood'])}"
    return f"blood {day_words(row['day_blood'])}, tumour {day_words(row['day_tumour'])}"


def _interval(row: Row, names: tuple[str, str, str]) -> str:
    value, low, high = (row[name] for name in names)
    if value is None:
        return MISSING
    ends = "" if low is None or high is None else f" ({low:.1f} to {high:.1f})"
    return f"{value:.1f} %{ends}"


def _words(row: Row) -> str:
    return f"{count(row['n_shared'])} of {count(row['n_tumour'])}, {_interval(row, _ENDS)}"


def _table(ordered: pl.DataFrame, numbers: dict[str, int]) -> Table:
    columns = (
        Column("Participant", is_number=True),
        Column("Chain"),
        Column("Population"),
        Column("Counted"),
        Column("Clonotype"),
        Column("Day of blood", is_number=True),
        Column("Day of tumour", is_number=True),
        Column("Tumour clonotypes", is_number=True),
        Column("In blood", is_number=True),
        Column("In blood (95 %)", is_number=True, meaning="Percent of the tumour's clonotypes"),
        Column("Expected", is_number=True, meaning="If both drew from one pool: 2.5 to 97.5 %"),
        Column("% of tumour counts", is_number=True, meaning="In shared clonotypes"),
        Column("% of blood counts", is_number=True, meaning="In shared clonotypes"),
        Column("Morisita-Horn", is_number=True),
        Column("Status"),
    )
    rows = tuple(_cells(row, numbers) for row in ordered.head(_MOST_TABLE).iter_rows(named=True))
    made = Table(
        "Blood and tumour",
        columns,
        rows,
        note=say_more(ordered.height - len(rows), "pair", "clone_sharing.csv"),
        can_filter=len(rows) > 12,
    )
    return compact(made, once=("Chain", "Population", "Counted", "Clonotype"))


def _cells(row: Row, numbers: dict[str, int]) -> tuple[Cell, ...]:
    number = numbers.get(row["participant_id"])
    masses = [row["shared_mass_tumour"], row["shared_mass_blood"]]
    overlap = row["morisita_horn"]
    return (
        number_cell(str(number or MISSING), number),
        Cell(chain_words(row["chain"])),
        Cell(label_name(row["population"])),
        Cell(counted_words(row["counted"])),
        Cell(row["clonotype"], look="wide"),
        *(
            number_cell(day_words(row[name]).removeprefix("day "), row[name])
            for name in ("day_blood", "day_tumour")
        ),
        *(number_cell(count(row[name]), row[name]) for name in ("n_tumour", "n_shared")),
        number_cell(_interval(row, _ENDS), row["shared_percent"]),
        number_cell(_interval(row, _EXPECTED), row["expected_percent"]),
        *(number_cell(MISSING if one is None else f"{100 * one:.1f}", one) for one in masses),
        number_cell(MISSING if overlap is None else f"{overlap:.3f}", overlap),
        Cell(row["status"], look="wide"),
    )
