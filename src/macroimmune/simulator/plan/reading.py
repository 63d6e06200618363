"""A section of a plan from a parsed TOML table; every problem at once, each in one line."""

import dataclasses
import math
from collections.abc import Mapping
from types import GenericAlias
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from macroimmune.closest import did_you_mean
from macroimmune.simulator.plan.setting import Setting, default_of, settings_of

__all__ = ["read_section"]

Section = TypeVar("Section")
_KINDS = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


def read_section(
    kind: type[Section], table: object, place: str, problems: list[str]
) -> Section | None:
    """Return the section that a TOML table states; what it leaves out has its default.

    Parameters
    ----------
    kind : type
        A frozen dataclass whose fields are declared with `setting`. Their types may be `int`,
        `float`, `str`, `bool`, another such dataclass, a mapping from text, or a tuple of these.
        Its `__post_init__` may raise ValueError for settings that do not fit together.
    table : object
        As parsed.
    place : str
        Key path for messages, such as `plan.toml, cytometry`.
    problems : list of str
        Receives one line per problem.

    Returns
    -------
    section : instance of `kind`, or None where something is wrong
    """
    if not isinstance(table, Mapping):
        problems.append(f"{place}: found {table!r}, expected a table of settings")
        return None
    hints, settings = get_type_hints(kind), settings_of(kind)
    before = len(problems)
    values = {}
    for name, value in table.items():
        if name not in settings:
            problems.append(f"{place}.{name}: no such setting. {did_you_mean(name, settings)}")
            continue
        values[name] = _value(hints[name], value, settings[name], f"{place}.{name}", problems)
    for name, known in settings.items():
        if name not in table and default_of(kind, name) is dataclasses.MISSING:
            problems.append(f"{place}.{name}: must be given; {known.meaning}")
    if len(problems) > before:
        return None
    try:
        return kind(**values)
    except ValueError as error:
        problems.append(f"{place}: {error}")
        return None


def _value(hint: Any, value: object, known: Setting, place: str, problems: list[str]) -> Any:
    origin = get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            key = place.rpartition(".")[2]
            advice = f"; write [[{key}]], not [{key}]" if isinstance(value, Mapping) else ""
            problems.append(f"{place}: found {value!r}, expected a list{advice}")
            return None
        inner = get_args(hint)[0]
        return tuple(
            _value(inner, item, known, f"{place}[{number}]", problems)
            for number, item in enumerate(value, start=1)
        )
    if isinstance(hint, GenericAlias) or origin is not None:
        return _mapping(hint, value, known, place, problems)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return read_section(hint, value, place, problems)
    return _scalar(hint, value, known, place, problems)


def _mapping(hint: Any, value: object, known: Setting, place: str, problems: list[str]) -> Any:
    if not isinstance(value, Mapping):
        problems.append(f"{place}: found {value!r}, expected a table")
        return None
    inner = get_args(hint)[1]
    read = {}
    for name, item in value.items():
        if known.choices and name not in known.choices:
            problems.append(f"{place}.{name}: no such name. {did_you_mean(name, known.choices)}")
            continue
        # The choices are of the names, not of the values.
        plain = dataclasses.replace(known, choices=())
        read[name] = _value(inner, item, plain, f"{place}.{name}", problems)
    return read


def _scalar(hint: type, value: object, known: Setting, place: str, problems: list[str]) -> Any:
    accepted = (int, float) if hint is float else (hint,)
    is_right = isinstance(value, accepted) and (hint is bool or not isinstance(value, bool))
    if not is_right or (isinstance(value, float) and not math.isfinite(value)):
        finite = "" if is_right else _KINDS[hint]
        problems.append(f"{place} = {value!r}: expected {finite or 'a finite number'}")
        return None
    if isinstance(value, str) and known.choices and value not in known.choices:
        problems.append(f"{place} = {value!r}: no such name. {did_you_mean(value, known.choices)}")
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and _is_outside(value, known):
        problems.append(f"{place} = {value}: outside {_range(known)}")
        return None
    return float(value) if hint is float and isinstance(value, int) else value


def _is_outside(value: float, known: Setting) -> bool:
    is_below = known.low is not None and value < known.low
    return is_below or (known.high is not None and value > known.high)


def _range(known: Setting) -> str:
    unit = f" {known.unit}" if known.unit else ""
    if known.high is None:
        return f"the range from {known.low:.9g}{unit} up"
    if known.low is None:
        return f"the range up to {known.high:.9g}{unit}"
    return f"{known.low:.9g} to {known.high:.9g}{unit}"
