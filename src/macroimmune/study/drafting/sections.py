"""From one of the user's tables to the sections of `study.toml` that read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.inputs import ColumnSpec
from macroimmune.inputs.reading_columns import heading_in
from macroimmune.schema import TABLES
from macroimmune.study.drafting.column_profile import ColumnProfile
from macroimmune.study.drafting.given_codes import codes_in, other_codes
from macroimmune.study.drafting.guess import Guess, Open
from macroimmune.study.drafting.measured_columns import guess_measurements
from macroimmune.study.drafting.outcome_columns import event_codes, guess_outcomes, time_unit
from macroimmune.study.drafting.participant_columns import guess_identifier, guess_participants
from macroimmune.study.drafting.sample_columns import (
    guess_day,
    guess_long,
    guess_samples,
    renamed_proteins,
    timepoint_of,
)
from macroimmune.study.drafting.sources import FoundTable
from macroimmune.study.drafting.stimulated_level_columns import guess_stimulated_levels
from macroimmune.study.drafting.time_labels import later_columns, unexplained_times

__all__ = ["Section", "is_cohort", "sections_of"]

_MOST_REPEATED = 0.2
_WHEN = {"sample_id", "days_from_treatment_start"}


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """One section of a drafted `study.toml`.

    Parameters
    ----------
    table : str
        Ours.
    source : FoundTable
        The user's.
    participant : str
        Heading of the participant in it, empty where it has none.
    guesses : tuple of Guess
    opens : tuple of Open
    rename : mapping from the user's words to ours
    prefix : str
        Put before every id.
    folder : str
        From which a list names its files, empty for the study's own.
    keep : mapping from heading to codes
        Rows that stay.
    """

    table: str
    source: FoundTable
    participant: str
    guesses: tuple[Guess, ...] = ()
    opens: tuple[Open, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    folder: str = ""
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def is_cohort(sections: Mapping[str, Section]) -> bool:
    """Whether one table holds an endpoint whole: a response, or a time with its event."""
    names = {guess.name for guess in sections["outcomes"].guesses} if "outcomes" in sections else ()
    events = {name for name in names if name.endswith("_event")}
    return bool(events or [one for one in names if not one.endswith("_time_days")])


def sections_of(
    source: FoundTable, hints: Mapping[str, ColumnSpec]
) -> tuple[dict[str, Section], str]:
    """Return the sections that read a table, by our table, and why its participant was chosen.

    Parameters
    ----------
    source : FoundTable
    hints : mapping from our column of participants or outcomes to ColumnSpec
        What the user said; it wins over every guess.

    Raises
    ------
    InputError
        If a hint names no column of ours.
    """
    given = _given(source, hints)
    hinted = given.pop("participant_id", None)
    identifier = (hinted.spec.column, "") if hinted else guess_identifier(source.columns)
    participant, reason = identifier or ("", "")
    long = guess_stimulated_levels(source.columns, participant) or guess_long(
        source.raw, source.columns, participant
    )
    if long and not given:
        named = {one.spec.column for one in long if isinstance(one, Guess)}
        is_dated = any(one.name in _WHEN for one in long if isinstance(one, Guess))
        others = [one for one in source.columns if one.heading not in named]
        times = None if is_dated else unexplained_times(others, long[0].table)
        long = [times] if times else long
        return _long_section(source, participant if not reason else "", long), reason
    if not participant:
        return {}, ""
    used = {participant} | {guess.spec.column for guess in given.values()}
    free = [one for one in source.columns if one.heading not in used]
    people = guess_participants(free)
    free = _unused(free, people)
    outcomes = guess_outcomes(free)
    free = _unused(free, outcomes)
    found = {
        "participants": _section(source, participant, "participants", people, given),
        "outcomes": _section(source, participant, "outcomes", outcomes, given),
    }
    samples = [] if given else guess_samples(free, participant)
    if samples and any(guess.name != "sample_id" for guess in samples):
        found["samples"] = _section(source, participant, "samples", samples, {})
    free = _unused(free, samples)
    found |= _measured(source, participant, free, samples)
    kept = {name: one for name, one in found.items() if one.guesses or one.opens}
    return kept, reason


def _unused(columns: list[ColumnProfile], guesses: Sequence[Guess | Open]) -> list[ColumnProfile]:
    used = {one.spec.column if isinstance(one, Guess) else one.column for one in guesses}
    return [one for one in columns if one.heading not in used]


def _section(
    source: FoundTable,
    participant: str,
    table: str,
    found: Sequence[Guess | Open],
    given: Mapping[str, Guess],
) -> Section:
    """Return one section: what was given first, then what was guessed of the rest."""
    own = [guess for guess in given.values() if guess.table == table]
    names = {guess.name for guess in own}
    guesses = [one for one in found if isinstance(one, Guess) and one.name not in names]
    opens = [
        one
        for one in found
        if isinstance(one, Open) and not any(f"{name} = " in one.advice for name in names)
    ]
    return Section(table, source, participant, (*own, *guesses), tuple(opens))


def _measured(
    source: FoundTable, participant: str, free: list[ColumnProfile], samples: list[Guess]
) -> dict[str, Section]:
    guesses = guess_measurements(free)
    repeated = _repeated(source, participant, free, samples)
    if guesses and repeated:
        listed = ", ".join(repr(guess.spec.column) for guess in guesses[:5])
        advice = f"{listed} were not drafted: summarise them to one row per sample"
        open_ = Open("supplied_features", participant, repeated, advice)
        return {
            "supplied_features": _section(source, participant, "supplied_features", [open_], {})
        }
    is_dated = bool(samples) or guess_day(free, "samples") is not None
    times = None if is_dated or not guesses else unexplained_times(free, "supplied_features")
    if times is not None:
        return {
            "supplied_features": _section(source, participant, "supplied_features", [times], {})
        }
    guesses, later = (guesses, []) if is_dated else _without_later(guesses, free)
    sections = {}
    for table in dict.fromkeys(guess.table for guess in guesses):
        own: list[Guess | Open] = [guess for guess in guesses if guess.table == table]
        # A sample that is listed brings its own day; without one the row must say it.
        sample = [replace(one, table=table) for one in samples if one.name == "sample_id"]
        day = guess_day(free, table)
        own = [*sample, *([day] if day and not sample else []), *own]
        sections[table] = _section(source, participant, table, own, {})
    if later:
        table = next(reversed(sections), "supplied_features")
        known = sections.get(table, Section(table, source, participant))
        sections[table] = replace(known, opens=(*known.opens, *later))
    return sections


def _without_later(
    guesses: list[Guess], free: list[ColumnProfile]
) -> tuple[list[Guess], list[Open]]:
    """Leave out columns of later times, which without a day would be taken for baseline."""
    later = {column.heading for column in later_columns(free)}
    out = [guess.spec.column for guess in guesses if guess.spec.column in later]
    if not out:
        return guesses, []
    listed = ", ".join(map(repr, out[:8])) + (f" and {len(out) - 8} more" if len(out) > 8 else "")
    open_ = Open(
        "supplied_features",
        out[0],
        f"no baseline by the heading, and no day: {listed} not read",
        "read them in a section of their own with the day of the sample: "
        'days_from_treatment_start = { constant = "..." }',
    )
    return [guess for guess in guesses if guess.spec.column not in later], [open_]


def _repeated(
    source: FoundTable, participant: str, free: list[ColumnProfile], samples: list[Guess]
) -> str:
    """Return in words how far rows repeat a sample, empty where hardly any does."""
    when = [one for one in (timepoint_of(free), guess_day(free, "samples")) if one is not None]
    key = {participant, *(one.spec.column for one in (*samples, *when))}
    rows = source.raw.frame.select(key).drop_nulls(participant)
    repeated = rows.height - rows.unique().height
    if repeated <= _MOST_REPEATED * rows.height:
        return ""
    return f"{repeated} of {rows.height} rows repeat a participant and time"


def _long_section(
    source: FoundTable, participant: str, found: list[Guess | Open]
) -> dict[str, Section]:
    table = found[0].table
    rename: dict[str, str] = {}
    for one in found:
        if isinstance(one, Guess) and table == "proteins" and one.name == "analyte":
            word = source.column(one.spec.column)
            rename = renamed_proteins(word) if word is not None else {}
    section = _section(source, participant, table, found, {})
    return {table: replace(section, rename=rename)}


def _given(source: FoundTable, hints: Mapping[str, ColumnSpec]) -> dict[str, Guess]:
    """Return what the user said of columns that this table has, completed where it is short.

    Raises
    ------
    InputError
        If a name is no column of ours.
    """
    given = {}
    for name, spec in hints.items():
        table = next((one for one in ("participants", "outcomes") if TABLES[one].column(name)), "")
        if not table:
            known = [
                column.name
                for one in ("participants", "outcomes")
                for column in TABLES[one].columns
            ]
            msg = f"no column {name!r} in participants or outcomes; {did_you_mean(name, known)}"
            raise InputError(msg)
        heading = heading_in(source.raw, spec.column)
        column = source.column(heading) if heading is not None else None
        if column is not None:
            spec = replace(spec, column=column.heading)
            spec, reason = _completed(name, spec, column)
            given[name] = Guess(table, name, spec, reason, is_given=not reason)
    return given


def _completed(name: str, spec: ColumnSpec, column: ColumnProfile) -> tuple[ColumnSpec, str]:
    """Return a given column with its unit or codes guessed where they were not given."""
    if name.endswith("_time_days") and not spec.unit and column.is_number:
        unit, reason = time_unit(column)
        return replace(spec, unit="" if unit == "day" else unit), reason
    if name.endswith("_event") and not spec.true:
        codes = event_codes(column)
        if codes is not None:
            return replace(spec, true=codes[0], false=codes[1]), codes[2]
    if spec.true and not spec.false:
        true = codes_in(column, spec.true)
        false, missing = other_codes(column, true, spec.missing)
        return replace(spec, true=true, false=false, missing=missing), ""
    return spec, ""
