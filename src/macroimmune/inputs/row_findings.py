"""Findings that concern single rows: the first of them in full, the rest as one counted line."""

from collections.abc import Sequence

from macroimmune.results import Finding
from macroimmune.results.records import Severity

__all__ = ["SHOWN_ROWS", "row_findings"]

SHOWN_ROWS = 20


def row_findings(
    severity: Severity,
    code: str,
    *,
    file: str,
    column: str,
    rows: Sequence[int],
    found: Sequence[str],
    expected: str,
    advice: str,
    shown: int = SHOWN_ROWS,
) -> tuple[Finding, ...]:
    """Return one finding per row for the first `shown` rows, and one that counts the rest.

    Parameters
    ----------
    severity, code, file, column, expected, advice
        As in `Finding`, the same for all rows.
    rows : sequence of int
        Rows as a spreadsheet numbers them.
    found : sequence of str
        What stands in each of them.
    shown : int
        How many are given in full.

    Returns
    -------
    findings : tuple of Finding
        At most `shown` + 1; the last then carries the count and no row.
    """
    findings = [
        Finding(severity, code, file, row, column, text, expected, advice)
        for row, text in zip(rows[:shown], found[:shown], strict=True)
    ]
    more = len(rows) - shown
    if more > 0:
        text = f"{more} more rows like these, {len(rows)} in all; the last is row {rows[-1]}"
        findings.append(Finding(severity, code, file, None, column, text, expected, advice))
    return tuple(findings)
