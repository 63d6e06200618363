"""Tables that declare what the words of the vocabulary are, read and checked in one way."""

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError

__all__ = ["check_keys", "check_word", "declared_tables", "window"]


@cache
def declared_tables(name: str) -> dict[str, Any]:
    """Return the content of a TOML file of `acceptance/data`; not to be changed."""
    path = files("macroimmune.mechanism.acceptance") / "data" / name
    return tomllib.loads(path.read_text(encoding="utf-8"))


def check_keys(where: str, said: Mapping[str, Any], kind: type, named: str) -> None:
    """Refuse a key that the record does not have.

    Parameters
    ----------
    where : str
        File and table, for the message.
    said : mapping
    kind : type
        The dataclass that is made of it.
    named : str
        Its field that holds the heading of the table, which is no key.

    Raises
    ------
    InputError
        With the nearest key.
    """
    known = [one.name for one in dataclasses.fields(kind) if one.name != named]
    for key in said:
        check_word(f"{where}, key", key, known)


def check_word(where: str, word: str, known: Iterable[str]) -> None:
    """Refuse a word that is not known.

    Raises
    ------
    InputError
        With the nearest.
    """
    words = list(known)
    if word not in words:
        msg = f"{where}: {word!r} is not known. {did_you_mean(word, words)}"
        raise InputError(msg)


def window(day: float | list[float]) -> tuple[float, float]:
    """Return one day, or a pair of days, as a pair.

    Examples
    --------
    >>> window(7), window([7, 28])
    ((7.0, 7.0), (7.0, 28.0))
    """
    low, high = day if isinstance(day, list) else (day, day)
    return float(low), float(high)
