r"""The TEXT segment of an FCS file: keywords and values between delimiters.

The first character of the segment is the delimiter, and a delimiter inside a value is written
twice. Programs that write empty values break this rule: ``/$P1S//$P2B/32/`` is an empty ``$P1S``
to them, but reads as one keyword ``$P1S/$P2B``. So the text is read by the rule first; where that
leaves keywords out that every file has, or glues two keywords together, it is read with every
delimiter as an end.
"""

import re
from collections.abc import Mapping

from macroimmune.errors import FormatError, InputError

__all__ = ["decoded", "encode_keywords", "parse_keywords", "whole_number"]

_DELIMITERS = "/|\\!~^#;:&*@%?="
_PADDING = " \0\r\n\t"
# Channels have some ten keywords each; a text of many more is none that an instrument wrote.
_MOST_DELIMITERS = 1_000_000
# No text that was decoded holds one half of a pair.
_HELD = "\ud800"
_NEEDED = frozenset({"$PAR", "$DATATYPE", "$BYTEORD", "$P1B", "$P1R"})


def decoded(raw: bytes) -> str:
    """Return text that is UTF-8, or else Latin-1, which can stand for any byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def whole_number(text: str | None) -> int | None:
    """Return the whole number that `text` spells in at most 18 digits, else None."""
    found = re.fullmatch(r"\s*([+-]?[0-9]{1,18})\s*", text or "")
    return int(found.group(1)) if found else None


def parse_keywords(segment: bytes, place: str) -> dict[str, str]:
    r"""Return the keywords of a TEXT segment, in upper case, and their values as written.

    Parameters
    ----------
    segment : bytes
        From the first delimiter to the last; what pads the end is not read.
    place : str
        The file and the segment, for messages.

    Returns
    -------
    keywords : dict of str to str
        A keyword that stands twice has its first value.

    Raises
    ------
    FormatError
        If the segment is empty, holds no keyword with a value, or more than a million delimiters.

    Examples
    --------
    >>> parse_keywords(rb"/$PAR/2/$P1N/CD4//CD8/", "a.fcs, TEXT")
    {'$PAR': '2', '$P1N': 'CD4/CD8'}
    """
    text = decoded(segment).rstrip(_PADDING)
    delimiter = text[:1]
    if len(text) < 4 or delimiter.isalnum():
        msg = (
            f"{place}: begins with {text[:10]!r}; expected a delimiter, then keywords and values; "
            "the file is damaged or no FCS file, export it again"
        )
        raise FormatError(msg)
    if text.count(delimiter) > _MOST_DELIMITERS:
        msg = (
            f"{place}: {text.count(delimiter)} delimiters {delimiter!r}; expected at most "
            f"{_MOST_DELIMITERS}; the file is damaged or no FCS file, export it again"
        )
        raise FormatError(msg)
    by_rule = _pairs(_escaped_parts(text, delimiter))
    if delimiter * 2 in text and (
        not by_rule.keys() >= _NEEDED or any(delimiter in key for key in by_rule)
    ):
        every = _pairs(text[1:].split(delimiter))
        if every.keys() >= _NEEDED:
            return every
    if not any(by_rule.values()):
        msg = f"{place}: no keyword with a value after {delimiter!r}; export the file again"
        raise FormatError(msg)
    return by_rule


def _escaped_parts(text: str, delimiter: str) -> list[str]:
    """Split at single delimiters; a doubled one becomes one character of its part."""
    if delimiter * 2 not in text:
        return text[1:].split(delimiter)
    held = text[1:].replace(delimiter * 2, _HELD)
    return [part.replace(_HELD, delimiter) for part in held.split(delimiter)]


def _pairs(parts: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for key, value in zip(parts[::2], parts[1::2], strict=False):
        pairs.setdefault(key.strip(_PADDING).upper(), value.strip(_PADDING))
    pairs.pop("", None)
    return pairs


def encode_keywords(keywords: Mapping[str, str]) -> bytes:
    r"""Return the TEXT segment that holds `keywords`.

    Parameters
    ----------
    keywords : mapping of str to str
        A keyword without a value is left out: the standard has none.

    Returns
    -------
    segment : bytes, UTF-8
        The delimiter is the first of a fixed list that no keyword holds, no value begins with and,
        where there is such a one, no value holds.

    Raises
    ------
    InputError
        If a keyword is empty, or every delimiter is taken.

    Examples
    --------
    >>> encode_keywords({"$PAR": "2", "$P1N": "CD4/CD8"})
    b'|$PAR|2|$P1N|CD4/CD8|'
    """
    pairs = {
        key.strip(_PADDING): value.strip(_PADDING)
        for key, value in keywords.items()
        if value.strip(_PADDING)
    }
    if "" in pairs:
        msg = f"an empty keyword for the value {pairs['']!r}; give it a name"
        raise InputError(msg)
    unfit = {letter for key in pairs for letter in key} | {value[0] for value in pairs.values()}
    usable = [mark for mark in _DELIMITERS if mark not in unfit]
    if not usable:
        msg = f"the keywords and values hold every delimiter of {_DELIMITERS!r}; rename keywords"
        raise InputError(msg)
    held = {letter for value in pairs.values() for letter in value}
    free = [mark for mark in usable if mark not in held]
    mark = (free or usable)[0]
    parts = [part.replace(mark, mark * 2) for pair in pairs.items() for part in pair]
    return (mark + mark.join(parts) + mark).encode("utf-8")
