"""Prognostic or predictive: the verdicts, in their own words."""

from macroimmune.report.numbers import count, estimate_with_interval, p_value, plural
from macroimmune.report.page import PredictiveSection
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["predictive_section"]

_COLUMNS = (
    Column("Biomarker"),
    Column("Endpoint"),
    Column("What can be said"),
    Column("Control arm"),
    Column("HR, control (95 %)", is_number=True, meaning="per unit of the scale"),
    Column("HR, treated (95 %)", is_number=True, meaning="per unit of the scale"),
    Column("Scale"),
    Column("Interaction HR (95 %)", is_number=True, meaning="HR treated over HR control"),
    Column("p", is_number=True),
    Column("q", is_number=True),
    Column("n", is_number=True),
    Column("Events", is_number=True),
)


def predictive_section(source: ReportSource) -> PredictiveSection:
    """Return the verdicts, or the sentence that without a control arm none can be given."""
    rows = source.rows("predictive")
    if not rows:
        lead = "No comparison with a control arm was run, so it cannot be told."
        return PredictiveSection(lead, None)
    rows.sort(key=lambda row: (row["p_value"] is None, row["p_value"] or 0.0))
    designs = ", ".join(dict.fromkeys(row["design"] for row in rows if row["design"]))
    lead = f"{plural(len(rows), 'comparison')} with a control arm; design: {designs}."
    cells = tuple(_cells(source, row) for row in rows)
    return PredictiveSection(lead, Table("Verdicts", _COLUMNS, cells, can_filter=len(rows) > 20))


def _cells(source: ReportSource, row: Row) -> tuple[Cell, ...]:
    feature, effect = row["feature"], row["interaction_hazard_ratio"]
    anchor = source.anchors.get(feature)
    said = ". ".join(part for part in (row["verdict"], row["status"]) if part)
    return (
        Cell(source.feature_name(feature), link=f"#{anchor}" if anchor else ""),
        Cell(source.endpoint_name(row["endpoint"])),
        Cell(said, look="wide"),
        Cell(row["control"]),
        _of_arm(row, "control"),
        _of_arm(row, "treated"),
        Cell(row["scale"]),
        number_cell(estimate_with_interval(effect, row["ci_low"], row["ci_high"]), effect),
        number_cell(p_value(row["p_value"]), row["p_value"]),
        number_cell(p_value(row["q_value"]), row["q_value"]),
        number_cell(count(row["n"]), row["n"]),
        number_cell(count(row["n_events"]), row["n_events"]),
    )


def _of_arm(row: Row, arm: str) -> Cell:
    value = row[f"hazard_ratio_{arm}"]
    limits = row[f"{arm}_ci_low"], row[f"{arm}_ci_high"]
    return number_cell(estimate_with_interval(value, *limits), value)
