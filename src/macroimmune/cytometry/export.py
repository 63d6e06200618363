"""FCS files that carry our populations, to be looked at in other programs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind
from macroimmune.errors import InputError
from macroimmune.evidence import populations
from macroimmune.formats import FcsData, FcsHeading, linear_events, read_fcs, write_fcs

__all__ = ["LabelledExport", "export_labelled"]

_KEY_KEYWORD = "MACROIMMUNE_KEY"
_GAIN = re.compile(r"\$P([0-9]+)G")
_SMALLEST_RANGE = 2.0**18


@dataclass(frozen=True, slots=True)
class LabelledExport:
    """What was written.

    Parameters
    ----------
    path, key : Path
        The FCS file, and the table of what its new channels mean.
    channels : tuple of str
        The new channels, $PnN.
    remarks : tuple of str
        Where values are not those of the original to the last bit.
    """

    path: Path
    key: Path
    channels: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Added:
    """A new channel: name, label, values, top, and what each value means (value, word, id)."""

    name: str
    label: str
    values: NDArray[np.float32]
    top: float
    meanings: tuple[tuple[int, str, str], ...]


def export_labelled(
    fcs_path: Path,
    out_path: Path,
    members: Mapping[str, NDArray[np.bool_]],
    kinds: NDArray[np.uint8],
    *,
    form: Literal["channels", "label"] = "channels",
    is_replacing: bool = False,
) -> LabelledExport:
    """Write the events of an FCS file with what they were taken for.

    Parameters
    ----------
    fcs_path : Path
        The file that was gated; it is only read.
    out_path : Path
        Where to write; beside it `<name>.key.csv` says what the new channels mean.
    members : mapping from population to bool array, shape (events,)
        By id of the evidence or word of a laboratory.
    kinds : uint8 array, shape (events,)
        `EventKind` of each event.
    form : {"channels", "label"}
        `channels`: one per population, 1 for its cells, else 0. `label`: one for all, with the
        number of the smallest population of which the event is a cell, 0 for none.
    is_replacing : bool
        Whether an export that is there already may be replaced.

    Returns
    -------
    export : LabelledExport

    Raises
    ------
    InputError
        If `out_path` is the file itself, is there already, or arrays do not have one value per
        event.
    FormatError
        If the file cannot be read.

    Notes
    -----
    Convention: all original channels as stored, neither compensated nor transformed, under their
    names, in single precision; logarithmic ones ($PnE) on the linear scale, because single
    precision allows no other. Keywords and spillover are kept; $FIL names the new file. New
    channels come last; FlowKit compensates by the keyword if they are given to it as null channels.
    Checked against: flowio and FlowKit, which read the same values back.
    """
    key_path = out_path.with_name(f"{out_path.stem}.key.csv")
    _refuse_loss(fcs_path, out_path, key_path, is_replacing=is_replacing)
    data = read_fcs(fcs_path)
    n_events = data.events.shape[0]
    for name, one in {**members, "kinds": kinds}.items():
        if one.shape != (n_events,):
            msg = f"{fcs_path.name}: {name} of shape {one.shape}; expected ({n_events},)"
            raise InputError(msg)
    taken = {name.casefold() for name in data.names}
    added = [
        *(_population_channels(members, taken) if form == "channels" else _label(members, taken)),
        _event_kind(kinds, taken),
    ]
    events, remarks = _stored(data)
    values = np.column_stack([events, *(one.values for one in added)]).astype(np.float32)
    _write(out_path, values, _heading(data, added, out_path.name))
    _key_table(added).write_csv(key_path)
    return LabelledExport(out_path, key_path, tuple(one.name for one in added), remarks)


def _refuse_loss(fcs_path: Path, out_path: Path, key_path: Path, *, is_replacing: bool) -> None:
    """Refuse to write over anything that was not to be replaced.

    Raises
    ------
    InputError
        If something is there.
    """
    is_same = out_path.resolve() == fcs_path.resolve()
    if is_same or (out_path.exists() and out_path.samefile(fcs_path)):
        msg = f"{out_path}: is the file that was gated; it is never written; choose another folder"
        raise InputError(msg)
    for path in (out_path, key_path):
        if path.exists() and not is_replacing:
            msg = f"{path}: is there already; expected a new file; choose another folder"
            raise InputError(msg)


def _free_name(wanted: str, taken: set[str]) -> str:
    """Return a channel name that no channel has; characters that FlowJo minds become strokes."""
    plain = re.sub(r"[^A-Za-z0-9_+.-]", "_", wanted)
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain}_{number}"
    taken.add(name.casefold())
    return name


def _population_channels(
    members: Mapping[str, NDArray[np.bool_]], taken: set[str]
) -> Iterator[_Added]:
    words = {one.id: one.name for one in populations()}
    for population, told in members.items():
        word = words.get(population, population)
        yield _Added(
            name=_free_name(f"pop_{population}", taken),
            label=word,
            values=told.astype(np.float32),
            top=2.0,
            meanings=((0, f"no {word}", population), (1, word, population)),
        )


def _label(members: Mapping[str, NDArray[np.bool_]], taken: set[str]) -> Iterator[_Added]:
    words = {one.id: one.name for one in populations()}
    numbers = {population: number for number, population in enumerate(members, start=1)}
    size = max((told.size for told in members.values()), default=0)
    values = np.zeros(size, dtype=np.float32)
    # The smallest population that has a cell says most about it.
    for population in sorted(members, key=lambda name: -int(members[name].sum())):
        values[members[population]] = numbers[population]
    if not members:
        return
    yield _Added(
        name=_free_name("population", taken),
        label="population",
        values=values,
        top=float(2 ** (len(members) + 1).bit_length()),
        meanings=(
            (0, "none of them", ""),
            *((number, words.get(name, name), name) for name, number in numbers.items()),
        ),
    )


def _event_kind(kinds: NDArray[np.uint8], taken: set[str]) -> _Added:
    return _Added(
        name=_free_name("event_kind", taken),
        label="event kind",
        values=kinds.astype(np.float32),
        top=8.0,
        meanings=tuple((int(kind), kind.name.casefold(), "") for kind in EventKind),
    )


def _stored(data: FcsData) -> tuple[NDArray[np.float32 | np.float64], tuple[str, ...]]:
    """Return the events as they are written, and what differs from the original."""
    remarks = []
    events: NDArray[np.float32 | np.float64] = data.events
    logarithmic = [
        name
        for name, (decades, _) in zip(data.names, data.amplifications, strict=True)
        if decades > 0
    ]
    if logarithmic:
        events = linear_events(data)
        remarks.append(f"on the linear scale, stored logarithmic: {', '.join(logarithmic)}")
    elif events.dtype == np.float64 and (events != events.astype(np.float32)).any():
        remarks.append("rounded to single precision, stored in double or as large integers")
    return events, tuple(remarks)


def _heading(data: FcsData, added: Sequence[_Added], file: str) -> FcsHeading:
    logarithmic = {
        str(k) for k, (decades, _) in enumerate(data.amplifications, start=1) if decades > 0
    }
    kept = {
        key: value
        for key, value in data.keywords.items()
        if not ((match := _GAIN.fullmatch(key)) and match[1] in logarithmic)
    }
    return FcsHeading(
        names=[*data.names, *(one.name for one in added)],
        antigens=[*data.antigens, *(one.label for one in added)],
        ranges=[*_ranges(data), *(one.top for one in added)],
        spillover=data.spillover,
        keywords=kept | {"$FIL": file, _KEY_KEYWORD: _key_text(added)},
    )


def _ranges(data: FcsData) -> Iterator[float]:
    """Return $PnR as it is to be written: of logarithmic channels on the linear scale."""
    for top, (decades, zero) in zip(data.ranges.tolist(), data.amplifications, strict=True):
        if decades > 0:
            yield float(10**decades * (zero or 1.0))
        else:
            yield top if np.isfinite(top) and top > 0 else _SMALLEST_RANGE


def _key_text(added: Sequence[_Added]) -> str:
    return "; ".join(
        f"{one.name}: " + ", ".join(f"{value} {word}" for value, word, _ in one.meanings)
        for one in added
    )


def _write(path: Path, values: NDArray[np.float32], heading: FcsHeading) -> None:
    """Write a file that is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        write_fcs(part, values, heading)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _key_table(added: Sequence[_Added]) -> pl.DataFrame:
    rows = [
        (one.name, value, word, population, int((one.values == value).sum()))
        for one in added
        for value, word, population in one.meanings
    ]
    columns = ["channel", "value", "meaning", "population", "n_events"]
    return pl.DataFrame(rows, schema=columns, orient="row")
