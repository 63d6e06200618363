"""Undetected values: however they were written, they end at their limit and are marked."""

import polars as pl

from macroimmune.inputs.reading_columns import Source
from macroimmune.inputs.row_findings import row_findings
from macroimmune.results import Finding
from macroimmune.results.records import Severity

__all__ = ["settled_limits"]

_LOGARITHMIC = r"(?i)npx|log"


def settled_limits(source: Source, frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return rows with `below_limit`, the limit and the value of undetected rows settled.

    Parameters
    ----------
    source : Source
        For messages.
    frame : polars DataFrame
        Measured rows with `value`, `unit`, and `_below`, `_above` where `<` or `>` was written.

    Returns
    -------
    frame : polars DataFrame
        An undetected value that is absent or under its limit stands at the limit.
    findings : tuple of Finding
        What was written, counted; a warning where undetected values have no limit.

    Notes
    -----
    Convention: undetected is what is flagged, written as `<limit`, left empty beside a limit (and
    not flagged as detected), or zero and less beside a limit of a unit that is not logarithmic.
    """
    for name, kind in (("below_limit", pl.Boolean()), ("limit_of_detection", pl.Float64())):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype=kind).alias(name))
    limit, value, below = pl.col("limit_of_detection"), pl.col("value"), pl.col("_below")
    is_log = pl.col("unit").fill_null("").str.contains(_LOGARITHMIC)
    empty = value.is_null() & limit.is_not_null() & pl.col("below_limit").is_null()
    zero = (value <= 0) & (limit > 0) & ~is_log
    flagged = pl.col("below_limit").fill_null(value=False)
    frame = frame.with_columns(
        _empty=empty.fill_null(value=False),
        _zero=(zero & ~flagged).fill_null(value=False),
        _lost=flagged & value.is_null() & limit.is_null(),
        limit_of_detection=pl.when(below).then(pl.coalesce(limit, value)).otherwise(limit),
    )
    frame = frame.with_columns(below_limit=flagged | below | pl.col("_empty") | pl.col("_zero"))
    under = pl.col("below_limit") & (value.is_null() | (value < limit)) & limit.is_not_null()
    frame = frame.with_columns(value=pl.when(under).then(limit).otherwise(value))
    findings = (*_notes(source, frame), *_above(source, frame))
    return frame.drop("_empty", "_zero", "_lost"), findings


def _notes(source: Source, frame: pl.DataFrame) -> tuple[Finding, ...]:
    kept = "Kept as undetected at that limit; no value was made up for them."
    number = "a number, or a limit"
    absent = "Taken as undetected. Was one not measured? Delete its row, or write below_limit = no."
    return (
        *_counted(
            source, frame, "_below", "below-limit", ("written as below a limit (<)", number, kept)
        ),
        *_counted(
            source, frame, "_empty", "empty-at-limit", ("left empty beside a limit", number, absent)
        ),
        *_counted(
            source,
            frame,
            "_zero",
            "zero-below-limit",
            ("of zero or less beside a limit", number, kept),
        ),
        *_counted(
            source,
            frame,
            "_lost",
            "undetected-without-limit",
            (
                "marked undetected, with neither value nor limit",
                "the limit of detection",
                "They were left out, which biases the rest upwards: give limit_of_detection.",
            ),
        ),
    )


def _counted(
    source: Source, frame: pl.DataFrame, mark: str, code: str, words: tuple[str, str, str]
) -> tuple[Finding, ...]:
    n = int(frame[mark].sum())
    if not n:
        return ()
    found, expected, advice = words
    severity: Severity = "warning" if mark == "_lost" else "note"
    place = source.raw.place
    return (Finding(severity, code, place, None, "", f"{n} values {found}", expected, advice),)


def _above(source: Source, frame: pl.DataFrame) -> tuple[Finding, ...]:
    over = frame.filter("_above")
    return row_findings(
        "warning",
        "above-limit",
        file=source.raw.place,
        column="",
        rows=over["source_row"].to_list(),
        found=[f"above {value:g}" for value in over["value"].to_list()],
        expected="a number within the range of the assay",
        advice="Taken as that upper limit; the true value is higher.",
    )
