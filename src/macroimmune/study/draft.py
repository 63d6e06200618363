"""A drafted `study.toml`: the user's files looked at, what was guessed said aloud."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.inputs import ColumnSpec
from macroimmune.inputs.reading_columns import heading_in
from macroimmune.results import Finding
from macroimmune.study.drafting import (
    FcsFolder,
    FoundTable,
    RepertoireFolder,
    Section,
    combined,
    cytometry_sections,
    cytometry_tables,
    find_fcs,
    find_repertoires,
    find_tables,
    repertoire_sections,
    repertoire_tables,
    sections_of,
    settings_text,
)

__all__ = ["Draft", "draft_from_tables", "draft_settings"]

_LISTED = 12


@dataclass(frozen=True, slots=True)
class Draft:
    """A `study.toml` that was drafted, and what its reader should know.

    Parameters
    ----------
    text : str
        Valid TOML; a comment on each line that needs confirmation.
    findings : tuple of Finding
        What was inferred (notes, code `inferred`), what was left open (warnings, code
        `not-inferred`) and files that were left out.
    files : mapping from file name to text
        Tables to be written beside it, for the user to complete.
    """

    text: str
    findings: tuple[Finding, ...]
    files: Mapping[str, str] = field(default_factory=dict)


def draft_settings(
    place: Path | Iterable[Path],
    *,
    hints: Mapping[str, ColumnSpec] | None = None,
    sheet: str | None = None,
) -> Draft:
    """Return a `study.toml` for the tables in a folder or in the files given.

    Parameters
    ----------
    place : Path or iterable of Path
        A folder, whose own files are looked at and named relative to it; one file; or files.
    hints : mapping from our column to ColumnSpec
        What is known of `participants` and `outcomes`; it wins over every guess. A unit or codes
        that it does not give are guessed.
    sheet : str or None
        Only this sheet of workbooks.

    Returns
    -------
    draft : Draft

    Raises
    ------
    InputError
        If there are no tables, a hint names a column that no table has, or no table has a column
        that can be the participant.

    Notes
    -----
    Convention: the direction of event codes is never taken for granted; 1 = event is said to be a
    guess. Columns of numbers that are nothing else become supplied features; outcomes, dates and
    identifiers never do.
    """
    where = place if isinstance(place, Path) else None
    is_folder = where is not None and where.is_dir()
    fcs = find_fcs(where) if where is not None and is_folder else FcsFolder()
    chains = find_repertoires(where) if where is not None and is_folder else RepertoireFolder()
    tables, unread = find_tables(
        place,
        sheet=sheet,
        required=not (fcs.files or chains.files),
        skip={str(one.path) for one in chains.files},
    )
    name = (where.resolve().name if where.is_dir() else where.stem) if where else ""
    draft = draft_from_tables(tables, name=name, hints=hints, fcs=fcs, chains=chains)
    return Draft(draft.text, (*unread, *fcs.findings, *draft.findings), draft.files)


def draft_from_tables(
    tables: Sequence[FoundTable],
    *,
    name: str,
    hints: Mapping[str, ColumnSpec] | None = None,
    fcs: FcsFolder | None = None,
    chains: RepertoireFolder | None = None,
) -> Draft:
    """Return a `study.toml` for tables that were read, and raw files; see `draft_settings`.

    Raises
    ------
    InputError
        As there.
    """
    hints = hints or {}
    _check_hints(tables, hints)
    repertoires = repertoire_tables(chains or RepertoireFolder(), tables)
    cytometry = cytometry_tables(fcs or FcsFolder(), repertoires.others)
    looked_at = [(table, *sections_of(table, hints)) for table in cytometry.others]
    sections = combined([found for _, found, _ in looked_at])
    reasons = {id(table): reason for table, _, reason in looked_at if reason}
    more, files, said = cytometry_sections(cytometry, sections)
    sections += more
    more, lists, told = repertoire_sections(repertoires)
    sections += more
    files, said = files | lists, (*said, *told)
    people = [one for one in sections if one.table in {"participants", "outcomes"}]
    known = [one for one in (*people, *sections) if one.participant]
    if not known:
        headings = [column.heading for table in tables for column in table.columns]
        listed = ", ".join(repr(heading) for heading in headings[:8])
        msg = (
            f"no column that names the participant among {listed or 'no columns'}; "
            "say which it is: --participant COLUMN"
        )
        raise InputError(msg)
    main = known[0].source
    if not people:
        sections = [Section("participants", main, known[0].participant), *sections]
    text = settings_text(
        name or main.label,
        sections,
        main=main,
        participant=known[0].participant,
        reason=reasons.get(id(main), ""),
    )
    # What was written for the user to complete is told by itself.
    read = [section for section in sections if section.source.file not in files]
    return Draft(text, (*_findings(read), *said), files)


def _check_hints(tables: Sequence[FoundTable], hints: Mapping[str, ColumnSpec]) -> None:
    """Refuse a hint about a column that no table has.

    Raises
    ------
    InputError
        With the heading that is closest.
    """
    for name, spec in hints.items():
        if all(heading_in(table.raw, spec.column) is None for table in tables):
            headings = [heading for table in tables for heading in table.raw.frame.columns]
            files = ", ".join(dict.fromkeys(table.file for table in tables))
            msg = (
                f"{files}: no column {spec.column!r} ({name}); "
                f"{did_you_mean(spec.column, headings)}"
            )
            raise InputError(msg)


def _findings(sections: Sequence[Section]) -> Iterable[Finding]:
    for section in sections:
        place = section.source.raw.place
        for guess in section.guesses:
            if guess.reason:
                yield Finding(
                    "note",
                    "inferred",
                    place,
                    None,
                    guess.spec.column,
                    f"read as {section.table}.{guess.name}: {guess.reason}",
                    "your confirmation",
                    f"Correct the line {guess.name} in study.toml if this is wrong.",
                )
        for one in section.opens:
            yield Finding(
                "warning",
                "not-inferred",
                place,
                None,
                one.column,
                one.found,
                "what it means",
                f"In study.toml, {one.advice}.",
            )
    for source in {id(section.source): section.source for section in sections}.values():
        own = [section for section in sections if section.source is source]
        yield from _summary(source, own)


def _summary(source: FoundTable, sections: Sequence[Section]) -> Iterable[Finding]:
    """Yield what was read by its heading alone, and which columns are not used."""
    plain = Counter(
        section.table
        for section in sections
        for guess in section.guesses
        if not guess.reason and not guess.is_given
    )
    used = {guess.spec.column for section in sections for guess in section.guesses}
    used |= {section.participant for section in sections}
    used |= {one.column for section in sections for one in section.opens}
    unused = [column.heading for column in source.columns if column.heading not in used]
    if not any(section.guesses for section in sections):
        # The whole table is left open, which is said already.
        unused = []
    if plain:
        found = ", ".join(f"{n} columns read as {table}" for table, n in plain.items())
        advice = "Look through study.toml; correct or remove lines that are wrong."
        yield _note(source, "inferred", f"{found}, by their headings", advice)
    if unused:
        more = f" and {len(unused) - _LISTED} more" if len(unused) > _LISTED else ""
        found = f"not used: {', '.join(map(repr, unused[:_LISTED]))}{more}"
        yield _note(source, "not-used", found, "Add a line to study.toml for what is needed.")


def _note(source: FoundTable, code: str, found: str, advice: str) -> Finding:
    place = source.raw.place
    return Finding("note", code, place, None, "", found, "your confirmation", advice)
