"""The events of an FCS file, a block at a time: bytes to numbers in the memory that is given."""

from io import BufferedIOBase, RawIOBase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import FormatError
from macroimmune.formats.fcs_layout import EventLayout, Extent

__all__ = ["fill_events", "rows_per_block"]


def rows_per_block(layout: EventLayout, n_bytes: int) -> int:
    """Return how many events take about so many bytes, in the file or in memory; at least one."""
    in_memory = layout.n_channels * np.dtype(layout.result).itemsize
    return max(1, n_bytes // max(layout.event_bytes, in_memory))


def fill_events(
    stream: BufferedIOBase | RawIOBase,
    layout: EventLayout,
    extent: Extent,
    first: int,
    target: NDArray[np.float32 | np.float64],
    file: str,
) -> None:
    """Read events from number `first` on into `target`.

    Parameters
    ----------
    stream : binary file
        That can seek.
    layout : EventLayout
    extent : Extent
        The last event that is read lies inside.
    first : int
        From 0.
    target : float array, shape (rows, channels), order C
        Of the type `layout.result`. Beside it as many bytes are held as its rows have in the
        file, and none where these are floats of one type.
    file : str
        For messages.

    Raises
    ------
    FormatError
        If the file became shorter.
    """
    stream.seek(extent.begin + first * layout.event_bytes)
    kind = layout.fields[0]
    is_float = layout.is_uniform and kind[1] == "f" and int(kind[2:]) == target.dtype.itemsize
    if is_float and not layout.byte_order:
        _fill(stream, target, file)
        if not np.dtype(kind).isnative:
            target.byteswap(inplace=True)
        return
    raw = np.empty((len(target), layout.event_bytes), np.uint8)
    _fill(stream, raw, file)
    if layout.byte_order:
        raw = _little_endian(raw, layout.byte_order)
    if layout.is_uniform and kind[1:] != "u3" and not any(layout.masks):
        target[:] = raw.view(kind)
        return
    begin = 0
    for channel, (field, mask) in enumerate(zip(layout.fields, layout.masks, strict=True)):
        end = begin + int(field[2:])
        column = _numbers(raw[:, begin:end], field)
        target[:, channel] = column & column.dtype.type(mask) if mask else column
        begin = end


def _little_endian(raw: NDArray[np.uint8], places: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return fields of four bytes with the lowest byte first."""
    fields = raw.reshape(len(raw), -1, 4)
    return np.ascontiguousarray(fields[:, :, places]).reshape(raw.shape)


def _numbers(raw: NDArray[np.uint8], field: str) -> NDArray[Any]:
    """Return the numbers of one channel from its bytes, shape (rows, width)."""
    if field[1:] != "u3":
        return np.ascontiguousarray(raw).view(field)[:, 0]
    low, middle, high = (0, 1, 2) if field[0] == "<" else (2, 1, 0)
    wide = raw.astype(np.uint32)
    return wide[:, low] | wide[:, middle] << 8 | wide[:, high] << 16


def _fill(stream: BufferedIOBase | RawIOBase, array: NDArray[np.generic], file: str) -> None:
    """Read as many bytes as `array` has into it.

    Raises
    ------
    FormatError
        If the file has fewer.
    """
    rest = array.view(np.uint8).data.cast("B") if array.size else memoryview(b"")
    while len(rest):
        n_read = stream.readinto(rest)
        if not n_read:
            msg = (
                f"{file}: became shorter while it was read, {len(rest)} bytes lack; expected all "
                "events; try again"
            )
            raise FormatError(msg)
        rest = rest[n_read:]
