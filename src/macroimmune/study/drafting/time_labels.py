"""Columns of later time points, which without a day would be taken for baseline."""

import re
from collections.abc import Iterable, Sequence

from macroimmune.study.drafting.column_profile import ColumnProfile
from macroimmune.study.drafting.guess import Guess, Open
from macroimmune.study.drafting.sample_columns import day_of_label, timepoint_of

__all__ = ["is_later_label", "later_columns", "unexplained_times"]

_MOST_TIMES = 12
# Words that by themselves say that a value is no baseline, or a change since then.
_LATER = re.compile(
    r"\bpost(?! ?(?:menopaus|code))|\bon ?treatment\b|\bon ?therapy\b|\bfollow ?up\b|\bfu\d*\b"
    r"|\bchanges?\b|\bdelta\b|\bfold ?change\b|\bfc\b|\beot\b|\bend of treatment\b"
    r"|\b(?:after|during)\b|\bc(?!0?1 ?d0?1\b)\d+ ?d\d+\b|\bcycle ?(?!0?1\b)\d+\b"
    r"|\b(?:week|wk|month|mo) ?(?!0+\b)\d+\b|\bday ?(?!0*[01]\b)\d+\b"
)
# A letter and a number say a time only where columns differ by nothing else.
_NUMBERED = re.compile(r"\b(?P<letter>[tdwv]) ?(?P<number>\d{1,3})\b")


def later_columns(columns: Iterable[ColumnProfile]) -> list[ColumnProfile]:
    """Return the columns whose headings name a time after the baseline.

    Examples
    --------
    >>> names = ("IL6_T0", "IL6_T1", "NLR", "NLR post", "IL8 C2D1", "LDH C1D1", "CD8 change")
    >>> columns = [ColumnProfile(name, ("1", "2"), 2) for name in names]
    >>> [column.heading for column in later_columns(columns)]
    ['IL6_T1', 'NLR post', 'IL8 C2D1', 'CD8 change']
    """
    columns = list(columns)
    numbers: dict[tuple[str, str], set[str]] = {}
    for column in columns:
        stem, letter, number = _numbered(column)
        if stem:
            numbers.setdefault((stem, letter), set()).add(number)
    return [column for column in columns if _is_later(column, numbers)]


def _numbered(column: ColumnProfile) -> tuple[str, str, str]:
    """Return (the heading without its numbered time, letter, number), empty where it has none."""
    match = _NUMBERED.search(column.text)
    if match is None or column.has("vitamin"):
        return "", "", ""
    stem = f"{column.text[: match.start()]} {column.text[match.end() :]}"
    return " ".join(stem.split()), match["letter"], match["number"]


def _is_later(column: ColumnProfile, numbers: dict[tuple[str, str], set[str]]) -> bool:
    if _LATER.search(column.text) or "\u0394" in column.heading or "\u2206" in column.heading:
        return True
    stem, letter, number = _numbered(column)
    several = len(numbers.get((stem, letter), ())) > 1
    first = 1 if letter in {"d", "v"} else 0
    return several and int(number) > first


def unexplained_times(columns: Sequence[ColumnProfile], table: str) -> Open | None:
    """Return what to ask where a column names several times of which no day is known."""
    named = timepoint_of(columns)
    heading = named.spec.column if isinstance(named, Guess) else ""
    for column in columns:
        if column.is_number or not 1 < len(column.codes) <= _MOST_TIMES:
            continue
        if column.heading == heading or all(_says_time(code) for code in column.codes):
            listed = ", ".join(column.codes[:5])
            return Open(
                table,
                column.heading,
                f"times {listed}, of which the days are not known; nothing of it was read",
                "say their days: days_from_treatment_start = "
                '{ column = "...", values = { "..." = "0" } }',
            )
    return None


def _says_time(code: str) -> bool:
    return day_of_label(code) is not None or is_later_label(code)


def is_later_label(label: str) -> bool:
    """Whether a code, or the name of a file or sheet, names a time after the baseline."""
    return bool(_LATER.search(" ".join(re.findall(r"[^\W_]+", label.lower()))))
