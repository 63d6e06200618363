"""Pairs of repertoires: which are shown first, and how each is called."""

import polars as pl

from macroimmune.report.repertoires.kinds import (
    KIND,
    compartment_name,
    counted_rank,
    day_words,
    kind_words,
)
from macroimmune.report.response.donors import spread
from macroimmune.report.source import Row
from macroimmune.report.tables import Column

__all__ = [
    "PAIR",
    "PAIR_COLUMNS",
    "days_words",
    "distinct_pairs",
    "pair_heads",
    "pair_label",
    "primary_pairs",
    "short_days",
    "shown_pairs",
]

# The first columns of every table of pairs.
PAIR_COLUMNS = (
    Column("Participant", is_number=True),
    Column("Compartment"),
    Column("Chain"),
    Column("Population"),
    Column("Counted"),
    Column("Days"),
    Column("Pair", meaning="From baseline, or neighbouring draws"),
)

PAIR = ("participant_id", "compartment", *KIND, "pair", "before", "after")
_BASELINE = "baseline"


def distinct_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return each pair of repertoires once: those from baseline first, then neighbouring draws.

    Parameters
    ----------
    pairs : polars DataFrame
        With the columns of `PAIR` and the days.
    """
    return pairs.sort(
        pl.col("pair") != _BASELINE, pl.col("population") != "", counted_rank(), "population",
        "participant_id", "compartment", "day_after", nulls_last=True, maintain_order=True,
    ).unique(["before", "after"], keep="first", maintain_order=True)  # fmt: skip


def short_days(row: Row) -> str:
    r"""Return both days for a table, without a break.

    Examples
    --------
    >>> short_days({"day_before": -3.0, "day_after": 21.0})
    '−3\xa0→\xa021'
    """
    days = (day_words(row[name]).removeprefix("day ") for name in ("day_before", "day_after"))
    return "\xa0→\xa0".join(days)


def primary_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return one pair for each participant, compartment and pair of days: those for figures.

    Parameters
    ----------
    pairs : polars DataFrame
        As `distinct_pairs` returns them.

    Notes
    -----
    Convention: pairs from baseline, where there are any, else neighbouring draws; of several kinds
    of repertoire of one sample all T cells, and templates before UMIs, cells and reads.
    """
    baseline = pairs.filter(pl.col("pair") == _BASELINE)
    kept = baseline if baseline.height else pairs
    return kept.unique(
        ["participant_id", "compartment", "day_before", "day_after"],
        keep="first", maintain_order=True,
    )  # fmt: skip


def shown_pairs(pairs: pl.DataFrame, most: int) -> tuple[list[Row], int]:
    """Return at most `most` of the primary pairs, evenly apart, and how many are left.

    Parameters
    ----------
    pairs : polars DataFrame
        As `distinct_pairs` returns them.
    most : int
    """
    rows: list[Row] = [*primary_pairs(pairs).to_dicts()]
    kept = spread(rows, most)
    return kept, len(rows) - len(kept)


def days_words(row: Row) -> str:
    """Return both days.

    Examples
    --------
    >>> days_words({"day_before": -3.0, "day_after": 21.0})
    'day −3 → day 21'
    """
    return f"{day_words(row['day_before'])} → {day_words(row['day_after'])}"


def pair_label(row: Row, numbers: dict[str, int]) -> str:
    """Return participant, compartment and days.

    Examples
    --------
    >>> pair_label({"participant_id": "a", "compartment": "blood", "day_before": 0.0,
    ...             "day_after": 9.0}, {"a": 4})
    'Participant 4, blood, day 0 → day 9'
    """
    who = f"Participant {numbers.get(row['participant_id'], 0)}"
    return f"{who}, {compartment_name(str(row['compartment']))}, {days_words(row)}"


def pair_heads(rows: list[Row]) -> list[str]:
    """Return the kind of each pair in words, or empty texts where all are of one kind."""
    words = [kind_words(row) for row in rows]
    return words if len(set(words)) > 1 else [""] * len(rows)
