"""FCS 3.1 files: arrays to bytes."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.formats.fcs_spillover import SPILLOVER_KEYWORDS, Spillover
from macroimmune.formats.fcs_text import encode_keywords

__all__ = ["FcsHeading", "write_fcs"]

_TEXT_BEGIN = 256
_HEADER_LIMIT = 99_999_999
_LAYOUT = frozenset({
    "$BEGINANALYSIS", "$BEGINDATA", "$BEGINSTEXT", "$BYTEORD", "$DATATYPE", "$ENDANALYSIS",
    "$ENDDATA", "$ENDSTEXT", "$MODE", "$NEXTDATA", "$PAR", "$TOT",
})  # fmt: skip
_OF_CHANNEL = re.compile(r"\$P[0-9]+[BENRS]")
# The standard asks for eight characters; zeros say that no checksum was made.
_NO_CHECKSUM = b"00000000"


@dataclass(frozen=True, slots=True)
class FcsHeading:
    """What is written beside the events.

    Parameters
    ----------
    names : sequence of str, one per channel
        $PnN: unique, without commas.
    antigens : sequence of str, one per channel, or empty
        $PnS; an empty one is left out.
    ranges : sequence of float, one per channel, or empty
        $PnR; empty: the next power of two above the largest value, at least 2^18.
    spillover : Spillover or None
        Written as $SPILLOVER.
    time_step_seconds : float
        $TIMESTEP; NaN leaves it out.
    keywords : mapping of str to str
        Others. Those that say how the events are laid out are written anew, not taken from here.
    """

    names: Sequence[str]
    antigens: Sequence[str] = ()
    ranges: Sequence[float] = ()
    spillover: Spillover | None = None
    time_step_seconds: float = math.nan
    keywords: Mapping[str, str] = field(default_factory=dict)


def write_fcs(path: Path | str, events: NDArray[np.float32], heading: FcsHeading) -> None:
    """Write `events` as an FCS 3.1 file of single precision, little endian.

    Parameters
    ----------
    path : Path or str
    events : float array, shape (events, channels)
        Missing values are written as NaN.
    heading : FcsHeading

    Raises
    ------
    InputError
        If shapes and names do not fit together, or a value is too large for single precision.
    """
    path = Path(path)
    stored = _stored(events)
    head = _head(stored, heading)
    with path.open("wb") as stream:
        stream.write(head)
        stream.write(stored.data if stored.size else b"")
        stream.write(_NO_CHECKSUM)


def _stored(events: NDArray[np.float32]) -> NDArray[np.float32]:
    if events.ndim != 2 or not events.shape[1]:
        msg = f"events of shape {events.shape}; expected (events, channels) with a channel"
        raise InputError(msg)
    with np.errstate(over="ignore"):
        stored = np.ascontiguousarray(events, "<f4")
    if stored is not events and (np.isinf(stored) & ~np.isinf(events)).any():
        msg = "events above 3.4e38; expected values that single precision holds; rescale them"
        raise InputError(msg)
    return stored


def _head(stored: NDArray[np.float32], heading: FcsHeading) -> bytes:
    """Return header and text, padded up to the first byte of the events.

    Raises
    ------
    InputError
        If the text ends where eight digits of the header cannot point.
    """
    keywords = _described(stored, heading)
    # The places are inside the text whose length they change: leave room for the longest.
    longest = encode_keywords(keywords | _places(10**18, 10**18))
    begin = -(-(_TEXT_BEGIN + len(longest)) // 256) * 256
    end = begin + stored.nbytes - 1 if stored.size else 0
    text = encode_keywords(keywords | _places(begin if stored.size else 0, end))
    if _TEXT_BEGIN + len(text) > _HEADER_LIMIT:
        msg = f"keywords of {len(text)} bytes; expected below 99,999,743; leave some out"
        raise InputError(msg)
    header = _header(_TEXT_BEGIN + len(text) - 1, begin if stored.size else 0, end)
    return (header.ljust(_TEXT_BEGIN) + text).ljust(begin)


def _places(begin: int, end: int) -> dict[str, str]:
    return {"$BEGINDATA": str(begin), "$ENDDATA": str(end)}


def _header(text_end: int, begin: int, end: int) -> bytes:
    """Return the header; a place that eight digits do not hold is 0 and stands in the text."""
    data = (begin, end) if end <= _HEADER_LIMIT else (0, 0)
    return b"FCS3.1    " + b"".join(
        b"%8d" % place for place in (_TEXT_BEGIN, text_end, *data, 0, 0)
    )


def _described(stored: NDArray[np.float32], heading: FcsHeading) -> dict[str, str]:
    """Return all keywords but the places."""
    n_events, n_channels = stored.shape
    _check_names(heading, n_channels)
    given = {key.strip().upper(): value for key, value in heading.keywords.items()}
    dropped = _LAYOUT | (set(SPILLOVER_KEYWORDS) if heading.spillover else set())
    keywords = {
        "$BEGINANALYSIS": "0", "$ENDANALYSIS": "0", "$BEGINSTEXT": "0", "$ENDSTEXT": "0",
        "$NEXTDATA": "0", "$BYTEORD": "1,2,3,4", "$DATATYPE": "F", "$MODE": "L",
        "$PAR": str(n_channels), "$TOT": str(n_events),
    }  # fmt: skip
    ranges = heading.ranges or _ranges(stored)
    for number, name in enumerate(heading.names, start=1):
        keywords |= {f"$P{number}B": "32", f"$P{number}E": "0,0", f"$P{number}N": name}
        keywords[f"$P{number}R"] = f"{ranges[number - 1]:.17g}"
        keywords[f"$P{number}S"] = heading.antigens[number - 1] if heading.antigens else ""
    if heading.spillover:
        keywords["$SPILLOVER"] = _spelled(heading.spillover)
    if math.isfinite(heading.time_step_seconds):
        keywords["$TIMESTEP"] = repr(float(heading.time_step_seconds))
    others = {
        key: value
        for key, value in given.items()
        if key not in dropped and not _OF_CHANNEL.fullmatch(key) and key not in keywords
    }
    return keywords | others


def _check_names(heading: FcsHeading, n_channels: int) -> None:
    for what, given in (("antigens", heading.antigens), ("ranges", heading.ranges)):
        if len(given) not in {0, n_channels}:
            msg = f"{len(given)} {what} for {n_channels} channels; expected none or one per channel"
            raise InputError(msg)
    names = [name.strip() for name in heading.names]
    if len(names) != n_channels or len(set(names)) != len(names):
        msg = f"names {names} for {n_channels} channels; expected one per channel, all different"
        raise InputError(msg)
    unfit = [name for name in names if not name or "," in name]
    if unfit:
        msg = f"names {unfit}; expected names that are not empty and hold no comma"
        raise InputError(msg)


def _ranges(stored: NDArray[np.float32]) -> list[float]:
    """Return the next power of two above the largest finite value, at least 2^18."""
    finite = np.where(np.isfinite(stored), stored, 0.0)
    tops = finite.max(axis=0, initial=0.0)
    return [float(2 ** max(18, math.frexp(top)[1])) for top in tops.tolist()]


def _spelled(spillover: Spillover) -> str:
    count = len(spillover.names)
    if spillover.matrix.shape != (count, count) or any("," in name for name in spillover.names):
        msg = (
            f"spillover of shape {spillover.matrix.shape} for channels {spillover.names}; expected "
            "a square matrix with a row per channel, names without commas"
        )
        raise InputError(msg)
    numbers = [repr(float(value)) for value in spillover.matrix.ravel()]
    return ",".join([str(count), *spillover.names, *numbers])
