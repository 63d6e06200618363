"""Large text files in blocks of whole lines: plain or gzip, in bounded memory."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from macroimmune.errors import FormatError

__all__ = ["MAX_LINE", "MAX_TEXT", "TextBlock", "text_blocks"]

# Of unpacked text; a table of rearrangements has some 500 bytes per row.
MAX_TEXT = 16_000_000_000
MAX_LINE = 8_000_000
# Tables pack to a tenth; what unpacks to more than this is no table.
_MAX_RATIO = 250
_RATIO_COUNTS_FROM = 64_000_000
_BLOCK = 16_000_000
_PACKED = 1 << 20
_NEWLINE = ord("\n")
_OTHER_KINDS = {
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
    b"PK\x03\x04": "a ZIP archive or workbook",
    b"BZh": "packed with bzip2",
    b"\xfd7zX": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"PAR1": "a Parquet file",
}


@dataclass(frozen=True, slots=True)
class TextBlock:
    r"""Some whole lines of a file.

    Parameters
    ----------
    data : bytes
        UTF-8, lines ending in ``\n``; the last line of a file may end in nothing.
    first_row : int
        Row of its first line; the first line of a file is row 1.
    damage : str
        Empty, or why nothing can be read beyond this block; its last line may then be cut.
    """

    data: bytes
    first_row: int
    damage: str = ""


def text_blocks(path: Path, *, block_bytes: int = _BLOCK) -> Iterator[TextBlock]:
    """Yield the lines of a text file, block by block.

    Parameters
    ----------
    path : Path
        Plain or gzip, by what it begins with; a byte-order mark is left out, line ends of old Macs
        and of Windows are made the usual ones, bytes that are no UTF-8 are read as Latin-1.
    block_bytes : int
        About how many bytes a block has.

    Yields
    ------
    block : TextBlock
        At least one. A packed file that is cut or damaged gives what came before, and says so in
        the last block.

    Raises
    ------
    FormatError
        If the file cannot be opened, is UTF-16, packed otherwise or no text, a line is longer than
        8 MB, or it unpacks to more than 16 GB or to more than 250 times its size.
    """
    first_row, ends = 1, b""
    for raw, damage in _line_blocks(path, block_bytes):
        if not ends:
            ends = b"\n" if b"\n" in raw or b"\r" not in raw else b"\r"
        data = raw
        if b"\r" in raw:
            data = raw.replace(b"\r" if ends == b"\r" else b"\r\n", b"\n")
        yield TextBlock(_as_utf8(data), first_row, damage)
        first_row += int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE))


def _as_utf8(data: bytes) -> bytes:
    if data.isascii():
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1").encode("utf-8")
    return data


def _line_blocks(path: Path, block_bytes: int) -> Iterator[tuple[bytes, str]]:
    """Yield runs of whole lines, the last run as it ends.

    Raises
    ------
    FormatError
        If a line is too long.
    """
    parts: list[bytes] = []
    held, has_ended = 0, ""
    for chunk, damage in _chunks(path, block_bytes):
        has_ended = damage
        parts.append(chunk)
        held += len(chunk)
        if held < block_bytes:
            continue
        whole = b"".join(parts)
        cut = max(whole.rfind(b"\n"), -1 if b"\n" in whole else whole.rfind(b"\r")) + 1
        if cut:
            yield whole[:cut], ""
        parts = [whole[cut:]]
        held = len(parts[0])
        if held > MAX_LINE:
            msg = (
                f"{path.name}: a line of more than {MAX_LINE / 1e6:g} MB; expected a table of "
                "rows; is it the right file?"
            )
            raise FormatError(msg)
    yield b"".join(parts), has_ended


def _chunks(path: Path, chunk_bytes: int) -> Iterator[tuple[bytes, str]]:
    """Yield the unpacked bytes, and with the last of a damaged file what is wrong.

    Raises
    ------
    FormatError
        If the file cannot be opened, is of another kind, or is too large.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
            _refuse_kind(head, path)
            stream.seek(3 if head.startswith(b"\xef\xbb\xbf") else 0)
            is_packed = head[:2] == b"\x1f\x8b"
            source = _unpacked if is_packed else _plain
            total = 0
            for chunk, damage in source(stream, chunk_bytes, path):
                if not total and chunk.startswith(b"\xef\xbb\xbf"):
                    chunk = chunk[3:]
                total += len(chunk)
                _refuse_size(total, path)
                yield chunk, damage
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror or error}); correct the path or its rights"
        raise FormatError(msg) from error


def _plain(stream: IO[bytes], chunk_bytes: int, _path: Path) -> Iterator[tuple[bytes, str]]:
    while chunk := stream.read(chunk_bytes):
        yield chunk, ""


def _unpacked(stream: IO[bytes], chunk_bytes: int, path: Path) -> Iterator[tuple[bytes, str]]:
    """Yield what a file of one or several gzip members unpacks to.

    Raises
    ------
    FormatError
        If it unpacks to far more than any table does.
    """
    unpack = zlib.decompressobj(wbits=31)
    packed = unpacked = 0
    try:
        while raw := stream.read(_PACKED):
            packed += len(raw)
            while raw:
                data = unpack.decompress(raw, chunk_bytes)
                unpacked += len(data)
                if unpacked > max(_RATIO_COUNTS_FROM, _MAX_RATIO * packed):
                    msg = (
                        f"{path.name}: unpacks to more than {_MAX_RATIO} times its size; expected "
                        "a table of text; refused"
                    )
                    raise FormatError(msg)
                yield data, ""
                raw = unpack.unconsumed_tail
                if unpack.eof:
                    # Padding with zeros is allowed after the last member.
                    raw = unpack.unused_data.lstrip(b"\0")
                    unpack = zlib.decompressobj(wbits=31) if raw else unpack
    except zlib.error as error:
        yield b"", f"the packed file is damaged ({error})"
        return
    if not unpack.eof:
        yield b"", "the packed file is cut"


def _refuse_kind(head: bytes, path: Path) -> None:
    """Refuse what begins as another kind of file.

    Raises
    ------
    FormatError
        If it is known by its first bytes.
    """
    for mark, kind in _OTHER_KINDS.items():
        if head.startswith(mark):
            msg = f"{path.name}: {kind}; expected text in UTF-8, plain or gzip; save it as that"
            raise FormatError(msg)


def _refuse_size(total: int, path: Path) -> None:
    """Refuse what is too large.

    Raises
    ------
    FormatError
        If it is larger than `MAX_TEXT`.
    """
    if total > MAX_TEXT:
        msg = f"{path.name}: more than {MAX_TEXT / 1e9:g} GB of text; expected less; split the file"
        raise FormatError(msg)
