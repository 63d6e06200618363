"""What is published, as the report quotes it."""

from macroimmune.errors import MacroimmuneError
from macroimmune.evidence import lookup
from macroimmune.report.page import EvidenceLine
from macroimmune.report.source import ReportSource, Row

__all__ = ["evidence_line", "evidence_lines_of"]


def evidence_line(source: ReportSource, row: Row) -> EvidenceLine:
    """Return one row of the table of agreement with its published sentence and citation.

    Notes
    -----
    Convention: a line that this version's evidence does not hold (results of another version)
    keeps its id and verdict, with sentence and citation empty.
    """
    try:
        record = lookup(row["evidence_id"])
        sentence, citation = record.sentence, record.citation
    except MacroimmuneError:
        sentence = citation = ""
    return EvidenceLine(
        evidence_id=row["evidence_id"],
        sentence=sentence,
        citation=citation,
        verdict=row["verdict"],
        reason=row["reason"],
        endpoint=source.endpoint_name(row["endpoint"]) if row["endpoint"] else "",
    )


def evidence_lines_of(source: ReportSource, feature: str) -> tuple[EvidenceLine, ...]:
    """Return the lines that one feature speaks to."""
    rows = source.agreement.get(feature, ())
    return tuple(evidence_line(source, row) for row in rows)
