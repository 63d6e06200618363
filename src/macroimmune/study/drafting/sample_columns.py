"""Guesses of samples, days and long tables, in which each row is one measured value."""

import re
from collections.abc import Iterable, Sequence

from macroimmune.closest import folded
from macroimmune.inputs import ColumnSpec, RawTable
from macroimmune.inputs.measured_units import known_analyte
from macroimmune.study.drafting.column_profile import ColumnProfile, first_named
from macroimmune.study.drafting.guess import Guess, Open
from macroimmune.study.drafting.measured_columns import is_protein_name, protein_word
from macroimmune.study.drafting.participant_columns import is_sample_identifier

__all__ = [
    "day_of_label",
    "guess_day",
    "guess_long",
    "guess_samples",
    "renamed_proteins",
    "timepoint_of",
]

_VALUE = ("value", "result", "concentration", "conc", "npx", "level", "measurement", "frequency")
_WORD = (
    "analyte",
    "protein",
    "assay",
    "labtest",
    "test",
    "marker",
    "biomarker",
    "papername",
    "population",
    "cellpopulation",
    "celltype",
    "feature",
    "parameter",
    "variable",
    "cytokine",
)
_UNIT, _LIMIT = ("unit", "units"), ("lod", "limitofdetection", "llod", "lloq")
_DAY = (
    "day",
    "days",
    "studyday",
    "visitday",
    "dayonstudy",
    "daysfromtreatmentstart",
    "daysfromstart",
    "dayfromtreatmentstart",
    "dayssincetreatmentstart",
    "timepointday",
)
_TIMEPOINT = ("timepoint", "timepointid", "visit", "visitname", "time", "cycle", "timepointname")
_MOST_REPEATED = 0.2
_MOSTLY = 0.5


def day_of_label(label: str) -> str | None:
    """Return the day that the name of a time point says, None where a cycle's length would."""
    words = re.sub(r"[^a-z0-9]+", " ", label.lower()).strip()
    if re.fullmatch(
        r"(?:baseline|base|bl|pre(?: ?(?:treatment|therapy|dose|tx))?|screening|t0)", words
    ):
        return "0"
    for pattern, first, factor in (
        (r"c0?1 ?d0?(\d{1,2})", 1, 1),
        (r"(?:day|d) ?(\d{1,3})", 0, 1),
        (r"(?:week|wk|w) ?(\d{1,3})", 0, 7),
    ):
        match = re.fullmatch(pattern, words)
        if match:
            return str((int(match[1]) - first) * factor)
    return None


def guess_day(columns: Iterable[ColumnProfile], table: str) -> Guess | None:
    """Return the day of the sample: a column of days, or the names of time points as days."""
    columns = list(columns)
    day = first_named(columns, _DAY)
    if day is not None and day.is_number:
        return Guess(table, "days_from_treatment_start", ColumnSpec(day.heading))
    timepoint = first_named(columns, _TIMEPOINT)
    if timepoint is None:
        return None
    days = {label: day_of_label(label) for label in timepoint.codes}
    known = {label: number for label, number in days.items() if number is not None}
    unknown = tuple(label for label, number in days.items() if number is None)
    if not known:
        return None
    said = ", ".join(f"{label} = day {number}" for label, number in known.items())
    reason = f"{said}; say the days of {', '.join(unknown)}" if unknown else said
    spec = ColumnSpec(timepoint.heading, values=known, missing=unknown)
    return Guess(table, "days_from_treatment_start", spec, reason)


def timepoint_of(columns: Iterable[ColumnProfile]) -> Guess | None:
    """Return the column that names the time point, None where there is none."""
    timepoint = first_named(columns, _TIMEPOINT)
    if timepoint is None:
        return None
    return Guess("samples", "timepoint", ColumnSpec(timepoint.heading))


def guess_samples(columns: Sequence[ColumnProfile], participant: str) -> list[Guess]:
    """Return the samples that a table lists, one a row; empty where it is no such table."""
    sample = next((one for one in columns if is_sample_identifier(one)), None)
    if sample is None or sample.heading == participant or not participant:
        return []
    found = [Guess("samples", "sample_id", ColumnSpec(sample.heading))]
    when = (timepoint_of(columns), guess_day(columns, "samples"))
    found += [guess for guess in when if guess is not None]
    batch = first_named(columns, ("batch", "plate", "run", "batchid", "plateid"))
    if batch is not None:
        found.append(Guess("samples", "batch", ColumnSpec(batch.heading)))
    return found


def _measured_table(word: ColumnProfile, unit: str) -> str:
    """Return the declared table that a long table's words belong to."""
    names = word.codes
    if sum(known_analyte(name) is not None for name in names) >= _MOSTLY * len(names):
        return "blood_counts"
    proteins = sum(is_protein_name(name) for name in names)
    about_proteins = folded(word.heading) in {"protein", "cytokine"} or unit in {"NPX", "pg/mL"}
    if about_proteins or proteins >= 0.3 * len(names):
        return "proteins"
    cells = sum(bool(re.search(r"\bcells?\b|CD\d|% of|Treg|DC\b|NK", name)) for name in names)
    return "populations" if cells >= _MOSTLY * len(names) else "supplied_features"


def guess_long(
    raw: RawTable, columns: Sequence[ColumnProfile], participant: str
) -> list[Guess | Open]:
    """Return how a long table is read; empty where the table is not long."""
    value, word = first_named(columns, _VALUE), first_named(columns, _WORD)
    sample = next((one for one in columns if is_sample_identifier(one)), None)
    who = sample.heading if sample is not None else participant
    if value is None or word is None or not value.is_number or word.is_number or not who:
        return []
    if len(word.codes) == len(word.cells):
        return []
    unit = "NPX" if folded(value.heading) == "npx" else value.unit
    table = _measured_table(word, unit)
    day = guess_day(columns, table)
    key = [who, word.heading, *([day.spec.column] if day else [])]
    rows = raw.frame.select(key).drop_nulls()
    repeated = rows.height - rows.unique().height
    if repeated > _MOST_REPEATED * rows.height:
        found = f"{repeated} of {rows.height} rows repeat a {word.heading} of a sample"
        advice = "say which column tells them apart: keep only one of its codes, or join the two"
        return [Open(table, word.heading, found, advice)]
    measured = {"populations": "population", "supplied_features": "feature"}.get(table, "analyte")
    guesses = [Guess(table, measured, ColumnSpec(word.heading))]
    guesses.append(_value_guess(table, value, unit))
    if sample is not None and sample.heading != participant:
        guesses.append(Guess(table, "sample_id", ColumnSpec(sample.heading)))
    for name, headings in (("unit", _UNIT), ("limit_of_detection", _LIMIT)):
        column = first_named(columns, headings)
        if column is not None and (name == "unit" or table == "proteins"):
            guesses.append(Guess(table, name, ColumnSpec(column.heading)))
    return [*guesses, *([day] if day else [])]


def _value_guess(table: str, value: ColumnProfile, unit: str) -> Guess:
    reason = ""
    if table == "populations" and not unit:
        unit = "fraction" if value.numbers.max() <= 1 else "percent"
        reason = f"no value above {value.numbers.max():g}: {unit}"
    return Guess(table, "value", ColumnSpec(value.heading, unit=unit), reason)


def renamed_proteins(word: ColumnProfile) -> dict[str, str]:
    """Return long names of proteins to short ones, such as Interleukin 6 (IL6) to IL6."""
    short = {name: protein_word(name) for name in word.codes}
    several = [one for one in short.values() if list(short.values()).count(one) > 1]
    return {name: to for name, to in short.items() if name != to and to not in several}
