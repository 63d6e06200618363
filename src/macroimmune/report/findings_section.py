"""What was found in the study's tables, by severity and kind."""

from itertools import groupby

from macroimmune.report.numbers import MISSING, count, plural
from macroimmune.report.page import FindingsSection
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Table, table

__all__ = ["findings_section"]

_SHOWN = 10
_ORDER = {"error": 0, "warning": 1, "note": 2}


def findings_section(source: ReportSource) -> FindingsSection:
    """Return findings grouped by severity and code, the first rows of each group."""
    rows = sorted(
        source.rows("findings"), key=lambda row: (_ORDER.get(row["severity"], 3), row["code"])
    )
    groups = tuple(
        _group(severity, code, list(members))
        for (severity, code), members in groupby(rows, lambda r: (r["severity"], r["code"]))
    )
    counts = [
        plural(sum(row["severity"] == severity for row in rows), severity)
        for severity in _ORDER
        if any(row["severity"] == severity for row in rows)
    ]
    summary = (
        f"{', '.join(counts)}. All rows are in findings.csv." if rows else "Nothing was found."
    )
    return FindingsSection(summary=summary, groups=groups)


def _group(severity: str, code: str, rows: list[Row]) -> Table:
    left = len(rows) - _SHOWN
    return table(
        f"{severity.capitalize()}: {code.replace('-', ' ')} ({count(len(rows))})",
        ["File", "Row#", "Column", "Found", "Expected", "Advice"],
        [_cells(row) for row in rows[:_SHOWN]],
        f"and {count(left)} more in findings.csv" if left > 0 else "",
    )


def _cells(row: Row) -> list[str | Cell]:
    place = MISSING if row["row"] is None else str(row["row"])
    return [row["file"], place, row["column"], row["found"], row["expected"], row["advice"]]
