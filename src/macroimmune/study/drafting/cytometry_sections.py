"""The sections of `study.toml` that read FCS files, and the tables that are written for them."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from macroimmune.inputs import ColumnSpec
from macroimmune.inputs.raw_table import raw_table_from_bytes
from macroimmune.results import Finding
from macroimmune.study.drafting.fcs_folder import FcsFolder, FoundFcs
from macroimmune.study.drafting.file_list_columns import FileList, file_list
from macroimmune.study.drafting.guess import Guess, Open
from macroimmune.study.drafting.panel_columns import panel_guesses
from macroimmune.study.drafting.sections import Section
from macroimmune.study.drafting.sources import FoundTable, table_from_raw
from macroimmune.study.drafting.written_lists import (
    file_rows,
    panel_names,
    panel_rows,
    table_text,
)

__all__ = ["CytometryTables", "cytometry_sections", "cytometry_tables"]

_LIST, _PANELS = "cytometry_files.csv", "panels.csv"
_SAID = ("raw_file", "sample_id", "days_from_treatment_start", "stimulus", "stimulus_minutes",
         "batch", "panel",
         "labels")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class CytometryTables:
    """The user's tables that are about FCS files, and the others.

    Parameters
    ----------
    fcs : FcsFolder
    lists : tuple of FileList
    panels : tuple of (FoundTable, tuple of Guess)
    labels : mapping from path of an FCS file to the table with a label per event
    others : tuple of FoundTable
        Everything else; of a list with further columns, these.
    """

    fcs: FcsFolder
    lists: tuple[FileList, ...]
    panels: tuple[tuple[FoundTable, tuple[Guess, ...]], ...]
    labels: Mapping[PurePosixPath, str]
    others: tuple[FoundTable, ...]


def cytometry_tables(fcs: FcsFolder, tables: Sequence[FoundTable]) -> CytometryTables:
    """Return the tables that list FCS files or channels, apart from the others.

    Parameters
    ----------
    fcs : FcsFolder
    tables : sequence of FoundTable
        Of the study's own folder; those beside FCS files are in `fcs`.
    """
    lists: list[FileList] = []
    panels: list[tuple[FoundTable, tuple[Guess, ...]]] = []
    labels: dict[PurePosixPath, str] = {}
    others: list[FoundTable] = []
    for table in (*tables, *fcs.tables):
        is_own = any(table is one for one in tables)
        listed = file_list(table, fcs.files)
        channels = () if listed else panel_guesses(table, fcs.files)
        labelled = None if listed or channels else _labelled(table, fcs.files)
        if listed:
            rest = _without(table, listed)
            lists.append(listed)
            others += [rest] if is_own and rest.columns else []
        elif channels:
            panels.append((table, channels))
        elif labelled is not None:
            labels[labelled.path] = table.file
        elif is_own:
            others.append(table)
    return CytometryTables(fcs, tuple(lists), tuple(panels), labels, tuple(others))


def _without(table: FoundTable, listed: FileList) -> FoundTable:
    """Return a list of files with the columns that say something of participants."""
    used = {guess.spec.column for guess in listed.guesses} | {one.column for one in listed.opens}
    rest = tuple(one for one in table.columns if one.heading not in used)
    is_more = any(one.heading != listed.participant for one in rest)
    return replace(table, columns=rest if listed.participant and is_more else ())


def _labelled(table: FoundTable, files: Sequence[FoundFcs]) -> FoundFcs | None:
    """Return the FCS file for whose events a narrow table has a row each, heading or not."""
    rows = table.raw.frame.height
    fits = [one for one in files if rows and one.head.n_events in {rows, rows + 1}]
    return fits[0] if len(fits) == 1 and len(table.columns) <= 2 and rows > 100 else None


def cytometry_sections(
    found: CytometryTables, known: Sequence[Section]
) -> tuple[list[Section], dict[str, str], tuple[Finding, ...]]:
    """Return the sections of cytometry, the files to write beside `study.toml`, and what to say.

    Parameters
    ----------
    found : CytometryTables
    known : sequence of Section
        Of the other tables; ids of participants and samples are taken from them.

    Returns
    -------
    sections : list of Section
    written : dict from file name to text
    findings : tuple of Finding
    """
    if not found.fcs.files:
        return [], {}, ()
    taken = {one.source.file for one in known} | {table.file for table, _ in found.panels}
    written: dict[str, str] = {}
    findings: list[Finding] = []
    lists = [_list_section(one) for one in sorted(found.lists, key=lambda one: one.table)]
    listed = frozenset().union(*(one.named for one in found.lists))
    panels = panel_names(found.fcs.files)
    if not any(one.table == "cytometry" for one in found.lists):
        left = [one for one in found.fcs.files if one.path not in listed]
        section, written[_LIST] = _written_list(left, panels, found, known)
        findings.append(_said_of_list(section, len(left)))
        lists.insert(0, section)
    elif len(listed) < len(found.fcs.files):
        findings.append(_unlisted([one for one in found.fcs.files if one.path not in listed]))
    sections = [_with_workspace(one, found.fcs.gates) for one in lists]
    if found.panels:
        sections += [Section("panels", table, "", guesses) for table, guesses in found.panels]
    else:
        name = _PANELS if _PANELS not in taken else f"cytometry_{_PANELS}"
        section, written[name], question = _written_panels(name, found, panels)
        findings.append(question)
        sections.append(section)
    return sections, written, tuple(findings)


def _list_section(one: FileList) -> Section:
    used = {guess.spec.column for guess in one.guesses} | {open_.column for open_ in one.opens}
    columns = tuple(c for c in one.source.columns if c.heading in {*used, one.participant})
    # The other columns are looked at as those of a table of participants, where it has any.
    source = replace(one.source, columns=columns) if one.participant else one.source
    return Section(
        one.table, source, one.participant, one.guesses, one.opens, folder=one.folder,
        keep=one.keep,
    )  # fmt: skip


def _with_workspace(section: Section, gates: Sequence[PurePosixPath]) -> Section:
    """Name the one workspace, or the one GatingML file, that lies beside the FCS files."""
    workspaces = [one for one in gates if one.suffix.lower() == ".wsp"] or list(gates)
    if section.table != "cytometry" or not workspaces:
        return section
    if len(workspaces) > 1:
        names = ", ".join(str(one) for one in workspaces[:4])
        found, advice = f"several: {names}", "say which gates which file: a column workspace"
        question = Open("cytometry", "workspace", found, advice)
        return replace(section, opens=(*section.opens, question))
    name = os.path.relpath(workspaces[0], section.folder or ".").replace(os.sep, "/")
    guess = Guess("cytometry", "workspace", ColumnSpec(constant=name), "the one beside the files")
    return replace(section, guesses=(*section.guesses, guess))


def _written_list(
    files: Sequence[FoundFcs],
    panels: Mapping[PurePosixPath, str],
    found: CytometryTables,
    known: Sequence[Section],
) -> tuple[Section, str]:
    """Return a list of the files that is written for the user to complete."""
    rows = file_rows(
        files,
        panels,
        participants=_ids(known, lambda one: one.participant),
        samples=_ids(known, _sample_heading),
        labels=found.labels,
    )
    text = table_text(rows)
    source = table_from_raw(raw_table_from_bytes(text.encode(), _LIST), _LIST)
    guesses = [Guess("cytometry", name, ColumnSpec(name)) for name in _SAID if name in rows[0]]
    nobody = [row for row in rows if not (row["participant_id"] or row["sample_id"])]
    opens = []
    if nobody:
        said = f"{len(nobody)} of {len(rows)} files of nobody yet"
        advice = f"fill in participant_id, and days_from_treatment_start, there: {_LIST}"
        opens.append(Open("cytometry", "participant_id", said, advice))
    return Section("cytometry", source, "participant_id", tuple(guesses), tuple(opens)), text


def _sample_heading(section: Section) -> str:
    named = (guess.spec.column for guess in section.guesses if guess.name == "sample_id")
    return next(named, "")


def _ids(known: Sequence[Section], heading: Callable[[Section], str]) -> list[str]:
    """Return the ids that sections of other tables have under a heading."""
    columns = [section.source.column(heading(section)) for section in known if heading(section)]
    return sorted({cell for column in columns if column is not None for cell in column.cells})


def _said_of_list(section: Section, n: int) -> Finding:
    nobody = "".join(f", {one.found}" for one in section.opens if one.column == "participant_id")
    return Finding(
        "warning" if nobody else "note",
        "list-written",
        _LIST,
        None,
        "participant_id",
        f"{n} FCS files and no table that lists them: a list was written{nobody}",
        "whose each file is, and its day, panel, stimulus and batch",
        "Fill it in. Delete rows of compensation and blank tubes; controls of no participant go "
        "into a list of their own, [cytometry_controls].",
    )


def _unlisted(files: Sequence[FoundFcs]) -> Finding:
    names = ", ".join(str(one.path) for one in files[:4]) + " ..." * (len(files) > 4)
    return Finding(
        "note", "not-used", "", None, "", f"{len(files)} FCS files in no list: {names}",
        "your confirmation", "Add rows for those that are needed.",
    )  # fmt: skip


def _written_panels(
    name: str, found: CytometryTables, panels: Mapping[PurePosixPath, str]
) -> tuple[Section, str, Finding]:
    """Return a table of the channels that is written for the user to confirm."""
    rows = panel_rows(found.fcs.files, _as_listed(found, panels))
    text = table_text(rows)
    source = table_from_raw(raw_table_from_bytes(text.encode(), name), name)
    columns = ("panel", "channel", "antigen", "role")
    guesses = tuple(Guess("panels", column, ColumnSpec(column)) for column in columns)
    markers = sum(row["role"] in {"lineage", "state"} for row in rows)
    asked = [row["label"] or row["channel"] for row in rows if row["confirm"]]
    question = f"; to be said: {', '.join(asked[:12])}" if asked else ""
    finding = Finding(
        "note",
        "panel-written",
        name,
        None,
        "",
        f"{len(rows)} channels, {markers} of them markers, as the files say{question}",
        "antigen and role of every channel",
        "Confirm it: lineage markers type cells, state markers never do.",
    )
    return Section("panels", source, "", guesses), text, finding


def _as_listed(
    found: CytometryTables, panels: Mapping[PurePosixPath, str]
) -> Mapping[PurePosixPath, str]:
    """Return the panel of each file as the user's lists name it, else as it was told apart."""
    names: dict[PurePosixPath, str] = {}
    for one in found.lists:
        columns = {guess.name: guess.spec.column for guess in one.guesses}
        if "panel" not in columns:
            continue
        rows = one.source.raw.frame.select(columns["raw_file"], columns["panel"]).drop_nulls()
        for cell, panel in rows.iter_rows():
            written = PurePosixPath(one.folder) / str(cell).replace("\\", "/")
            names[PurePosixPath(os.path.normpath(written))] = str(panel)
    return {path: names.get(path, panel) for path, panel in panels.items()}
