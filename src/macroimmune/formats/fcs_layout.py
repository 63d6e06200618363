"""Where the events of an FCS file stand and how each number is written, from its keywords."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import FormatError
from macroimmune.formats.fcs_text import whole_number

__all__ = ["MAX_CHANNELS", "EventLayout", "Extent", "event_layout", "events_extent"]

MAX_CHANNELS = 10_000
_EXACT_IN_FLOAT32 = 2**24
_INTEGER_BITS = (8, 16, 24, 32, 64)
_HEADER_BYTES = 58
_MIXED_ORDER = re.compile(r"[1-4],[1-4],[1-4],[1-4]")


@dataclass(frozen=True, slots=True)
class EventLayout:
    """How one event is written.

    Parameters
    ----------
    n_channels : int
    fields : tuple of str, one per channel
        The numpy type of each channel, byte order included; ``<u3`` and ``>u3``, which numpy does
        not have, are 24 bits.
    masks : tuple of int, one per channel
        The bits that an integer may have by its $PnR; 0 where nothing is masked.
    ranges : float array, shape (channels,)
        $PnR; NaN where it is missing or no number.
    byte_order : tuple of int
        Empty, or of a mixed order ($BYTEORD 3,4,1,2) for each of four bytes, lowest first, where
        it stands; `fields` are then little endian.
    """

    n_channels: int
    fields: tuple[str, ...]
    masks: tuple[int, ...]
    ranges: NDArray[np.float64]
    byte_order: tuple[int, ...] = ()

    @property
    def is_uniform(self) -> bool:
        """Whether all channels have one type."""
        return len(set(self.fields)) == 1

    @property
    def event_bytes(self) -> int:
        """Bytes of one event."""
        return sum(_bytes_of(field) for field in self.fields)

    @property
    def result(self) -> type[np.float32] | type[np.float64]:
        """Single precision where it holds every value of the file, else double."""
        for field, mask in zip(self.fields, self.masks, strict=True):
            widest = mask or 2 ** (8 * _bytes_of(field)) - 1
            if field[1:] == "f8" or (field[1] == "u" and widest > _EXACT_IN_FLOAT32):
                return np.float64
        return np.float32


@dataclass(frozen=True, slots=True)
class Extent:
    """The bytes that hold the events.

    Parameters
    ----------
    begin : int
        The first byte, from the start of the data set.
    n_events : int
    remarks : tuple of str
        What in the file disagrees with itself, and which reading was taken.
    """

    begin: int
    n_events: int
    remarks: tuple[str, ...]


def event_layout(keywords: Mapping[str, str], file: str) -> EventLayout:
    """Return how one event is written.

    Raises
    ------
    FormatError
        If a keyword that is needed is missing, or says what is not supported: another mode than
        list mode, numbers as text, widths other than 8, 16, 24, 32 or 64 bits, a mixed byte order
        of other widths than 32 bits.
    """
    n_channels = whole_number(keywords.get("$PAR"))
    if n_channels is None or not 1 <= n_channels <= MAX_CHANNELS:
        raise FormatError(
            _wrong(file, "$PAR", keywords, f"the number of channels, 1 to {MAX_CHANNELS}")
        )
    if keywords.get("$MODE", "L").upper() != "L":
        raise FormatError(_wrong(file, "$MODE", keywords, "L, list mode"))
    if any(re.fullmatch(r"\$P[0-9]{1,6}DATATYPE", key) for key in keywords):
        msg = f"{file}: $PnDATATYPE of FCS 3.2; expected one $DATATYPE; export as FCS 3.1"
        raise FormatError(msg)
    kind = _kind(keywords, file)
    bits = [_bits(keywords, f"$P{channel}B", kind, file) for channel in range(1, n_channels + 1)]
    mixed = _mixed_order(keywords.get("$BYTEORD", ""), bits)
    order = "<" if mixed else _order(keywords, file, is_one_byte=set(bits) == {8})
    ranges = np.array([_number(keywords.get(f"$P{k}R")) for k in range(1, n_channels + 1)])
    letter = "u" if kind == "I" else "f"
    return EventLayout(
        n_channels,
        tuple(f"{order}{letter}{width // 8}" for width in bits),
        tuple(
            _mask(width, top) if kind == "I" else 0
            for width, top in zip(bits, ranges.tolist(), strict=True)
        ),
        ranges,
        mixed,
    )


def _bytes_of(field: str) -> int:
    return int(field[2:])


def _mixed_order(text: str, bits: list[int]) -> tuple[int, ...]:
    """Return where each of four bytes stands, lowest first, if their order is a mixed one."""
    order = text.replace(" ", "")
    if order in {"1,2,3,4", "4,3,2,1"} or not _MIXED_ORDER.fullmatch(order) or set(bits) != {32}:
        return ()
    places = [int(byte) for byte in order.split(",")]
    return tuple(places.index(byte) for byte in range(1, 5)) if len(set(places)) == 4 else ()


def _wrong(file: str, keyword: str, keywords: Mapping[str, str], expected: str) -> str:
    found = f"{keyword} = {keywords[keyword][:40]!r}" if keyword in keywords else f"no {keyword}"
    return f"{file}, TEXT: {found}; expected {expected}; export the file again as FCS 3.1"


def _kind(keywords: Mapping[str, str], file: str) -> str:
    kind = keywords.get("$DATATYPE", "").upper()
    if kind not in {"F", "D", "I"}:
        raise FormatError(_wrong(file, "$DATATYPE", keywords, "F, D or I"))
    return kind


def _order(keywords: Mapping[str, str], file: str, *, is_one_byte: bool) -> Literal["<", ">"]:
    order = keywords.get("$BYTEORD", "")[:40].replace(" ", "")
    ends = [str(byte) for byte in range(1, order.count(",") + 2)]
    if order == ",".join(ends) and (len(ends) > 1 or is_one_byte):
        return "<"
    if order == ",".join(reversed(ends)) and len(ends) > 1:
        return ">"
    raise FormatError(
        _wrong(file, "$BYTEORD", keywords, "1,2,3,4 (little endian) or 4,3,2,1 (big endian)")
    )


def _bits(keywords: Mapping[str, str], keyword: str, kind: str, file: str) -> int:
    permitted = {"F": (32,), "D": (64,), "I": _INTEGER_BITS}[kind]
    bits = whole_number(keywords.get(keyword))
    if bits not in permitted:
        expected = " or ".join(map(str, permitted)) + f" bits for $DATATYPE {kind}"
        raise FormatError(_wrong(file, keyword, keywords, expected))
    return bits


def _number(text: str | None) -> float:
    try:
        value = float(text or "nan")
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _mask(bits: int, top: float) -> int:
    """Return the bits up to the next power of two of the range, 0 where that is all of them."""
    if math.isnan(top) or top < 1:
        return 0
    wide = (int(math.ceil(top)) - 1).bit_length()
    return (1 << wide) - 1 if 0 < wide < bits else 0


def events_extent(
    keywords: Mapping[str, str], header: tuple[int, int], size: int, event_bytes: int, file: str
) -> Extent:
    """Return which bytes hold the events, where header, text and file may disagree.

    Parameters
    ----------
    keywords : mapping of str to str
    header : (int, int)
        First and last byte of the data by the header; 0 where the header leaves it to the text.
    size : int
        Bytes from the start of this data set to the end of the file.
    event_bytes : int
    file : str
        For messages.

    Returns
    -------
    extent : Extent

    Raises
    ------
    FormatError
        If there is no place of the data, it begins outside the file, or the file ends before it.

    Notes
    -----
    Convention: the last byte belongs to the data; where the segment is one byte longer than $TOT
    events, its writer named the byte after, and a remark says so. $TOT events are read where the
    segment holds them, and otherwise as many as it holds whole. Of two places, the one that fits
    $TOT is taken.
    """
    stated = whole_number(keywords.get("$TOT"))
    n_stated = stated if stated is not None and stated >= 0 else None
    needed = None if n_stated is None else n_stated * event_bytes
    begin, end, remarks = _place(keywords, header, needed, file)
    if needed == 0 and end <= begin + 1:
        return Extent(0, 0, remarks)
    if not _HEADER_BYTES <= begin < size or end < begin:
        msg = (
            f"{file}: events from byte {begin} to {end}, the file has {size} bytes; expected a "
            "place inside the file; it is damaged, copy or export it again"
        )
        raise FormatError(msg)
    room = end - begin + 1
    # A segment that ends one byte late is a habit of writers, not a lost byte.
    lacks = begin + room - 1 > size if needed is None else begin + min(needed, room) > size
    if lacks:
        msg = (
            f"{file}: events up to byte {end}, the file ends after {size} bytes; expected all of "
            "them; the copy is incomplete, copy or export it again"
        )
        raise FormatError(msg)
    if needed is not None and room == needed + 1:
        remarks = (*remarks, "the end of the events is named one byte late")
    whole = min(room, size - begin) // event_bytes
    if n_stated is None:
        return Extent(begin, whole, (*remarks, "no $TOT: the events are counted by their bytes"))
    if n_stated > whole:
        remarks = (*remarks, f"$TOT says {n_stated} events, the bytes hold {whole}: these are read")
    elif n_stated < whole:
        remarks = (*remarks, f"$TOT says {n_stated} events, the bytes hold {whole}: $TOT is read")
    return Extent(begin, min(n_stated, whole), remarks)


def _place(
    keywords: Mapping[str, str], header: tuple[int, int], needed: int | None, file: str
) -> tuple[int, int, tuple[str, ...]]:
    """Return first byte, last byte and remarks, from the header or from the text.

    Raises
    ------
    FormatError
        If neither says a place.
    """
    begin = whole_number(keywords.get("$BEGINDATA")) or 0
    end = whole_number(keywords.get("$ENDDATA")) or 0
    has_text, has_header = end > 0, header[1] > 0
    if not has_text and not has_header and needed != 0:
        msg = (
            f"{file}: neither the header nor $BEGINDATA and $ENDDATA say where the events are; "
            "expected one of them; export the file again"
        )
        raise FormatError(msg)
    if not has_header or (begin, end) == header:
        return begin, end, ()
    if not has_text:
        return (*header, ())
    fits_header = needed is not None and header[1] - header[0] + 1 - needed in {0, 1}
    fits_text = needed is not None and end - begin + 1 - needed in {0, 1}
    remark = f"events at bytes {header} by the header, {(begin, end)} by the text: "
    if fits_header and not fits_text:
        return (*header, (remark + "the header fits $TOT and is taken",))
    return begin, end, (remark + "the text is taken",)
