"""Cells to numbers: decimal commas, thousands, limits such as <0.2, and codes that are none."""

import re
from dataclasses import dataclass

import polars as pl

from macroimmune.inputs.cells import Cells
from macroimmune.inputs.row_findings import row_findings
from macroimmune.results import Finding

__all__ = ["Numbers", "plain_numbers", "read_numbers"]

_LIMIT = r"^([<>≤≥]=?)\s*(.+)$"
# A year, month and day in either order, with or without a time of the day.
_DATE = (
    r"^(?:(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.](?:\d{1,2}|[A-Za-z]{3})[-/.]\d{2,4})"
    r"(?:[ T]\d.*)?$"
)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+(e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column of numbers.

    Parameters
    ----------
    values : polars Series of Float64
        Null where missing or not a number; the limit itself where only a limit was written.
    below, above : polars Series of Boolean
        Where `<limit` or `>limit` was written.
    findings : tuple of Finding
    """

    values: pl.Series
    below: pl.Series
    above: pl.Series
    findings: tuple[Finding, ...]


def plain_numbers(text: pl.Series) -> Numbers | None:
    """Return the numbers of a column in which every filled cell is one, None for other columns.

    Parameters
    ----------
    text : polars Series of String
        As written. Most columns are such; `read_numbers` takes ten times longer.
    """
    values = text.cast(pl.Float64, strict=False)
    if values.null_count() != text.null_count() or not values.is_finite().all():
        return None
    never = pl.Series([False], dtype=pl.Boolean).new_from_index(0, text.len())
    return Numbers(values, never, never, ())


def read_numbers(cells: Cells, *, limits_allowed: bool) -> Numbers:
    """Return the numbers in `cells`.

    Parameters
    ----------
    cells : Cells
    limits_allowed : bool
        Whether `<0.2` is a measurement (a protein below its limit) or a code.

    Notes
    -----
    Convention: one decimal mark per column. A comma followed by other than three digits anywhere
    in the column makes commas decimal; where every comma could be either, they are decimal in
    files separated by semicolons and thousands elsewhere, and a note says so.
    """
    text = cells.text
    signs = text.str.extract(_LIMIT, 1)
    bare = text.str.extract(_LIMIT, 2).str.strip_chars()
    bare = bare.zip_with(signs.is_not_null(), text)
    plain = bare.cast(pl.Float64, strict=False)
    plain = plain.set(~plain.is_finite(), None)
    findings: tuple[Finding, ...] = ()
    hard = plain.is_null() & bare.is_not_null()
    if hard.any():
        plain, findings = _with_commas(plain, bare, hard, cells)
    below = (signs.str.slice(0, 1).is_in(["<", "≤"]) & plain.is_not_null()).fill_null(value=False)
    above = (signs.str.slice(0, 1).is_in([">", "≥"]) & plain.is_not_null()).fill_null(value=False)
    if not limits_allowed:
        plain = plain.set(below | above, None)
    findings += _codes(cells, plain.is_null() & text.is_not_null())
    return Numbers(plain, below, above, findings)


def _with_commas(
    plain: pl.Series, bare: pl.Series, hard: pl.Series, cells: Cells
) -> tuple[pl.Series, tuple[Finding, ...]]:
    """Read the cells that are not plain numbers, by the one rule that fits the column."""
    spelled = {
        cell: re.sub(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3})", "", cell)
        for cell in bare.filter(hard).unique().to_list()
    }
    commas = [cell for cell in spelled.values() if "," in cell]
    thousands = [cell for cell in commas if _THOUSANDS.fullmatch(cell)]
    decimals = [cell for cell in commas if _DECIMAL_COMMA.fullmatch(cell)]
    only_thousands = set(thousands) - set(decimals)
    only_decimals = set(decimals) - set(thousands)
    both = bool(thousands or decimals) and not only_thousands and not only_decimals
    decimal = bool(only_decimals) or (both and cells.decimal_comma)
    if only_decimals and only_thousands:
        decimal = cells.decimal_comma
    numbers = {cell: _number(text, decimal=decimal) for cell, text in spelled.items()}
    read = bare.replace_strict(
        list(numbers), list(numbers.values()), default=None, return_dtype=pl.Float64
    )
    findings: tuple[Finding, ...] = ()
    if decimal and _dots_are_ambiguous(bare, hard):
        dotted = bare.str.contains(r"^[+-]?\d{1,3}\.\d{3}$").fill_null(value=False)
        plain = plain.set(dotted, None)
    if both:
        findings = (_comma_note(cells, commas[0], decimal=decimal),)
    return read.zip_with(hard, plain), findings


def _dots_are_ambiguous(bare: pl.Series, hard: pl.Series) -> bool:
    """Whether a column with decimal commas also has dots before three digits, as in 1.234."""
    return bool(bare.filter(~hard).str.contains(r"^[+-]?\d{1,3}\.\d{3}$").any())


def _number(text: str, *, decimal: bool) -> float | None:
    if decimal and _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif not decimal and _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", text, re.IGNORECASE | re.ASCII):
        return None
    number = float(text)
    return number if abs(number) != float("inf") else None


def _comma_note(cells: Cells, example: str, *, decimal: bool) -> Finding:
    read = _number(example, decimal=decimal)
    return Finding(
        "note",
        "decimal-comma",
        cells.place,
        None,
        cells.column,
        f"{example!r}, read as {read:g}",
        "a number without commas",
        "If that is wrong, write the numbers with a decimal point and without thousands.",
    )


def _dates(cells: Cells, at: list[int], count: int) -> Finding:
    return Finding(
        "error",
        "dates-in-number-column",
        cells.place,
        cells.rows[at[0]],
        cells.column,
        f"this column holds dates ({count} cells, the first {cells.text[at[0]]!r})",
        "a number",
        "Name another column, or add one with the days between the two dates.",
    )


def _codes(cells: Cells, bad: pl.Series) -> tuple[Finding, ...]:
    if not bad.any():
        return ()
    at = bad.arg_true().to_list()
    codes = cells.text.filter(bad)
    dates = int(codes.str.contains(_DATE).sum())
    if 2 * dates > cells.text.drop_nulls().len():
        return (_dates(cells, at, dates),)
    listed = ", ".join(repr(code[:40]) for code in sorted(codes.unique().to_list())[:10])
    return row_findings(
        "warning",
        "code-in-number-column",
        file=cells.place,
        column=cells.column,
        rows=[cells.rows[position] for position in at],
        found=[repr(code[:80]) for code in codes.to_list()],
        expected="a number",
        advice=(
            f"Taken as missing. Codes of this column: {listed}. "
            "If they mean missing, list them under missing = [...]."
        ),
    )
