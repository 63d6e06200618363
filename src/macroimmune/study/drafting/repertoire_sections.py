"""The sections of `study.toml` that read repertoires: lists of files, and tables of clonotypes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from macroimmune.inputs import ColumnSpec
from macroimmune.inputs.raw_table import raw_table_from_bytes
from macroimmune.results import Finding
from macroimmune.study.drafting.clonotype_columns import (
    guess_clonotypes,
    guess_codes,
    guess_counted,
)
from macroimmune.study.drafting.column_profile import ColumnProfile, first_named
from macroimmune.study.drafting.file_list_columns import files_named_by, guess_well
from macroimmune.study.drafting.guess import Guess, Open
from macroimmune.study.drafting.participant_columns import is_identifier, is_sample_identifier
from macroimmune.study.drafting.repertoire_folder import FoundRepertoire, RepertoireFolder
from macroimmune.study.drafting.sample_columns import guess_day
from macroimmune.study.drafting.sections import Section
from macroimmune.study.drafting.sources import FoundTable, table_from_raw
from macroimmune.study.drafting.written_lists import table_text

__all__ = ["RepertoireTables", "repertoire_sections", "repertoire_tables"]

_TABLE, _LIST = "repertoires", "repertoire_files.csv"
_LIBRARY = ("library", "replicate", "lane", "libraryid")
_FORMAT = ("format", "export", "software", "filetype", "type")
_WRITTEN = ("raw_file", "participant_id", "sample_id", "days_from_treatment_start", "compartment",
            "format", "counted", "library", "labels")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RepertoireTables:
    """The user's tables that are about repertoires, and the others.

    Parameters
    ----------
    folder : RepertoireFolder
    sections : tuple of Section
        Of lists of files and of tables of clonotypes.
    named : frozenset of PurePosixPath
        Files that a list names.
    others : tuple of FoundTable
    """

    folder: RepertoireFolder
    sections: tuple[Section, ...]
    named: frozenset[PurePosixPath]
    others: tuple[FoundTable, ...]


def repertoire_tables(folder: RepertoireFolder, tables: Sequence[FoundTable]) -> RepertoireTables:
    """Return the tables that list files of chains or hold clonotypes, apart from the others.

    Parameters
    ----------
    folder : RepertoireFolder
    tables : sequence of FoundTable
        Of the study's own folder; those beside the files are in `folder`.
    """
    sections: list[Section] = []
    named: set[PurePosixPath] = set()
    others: list[FoundTable] = []
    for table in (*tables, *folder.tables):
        listed = _list_section(table, folder)
        clonotypes = None if listed else guess_clonotypes(table)
        if listed:
            sections.append(listed[0])
            named |= listed[1]
        elif clonotypes is not None:
            sections.append(clonotypes)
        elif any(table is one for one in tables):
            others.append(table)
    return RepertoireTables(folder, tuple(sections), frozenset(named), tuple(others))


def repertoire_sections(
    found: RepertoireTables,
) -> tuple[list[Section], dict[str, str], tuple[Finding, ...]]:
    """Return the sections of repertoires, the list to write beside `study.toml`, what to say.

    Parameters
    ----------
    found : RepertoireTables
    """
    sections = list(found.sections)
    if not found.folder.files or any(one.table == _TABLE for one in sections):
        return sections, {}, ()
    text = table_text([_written_row(one, found.folder) for one in found.folder.files])
    source = table_from_raw(raw_table_from_bytes(text.encode(), _LIST), _LIST)
    filled = [name for name in _WRITTEN if name != "participant_id"]
    guesses = tuple(Guess(_TABLE, name, ColumnSpec(name)) for name in filled)
    question = Open(
        _TABLE,
        "participant_id",
        f"{len(found.folder.files)} files of nobody yet",
        f"fill in participant_id, days_from_treatment_start and counted there: {_LIST}",
    )
    finding = Finding(
        "warning",
        "list-written",
        _LIST,
        None,
        "participant_id",
        f"{len(found.folder.files)} files of receptor chains and no table that lists them: a list "
        "was written",
        "whose each file is, its day, and what it counts: templates, umis, cells or reads",
        "Fill it in. Delete rows of files that are not of the study.",
    )
    section = Section(_TABLE, source, "participant_id", guesses, (question,))
    return [*sections, section], {_LIST: text}, (finding,)


def _written_row(one: FoundRepertoire, folder: RepertoireFolder) -> dict[str, str]:
    beside = [name for name in folder.labels if name.parent == one.path.parent]
    row = dict.fromkeys(_WRITTEN, "")
    row |= {"raw_file": str(one.path), "format": one.layout}
    if one.layout == "10x":
        row |= {"counted": "cells", "labels": str(beside[0]) if len(beside) == 1 else ""}
    return row


def _list_section(
    table: FoundTable, folder: RepertoireFolder
) -> tuple[Section, frozenset[PurePosixPath]] | None:
    """Return how a table lists files of chains, None where it does not."""
    paths = [one.path for one in folder.files]
    column, place, named = max(
        (files_named_by(one, paths) for one in table.columns),
        key=lambda one: len(one[2]),
        default=(None, "", frozenset()),
    )
    if column is None or not named:
        return None
    free = [one for one in table.columns if one is not column]
    whose = next((one for one in free if is_identifier(one)), None)
    sample = next((one for one in free if is_sample_identifier(one)), None)
    guesses = [Guess(_TABLE, "raw_file", ColumnSpec(column.heading))]
    if sample is not None:
        guesses.append(Guess(_TABLE, "sample_id", ColumnSpec(sample.heading)))
    for name, headings in (("library", _LIBRARY),):
        one = first_named(free, headings)
        guesses += [Guess(_TABLE, name, ColumnSpec(one.heading))] if one else []
    guesses += guess_codes(free, _TABLE)
    guesses += [one for one in guess_well(free, _TABLE) if one.name == "batch"]
    day = guess_day(free, _TABLE)
    guesses += [day] if day else []
    guesses += _labels(free, folder, place)
    layouts = {one.path: one.layout for one in folder.files}
    more = (
        _format(free, {layouts[path] for path in named}),
        guess_counted(free, _TABLE),
    )
    guesses += [one for one in more if isinstance(one, Guess)]
    opens = tuple(one for one in more if isinstance(one, Open))
    section = Section(
        _TABLE, table, whose.heading if whose else "", tuple(guesses), opens, folder=place
    )
    return section, named


def _format(free: Sequence[ColumnProfile], layouts: set[str]) -> Guess | Open | None:
    column = first_named(free, _FORMAT)
    if len(layouts) == 1:
        (layout,) = layouts
        return Guess(_TABLE, "format", ColumnSpec(constant=layout), "the headings of the files")
    if column is not None:
        known = {"airr": "airr", "10x": "10x", "immunoseq": "immunoseq", "mixcr": "mixcr",
                 "vdjtools": "vdjtools"}  # fmt: skip
        values = {code: known[code.lower()] for code in column.codes if code.lower() in known}
        if len(values) == len(column.codes):
            return Guess(_TABLE, "format", ColumnSpec(column.heading, values=values))
    found = f"files of several formats: {', '.join(sorted(layouts))}"
    return Open(_TABLE, "format", found, 'say which is which: format = "..."')


def _labels(free: Sequence[ColumnProfile], folder: RepertoireFolder, place: str) -> list[Guess]:
    """Return the column that names tables of cell labels from the same folder."""
    for column in free:
        _, other, named = files_named_by(column, folder.labels)
        if named and other == place:
            return [Guess(_TABLE, "labels", ColumnSpec(column.heading))]
    return []
