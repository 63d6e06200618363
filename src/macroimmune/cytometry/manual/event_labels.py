"""Labels of single events from elsewhere: a column of a table, or a channel of the FCS file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean, folded
from macroimmune.errors import FormatError, InputError
from macroimmune.formats import read_fcs
from macroimmune.formats.delimited import read_cells

__all__ = ["EventLabels", "read_channel_labels", "read_event_labels"]

# "Unlabeled" and the like are people's words for an event that nobody named.
_NO_LABEL = frozenset({
    "", "na", "nan", "null", "none", "unlabeled", "unlabelled", "ungated", "unassigned", "unknown",
})  # fmt: skip
_HEADINGS = frozenset({
    "annotation", "celltype", "cluster", "clusterid", "gate", "label", "labels", "manuallabel",
    "metacluster", "population", "populations", "subset", "x",
})  # fmt: skip
_MOST_CLUSTERS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class EventLabels:
    """What every event of a file is called.

    Parameters
    ----------
    names : tuple of str
        The labels that occur, in the order in which they first do.
    codes : int32 array, shape (events,)
        Which of them an event bears; -1: none.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int32]


def read_event_labels(path: Path, n_events: int, *, column: str | None = None) -> EventLabels:
    """Return labels from a table with a row per event, in the order of the FCS file.

    Parameters
    ----------
    path : Path
        Parquet where the name ends so, else CSV or TSV, plain or gzip, with or without heading.
    n_events : int
        That the FCS file holds.
    column : str or None
        Which column; None where there is one only.

    Returns
    -------
    labels : EventLabels

    Raises
    ------
    InputError
        If the rows are not as many as the events, the column is not there, or several are and none
        is named.
    FormatError
        If the table cannot be read.

    Notes
    -----
    Convention: of text, one row more than events is a heading, unless its word stands below again;
    a first column without heading, beside one other, counts rows and is passed over. Empty cells,
    NA and words for an event that nobody named (unlabeled, ungated, unassigned, unknown) are no
    label. Whole numbers are labels without decimals.
    """
    if path.suffix == ".parquet":
        return _labels(_parquet_column(path, n_events, column))
    cells = read_cells(path, _separator(path))
    body, heading = _without_heading(cells, n_events, is_wanted=column is not None)
    if body.height != n_events:
        under = f" under the heading {heading}" if heading else ""
        msg = f"{path.name}: {body.height} labels{under}; expected {n_events}, one per event"
        raise InputError(msg)
    named = body.rename(dict(zip(body.columns, heading, strict=True))) if heading else body
    return _labels(_one_column(named, column, path.name))


def read_channel_labels(path: Path, channel: str) -> EventLabels:
    """Return the cluster numbers that a channel of an FCS file holds.

    Parameters
    ----------
    path : Path
    channel : str
        $PnN or $PnS.

    Returns
    -------
    labels : EventLabels

    Raises
    ------
    InputError
        If there is no such channel, or it holds values that are no whole numbers from 0 or more
        different ones than clusterings give.
    FormatError
        If the file cannot be read.
    """
    data = read_fcs(path, is_memory_mapped=True)
    known = [*data.names, *filter(None, data.antigens)]
    if channel not in known:
        msg = f"{path.name}: no channel {channel!r}. {did_you_mean(channel, known)}"
        raise InputError(msg)
    index = (data.names if channel in data.names else data.antigens).index(channel)
    values = np.asarray(data.events[:, index], dtype=np.float64)
    bad = ~((values >= 0) & (values == np.floor(values)) & (values < 2**31))
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        msg = (
            f"{path.name}, event {at + 1}, {channel} = {values[at]:g}; expected whole numbers of "
            "clusters from 0; name the channel that holds them"
        )
        raise InputError(msg)
    if len(np.unique(values)) > _MOST_CLUSTERS:
        msg = f"{path.name}, {channel}: more than {_MOST_CLUSTERS} different numbers; no clusters"
        raise InputError(msg)
    return _labels(pl.Series(values.astype(np.int64)).cast(pl.String))


def _separator(path: Path) -> str:
    if path.name.removesuffix(".gz").endswith((".tsv", ".txt")):
        return "\t"
    try:
        with path.open("rb") as stream:
            first = stream.readline(1_000_000)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); correct the path"
        raise FormatError(msg) from error
    if first.startswith(b"\x1f\x8b"):
        return ","
    return max(",;\t", key=lambda one: first.count(one.encode()))


def _without_heading(
    cells: pl.DataFrame, n_events: int, *, is_wanted: bool
) -> tuple[pl.DataFrame, list[str]]:
    """Return the rows of events and the heading, which is empty where there is none."""
    if cells.is_empty():
        return cells, []
    first = [text or "" for text in cells.row(0)]
    below = cells.slice(1)
    if is_wanted or cells.height == n_events + 1 or _is_usual(first, below):
        if is_wanted or not _stands_below(first[-1], below.to_series(-1)):
            return below, first
        # The last line of a file may be blank.
        if below.height == n_events and below.row(-1) == (None,) * below.width:
            return cells.head(n_events), []
    return cells, []


def _is_usual(first: Sequence[str], below: pl.DataFrame) -> bool:
    return folded(first[-1]) in _HEADINGS and not _stands_below(first[-1], below.to_series(-1))


def _stands_below(word: str, below: pl.Series) -> bool:
    """Whether a word is a label among others: it occurs again, or all are numbers."""
    if bool((below == word).any()):
        return True
    numbers = pl.concat([pl.Series([word]), below.drop_nulls()]).cast(pl.Float64, strict=False)
    return len(numbers) > 1 and numbers.null_count() == 0


def _parquet_column(path: Path, n_events: int, column: str | None) -> pl.Series:
    """Return a column of a Parquet file.

    Raises
    ------
    InputError
        If it has another number of rows.
    FormatError
        If it cannot be read.
    """
    try:
        table = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0][:120]
        msg = f"{path.name}: no Parquet ({reason}); correct the path or the name"
        raise FormatError(msg) from error
    if table.height != n_events:
        msg = f"{path.name}: {table.height} labels; expected {n_events}, one per event"
        raise InputError(msg)
    return _one_column(table, column, path.name)


def _one_column(table: pl.DataFrame, column: str | None, file: str) -> pl.Series:
    """Return the column that is wanted, or the only one.

    Raises
    ------
    InputError
        If it is not there, or several are and none is wanted.
    """
    if column is None and table.width == 2 and table.columns[0] == "":
        return table.to_series(1)
    if column is None and table.width != 1:
        msg = f"{file}: columns {table.columns[:12]}; expected one, or the name of one"
        raise InputError(msg)
    if column is not None and column not in table.columns:
        msg = f"{file}: no column {column!r}. {did_you_mean(column, table.columns)}"
        raise InputError(msg)
    return table.to_series(0) if column is None else table[column]


def _labels(column: pl.Series) -> EventLabels:
    """Return a column as labels."""
    if column.dtype.is_float() and bool((column.drop_nans().drop_nulls() % 1 == 0).all()):
        column = column.fill_nan(None).cast(pl.Int64)
    text = column.cast(pl.String).str.strip_chars().fill_null("")
    names = [name for name in text.unique(maintain_order=True) if folded(name) not in _NO_LABEL]
    codes = text.replace_strict(names, range(len(names)), default=-1, return_dtype=pl.Int32)
    return EventLabels(tuple(names), codes.to_numpy().astype(np.int32))
