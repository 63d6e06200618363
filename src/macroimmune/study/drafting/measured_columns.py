"""Guesses of what was measured: blood counts, proteins, populations, and everything else."""

import re
from collections.abc import Iterable

import numpy as np

from macroimmune.closest import folded
from macroimmune.inputs import ColumnSpec
from macroimmune.inputs.measured_units import known_analyte
from macroimmune.schema import ANALYTES
from macroimmune.study.drafting.column_profile import ColumnProfile
from macroimmune.study.drafting.guess import Guess
from macroimmune.study.drafting.outcome_columns import mentions_outcome
from macroimmune.units import UNITS, find_unit, same_quantity

__all__ = ["guess_measurements", "is_protein_name", "protein_word"]

_QUALIFIERS = {
    *("baseline", "pre", "pretreatment", "bl", "t0", "c1d1"),
    *("blood", "serum", "plasma", "peripheral", "absolute", "value", "level"),
}
_WORD = re.compile(r"[^\W_]+")
_PROTEIN = re.compile(
    r"s?(?:il\d{1,2}[a-z]{0,4}|cxcl\d+|ccl\d+|tnf(?:a|alpha|rsf\d+[a-z]?)?|ifn[abgl]?(?:\w{3,6})?"
    r"|vegf[a-d]?|g?m?csf|csf[123]|tgfb\d?|hgf|mcp\d|mip1[ab]|cd\d+[a-z]?|pdl?1|lag3|gzm[abkm])"
)
_IN_BRACKETS = re.compile(r"\(([A-Za-z0-9-]{2,12})\)\s*$")
_SHARE = re.compile(
    r"^(?P<population>.*?)[\s,_(\[]*(?:%|\bpercent(?:age)?\b|(?<![a-z])pct(?![a-z])"
    r"|\bfreq(?:uency)?\b)[\s_]*(?:of|in)?[\s_]*(?P<parent>[^)\]]*)[)\]]?\s*$",
    re.IGNORECASE,
)
_CELL = re.compile(
    r"cd\d|treg|\bt\b|cells?\b|\bnk\b|monocyt|dendritic|\bp?dcs?\d?\b|mdsc|lympho|leuko|leuco"
    r"|granulocyt|neutrophil|eosinophil|basophil|\bb\b|plasmablast|temra|naive|effector|memory",
    re.IGNORECASE,
)
# Dates and ids are no biomarkers; times and durations may reach past treatment start.
_NEVER = re.compile(
    r"\b(?:date|years?|id|number|row|visit|days?|weeks?|months?|cycle|dob|zip|time|timing|duration)\b"
)
# A median that only a percentage of leukocytes reaches.
_PERCENT_OF_NEUTROPHILS = 25.0


def is_protein_name(text: str) -> bool:
    """Whether a name is one of the cytokines, chemokines and soluble receptors people measure."""
    return bool(_PROTEIN.fullmatch(folded(protein_word(text))))


def protein_word(name: str) -> str:
    """Return the short name of a protein: IL6 for IL-6 and for Interleukin 6 (IL6).

    Examples
    --------
    >>> protein_word("IL-6"), protein_word("Interleukin 6 (IL6)"), protein_word("VEGF-A")
    ('IL6', 'IL6', 'VEGFA')
    """
    match = _IN_BRACKETS.search(name)
    short = match.group(1) if match else name.strip()
    key = folded(short)
    return key.upper() if _PROTEIN.fullmatch(key) and key.isascii() else short


def _unit_that_fits(analyte: str, median: float) -> str:
    """Return the unit in which a median is possible, empty where ours fits or none does."""
    declared = ANALYTES[analyte]
    if declared.low <= median <= declared.high:
        return ""
    own = UNITS[declared.unit]
    for unit in UNITS.values():
        fits = declared.low <= median * unit.factor / own.factor <= declared.high
        if fits and same_quantity(unit.symbol, own.symbol):
            return unit.symbol
    return ""


def _blood(column: ColumnProfile) -> Guess | None:
    words = [one for one in _WORD.findall(column.name.lower()) if one not in _QUALIFIERS]
    analyte = next(
        filter(None, map(known_analyte, (column.heading, column.name, " ".join(words)))), None
    )
    if analyte is None:
        return None
    declared, median = ANALYTES[analyte], float(np.median(column.numbers))
    if not column.unit:
        if analyte == "neutrophils" and _PERCENT_OF_NEUTROPHILS <= median <= 100:
            spec, reason = ColumnSpec(column.heading), f"median {median:.3g} looks like percent"
            return Guess("blood_counts", "neutrophils_percent", spec, reason, is_wide=True)
        unit = _unit_that_fits(analyte, median)
        reason = f"no unit in the heading; median {median:.3g} looks like {unit}" if unit else ""
        spec = ColumnSpec(column.heading, unit=unit)
        return Guess("blood_counts", analyte, spec, reason, is_wide=True)
    unit = "" if column.unit == declared.unit else column.unit
    if find_unit(column.unit).quantity == "share" and declared.unit != "percent":
        analyte, unit = f"{analyte}_percent", "" if column.unit == "percent" else column.unit
        if analyte not in ANALYTES:
            return None
    elif not same_quantity(column.unit, declared.unit):
        return None
    return Guess("blood_counts", analyte, ColumnSpec(column.heading, unit=unit), is_wide=True)


def _population(column: ColumnProfile) -> Guess | None:
    match = _SHARE.match(column.heading)
    if match is None or not _CELL.search(match["population"]):
        return None
    population = match["population"].strip(" _,;(") or column.heading
    parent = match["parent"].strip(" _,;")
    unit, reason = "percent", ""
    if column.numbers.max() <= 1:
        unit, reason = "fraction", f"no value above {column.numbers.max():g}: fractions"
    spec = ColumnSpec(column.heading, unit=unit, constants={"parent": parent} if parent else {})
    word = f"{population} (% of {parent})" if parent else population
    return Guess("populations", word, spec, reason, is_wide=True)


def _protein(column: ColumnProfile) -> Guess | None:
    quantity = find_unit(column.unit).quantity if column.unit else ""
    by_unit = quantity in {"mass concentration", "normalised protein expression"}
    if not by_unit and (quantity or not is_protein_name(column.name)):
        return None
    reason = "" if by_unit else "no unit in the heading; say pg/mL or NPX"
    spec = ColumnSpec(column.heading, unit=column.unit)
    return Guess("proteins", protein_word(column.name), spec, reason, is_wide=True)


def _supplied(column: ColumnProfile) -> Guess:
    spec = ColumnSpec(column.heading, unit=column.unit)
    return Guess("supplied_features", column.heading.strip(), spec, is_wide=True)


def _named(column: ColumnProfile) -> Guess | None:
    """Return what a heading names; a share of a named parent is a population, not a count."""
    population = _population(column)
    if population is not None and population.spec.constants:
        return population
    return _blood(column) or population or _protein(column)


def guess_measurements(columns: Iterable[ColumnProfile]) -> list[Guess]:
    """Return what the number columns measure, each of our words once.

    Columns with fewer than two different values, outcomes, dates and ids are left out; a second
    column for the same word becomes a supplied feature under its own heading.
    """
    found: list[Guess] = []
    taken: set[tuple[str, str]] = set()
    for column in columns:
        usable = column.is_number and len(column.codes) > 1
        if not usable or mentions_outcome(column) or _NEVER.search(column.text):
            continue
        guess = _supplied(column)
        if column.is_measured:
            guess = _named(column) or guess
        if (guess.table, guess.name) in taken:
            guess = _supplied(column)
        taken.add((guess.table, guess.name))
        found.append(guess)
    return found
