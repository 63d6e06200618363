"""The head of a delimited file: its columns, and whether its last row is whole."""

import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

from macroimmune.errors import FormatError
from macroimmune.formats.delimited import column_names

__all__ = ["DelimitedHead", "read_delimited_head"]

_HEAD_BYTES = 1_000_000
_TAIL_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class DelimitedHead:
    """What the first and the last bytes of a delimited file tell.

    Parameters
    ----------
    names : tuple of str
        Of every column, in the order of the file.
    has_rows : bool
        Whether anything follows the heading.
    is_cut : bool
        Whether the last row has fewer cells than the heading. Not known of gzip: False.
    """

    names: tuple[str, ...]
    has_rows: bool
    is_cut: bool


def read_delimited_head(path: Path, separator: str) -> DelimitedHead:
    """Return the head of a delimited file; at most 1 MB of it is unpacked.

    Parameters
    ----------
    path : Path
        Plain or gzip, by what it begins with.
    separator : str

    Returns
    -------
    head : DelimitedHead

    Raises
    ------
    FormatError
        If the file cannot be read, is damaged at its start, or has no heading with every column
        once.
    """
    try:
        with path.open("rb") as stream:
            is_packed = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            if is_packed:
                with gzip.GzipFile(fileobj=stream) as packed:
                    head, tail = packed.read(_HEAD_BYTES), b""
            else:
                head = stream.read(_HEAD_BYTES)
                stream.seek(max(stream.seek(0, io.SEEK_END) - _TAIL_BYTES, 0))
                tail = stream.read(_TAIL_BYTES)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"{path}: cannot be read ({reason}); correct the path or copy the file again"
        raise FormatError(msg) from error
    heading, _, rest = head.partition(b"\n")
    names = column_names(heading, separator, path.name)
    last = tail.rstrip(b"\r\n").rpartition(b"\n")[2]
    has_rows = bool(rest.strip())
    is_cut = has_rows and bool(tail) and last.count(separator.encode()) < len(names) - 1
    return DelimitedHead(names, has_rows, is_cut)
