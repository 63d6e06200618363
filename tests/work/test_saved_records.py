from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from macroimmune.errors import ResultsError
from macroimmune.work import load_record, save_record


@dataclass(frozen=True)
class _Part:
    name: str
    level: float | None


@dataclass(frozen=True, eq=False)
class _Record:
    values: NDArray[np.float64]
    parts: tuple[_Part, ...]
    pair: tuple[str, int]
    by_name: Mapping[str, NDArray[np.int64]]


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    record = _Record(
        values=np.array([[1.0, np.nan], [np.inf, -2.0]]),
        parts=(_Part("µ", None), _Part('"', float("-inf"))),
        pair=("a", 3),
        by_name={"x": np.arange(3), "y": np.zeros(0, np.int64)},
    )
    save_record(tmp_path / "a.npz", record)
    found = load_record(tmp_path / "a.npz", _Record)
    assert np.array_equal(found.values, record.values, equal_nan=True)
    assert (found.parts, found.pair) == (record.parts, record.pair)
    assert {name: part.tolist() for name, part in found.by_name.items()} == {
        "x": [0, 1, 2],
        "y": [],
    }


def test_a_damaged_record_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    save_record(path, _Part("a", 1.0))
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ResultsError, match="run again"):
        load_record(path, _Part)
    with pytest.raises(ResultsError, match="run again"):
        load_record(tmp_path / "absent.npz", _Part)
