"""FCS files (flow and mass cytometry, versions 2.0 to 3.1): bytes to arrays."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedIOBase, BufferedReader
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import FormatError, InputError
from macroimmune.formats.fcs_blocks import fill_events, rows_per_block
from macroimmune.formats.fcs_layout import EventLayout, Extent, event_layout, events_extent
from macroimmune.formats.fcs_segments import count_data_sets, read_header, read_keywords
from macroimmune.formats.fcs_spillover import Spillover, spillover_of

__all__ = ["FcsData", "FcsHead", "linear_events", "read_fcs", "read_fcs_head", "read_fcs_stream"]

_BLOCK_BYTES = 4_000_000

Events = NDArray[np.float32 | np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FcsData:
    """The first data set of an FCS file.

    Parameters
    ----------
    version : str
        As the header says: FCS2.0, FCS3.0, FCS3.1.
    events : float array, shape (events, channels)
        As stored: neither compensated nor transformed nor linearised. Single precision; double
        where single does not hold every value ($DATATYPE D, integers above 2^24).
    names : tuple of str, one per channel
        $PnN, the detector; ``Pn`` where it is missing.
    antigens : tuple of str, one per channel
        $PnS; empty where it is missing.
    ranges : float array, shape (channels,)
        $PnR; NaN where it is missing.
    amplifications : tuple of (float, float), one per channel
        $PnE, decades and value at zero: (0, 0) is linear, and where it is missing.
    spillover : Spillover or None
    time_step_seconds : float
        $TIMESTEP; NaN where it is missing.
    keywords : mapping of str to str
        All of them, in upper case.
    n_data_sets : int
        How many data sets the file holds; those after the first are not read.
    remarks : tuple of str
        What in the file disagrees with itself, and which reading was taken.
    """

    version: str
    events: Events
    names: tuple[str, ...]
    antigens: tuple[str, ...]
    ranges: NDArray[np.float64]
    amplifications: tuple[tuple[float, float], ...]
    spillover: Spillover | None
    time_step_seconds: float
    keywords: Mapping[str, str]
    n_data_sets: int
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FcsHead:
    """What an FCS file says of its first data set, without the events.

    Parameters
    ----------
    version : str
    layout : EventLayout
    extent : Extent
        Where the events stand and how they are written.
    names, antigens : tuple of str, one per channel
    amplifications : tuple of (float, float), one per channel
    spillover : Spillover or None
        As in `FcsData`.
    keywords : mapping of str to str
        All of them, in upper case.
    remarks : tuple of str
        What in the file disagrees with itself, and which reading is taken.
    """

    version: str
    layout: EventLayout
    extent: Extent
    names: tuple[str, ...]
    antigens: tuple[str, ...]
    amplifications: tuple[tuple[float, float], ...]
    spillover: Spillover | None
    keywords: Mapping[str, str]
    remarks: tuple[str, ...]

    @property
    def n_events(self) -> int:
        """How many events the file holds."""
        return self.extent.n_events

    @property
    def ranges(self) -> NDArray[np.float64]:
        """$PnR, one per channel; NaN where it is missing."""
        return self.layout.ranges


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """Keywords, and where and how the events are written."""

    version: str
    keywords: dict[str, str]
    layout: EventLayout
    extent: Extent
    names: tuple[str, ...]
    antigens: tuple[str, ...]
    amplifications: tuple[tuple[float, float], ...]
    spillover: Spillover | None
    n_data_sets: int
    remarks: tuple[str, ...]


def read_fcs(path: Path | str, *, is_memory_mapped: bool = False) -> FcsData:
    """Return the first data set of the FCS file at `path`.

    Parameters
    ----------
    path : Path or str
    is_memory_mapped : bool
        Leave the events in the file, as a view that cannot be written, where they are single
        precision in the order of this machine; others are read. The file must not change
        meanwhile.

    Returns
    -------
    data : FcsData

    Raises
    ------
    FormatError
        If there is no such file, it is damaged, or of a kind that is not supported.

    Notes
    -----
    Convention: $PnE is kept as stated, see `linear_events`; integers lose the bits above their
    $PnR; the checksum at the end is not looked at; a segment that is one byte too long, a $TOT
    that disagrees with the bytes and two places of the data are read and told in `remarks`.
    Checked against: flowio, on all public files and generated ones.
    """
    path = Path(path)
    with _open(path) as stream:
        return read_fcs_stream(stream, path.name, path if is_memory_mapped else None)


def read_fcs_head(path: Path | str) -> FcsHead:
    """Return what the FCS file at `path` says of itself; no event is read.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    head : FcsHead

    Raises
    ------
    FormatError
        Where `read_fcs` would refuse the file: it is not there, damaged, shorter than it says, or
        of a kind that is not supported.
    """
    path = Path(path)
    with _open(path) as stream:
        opened = _opened(stream, path.name)
    return FcsHead(
        opened.version,
        opened.layout,
        opened.extent,
        opened.names,
        opened.antigens,
        opened.amplifications,
        opened.spillover,
        MappingProxyType(opened.keywords),
        opened.remarks,
    )


def _open(path: Path) -> BufferedReader:
    """Return the open file.

    Raises
    ------
    FormatError
        If it cannot be opened.
    """
    try:
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"{path}: cannot be read ({reason}); correct the path"
        raise FormatError(msg) from error


def read_fcs_stream(stream: BufferedIOBase, file: str, mapped: Path | None = None) -> FcsData:
    """Return the first data set of an open FCS file.

    Parameters
    ----------
    stream : binary file
        That can seek.
    file : str
        Its name, for messages.
    mapped : Path or None
        Where the same file stands, to leave the events in it.

    Returns
    -------
    data : FcsData

    Raises
    ------
    FormatError
        If the file is damaged, or of a kind that is not supported.
    """
    opened = _opened(stream, file)
    layout, extent, keywords = opened.layout, opened.extent, opened.keywords
    return FcsData(
        version=opened.version,
        events=_mapped(mapped, layout, extent) if mapped else _events(stream, layout, extent, file),
        names=opened.names,
        antigens=opened.antigens,
        ranges=layout.ranges,
        amplifications=opened.amplifications,
        spillover=opened.spillover,
        time_step_seconds=_time_step(keywords.get("$TIMESTEP")),
        keywords=MappingProxyType(keywords),
        n_data_sets=opened.n_data_sets,
        remarks=opened.remarks,
    )


def _opened(stream: BufferedIOBase, file: str) -> _Opened:
    """Read everything but the events, and find where these stand."""
    size = stream.seek(0, 2)
    header = read_header(stream, 0, file)
    keywords = read_keywords(stream, header, 0, size, file)
    layout = event_layout(keywords, file)
    extent = events_extent(keywords, header.data, size, layout.event_bytes, file)
    n_data_sets, chain = count_data_sets(stream, keywords, size, file)
    channels = range(1, layout.n_channels + 1)
    names = tuple(keywords.get(f"$P{k}N") or f"P{k}" for k in channels)
    return _Opened(
        version=header.version,
        keywords=keywords,
        layout=layout,
        extent=extent,
        names=names,
        antigens=tuple(keywords.get(f"$P{k}S", "") for k in channels),
        amplifications=tuple(_amplification(keywords.get(f"$P{k}E")) for k in channels),
        spillover=spillover_of(keywords, names, file),
        n_data_sets=n_data_sets,
        remarks=extent.remarks + chain,
    )


def _events(stream: BufferedIOBase, layout: EventLayout, extent: Extent, file: str) -> Events:
    """Return the events, read into an array of their own."""
    events = np.empty((extent.n_events, layout.n_channels), layout.result)
    # Block by block, so that the file is never held beside the result.
    rows = rows_per_block(layout, _BLOCK_BYTES)
    for first in range(0, extent.n_events, rows):
        fill_events(stream, layout, extent, first, events[first : first + rows], file)
    return events


def _mapped(path: Path, layout: EventLayout, extent: Extent) -> Events:
    """Return the events where they stand in the file, or read where they cannot stay there."""
    shape = (extent.n_events, layout.n_channels)
    is_plain = set(layout.fields) == {"<f4"} and not layout.byte_order
    if extent.n_events and is_plain and np.dtype("<f4").isnative:
        return np.memmap(path, np.float32, "r", extent.begin, shape)
    with path.open("rb") as stream:
        return _events(stream, layout, extent, path.name)


def _amplification(text: str | None) -> tuple[float, float]:
    """Return decades and value at zero; linear where they are missing or no numbers."""
    try:
        decades, zero = (float(part) for part in (text or "0,0").split(",", 2))
    except ValueError:
        return (0.0, 0.0)
    return (decades, zero) if math.isfinite(decades) and math.isfinite(zero) else (0.0, 0.0)


def _time_step(text: str | None) -> float:
    try:
        step = float(text or "nan")
    except ValueError:
        return math.nan
    return step if step > 0 and math.isfinite(step) else math.nan


def linear_events(data: FcsData) -> NDArray[np.float64]:
    """Return the events with every logarithmic channel on a linear scale.

    Parameters
    ----------
    data : FcsData

    Returns
    -------
    events : float array, shape (events, channels)
        ``10 ** (decades * stored / range) * zero`` where $PnE states decades; others as stored.

    Raises
    ------
    InputError
        If a logarithmic channel has no $PnR.

    Notes
    -----
    Convention: a value at zero of 0 with decades above 0 is not allowed by the standard, which
    asks that it be read as 1.
    """
    events = data.events.astype(np.float64)
    for channel, (decades, zero) in enumerate(data.amplifications):
        if decades <= 0:
            continue
        top = data.ranges[channel]
        if not top > 0:
            msg = f"{data.names[channel]}: logarithmic, range {top}; expected $PnR above 0"
            raise InputError(msg)
        # What grows too large becomes infinite, without a warning for every file.
        with np.errstate(all="ignore"):
            events[:, channel] = 10 ** (decades * events[:, channel] / top) * (zero or 1.0)
    return events
