"""The events of an FCS file, a block at a time: bytes to numbers in the memory that is given."""

from io import BufferedIOBase, RawIOBase

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
    kind = np.dtype(layout.fields[0])
    if layout.is_uniform and kind.kind == "f" and kind.itemsize == target.dtype.itemsize:
        _fill(stream, target, file)
        if not kind.isnative:
            target.byteswap(inplace=True)
        return
    stored = np.dtype([(f"c{k}", field) for k, field in enumerate(layout.fields)])
    block = np.empty(len(target), stored)
    _fill(stream, block, file)
    if layout.is_uniform and not any(layout.masks):
        target[:] = block.view(layout.fields[0]).reshape(target.shape)
        return
    for channel, mask in enumerate(layout.masks):
        column = block[f"c{channel}"]
        target[:, channel] = column & column.dtype.type(mask) if mask else column


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
