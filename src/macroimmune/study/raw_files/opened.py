"""The raw files of a study with what their first bytes tell; each is opened once."""

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from macroimmune.errors import FormatError
from macroimmune.formats import (
    RECEPTOR_LAYOUTS,
    DelimitedHead,
    FcsHead,
    H5adHead,
    read_fcs_head,
    read_h5ad_heads,
    read_receptor_head,
)
from macroimmune.schema import TABLES

__all__ = ["ABSENT", "Head", "RawFile", "RawFiles", "open_raw_files", "repertoire_format"]

# A folder is one delivery of 10x: matrix, barcodes and features.
_FOLDER_FORMATS = ("10x",)
ABSENT = "no such file"

Head = FcsHead | DelimitedHead | H5adHead | None


@dataclass(frozen=True, slots=True)
class RawFile:
    """One row of a table that lists files, and what its file tells.

    Parameters
    ----------
    row : mapping
        The declared columns, `source_file` and `source_row`.
    head : FcsHead, DelimitedHead, H5adHead or None
        None where the file cannot be read, or files of its format are not opened.
    trouble : str
        Why it cannot be read; `ABSENT` where there is none; empty where all is well.
    """

    row: Mapping[str, object]
    head: Head
    trouble: str


RawFiles = Mapping[str, tuple[RawFile, ...]]


def open_raw_files(tables: Mapping[str, pl.DataFrame], folder: Path) -> RawFiles:
    """Return every raw file that the tables list, by table.

    Parameters
    ----------
    tables : mapping from table name to polars DataFrame
    folder : Path
        From which files are named.

    Notes
    -----
    Convention: the heads are read, not the contents: keywords and length of FCS files, the heading
    and the last row of text, names and shape of h5ad. What is no plain file is not opened.
    """
    return {
        name: tuple(_OPENERS.get(name, _matrix_files)(tables[name], folder))
        for name, table in TABLES.items()
        if table.lists_files and name in tables and not tables[name].is_empty()
    }


def _place(row: Mapping[str, object], folder: Path) -> tuple[Path, str]:
    """Return where a file lies, and why it cannot be opened where it cannot."""
    path = folder / str(row["raw_file"])
    try:
        if path.is_file():
            return path, ""
        if path.is_dir():
            is_delivery = row.get("format") in _FOLDER_FORMATS
            return path, "" if is_delivery else "a folder"
        # A pipe or a device would keep whoever opens it waiting.
        return path, "no plain file" if path.exists() else ABSENT
    except OSError as error:
        return path, error.strerror or str(error)


def _each(
    frame: pl.DataFrame, folder: Path, read: Callable[[Path, Mapping[str, object]], Head]
) -> Iterator[RawFile]:
    for row in frame.iter_rows(named=True):
        path, trouble = _place(row, folder)
        head: Head = None
        if not trouble:
            try:
                head = read(path, row)
            except FormatError as error:
                trouble = str(error)
        yield RawFile(row, head, trouble)


def _cytometry_files(frame: pl.DataFrame, folder: Path) -> Iterator[RawFile]:
    yield from _each(frame, folder, lambda path, _row: read_fcs_head(path))


def repertoire_format(row: Mapping[str, object]) -> str:
    """Return the format of a repertoire: as stated, else by its name."""
    is_csv = ".csv" in Path(str(row["raw_file"])).suffixes[-2:]
    return str(row["format"] or ("10x" if is_csv else "airr"))


def _repertoire_head(path: Path, row: Mapping[str, object]) -> Head:
    return read_receptor_head(path, RECEPTOR_LAYOUTS[repertoire_format(row)])


def _repertoire_files(frame: pl.DataFrame, folder: Path) -> Iterator[RawFile]:
    yield from _each(frame, folder, _repertoire_head)


def _matrix_files(frame: pl.DataFrame, folder: Path) -> Iterator[RawFile]:
    """Yield files of counts; a file that several rows name is opened once."""
    rows = list(frame.iter_rows(named=True))
    places = [_place(row, folder) for row in rows]
    asked = {
        (path, str(row["sample_column"] or ""))
        for row, (path, trouble) in zip(rows, places, strict=True)
        if not trouble and row["format"] in {None, "h5ad"} and path.suffix == ".h5ad"
    }
    order = sorted(asked) if importlib.util.find_spec("h5py") else []
    heads = dict(zip(order, read_h5ad_heads(order), strict=True))
    for row, (path, trouble) in zip(rows, places, strict=True):
        head = heads.get((path, str(row["sample_column"] or "")))
        if isinstance(head, FormatError):
            yield RawFile(row, None, str(head))
        else:
            yield RawFile(row, head, trouble)


_OPENERS = {
    "cytometry": _cytometry_files,
    "cytometry_controls": _cytometry_files,
    "repertoires": _repertoire_files,
}
