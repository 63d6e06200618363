"""The bytes of a file, bounded in size, and what kind of file they are."""

import gzip
import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import Literal

from macroimmune.errors import FormatError

__all__ = [
    "MAX_BYTES",
    "MAX_CELLS",
    "FileKind",
    "file_kind",
    "read_bytes",
    "unpacked",
]

MAX_BYTES = 2_000_000_000
MAX_CELLS = 200_000_000

FileKind = Literal["text", "workbook", "parquet"]


def read_bytes(path: Path) -> bytes:
    """Return the bytes of the file at `path`.

    Raises
    ------
    FormatError
        If there is no such file, it cannot be read, or it is larger than 2 GB.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            msg = f"{path.name}: {size / 1e9:.1f} GB; expected at most 2 GB; split the table"
            raise FormatError(msg)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"{path}: cannot be read ({reason}); correct the path"
        raise FormatError(msg) from error


def unpacked(data: bytes, file: str) -> bytes:
    """Return `data`, unpacked where it is gzip.

    Raises
    ------
    FormatError
        If the gzip is damaged, or unpacks to more than 2 GB.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            plain = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        msg = f"{file}: damaged gzip ({error}); make or copy the file again"
        raise FormatError(msg) from error
    if len(plain) > MAX_BYTES:
        msg = f"{file}: unpacks to more than 2 GB; expected a table; split it"
        raise FormatError(msg)
    return plain


def file_kind(data: bytes, file: str) -> FileKind:
    """Return what kind of file the bytes are, by what they begin with, not by the name.

    Raises
    ------
    FormatError
        If a workbook is damaged, or unpacks to more than 2 GB.
    """
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "workbook"
    if data.startswith(b"PK\x03\x04"):
        _check_archive(data, file)
        return "workbook"
    return "text"


def _check_archive(data: bytes, file: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size <= MAX_BYTES:
                _check_extent(archive, file)
    except (
        zipfile.BadZipFile,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
        zlib.error,
        RuntimeError,
    ) as error:
        msg = f"{file}: damaged workbook or archive ({error}); save it again as XLSX"
        raise FormatError(msg) from error
    if size > MAX_BYTES:
        msg = f"{file}: unpacks to {size / 1e9:.0f} GB; expected at most 2 GB; refused"
        raise FormatError(msg)


def _check_extent(archive: zipfile.ZipFile, file: str) -> None:
    """Refuse an XLSX sheet with a cell so far out that the space before it fills the memory.

    Raises
    ------
    FormatError
        If the rectangle up to the last cell of a sheet is larger than 200 million cells.
    """
    for name in archive.namelist():
        if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            continue
        text = archive.read(name)
        rows = max(map(int, re.findall(rb'<row[^>]{0,200}? r="(\d{1,9})"', text)), default=0)
        # Columns of one or two letters end at 702; only a sheet above that is looked at closely.
        if rows * 702 <= MAX_CELLS and not re.search(rb' r="[A-Z]{3}\d', text):
            continue
        letters = set(re.findall(rb' r="([A-Z]{1,3})\d', text))
        columns = max(map(_column_number, letters), default=0)
        if rows * columns > MAX_CELLS:
            msg = (
                f"{file}, {name}: a cell in row {rows} and one in column {columns}; expected at "
                "most 200 million cells; delete the stray cells below and beside the table"
            )
            raise FormatError(msg)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
