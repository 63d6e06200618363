"""Small results of one file kept between looks: arrays and words in one file, without pickle."""

import dataclasses
import json
import types
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from zipfile import BadZipFile

import numpy as np

from macroimmune.errors import ResultsError

__all__ = ["load_record", "save_record"]

_Record = TypeVar("_Record")
_WORDS = "words"


def save_record(path: Path, record: object) -> None:
    """Write a dataclass of arrays, numbers, words, tuples, mappings from words and dataclasses.

    Parameters
    ----------
    path : Path
        Ends in `.npz`.
    record : dataclass
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    words = json.dumps(_plain(record, arrays), ensure_ascii=True)
    arrays[_WORDS] = np.frombuffer(words.encode(), np.uint8)
    with path.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def load_record(path: Path, kind: type[_Record]) -> _Record:
    """Return what `save_record` wrote.

    Parameters
    ----------
    path : Path
    kind : type
        The dataclass that was written; its annotations say how each part is read.

    Raises
    ------
    ResultsError
        If the file is not such a record.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        words = json.loads(arrays[_WORDS].tobytes())
        made: _Record = _made(kind, words, arrays)
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        msg = f"{path}: no record of {kind.__name__} ({error}); delete its folder and run again"
        raise ResultsError(msg) from error
    return made


def _plain(value: object, arrays: dict[str, np.ndarray[Any, Any]]) -> object:
    if isinstance(value, np.ndarray):
        name = f"array{len(arrays)}"
        arrays[name] = value
        return name
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: _plain(getattr(value, name), arrays) for name in names}
    if isinstance(value, Mapping):
        return {str(name): _plain(part, arrays) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part, arrays) for part in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


def _made(kind: Any, value: Any, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
    """Return the value as its annotation says."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        chosen = next(part for part in inner if part is not type(None))
        return None if value is None else _made(chosen, value, arrays)
    if origin is np.ndarray or kind is np.ndarray:
        return arrays[value]
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _made(hints[name], part, arrays) for name, part in value.items()})
    if origin is not None and _is_a(origin, Mapping):
        return types.MappingProxyType({
            name: _made(inner[1], part, arrays) for name, part in value.items()
        })
    if origin is tuple:
        kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else list(inner)
        return tuple(_made(one, part, arrays) for one, part in zip(kinds, value, strict=True))
    if origin is frozenset:
        return frozenset(value)
    return value


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _is_a(origin: Any, kind: type) -> bool:
    """Whether an annotation's origin is a class of this kind."""
    return isinstance(origin, type) and issubclass(origin, kind)
