"""A plan as TOML text in which every setting stands with its meaning."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from macroimmune.simulator.plan.setting import Setting, settings_of

__all__ = ["quoted", "section_text", "spelled"]


def section_text(section: Any, place: str = "") -> str:
    """Return the TOML of a section and of the sections within it; `read_section` reads it back.

    Parameters
    ----------
    section : dataclass instance
        Declared with `setting`.
    place : str
        Key path of the section; empty for the whole plan.
    """
    plain, nested = [], []
    for name, known in settings_of(type(section)).items():
        value = getattr(section, name)
        key = f"{place}.{name}" if place else name
        if dataclasses.is_dataclass(value):
            nested.append(f"\n# {_comment(known)}\n[{key}]\n{section_text(value, key)}")
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            nested.append(f"\n# {_comment(known)}\n")
            nested.extend(f"[[{key}]]\n{section_text(item, key)}" for item in value)
        else:
            plain.append(f"{name} = {spelled(value)}  # {_comment(known)}\n")
    return "".join(plain) + "".join(nested)


def quoted(text: str) -> str:
    """Return a text as TOML spells it.

    Examples
    --------
    >>> quoted("anti-PD1")
    '"anti-PD1"'
    """
    # JSON leaves one control character as it is that TOML does not allow.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(known: Setting) -> str:
    parts = [known.meaning]
    if known.unit:
        parts.append(known.unit)
    if known.choices and len(known.choices) <= 12:
        parts.append("one of " + ", ".join(known.choices))
    return "; ".join(parts)


def spelled(value: object) -> str:
    """Return a value of a setting as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(spelled(item) for item in value) + "]"
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{quoted(name)} = {spelled(item)}" for name, item in value.items())
        return "{" + pairs + "}"
    return repr(value)
