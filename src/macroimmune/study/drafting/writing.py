"""The text of a drafted `study.toml`."""

from collections import Counter
from collections.abc import Sequence

from macroimmune.study.drafting.guess import Guess
from macroimmune.study.drafting.sections import Section
from macroimmune.study.drafting.sources import FoundTable
from macroimmune.study.drafting.toml_text import (
    comment_text,
    key_text,
    list_text,
    spec_text,
    string_text,
)

__all__ = ["settings_text"]

_HEAD = "# Drafted from the files: confirm what is marked as guessed, complete what is left open."


def settings_text(
    name: str, sections: Sequence[Section], *, main: FoundTable, participant: str, reason: str
) -> str:
    """Return a whole `study.toml`.

    Parameters
    ----------
    name : str
        Of the study.
    sections : sequence of Section
        In order; several of one table become an array of tables.
    main : FoundTable
        The default file, which sections of it need not name.
    participant : str
        The default heading of the participant.
    reason : str
        Why that column was taken, empty where its heading says it.
    """
    lines = [_HEAD, f"name = {string_text(name)}", f"file = {string_text(main.file)}"]
    if main.sheet:
        lines.append(f"sheet = {string_text(main.sheet)}")
    lines.append(f"participant_id = {string_text(participant)}{_remark(reason)}")
    times = Counter(section.table for section in sections if _is_read(section))
    for section in sections:
        repeated = times[section.table] > 1
        lines += ["", *_section_lines(section, main, participant, repeated=repeated)]
    return "\n".join(lines) + "\n"


def _is_read(section: Section) -> bool:
    """Whether a section reads anything; participants do, with nothing but their id."""
    return bool(section.guesses) or section.table == "participants"


def _section_lines(
    section: Section, main: FoundTable, participant: str, *, repeated: bool
) -> list[str]:
    head, place = section.table, comment_text(section.source.raw.place)
    opens = [_open_line(one.column, one.found, one.advice) for one in section.opens]
    if not _is_read(section):
        return [f"# {place} is not read", *opens]
    lines = []
    plain = [guess for guess in section.guesses if not guess.is_wide]
    wide = [guess for guess in section.guesses if guess.is_wide]
    own_lines = [*_source_lines(section, main, participant), *map(_guess_line, plain)]
    own_lines += opens
    if section.rename:
        pairs = (f"{key_text(key)} = {string_text(to)}" for key, to in section.rename.items())
        own_lines.append(f"rename = {{ {', '.join(pairs)} }}")
    if own_lines or repeated or not wide:
        lines += [f"[[{head}]]" if repeated else f"[{head}]", *own_lines]
    if wide:
        lines += [f"[{head}.wide]", *map(_guess_line, wide)]
    return lines


def _source_lines(section: Section, main: FoundTable, participant: str) -> list[str]:
    lines = []
    source = section.source
    if (source.file, source.sheet) != (main.file, main.sheet):
        lines.append(f"file = {string_text(source.file)}")
        if source.sheet:
            lines.append(f"sheet = {string_text(source.sheet)}")
    if section.folder:
        lines.append(f"folder = {string_text(section.folder)}")
    for heading, codes in section.keep.items():
        lines.append(f"keep = {{ {key_text(heading)} = {list_text(codes)} }}")
    if section.prefix:
        lines.append(f"prefix = {string_text(section.prefix)}")
    if section.participant and section.participant != participant:
        lines.append(f"participant_id = {string_text(section.participant)}")
    return lines


def _guess_line(guess: Guess) -> str:
    return f"{key_text(guess.name)} = {spec_text(guess.spec)}{_remark(guess.reason)}"


def _remark(reason: str) -> str:
    return f"  # guessed: {comment_text(reason)}; confirm" if reason else ""


def _open_line(column: str, found: str, advice: str) -> str:
    return f"# open: {comment_text(f'{column!r}: {found}; {advice}')}"
