"""Clonotypes not seen before, beside what depth alone makes: figure and table."""

from collections.abc import Iterator

import polars as pl

from macroimmune.report.compact_table import compact
from macroimmune.report.numbers import MISSING, count, p_value
from macroimmune.report.page import FigureWithNote
from macroimmune.report.repertoires.kinds import (
    NUMBERED,
    chain_words,
    compartment_name,
    counted_words,
    label_name,
    say_more,
)
from macroimmune.report.repertoires.pairs import (
    PAIR_COLUMNS,
    pair_heads,
    pair_label,
    short_days,
    shown_pairs,
)
from macroimmune.report.repertoires.rows_figure import FigureRow, RowPoint, rows_figure
from macroimmune.report.source import Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["novel_figure", "novel_table", "percent_with_interval"]

_MOST_PAIRS, _MOST_ROWS = 30, 200


def percent_with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """Return a share as signed percent with its interval.

    Examples
    --------
    >>> percent_with_interval(0.031, -0.01, 0.072), percent_with_interval(None, None, None)
    ('+3.1 % (−1.0 to 7.2)', '–')
    """
    if value is None:
        return MISSING
    words = f"{100.0 * value:+.1f} %"
    if low is not None and high is not None:
        words += f" ({100.0 * low:.1f} to {100.0 * high:.1f})"
    return words.replace("-", "−")


def novel_figure(changes: pl.DataFrame, numbers: dict[str, int]) -> Iterator[FigureWithNote]:
    """Give the figure of pairs with an expectation, where there is one.

    Parameters
    ----------
    changes : polars DataFrame
        Table `repertoire_changes`.
    numbers : mapping from participant to number
    """
    known = changes.drop_nulls("n_repeated_novel_expected").filter(pl.col("n_repeated_after") > 0)
    if known.is_empty():
        return
    pairs, left = shown_pairs(known, _MOST_PAIRS)
    rows = [
        _row(row, pair_label(row, numbers), kind)
        for row, kind in zip(pairs, pair_heads(pairs), strict=True)
    ]
    figure = rows_figure(
        "novel-clones",
        rows,
        axis="% of the later sample's clonotypes counted at least twice",
        title="Clonotypes counted at least twice and not seen before, observed and expected",
        description=f"{len(rows)} pairs of samples: of the later sample's clonotypes counted at "
        "least twice the percent that the earlier one lacks, with the 95 % interval of the excess "
        "over what depth alone makes.",
        groups=("not seen before, with the 95 % interval of the excess",),
        expected="expected from depth alone",
    )
    yield FigureWithNote(
        "Observed and expected",
        figure,
        f"Right: excess over the expectation with its 95 % interval. {NUMBERED} "
        f"{say_more(left, 'pair', 'repertoire_changes.csv')}".rstrip(),
    )


def _row(row: Row, label: str, kind: str) -> FigureRow:
    # The excess is that of clonotypes counted twice or more: all three numbers are of these.
    after = row["n_repeated_after"]
    expected = 100.0 * row["n_repeated_novel_expected"] / after
    low, high = row["novel_excess_ci_low"], row["novel_excess_ci_high"]
    point = RowPoint(
        100.0 * row["n_repeated_novel"] / after,
        low=None if low is None else expected + 100.0 * low,
        high=None if high is None else expected + 100.0 * high,
        expected=expected,
    )
    words = percent_with_interval(row["novel_excess"], low, high)
    return FigureRow(label, (point,), words, kind)


def novel_table(changes: pl.DataFrame, numbers: dict[str, int]) -> Table:
    """Return a row for each pair, those without an expectation with their status."""
    columns = (
        *PAIR_COLUMNS,
        Column("Clonotypes after", is_number=True),
        Column("Not seen before", is_number=True),
        Column("Expected", is_number=True, meaning="From depth alone"),
        Column(
            "Excess (95 %)",
            is_number=True,
            meaning="Of those counted at least twice after: absent before, or too rare to be seen",
        ),
        Column("p", is_number=True, meaning="One-sided, against the depth-matched null"),
        Column("% of counts", is_number=True, meaning="Of the counts after"),
        Column("Expected, % of counts", is_number=True, meaning="From depth alone"),
        Column("Status"),
    )
    rows = tuple(_cells(row, numbers) for row in changes.head(_MOST_ROWS).iter_rows(named=True))
    more = say_more(changes.height - len(rows), "pair", "repertoire_changes.csv")
    made = Table("Clonotypes not seen before", columns, rows, note=more, can_filter=len(rows) > 12)
    return compact(
        made,
        once=("Compartment", "Chain", "Population", "Counted", "Pair"),
        noted=("Status",),
    )


def _cells(row: Row, numbers: dict[str, int]) -> tuple[Cell, ...]:
    number = numbers.get(row["participant_id"])
    share = 100.0 * row["n_novel"] / row["n_after"] if row["n_after"] else None
    shown = count(row["n_novel"]) + ("" if share is None else f" ({share:.1f} %)")
    excess = percent_with_interval(
        row["novel_excess"], row["novel_excess_ci_low"], row["novel_excess_ci_high"]
    )
    masses = [row["novel_mass"], row["novel_mass_expected"]]
    return (
        number_cell(str(number or MISSING), number),
        Cell(compartment_name(row["compartment"])),
        Cell(chain_words(row["chain"])),
        Cell(label_name(row["population"])),
        Cell(counted_words(row["counted"])),
        Cell(short_days(row)),
        Cell(row["pair"]),
        number_cell(count(row["n_after"]), row["n_after"]),
        number_cell(shown, row["n_novel"]),
        number_cell(count(row["n_novel_expected"]), row["n_novel_expected"]),
        number_cell(excess, row["novel_excess"]),
        number_cell(p_value(row["novel_p_value"]), row["novel_p_value"]),
        *(number_cell(MISSING if one is None else f"{100 * one:.1f}", one) for one in masses),
        Cell(row["status"], look="wide"),
    )
