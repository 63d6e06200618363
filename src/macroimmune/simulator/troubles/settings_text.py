"""Single lines of a `study.toml`, changed without touching the others."""

import json
import tomllib
from collections.abc import Mapping
from typing import Any

__all__ = ["as_one_of_several", "section_of", "with_line", "without_line"]


def section_of(text: str, section: str) -> Mapping[str, Any]:
    r"""Return a section, the first of several of that name, empty where there is none.

    Examples
    --------
    >>> section_of('[proteins]\nfile = "a.csv"', "proteins")
    {'file': 'a.csv'}
    """
    content: Any = tomllib.loads(text)
    for name in section.split(".") if section else []:
        content = content.get(name, {})
        if isinstance(content, list):
            content = content[0]
    return dict(content)


def _span(lines: list[str], section: str) -> tuple[int, int] | None:
    """Return where the lines of a section begin and end, without its heading."""
    starts = [at for at, line in enumerate(lines) if line.startswith("[")]
    begin = 0
    if section:
        wanted = (f"[{section}]", f"[[{section}]]")
        found = [at for at in starts if lines[at].split("#")[0].strip() in wanted]
        if not found:
            return None
        begin = found[0] + 1
    return begin, next((at for at in starts if at >= begin), len(lines))


def _line_of(lines: list[str], span: tuple[int, int], key: str) -> int | None:
    for at in range(*span):
        name, separator, _ = lines[at].partition("=")
        if separator and name.strip().strip('"') == key:
            return at
    return None


def with_line(text: str, section: str, key: str, value: str) -> str:
    r"""Return the text in which `key = value` stands in a section; new ones are added.

    Parameters
    ----------
    text : str
        With one key a line.
    section : str
        Such as `blood_counts.wide`; empty for the top.
    key, value : str
        The value as TOML.

    Examples
    --------
    >>> with_line('[proteins]\nfile = "a.csv"\n', "proteins", "file", '"b.csv"')
    '[proteins]\nfile = "b.csv"\n'
    """
    lines = text.splitlines()
    span = _span(lines, section)
    line = f"{key} = {value}"
    if span is None:
        return text + f"\n[{section}]\n{line}\n"
    at = _line_of(lines, span, key)
    if at is None:
        lines.insert(span[0], line)
    else:
        lines[at] = line
    return "\n".join(lines) + "\n"


def without_line(text: str, section: str, key: str) -> str:
    """Return the text without a key of a section; the same text where it is not there."""
    lines = text.splitlines()
    span = _span(lines, section)
    at = _line_of(lines, span, key) if span else None
    if at is not None:
        del lines[at]
    return "\n".join(lines) + "\n"


def as_one_of_several(text: str, section: str, *, other_file: str) -> str:
    r"""Return the text in which a section stands twice, the second time for another file.

    Examples
    --------
    >>> as_one_of_several('[outcomes]\nos_event = "Dead"\n', "outcomes", other_file="b.csv")
    '[[outcomes]]\nos_event = "Dead"\n\n[[outcomes]]\nfile = "b.csv"\nos_event = "Dead"\n'
    """
    lines = text.splitlines()
    span = _span(lines, section)
    if span is None:
        return text
    begin, end = span
    inner = [line for line in lines[begin:end] if line.strip()]
    other = [line for line in inner if line.partition("=")[0].strip() != "file"]
    heading = f"[[{section}]]"
    several = [heading, *inner, "", heading, f"file = {json.dumps(other_file)}", *other]
    rest = lines[end:]
    return "\n".join([*lines[: begin - 1], *several, *([""] if rest else []), *rest]) + "\n"
