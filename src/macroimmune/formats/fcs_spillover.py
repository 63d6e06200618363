"""The spillover matrix of an FCS file, under each of the keywords that hold one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import FormatError
from macroimmune.formats.fcs_text import whole_number

__all__ = ["SPILLOVER_KEYWORDS", "Spillover", "spillover_of"]

SPILLOVER_KEYWORDS = ("$SPILLOVER", "SPILL", "SPILLOVER", "$COMP")
_MOST_DYES = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Spillover:
    """How much of each channel is seen in the others.

    Parameters
    ----------
    names : tuple of str
        Channels, in the order of rows and columns.
    matrix : float array, shape (channels, channels)
        Row: the dye; column: the detector that sees it. As stated, diagonal usually 1.
    keyword : str
        Where it stood. ``$COMP`` of FCS 3.0 names no channels; its are the first ones.
    """

    names: tuple[str, ...]
    matrix: NDArray[np.float64]
    keyword: str = "$SPILLOVER"


def spillover_of(
    keywords: Mapping[str, str], channels: tuple[str, ...], file: str
) -> Spillover | None:
    """Return the first spillover matrix among the keywords that can hold one, or None.

    Raises
    ------
    FormatError
        If there is one that cannot be read: going on without it would leave events uncompensated.

    Examples
    --------
    >>> spillover_of({"SPILL": "2,A,B,1,0.1,0,1"}, ("A", "B"), "a.fcs").matrix.tolist()
    [[1.0, 0.1], [0.0, 1.0]]
    """
    for keyword in SPILLOVER_KEYWORDS:
        text = keywords.get(keyword, "").strip()
        count = whole_number(text.partition(",")[0])
        if not text or count == 0:
            continue
        n_names = 0 if keyword == "$COMP" else count or 0
        most = min(len(channels), _MOST_DYES)
        if count is None or not 1 <= count <= most:
            raise FormatError(_wrong(file, keyword, text, f"a number of channels from 1 to {most}"))
        # Counted before it is cut: a text of commas must not fill the memory.
        if text.count(",") != n_names + count * count:
            expected = f"{count}, then {n_names} names and {count} x {count} numbers"
            raise FormatError(_wrong(file, keyword, text, expected))
        parts = [part.strip() for part in text.split(",")]
        values = _numbers(parts[1 + n_names :])
        if values is None:
            raise FormatError(_wrong(file, keyword, text, "finite numbers after the names"))
        names = tuple(parts[1 : 1 + n_names]) or channels[:count]
        return Spillover(names, np.array(values).reshape(count, count), keyword)
    return None


def _numbers(parts: list[str]) -> list[float] | None:
    try:
        values = [float(part) for part in parts]
    except ValueError:
        return None
    return values if all(map(math.isfinite, values)) else None


def _wrong(file: str, keyword: str, text: str, expected: str) -> str:
    return (
        f"{file}, TEXT: {keyword} = {text[:60]!r} of {text.count(',') + 1} parts; expected "
        f"{expected}; export the file again"
    )
