"""The ledger: how many tests were run, and over which of them the q-values are taken."""

from macroimmune.report.association_cells import endpoint_words
from macroimmune.report.numbers import count, p_value, plural
from macroimmune.report.page import LedgerSection, MethodsSection
from macroimmune.report.source import ReportSource
from macroimmune.report.tables import number_cell, table

__all__ = ["ledger_section", "methods_section"]

_SHOWN = 20
TREATMENT = "treatment"


def ledger_section(source: ReportSource) -> LedgerSection:
    """Return the section with the rows of smallest p; the whole ledger is in its file."""
    rows = source.rows("ledger")
    with_p = sorted(
        (row for row in rows if row["p_value"] is not None), key=lambda row: row["p_value"]
    )
    with_q = [row["family"] for row in rows if row["q_value"] is not None]
    of_treatment = with_q.count(TREATMENT)
    apart = f", and over {count(of_treatment)} of what treatment does" if of_treatment else ""
    lead = (
        f"{plural(len(rows), 'test')} were run and {count(len(with_p))} gave a p-value. The "
        f"q-values (Benjamini-Hochberg) are taken over {count(len(with_q) - of_treatment)} of "
        f"them{apart}. "
        "All are in ledger.csv."
    )
    left = len(with_p) - _SHOWN
    tests = table(
        "The smallest p-values",
        ["Order#", "Biomarker", "Endpoint", "Method", "Family", "p#", "q#"],
        [
            [
                number_cell(count(row["order"]), row["order"]),
                source.feature_name(row["feature"]),
                endpoint_words(source, row),
                row["method"],
                row["family"],
                number_cell(p_value(row["p_value"]), row["p_value"]),
                number_cell(p_value(row["q_value"]), row["q_value"]),
            ]
            for row in with_p[:_SHOWN]
        ],
        f"and {count(left)} more in ledger.csv" if left > 0 else "",
    )
    return LedgerSection(lead, tests)


def methods_section(source: ReportSource) -> MethodsSection | None:
    """Return the sentences of the run record, or None where it holds none."""
    methods = source.run.get("methods")
    sentences = tuple(str(part) for part in methods) if isinstance(methods, list) else ()
    return MethodsSection(sentences) if sentences else None
