"""TOML text of names, codes and column specifications, valid whatever the headings are."""

import json
import re
from collections.abc import Iterable, Mapping

from macroimmune.inputs import ColumnSpec

__all__ = ["comment_text", "key_text", "list_text", "spec_text", "string_text"]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def string_text(text: str) -> str:
    r"""Return `text` as a TOML basic string.

    Examples
    --------
    >>> print(string_text('say "IL-6"'))
    "say \"IL-6\""
    """
    # JSON escapes the same characters as TOML, except for DEL, which TOML forbids as it stands.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key_text(text: str) -> str:
    """Return `text` as a TOML key, bare where that is allowed."""
    return text if _BARE_KEY.fullmatch(text) else string_text(text)


def comment_text(text: str) -> str:
    """Return `text` fit for a comment: one line without control characters."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+", " ", text).strip()


def list_text(items: Iterable[str]) -> str:
    """Return strings as a TOML array."""
    return f"[{', '.join(map(string_text, items))}]"


def _table_text(pairs: Mapping[str, str]) -> str:
    inside = ", ".join(f"{key_text(key)} = {text}" for key, text in pairs.items())
    return f"{{ {inside} }}"


def spec_text(spec: ColumnSpec) -> str:
    """Return a column specification as the shortest TOML value that says it."""
    if spec.constant is not None:
        return _table_text({"constant": string_text(spec.constant)})
    said = {"column": string_text(spec.column)}
    if spec.unit:
        said["unit"] = string_text(spec.unit)
    for name, codes in (("true", spec.true), ("false", spec.false)):
        if codes:
            said[name] = list_text(codes)
    if spec.values:
        said["values"] = _table_text({code: string_text(to) for code, to in spec.values.items()})
    if spec.missing:
        said["missing"] = list_text(spec.missing)
    said |= {name: string_text(text) for name, text in spec.constants.items()}
    return said["column"] if len(said) == 1 else _table_text(said)
