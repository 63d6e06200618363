"""Measured values in the one unit in which each quantity is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from macroimmune.closest import did_you_mean, folded
from macroimmune.errors import SchemaError
from macroimmune.results import Finding
from macroimmune.schema import ANALYTES, Table
from macroimmune.units import UNITS, Unit, find_unit

__all__ = ["in_canonical_units", "known_analyte"]

# Quantities that a table keeps in one unit; other units stay as given.
_CANONICAL: Mapping[str, Mapping[str, str]] = {
    "proteins": {"mass concentration": "pg/mL"},
    "populations": {"share": "percent", "cell concentration": "10^9/L"},
    "microbiome": {"share": "percent"},
    "functional_assays": {"share": "percent", "mass concentration": "pg/mL"},
}
_ANALYTE_BY_WORD = {
    folded(word): analyte.id
    for analyte in ANALYTES.values()
    for word in (analyte.id, analyte.name, *analyte.aliases)
}
_SCALED = ("value", "limit_of_detection", "upper_limit_of_normal")


@dataclass(frozen=True, slots=True)
class _Scale:
    """How the values of one word in one unit are kept: factor (null: not at all) and unit."""

    factor: float | None
    unit: str


def known_analyte(word: str) -> str | None:
    """Return the id of the blood count that `word` names, None where it names none.

    Examples
    --------
    >>> known_analyte("NLR"), known_analyte("Absolute neutrophil count"), known_analyte("?")
    ('nlr', 'neutrophils', None)
    """
    return _ANALYTE_BY_WORD.get(folded(word))


def in_canonical_units(
    frame: pl.DataFrame, table: Table, place: str, headings: Mapping[str, str]
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return measured rows with their values and limits in canonical units.

    Parameters
    ----------
    frame : polars DataFrame
        Long rows with the measured column, `value` and `unit` (null where not said).
    table : Table
        A declared measured table.
    place : str
        File and sheet, for messages.
    headings : mapping from word to the user's heading
        For messages.

    Returns
    -------
    frame : polars DataFrame
        The unit as its declared symbol where it is a declared one.
    findings : tuple of Finding
        Errors where a unit measures another quantity; one note that lists units that were taken
        for granted.
    """
    pairs = frame.select(table.measured, "unit").unique(maintain_order=True)
    scales, findings, assumed = [], [], []
    for word, unit in pairs.iter_rows():
        heading = headings.get(word, word)
        scale, trouble = _scale(table.name, word, unit or "")
        scales.append(scale)
        if trouble is not None:
            findings.append(_error(place, heading, unit, *trouble))
        elif not unit and table.name == "blood_counts" and scale.unit not in {"", "ratio"}:
            assumed.append(f"{word} in {scale.unit}")
    if assumed:
        findings.append(_assumed_note(place, assumed))
    pairs = pairs.with_columns(
        pl.Series("_factor", [scale.factor for scale in scales], dtype=pl.Float64),
        pl.Series("_unit", [scale.unit for scale in scales], dtype=pl.String),
    )
    frame = frame.join(
        pairs, on=[table.measured, "unit"], how="left", nulls_equal=True, maintain_order="left"
    )
    scaled = [pl.col(name) * pl.col("_factor") for name in _SCALED if name in frame.columns]
    frame = frame.with_columns(*scaled, unit=pl.col("_unit")).drop("_factor", "_unit")
    return frame, tuple(findings)


def _scale(table: str, word: str, unit: str) -> tuple[_Scale, tuple[str, str] | None]:
    """Return the scale of one word in one unit; if it has none, what was expected and advised."""
    found = _unit_or_none(unit)
    analyte = ANALYTES.get(word) if table == "blood_counts" else None
    if analyte is not None:
        wanted = find_unit(analyte.unit)
        if not unit:
            return _Scale(1.0, wanted.symbol), None
        if found is None:
            return _Scale(None, wanted.symbol), (
                f"a unit of {wanted.quantity}, such as {wanted.symbol}",
                did_you_mean(unit, UNITS),
            )
        if found.quantity != wanted.quantity:
            return _Scale(None, wanted.symbol), (
                f"a unit of {wanted.quantity}, such as {wanted.symbol}",
                _other_analyte(word, found),
            )
        return _Scale(found.factor / wanted.factor, wanted.symbol), None
    if found is None:
        return _Scale(1.0, unit), None
    symbol = _CANONICAL.get(table, {}).get(found.quantity, found.symbol)
    return _Scale(found.factor / UNITS[symbol].factor, symbol), None


def _unit_or_none(text: str) -> Unit | None:
    try:
        return find_unit(text)
    except SchemaError:
        return None


def _other_analyte(word: str, found: Unit) -> str:
    other = f"{word}_percent"
    if found.quantity == "share" and other in ANALYTES:
        return f"If these are shares of leukocytes, name the column {other}."
    return "Correct the unit, or the name of the column."


def _error(place: str, heading: str, unit: str, expected: str, advice: str) -> Finding:
    found = f"unit {unit!r}; these values were left out"
    return Finding("error", "unit-does-not-fit", place, None, heading, found, expected, advice)


def _assumed_note(place: str, assumed: Sequence[str]) -> Finding:
    return Finding(
        "note",
        "unit-assumed",
        place,
        None,
        "",
        f"no unit; read as {', '.join(assumed)}",
        "a unit for each column",
        'Confirm, or write { column = "...", unit = "..." }.',
    )
