"""The course of biomarkers under treatment, from mixed models of repeated samples."""

from collections.abc import Iterator

from macroimmune.report.forest_figure import ForestRow, forest_figure
from macroimmune.report.numbers import count, difference_with_interval, p_value, plural, significant
from macroimmune.report.page import FigureWithNote, TrajectoriesSection
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["trajectories_section", "trajectory_forests"]

_CHANGE = "change with time"
_MOST = 30
_COLUMNS = (
    Column("Biomarker"),
    Column("Question", meaning="Change with time, or the groups whose changes are compared"),
    Column("Estimate (95 %)", is_number=True, meaning="Change per 30 days, or its difference"),
    Column("Scale", meaning="What the estimate counts"),
    Column("df", is_number=True, meaning="Satterthwaite's degrees of freedom"),
    Column("p", is_number=True, meaning="Two-sided"),
    Column("q", is_number=True, meaning="Benjamini-Hochberg over every test that was run"),
    Column("n", is_number=True, meaning="Participants"),
    Column("Samples", is_number=True),
    Column("Status"),
)


def trajectories_section(source: ReportSource) -> TrajectoriesSection | None:
    """Return the section, or None where no repeated samples were analysed."""
    rows = _rows(source)
    if not rows:
        return None
    until = max(row["until_days"] for row in rows)
    features = len({row["feature"] for row in rows})
    lead = (
        f"{plural(features, 'biomarker')} with repeated samples from baseline to day {until:g}. "
        "Each line is a straight line in time; participants, not samples, carry the evidence. "
        "Who died or left early has no later samples: a course can look better than it is."
    )
    table = Table(
        "Change under treatment",
        _COLUMNS,
        tuple(_cells(source, row) for row in rows),
        can_filter=len(rows) > 20,
    )
    return TrajectoriesSection(lead, tuple(trajectory_forests(source)), table)


def trajectory_forests(source: ReportSource) -> Iterator[FigureWithNote]:
    """Give a forest of the changes with time for each scale, those with the smallest p."""
    rows = [row for row in _rows(source) if row["comparison"] == _CHANGE]
    rows = [row for row in rows if None not in (row["estimate"], row["ci_low"], row["ci_high"])]
    for scale in dict.fromkeys(row["scale"] for row in rows):
        drawn = [row for row in rows if row["scale"] == scale]
        title = f"Change under treatment, {scale}"
        left = len(drawn) - _MOST
        more = f" {count(left)} more are in the table below." if left > 0 else ""
        figure = forest_figure(
            slug(f"course-{scale}"),
            [
                ForestRow(
                    source.feature_name(row["feature"]),
                    scale,
                    row["estimate"],
                    row["ci_low"],
                    row["ci_high"],
                    row["q_value"],
                )
                for row in sorted(drawn[:_MOST], key=lambda row: -row["estimate"])
            ],
            title=title,
            effect="Change",
            null=0.0,
        )
        yield FigureWithNote(title, figure, f"Filled: q < 0.05.{more}")


def _rows(source: ReportSource) -> list[Row]:
    rows = source.rows("trajectories")
    return sorted(rows, key=lambda row: (row["p_value"] is None, row["p_value"] or 0.0))


def _cells(source: ReportSource, row: Row) -> tuple[Cell, ...]:
    anchor = source.anchors.get(row["feature"])
    shown = difference_with_interval(row["estimate"], row["ci_low"], row["ci_high"])
    freedom = row["degrees_of_freedom"]
    return (
        Cell(source.feature_name(row["feature"]), link=f"#{anchor}" if anchor else ""),
        Cell(row["comparison"]),
        number_cell(shown, row["estimate"]),
        Cell(row["scale"]),
        number_cell(significant(freedom), freedom),
        number_cell(p_value(row["p_value"]), row["p_value"]),
        number_cell(p_value(row["q_value"]), row["q_value"]),
        number_cell(count(row["n"]), row["n"]),
        number_cell(count(row["n_samples"]), row["n_samples"]),
        Cell(row["status"]),
    )
