"""Restricted mean survival times: by arm, at cuts, and the differences between groups."""

from macroimmune.report.numbers import MISSING, count, finite, p_value
from macroimmune.report.page import RestrictedMeanSection
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Cell, Column, number_cell, table

__all__ = ["restricted_mean_section"]

_COLUMNS = (
    Column("Endpoint"),
    Column("Up to day", is_number=True, meaning="The horizon, fixed in advance"),
    Column("Biomarker", meaning="Whose cut divides; empty for arms and the whole study"),
    Column("Group"),
    Column("Days", is_number=True, meaning="Mean time without the event, or its difference"),
    Column("95 % interval", is_number=True),
    Column("SE", is_number=True, meaning="Of the estimate"),
    Column("p", is_number=True),
    Column("q", is_number=True),
    Column("n", is_number=True),
    Column("Events", is_number=True),
    Column("Status"),
)


def restricted_mean_section(source: ReportSource) -> RestrictedMeanSection | None:
    """Return the section, or None where no horizon was set."""
    rows = source.rows("restricted_means")
    if not rows:
        return None
    lead = (
        "The mean time without the event, up to a day that was fixed in advance: the area under "
        "the Kaplan-Meier curve. It needs no proportional hazards. Differences are taken within "
        "strata and cohorts, where there are any."
    )
    means = table(
        "Restricted means and their differences", _COLUMNS, [_cells(source, r) for r in rows]
    )
    return RestrictedMeanSection(lead, means)


def _cells(source: ReportSource, row: Row) -> tuple[Cell, ...]:
    anchor = source.anchors.get(row["feature"])
    look = "strong" if row["q_value"] is not None and row["q_value"] < 0.05 else ""
    low, high = _days(row["ci_low"]), _days(row["ci_high"])
    ends = MISSING if MISSING in {low, high} else f"{low} to {high}"
    return (
        Cell(source.endpoint_title(row["endpoint"])),
        number_cell(count(row["horizon_days"]), row["horizon_days"]),
        Cell(
            source.feature_name(row["feature"]) if row["feature"] else "",
            link=f"#{anchor}" if anchor else "",
        ),
        Cell(f"{row['group']} less {row['against']}" if row["against"] else row["group"]),
        number_cell(_days(row["estimate_days"]), row["estimate_days"], look),
        number_cell(ends, row["ci_low"]),
        number_cell(_days(row["standard_error_days"]), row["standard_error_days"]),
        number_cell(p_value(row["p_value"]) if row["against"] else "", row["p_value"]),
        number_cell(p_value(row["q_value"]) if row["against"] else "", row["q_value"]),
        number_cell(count(row["n"]), row["n"]),
        number_cell(count(row["n_events"]), row["n_events"]),
        Cell(row["status"]),
    )


def _days(value: float | None) -> str:
    """Return days with one decimal."""
    number = finite(value)
    return MISSING if number is None else f"{number:,.1f}"
