"""The parts of an FCS file before its events: header, keywords, and further data sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedIOBase

from macroimmune.errors import FormatError
from macroimmune.formats.fcs_text import decoded, parse_keywords, whole_number

__all__ = ["FcsHeader", "count_data_sets", "read_header", "read_keywords"]

_VERSIONS = ("FCS2.0", "FCS3.0", "FCS3.1")
_HEADER_BYTES = 58
_MAX_TEXT_BYTES = 20_000_000
_MAX_DATA_SETS = 100


@dataclass(frozen=True, slots=True)
class FcsHeader:
    """Version, and the first and last byte of text and of data as the header states them."""

    version: str
    text: tuple[int, int]
    data: tuple[int, int]


def read_header(stream: BufferedIOBase, start: int, file: str) -> FcsHeader:
    """Return the header of the data set that begins at byte `start`.

    Raises
    ------
    FormatError
        If there is none, or of a version that is not supported.
    """
    stream.seek(start)
    raw = stream.read(_HEADER_BYTES)
    version = decoded(raw[:6])
    if version not in _VERSIONS or len(raw) < _HEADER_BYTES:
        msg = (
            f"{file}, byte {start}: {len(raw)} bytes that begin {raw[:6]!r}; expected a header of "
            f"{_HEADER_BYTES} bytes that begins {', '.join(_VERSIONS)}; export the file as FCS 3.1"
        )
        raise FormatError(msg)
    offsets = []
    for byte in range(10, 42, 8):
        field = decoded(raw[byte : byte + 8]).strip(" \0")
        offset = whole_number(field or "0")
        if offset is None or offset < 0:
            msg = (
                f"{file}, byte {start + byte}: {field!r}; expected a place in the file as a whole "
                "number; the file is damaged, copy or export it again"
            )
            raise FormatError(msg)
        offsets.append(offset)
    return FcsHeader(version, (offsets[0], offsets[1]), (offsets[2], offsets[3]))


def _segment(stream: BufferedIOBase, begin: int, end: int, size: int, place: str) -> bytes:
    """Return the bytes from `begin` to `end`, both counted in.

    Raises
    ------
    FormatError
        If they are not inside the file, or too many for a text.
    """
    if not 0 < begin <= end or begin >= size or end - begin >= _MAX_TEXT_BYTES:
        msg = (
            f"{place}: from byte {begin} to {end}, the file has {size} bytes; expected at most "
            f"{_MAX_TEXT_BYTES} bytes inside it; the file is damaged, copy or export it again"
        )
        raise FormatError(msg)
    stream.seek(begin)
    return stream.read(end - begin + 1)


def read_keywords(
    stream: BufferedIOBase, header: FcsHeader, start: int, size: int, file: str
) -> dict[str, str]:
    """Return the keywords of a data set, those of its supplemental text included.

    Raises
    ------
    FormatError
        If the text lies outside the file or cannot be read.
    """
    begin, end = (start + offset for offset in header.text)
    # A writer that names the byte after the text would have us read the first byte of the events.
    if header.data[0] > header.text[0] and header.data[0] == header.text[1]:
        end -= 1
    place = f"{file}, TEXT at byte {begin}"
    keywords = parse_keywords(_segment(stream, begin, end, size, place), place)
    more = [whole_number(keywords.get(key)) or 0 for key in ("$BEGINSTEXT", "$ENDSTEXT")]
    if 0 < more[0] < more[1] and tuple(more) != header.text:
        place = f"{file}, supplemental TEXT at byte {start + more[0]}"
        segment = _segment(stream, start + more[0], start + more[1], size, place)
        keywords = parse_keywords(segment, place) | keywords
    return keywords


def count_data_sets(
    stream: BufferedIOBase, keywords: Mapping[str, str], size: int, file: str
) -> tuple[int, tuple[str, ...]]:
    """Return how many data sets stand in the file, and remarks; each step goes forward."""
    start, count, n_bytes = 0, 1, 0
    # Texts that lie over each other could be long, and read a hundred times.
    while count < _MAX_DATA_SETS and n_bytes < _MAX_TEXT_BYTES:
        step = whole_number(keywords.get("$NEXTDATA")) or 0
        if step <= 0:
            break
        start += step
        try:
            header = read_header(stream, start, file)
            keywords = read_keywords(stream, header, start, size, file)
        except FormatError:
            return count, (f"$NEXTDATA leads to byte {start}, where no data set is",)
        count += 1
        n_bytes += header.text[1] - header.text[0]
    return count, (f"{count} data sets: the first is read",) if count > 1 else ()
