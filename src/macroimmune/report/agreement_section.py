"""Published markers against this study: what was answered, and what the others would need."""

from collections import Counter
from collections.abc import Iterable, Sequence

from macroimmune.report.numbers import count, plural
from macroimmune.report.page import AgreementSection, EvidenceLine
from macroimmune.report.published import evidence_line
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Table, table

__all__ = ["NOT_MEASURED", "agreement_section", "verdict_counts"]

NOT_MEASURED = "not measured"
_ORDER = ("agrees", "contradicts", "no effect of that size", "underpowered")


def verdict_counts(rows: Iterable[Row]) -> str:
    """Return the verdicts with their counts, in one line."""
    counted = Counter(row["verdict"] for row in rows if row["verdict"] != NOT_MEASURED)
    order = sorted(counted, key=lambda verdict: (_rank(verdict), verdict))
    return ", ".join(f"{verdict} {count(counted[verdict])}" for verdict in order)


def _rank(verdict: str) -> int:
    return _ORDER.index(verdict) if verdict in _ORDER else len(_ORDER)


def agreement_section(source: ReportSource) -> AgreementSection | None:
    """Return the section, or None where no evidence was compared."""
    rows = source.rows("agreement")
    if not rows:
        return None
    answered = [row for row in rows if row["verdict"] != NOT_MEASURED]
    answered.sort(key=lambda row: _rank(row["verdict"]))
    unmeasured = [row for row in rows if row["verdict"] == NOT_MEASURED]
    lines = len({row["evidence_id"] for row in rows})
    lead = f"{plural(lines, 'published line')}: {verdict_counts(rows) or 'none answered'}."
    if unmeasured:
        lead += f" {count(len(unmeasured))} were not measured here."
    return AgreementSection(lead, _answered(source, answered), _unmeasured(source, unmeasured))


def _published(line: EvidenceLine) -> tuple[Cell, Cell]:
    return Cell(line.evidence_id), Cell(line.sentence, look="wide")


def _answered(source: ReportSource, rows: Sequence[Row]) -> Table | None:
    if not rows:
        return None
    return table(
        "Lines that this study answers",
        [
            "Line",
            "Published",
            "Setting",
            "Endpoint",
            "Favourable",
            "Here",
            "Verdict",
            "Because",
            "Source",
        ],
        [_answer(source, row) for row in rows],
    )


def _answer(source: ReportSource, row: Row) -> list[str | Cell]:
    line = evidence_line(source, row)
    anchor = source.anchors.get(row["feature"])
    name, sentence = _published(line)
    return [
        Cell(name.text, link=f"#{anchor}" if anchor else ""),
        sentence,
        row["setting"],
        line.endpoint,
        row["published_direction"],
        row["observed_direction"],
        Cell(line.verdict, look=f"verdict {line.verdict.split()[0]}" if line.verdict else ""),
        line.reason,
        Cell(line.citation, look="wide"),
    ]


def _unmeasured(source: ReportSource, rows: Sequence[Row]) -> Table | None:
    if not rows:
        return None
    lines = [evidence_line(source, row) for row in rows]
    return table(
        f"What the other published markers would need ({count(len(rows))})",
        ["Line", "Published", "What is missing", "Source"],
        [[*_published(line), line.reason, Cell(line.citation, look="wide")] for line in lines],
    )
