"""Bytes of a text file to text: which encoding and which line endings it has."""

import codecs
import re
from dataclasses import dataclass

from macroimmune.errors import FormatError

__all__ = ["DecodedText", "decode_text", "line_ends"]

# utf-32 before utf-16: its little-endian mark begins with that of utf-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EXPECTED = frozenset(
    "àâäáãåæçéèêëíìîïñóòôöõøúùûüßÿÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØÚÙÛÜ"
    "µ±°²³≤≥–—‘’“”•…®™×÷½¼€£§ªº\u00a0\u2126α∆"
)
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text of a file, the encoding that was read, and whether that was only the likeliest."""

    text: str
    encoding: str
    is_likely: bool


def decode_text(data: bytes, file: str) -> DecodedText:
    """Return the text in `data`.

    Parameters
    ----------
    data : bytes
        The whole file, already unpacked.
    file : str
        Its name, for messages.

    Returns
    -------
    decoded : DecodedText
        `is_likely` where the encoding is neither UTF-8 nor UTF-16.

    Raises
    ------
    FormatError
        If the bytes are no text: NUL bytes, or a byte-order mark that the rest contradicts.

    Notes
    -----
    Convention: an 8-bit encoding cannot be proved. Windows-1252 and Mac Roman are compared by
    how many of their characters people really write; a tie goes to Mac Roman when all lines end
    in CR, else to Windows-1252.
    """
    encoding = _declared_encoding(data)
    if encoding is None and b"\0" in data:
        encoding = _utf16_without_mark(data, file)
    is_likely = encoding is None and not _is_utf8(data)
    if is_likely:
        encoding = _eight_bit_encoding(data)
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        msg = f"{file}: marked as {encoding}, but byte {error.start} is not; save it as CSV UTF-8"
        raise FormatError(msg) from error
    if "\0" in text:
        msg = f"{file}: holds NUL characters; expected text (CSV, TSV); save it as CSV UTF-8"
        raise FormatError(msg)
    return DecodedText(text, encoding or "utf-8", is_likely)


def _declared_encoding(data: bytes) -> str | None:
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(data: bytes, file: str) -> str:
    """Name the UTF-16 that has NUL in every second byte, or refuse the file as binary.

    Raises
    ------
    FormatError
        If the NUL bytes do not alternate as in UTF-16.
    """
    head = data[:4000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    at = data.index(0)
    msg = f"{file}: NUL byte at position {at}; not a text table; save it as CSV UTF-8 or XLSX"
    raise FormatError(msg)


def _eight_bit_encoding(data: bytes) -> str:
    mac, windows = _plausibility(data, "mac_roman"), _plausibility(data, "cp1252")
    if windows is None:
        # Bytes that Windows-1252 leaves undefined.
        return "mac_roman" if mac is not None and mac > 0 else "latin-1"
    if mac is not None and (mac > windows or (mac == windows and _only_cr(data))):
        return "mac_roman"
    return "cp1252"


def _plausibility(data: bytes, encoding: str) -> int | None:
    """Count characters that people write minus those they do not; None if undefined bytes."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    score = 0
    for match in re.finditer(r"[^\x00-\x7f]", text):
        character, before = match.group(), text[max(match.start() - 1, 0) : match.start()]
        inside_word = character.isupper() and before.islower()
        score += 1 if character in _EXPECTED and not inside_word else -1
    return score


def _only_cr(data: bytes) -> bool:
    return b"\r" in data and b"\n" not in data


def line_ends(text: str) -> dict[str, int]:
    r"""Return how often lines end in CR LF, in CR and in LF, those that occur.

    Examples
    --------
    >>> line_ends('a,b\r\n1,"x\ny"\n')
    {'CR LF': 1, 'LF': 1}
    """
    # A line end inside a quoted cell belongs to the cell.
    outside = _QUOTED.sub("", text) if '"' in text else text
    both = outside.count("\r\n")
    counts = {
        "CR LF": both,
        "CR": outside.count("\r") - both,
        "LF": outside.count("\n") - both,
    }
    return {name: count for name, count in counts.items() if count}
