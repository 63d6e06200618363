"""The part of `study.toml` that says which of the user's columns are which of ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from macroimmune.closest import did_you_mean
from macroimmune.inputs import ColumnSpec, TableSpec
from macroimmune.results import Finding
from macroimmune.schema import Table

__all__ = ["Problems", "column_spec", "table_spec", "text_list"]

_SPEC_KEYS = ("column", "constant", "unit", "values", "true", "false", "missing")
_SECTION_KEYS = ("file", "sheet", "prefix", "keep", "rename", "wide", "missing")
_FILE_KEYS = ("folder",)
_EXAMPLE = '"heading" or { column = "heading", unit = "...", values = {...} }'


@dataclass(slots=True)
class Problems:
    """What is wrong in a `study.toml`, gathered while it is read."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def add(self, key: str, found: str, expected: str, advice: str, code: str) -> None:
        """Add an error at a key path such as `participants.age_years.unit`."""
        self.findings.append(Finding("error", code, self.file, None, key, found, expected, advice))

    def wrong_type(self, key: str, value: object, expected: str) -> None:
        """Add an error for a value of another kind than expected."""
        found = f"{_kind(value)} {str(value)[:60]!r}"
        self.add(key, found, expected, "Correct the value.", "wrong-type")

    def unknown_key(self, key: str, word: str, words: Iterable[str]) -> None:
        """Add an error for a key that means nothing here, with the closest that does."""
        known = list(words)
        advice = did_you_mean(word, known)
        expected = f"one of {', '.join(known[:30])}"
        self.add(key, f"unknown key {word!r}", expected, advice, "unknown-key")


def _kind(value: object) -> str:
    kinds = {bool: "true/false", int: "number", float: "number", str: "text", list: "list"}
    return kinds.get(type(value), "table" if isinstance(value, dict) else type(value).__name__)


def table_spec(
    section: Mapping[str, object],
    table: Table,
    key: str,
    problems: Problems,
    *,
    missing: tuple[str, ...],
    participant_column: str,
) -> TableSpec:
    """Return the columns that one section of `study.toml` declares.

    Parameters
    ----------
    section : mapping
        As parsed from TOML.
    table : Table
        The declared table that it describes.
    key : str
        Its key path, for messages.
    problems : Problems
        Receives an error for every key or value that cannot be used.
    missing : tuple of str
        Codes that mean missing in the whole study.
    participant_column : str
        Heading of the participant where the section names none.
    """
    declared = [column.name for column in table.columns]
    keys = (*_SECTION_KEYS, *(_FILE_KEYS if table.lists_files else ()))
    columns = {}
    for name, value in section.items():
        if name in keys:
            continue
        if name not in declared:
            problems.unknown_key(f"{key}.{name}", name, [*declared, *keys])
            continue
        spec = column_spec(value, f"{key}.{name}", problems)
        if spec is not None:
            columns[name] = spec
    return TableSpec(
        columns=columns,
        wide=_wide(section, table, key, problems),
        rename=_words(section.get("rename", {}), f"{key}.rename", problems),
        keep=_keep(section.get("keep", {}), f"{key}.keep", problems),
        prefix=_text(section.get("prefix", ""), f"{key}.prefix", problems),
        missing=(*missing, *text_list(section.get("missing", []), f"{key}.missing", problems)),
        participant_column=participant_column,
    )


def column_spec(
    value: object, key: str, problems: Problems, *, constants: Iterable[str] = ()
) -> ColumnSpec | None:
    """Return what is said about one column, None where it cannot be used.

    Parameters
    ----------
    value : object
        Text, or a table with `column` or `constant`.
    key : str
        Its key path, for messages.
    problems : Problems
    constants : iterable of str
        Further keys that are allowed: columns of ours with one text for the whole column.
    """
    if isinstance(value, str):
        return ColumnSpec(value)
    if not isinstance(value, dict):
        problems.wrong_type(key, value, _EXAMPLE)
        return None
    extra = list(constants)
    for name in value:
        if name not in _SPEC_KEYS and name not in extra:
            problems.unknown_key(f"{key}.{name}", name, [*_SPEC_KEYS, *extra])
    if ("column" in value) == ("constant" in value):
        problems.add(key, "neither or both of column and constant", _EXAMPLE, "Give one.", "column")
        return None
    constant = value.get("constant")
    return ColumnSpec(
        column=_text(value.get("column", ""), f"{key}.column", problems),
        constant=None if constant is None else _code(constant, f"{key}.constant", problems),
        unit=_text(value.get("unit", ""), f"{key}.unit", problems),
        values=_words(value.get("values", {}), f"{key}.values", problems),
        true=text_list(value.get("true", []), f"{key}.true", problems),
        false=text_list(value.get("false", []), f"{key}.false", problems),
        missing=text_list(value.get("missing", []), f"{key}.missing", problems),
        constants={
            name: _code(value[name], f"{key}.{name}", problems) for name in extra if name in value
        },
    )


def _wide(
    section: Mapping[str, object], table: Table, key: str, problems: Problems
) -> dict[str, ColumnSpec]:
    wide = section.get("wide", {})
    if not isinstance(wide, dict):
        problems.wrong_type(f"{key}.wide", wide, "a table: our word = their heading")
        return {}
    if wide and not table.measured:
        advice = f"{table.name} has one column per heading: remove .wide."
        problems.add(f"{key}.wide", "a wide table", "a measured table", advice, "unknown-key")
        return {}
    reserved = {table.measured, "value", "unit", "sample_id", "participant_id"}
    fixed = [column.name for column in table.columns if column.name not in reserved]
    specs = {
        word: column_spec(value, f"{key}.wide.{word}", problems, constants=fixed)
        for word, value in wide.items()
    }
    return {word: spec for word, spec in specs.items() if spec is not None}


def text_list(value: object, key: str, problems: Problems) -> tuple[str, ...]:
    """Return a list of codes as text; one code alone counts as a list of one."""
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float | bool) for item in items):
        problems.wrong_type(key, value, 'a list of codes such as ["Y", "1"]')
        return ()
    return tuple(_code(item, key, problems) for item in items)


def _code(value: object, key: str, problems: Problems) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    problems.wrong_type(key, value, "one code")
    return ""


def _text(value: object, key: str, problems: Problems) -> str:
    if isinstance(value, str):
        return value
    problems.wrong_type(key, value, "text")
    return ""


def _words(value: object, key: str, problems: Problems) -> dict[str, str]:
    if not isinstance(value, dict):
        problems.wrong_type(key, value, 'a table: { "their code" = "our code" }')
        return {}
    return {code: _code(word, f"{key}.{code}", problems) for code, word in value.items()}


def _keep(value: object, key: str, problems: Problems) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        problems.wrong_type(key, value, 'a table: { "their heading" = ["code that stays"] }')
        return {}
    return {name: text_list(codes, f"{key}.{name}", problems) for name, codes in value.items()}
