"""One of the user's columns as drafting sees it: the words of its heading and what is in it."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.closest import folded
from macroimmune.errors import SchemaError
from macroimmune.inputs import BUILT_IN_MISSING, RawTable
from macroimmune.units import find_unit

__all__ = ["ColumnProfile", "first_named", "profiles_of"]

_MISSING = {code.lower() for code in (*BUILT_IN_MISSING, "ND", "UN", "unknown", "n.a.", "missing")}
_IN_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$")
_LAST_WORD = re.compile(r"(?:[\s_,;]|\bin\s)\s*([^\s_,;]+)\s*$")
_MOSTLY = 0.8
# Units that are also ordinary last words of a heading count only in brackets.
_ALSO_WORDS = {"ratio", "index", "count", "titre", "fluorescence"}


@dataclass(frozen=True)
class ColumnProfile:
    """A column of the user's: its heading and its cells.

    Parameters
    ----------
    heading : str
        As in the file.
    cells : tuple of str
        Those that are not missing, as written, stripped.
    n_rows : int
        Rows of the file, with those in which this cell is missing.
    """

    heading: str
    cells: tuple[str, ...]
    n_rows: int

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the heading, lower case, split at punctuation and inner capitals."""
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.heading)
        return tuple(re.findall(r"[^\W_]+", spaced.lower()))

    @cached_property
    def text(self) -> str:
        """The words of the heading with single spaces between and around them."""
        return f" {' '.join(self.words)} "

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The different cells, as written, sorted."""
        return tuple(sorted(set(self.cells)))

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The cells that are numbers, limits such as <0.2 without their sign."""
        spelled = (cell.lstrip("<>≤≥= ").replace(",", ".") for cell in self.cells)
        found = (_number(cell) for cell in spelled)
        return np.array([value for value in found if math.isfinite(value)])

    @cached_property
    def is_number(self) -> bool:
        """Whether nearly all cells are numbers."""
        return bool(self.cells) and self.numbers.size >= _MOSTLY * len(self.cells)

    @cached_property
    def is_measured(self) -> bool:
        """Whether it holds numbers of which there are more than two."""
        return self.is_number and len(self.codes) > 2

    @cached_property
    def unit(self) -> str:
        """The declared unit that the heading ends in, empty where it ends in none."""
        return self._name_and_unit[1]

    @cached_property
    def name(self) -> str:
        """The heading without its unit."""
        return self._name_and_unit[0]

    @cached_property
    def folded_name(self) -> str:
        """The heading without unit, case and punctuation."""
        return folded(self.name)

    @cached_property
    def _name_and_unit(self) -> tuple[str, str]:
        for pattern in (_IN_BRACKETS, _LAST_WORD):
            match = pattern.search(self.heading)
            unit = _unit_symbol(match.group(1)) if match else ""
            if unit and pattern is _LAST_WORD and find_unit(unit).quantity in _ALSO_WORDS:
                unit = ""
            if match and unit:
                rest = re.sub(r"\bin$", "", self.heading[: match.start()].rstrip(" _,;"))
                return rest.strip(" _,;") or self.heading, unit
        return self.heading.strip(), ""

    def has(self, *words: str) -> bool:
        """Whether one of `words` (each one word or several with spaces) is in the heading."""
        return any(f" {word} " in self.text for word in words)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _unit_symbol(text: str) -> str:
    # One letter (n, d) is more often part of a name than a unit.
    if len(text) == 1 and text != "%":
        return ""
    try:
        return find_unit(text).symbol
    except SchemaError:
        return ""


def first_named(columns: Iterable[ColumnProfile], names: Sequence[str]) -> ColumnProfile | None:
    """Return the column under the first of some folded headings, None where there is none."""
    by_key = {folded(column.heading): column for column in columns}
    return next((by_key[name] for name in names if name in by_key), None)


def profiles_of(raw: RawTable) -> tuple[ColumnProfile, ...]:
    """Return the columns of a table in their order; those without any cell are left out."""
    found = []
    for heading in raw.frame.columns:
        cells = raw.frame[heading].drop_nulls().str.strip_chars()
        kept = cells.filter(~cells.str.to_lowercase().is_in(list(_MISSING)))
        if not kept.is_empty():
            found.append(ColumnProfile(heading, tuple(kept.cast(pl.String)), raw.frame.height))
    return tuple(found)
