"""`study.toml`: which files a study has, how they are written, who is in it, what is decided."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from macroimmune.errors import StudyError
from macroimmune.inputs import TableSpec
from macroimmune.results import Finding
from macroimmune.schema import TABLES
from macroimmune.study.analysis_settings import analysis_settings
from macroimmune.study.column_settings import Problems, table_spec, text_list
from macroimmune.study.study import AnalysisSettings

__all__ = [
    "SETTINGS_FILE",
    "SelectionStep",
    "Settings",
    "SourceSettings",
    "parse_settings",
    "read_settings",
]

SETTINGS_FILE = "study.toml"
_DATA_VARIABLE = "${MACROIMMUNE_DATA}"
_TOP_KEYS = ("name", "file", "sheet", "participant_id", "missing", "selection", "analysis")
_STEP_KEYS = ("file", "sheet", "column", "keep", "participant_id")


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One user's table: which of ours it becomes, where it lies and how it is written.

    Parameters
    ----------
    table, file : str
        Ours, and the user's as written.
    path : Path
    sheet : str or None
    spec : TableSpec
    raw_folder : str
        For tables that list raw files: the folder in which these lie, as written; empty: the
        study's folder.
    """

    table: str
    file: str
    path: Path
    sheet: str | None
    spec: TableSpec
    raw_folder: str = ""


@dataclass(frozen=True, slots=True)
class SelectionStep:
    """One line of `[selection]`: participants stay whose `column` is one of `keep`.

    Parameters
    ----------
    name : str
        What the step is called in the participant flow.
    file : str
        Empty: the file of `[participants]`.
    path : Path or None
    sheet : str or None
    column : str
        Heading in that file.
    keep : tuple of str
        Codes of those who stay.
    participant_id : str
        Heading of the participant in that file; empty: as in `[participants]`.
    """

    name: str
    file: str
    path: Path | None
    sheet: str | None
    column: str
    keep: tuple[str, ...]
    participant_id: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a `study.toml` says.

    Parameters
    ----------
    name : str
    sources : tuple of SourceSettings
        In the order of the declared tables.
    selection : tuple of SelectionStep
    analysis : AnalysisSettings
    text : str
        The `study.toml` itself.
    folder : Path
        In which it lies.
    findings : tuple of Finding
        Errors: keys and values that cannot be used, by their key path.
    """

    name: str
    sources: tuple[SourceSettings, ...]
    selection: tuple[SelectionStep, ...]
    analysis: AnalysisSettings
    text: str
    folder: Path
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Defaults:
    """What a section uses where it says nothing itself."""

    folder: Path
    file: str
    sheet: str | None
    participant_id: str
    missing: tuple[str, ...]
    problems: Problems = field(default_factory=lambda: Problems(SETTINGS_FILE))


def read_settings(path: Path) -> Settings:
    """Return what the `study.toml` at `path`, or in the folder at `path`, says.

    Parameters
    ----------
    path : Path
        A folder with a `study.toml`, or a TOML file.

    Returns
    -------
    settings : Settings
        Wrong keys and values are errors among its findings, all at once.

    Raises
    ------
    StudyError
        If there is no such file, or it is not TOML.
    """
    file = path / SETTINGS_FILE if path.is_dir() else path
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        msg = f"{file}: cannot be read ({error}); expected a study.toml: macroimmune init drafts it"
        raise StudyError(msg) from error
    return parse_settings(text, file.parent, file=file.name)


def parse_settings(text: str, folder: Path, *, file: str = SETTINGS_FILE) -> Settings:
    """Return what the text of a `study.toml` says.

    Parameters
    ----------
    text : str
    folder : Path
        The study's folder, in which its files lie.
    file : str
        Name of the TOML file, for messages.

    Raises
    ------
    StudyError
        If the text is not TOML.
    """
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        msg = f"{file}: not TOML ({error}); correct that line"
        raise StudyError(msg) from error
    problems = Problems(file)
    for name in content:
        if name not in _TOP_KEYS and name not in TABLES:
            problems.unknown_key(name, name, [*_TOP_KEYS, *TABLES])
    defaults = _Defaults(
        folder=folder,
        file=_text(content, "file", "", problems),
        sheet=_text(content, "sheet", "", problems) or None,
        participant_id=_text(content, "participant_id", "", problems),
        missing=text_list(content.get("missing", []), "missing", problems),
        problems=problems,
    )
    sources = [source for name in TABLES for source in _sources(name, content.get(name), defaults)]
    return Settings(
        name=_text(content, "name", "", problems) or folder.resolve().name,
        sources=tuple(sources),
        selection=_selection(content.get("selection", {}), defaults),
        analysis=analysis_settings(content.get("analysis", {}), problems),
        text=text,
        folder=folder,
        findings=tuple(problems.findings),
    )


def _sources(name: str, content: object, defaults: _Defaults) -> list[SourceSettings]:
    """Return the sources of one table: none, a section, or an array of sections."""
    if content is None:
        return []
    sections = content if isinstance(content, list) else [content]
    found = []
    for number, section in enumerate(sections, start=1):
        key = f"{name}[{number}]" if isinstance(content, list) else name
        if not isinstance(section, dict):
            defaults.problems.wrong_type(key, section, f"a section [{name}]")
            continue
        source = _source(name, section, key, defaults)
        if source is not None:
            found.append(source)
    return found


def _source(
    name: str, section: Mapping[str, object], key: str, defaults: _Defaults
) -> SourceSettings | None:
    problems = defaults.problems
    spec = table_spec(
        section,
        TABLES[name],
        key,
        problems,
        missing=defaults.missing,
        participant_column=defaults.participant_id,
    )
    file = _text(section, "file", defaults.file, problems, key)
    if not file:
        advice = 'Write file = "..." here or at the top.'
        problems.add(key, "no file", "the file of this table", advice, "file")
        return None
    path = _path(file, f"{key}.file", defaults)
    sheet = _text(section, "sheet", "", problems, key)
    # The default sheet belongs to the default file.
    default_sheet = defaults.sheet if "file" not in section else None
    if path is None:
        return None
    raw_folder = _raw_folder(section, key, defaults) if TABLES[name].lists_files else ""
    if raw_folder is None:
        return None
    return SourceSettings(name, file, path, sheet or default_sheet, spec, raw_folder)


def _raw_folder(section: Mapping[str, object], key: str, defaults: _Defaults) -> str | None:
    """Return the folder of raw files: relative as written, or absolute where that was asked for."""
    written = _text(section, "folder", "", defaults.problems, key)
    if not written:
        return ""
    path = _path(written, f"{key}.folder", defaults)
    if path is None:
        return None
    is_outside = Path(written).is_absolute() or written.startswith(_DATA_VARIABLE)
    return str(path) if is_outside else written


def _path(file: str, key: str, defaults: _Defaults) -> Path | None:
    """Return where a file lies; a relative path may not lead out of the study's folder."""
    if file.startswith(_DATA_VARIABLE):
        data = os.environ.get("MACROIMMUNE_DATA", "")
        if not data:
            advice = "Set it to the folder of the public data."
            found = f"{file!r}, but MACROIMMUNE_DATA is not set"
            defaults.problems.add(key, found, "that variable", advice, "file")
            return None
        return Path(data) / file.removeprefix(_DATA_VARIABLE).lstrip("/\\")
    if Path(file).is_absolute():
        return Path(file)
    if Path(os.path.normpath(file)).parts[:1] == ("..",):
        expected = "a file inside the study's folder"
        advice = "Move it there, or write its absolute path."
        defaults.problems.add(key, repr(file), expected, advice, "file")
        return None
    return defaults.folder / file


def _selection(content: object, defaults: _Defaults) -> tuple[SelectionStep, ...]:
    problems = defaults.problems
    if not isinstance(content, dict):
        problems.wrong_type("selection", content, 'a section: "step" = { column, keep }')
        return ()
    steps = []
    for name, step in content.items():
        key = f"selection.{name}"
        if not isinstance(step, dict) or not {"column", "keep"} <= set(step):
            problems.wrong_type(key, step, '{ column = "heading", keep = ["code that stays"] }')
            continue
        for word in step:
            if word not in _STEP_KEYS:
                problems.unknown_key(f"{key}.{word}", word, _STEP_KEYS)
        file = _text(step, "file", "", problems, key)
        steps.append(
            SelectionStep(
                name=name,
                file=file,
                path=_path(file, f"{key}.file", defaults) if file else None,
                sheet=_text(step, "sheet", "", problems, key) or None,
                column=_text(step, "column", "", problems, key),
                keep=text_list(step["keep"], f"{key}.keep", problems),
                participant_id=_text(step, "participant_id", "", problems, key),
            )
        )
    return tuple(steps)


def _text(
    section: Mapping[str, object], name: str, default: str, problems: Problems, key: str = ""
) -> str:
    value = section.get(name, default)
    if isinstance(value, str):
        return value
    problems.wrong_type(f"{key}.{name}" if key else name, value, "text")
    return default
