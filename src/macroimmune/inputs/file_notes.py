"""What a person should know of how a file is written: encoding, line ends, quotes, sheets."""

from collections.abc import Sequence

from macroimmune.formats.text_encoding import DecodedText, line_ends
from macroimmune.results import Finding

__all__ = ["quotes_warning", "sheet_note", "text_notes"]

_NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "latin-1": "ISO 8859-1"}


def text_notes(decoded: DecodedText, file: str) -> tuple[Finding, ...]:
    """Return a note where the encoding is only likely, and where lines end in an unusual way."""
    likely = (_encoding_note(decoded, file),) if decoded.is_likely else ()
    return (*likely, *_ending_notes(decoded.text, file))


def _encoding_note(decoded: DecodedText, file: str) -> Finding:
    text = decoded.text
    first = next(character for character in text if ord(character) > 127)
    at = text.index(first)
    around = " ".join(text[max(at - 20, 0) : at + 15].split())
    return Finding(
        severity="note",
        code="encoding",
        file=file,
        row=None,
        column="",
        found=f"text that is not UTF-8, read as {_NAMES[decoded.encoding]}: “{around}”",
        expected="UTF-8",
        advice="See whether that sign is right; if not, save the file as CSV UTF-8.",
    )


def _ending_notes(text: str, file: str) -> tuple[Finding, ...]:
    kinds = list(line_ends(text))
    if kinds in ([], ["LF"], ["CR LF"]):
        return ()
    found = " and ".join("CR (old Mac)" if kind == "CR" else kind for kind in kinds)
    return (
        Finding(
            severity="note",
            code="line-endings",
            file=file,
            row=None,
            column="",
            found=f"lines that end in {found}",
            expected="LF or CR LF throughout",
            advice="Read as one line each; nothing to do unless rows are missing.",
        ),
    )


def quotes_warning(row: int, file: str) -> Finding:
    """Return the warning for a row in which text follows a closing quote."""
    return Finding(
        "warning",
        "quotes",
        file,
        row,
        "",
        'text after a closing quote (")',
        'quotes doubled inside a quoted cell, as in "5"" needle"',
        "Read as one cell; look at this row and those after it.",
    )


def sheet_note(file: str, name: str, names: Sequence[str]) -> Finding:
    """Return the note that one of several sheets was read."""
    others = ", ".join(repr(other) for other in names if other != name)
    return Finding(
        "note",
        "sheet-chosen",
        file,
        None,
        "",
        f"{len(names)} sheets; {name!r} was read, not {others}",
        "the sheet to be named",
        'Write sheet = "..." in study.toml.',
    )
