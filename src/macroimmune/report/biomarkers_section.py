"""All associations of the study: a forest for each endpoint and the whole table."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from macroimmune.report.association_cells import (
    ESTIMATE_COLUMNS,
    adjusted_words,
    effect_name,
    endpoint_short,
    estimate_cells,
    is_discovery,
    is_time_dependent,
    null_value,
)
from macroimmune.report.forest_figure import ForestRow, forest_figure
from macroimmune.report.numbers import count, plural
from macroimmune.report.page import BiomarkersSection, FigureWithNote
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, table

__all__ = ["MOST_IN_FOREST", "biomarkers_section", "forest_rows"]

MOST_IN_FOREST = 60


def biomarkers_section(source: ReportSource) -> BiomarkersSection:
    """Return forests and table of every association, the smallest p first."""
    rows = sorted(
        (row for rows in source.associations.values() for row in rows),
        key=lambda row: (row["p_value"] is None, row["p_value"] or 0.0),
    )
    estimated = [row for row in rows if row["estimate"] is not None]
    found = sum(is_discovery(row) for row in rows)
    lead = (
        f"{plural(len(source.associations), 'biomarker')}, {plural(len(estimated), 'estimate')}, "
        f"{count(found)} with q < 0.05. An estimate above 1 means more events (hazard ratio) or "
        "more responders (odds ratio) with higher values."
    )
    return BiomarkersSection(
        lead=lead,
        forests=tuple(_forests(source, rows)),
        associations=_table(source, rows),
        not_computed=_not_computed(source),
    )


def _forests(source: ReportSource, rows: Sequence[Row]) -> Iterable[FigureWithNote]:
    order = [str(record.get("id")) for record in source.endpoints()]
    kinds = sorted(
        dict.fromkeys((row["endpoint"], row["effect"]) for row in rows),
        key=lambda kind: (
            order.index(kind[0]) if kind[0] in order else len(order),
            kind[1] == "auc",
        ),
    )
    for endpoint, effect in kinds:
        drawable = [row for row in rows if (row["endpoint"], row["effect"]) == (endpoint, effect)]
        lines = forest_rows(source, drawable)
        if not lines:
            continue
        name = source.endpoint_name(endpoint)
        left = len(lines) - MOST_IN_FOREST
        note = "Filled: q < 0.05."
        if left > 0:
            note += (
                f" The {MOST_IN_FOREST} estimates with the smallest p are drawn; "
                f"{count(left)} more are in the table below."
            )
        shown = sorted(lines[:MOST_IN_FOREST], key=lambda line: -line.estimate)
        title = f"{effect_name(effect)} of {name}"
        figure = forest_figure(
            slug(f"forest-{endpoint}-{effect}"),
            shown,
            title=title,
            effect=effect_name(effect),
            null=null_value(effect),
        )
        yield FigureWithNote(heading=title, figure=figure, note=note)


def forest_rows(
    source: ReportSource,
    rows: Iterable[Row],
    truth: Mapping[tuple[str, str, str], float] | None = None,
) -> list[ForestRow]:
    """Return the rows that have an estimate and an interval, as lines of a forest."""
    truth = truth or {}
    return [
        ForestRow(
            label=_label(source, row),
            scale=row["scale"],
            estimate=row["estimate"],
            ci_low=row["ci_low"],
            ci_high=row["ci_high"],
            q_value=row["q_value"],
            truth=truth.get((row["feature"], row["endpoint"], row["effect"])),
        )
        for row in rows
        if None not in (row["estimate"], row["ci_low"], row["ci_high"])
        and (row["effect"] == "auc" or min(row["estimate"], row["ci_low"]) > 0)
    ]


def _label(source: ReportSource, row: Row) -> str:
    name = _name(source, row)
    if is_time_dependent(row):
        return f"{name} (at each time)"
    return name if row["landmark_days"] is None else f"{name} (day {row['landmark_days']:g})"


def _name(source: ReportSource, row: Row) -> str:
    name = source.feature_name(row["feature"])
    return f"{name}, adjusted" if adjusted_words(row) else name


def _table(source: ReportSource, rows: Sequence[Row]) -> Table:
    verdicts = _verdicts(source)
    cells = tuple(
        (
            Cell(_name(source, row), link=f"#{source.anchors[row['feature']]}"),
            Cell(endpoint_short(source, row)),
            *estimate_cells(row),
            Cell(verdicts.get((row["feature"], row["endpoint"]), "")),
            Cell(row["status"]),
        )
        for row in rows
    )
    columns = (
        Column("Biomarker"),
        Column("Endpoint"),
        *ESTIMATE_COLUMNS,
        Column("Evidence", meaning="Verdicts on the published lines that speak to this row"),
        Column("Status"),
    )
    return Table("Every association", columns, cells, can_filter=True)


def _verdicts(source: ReportSource) -> dict[tuple[str, str], str]:
    """Return for each feature and endpoint its verdicts with their counts."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for row in source.rows("agreement"):
        if row["feature"]:
            counted.setdefault((row["feature"], row["endpoint"]), Counter())[row["verdict"]] += 1
    return {
        key: ", ".join(f"{verdict} {n}" if n > 1 else verdict for verdict, n in found.items())
        for key, found in counted.items()
    }


def _not_computed(source: ReportSource) -> Table | None:
    rows = [
        row
        for feature, row in source.feature_rows.items()
        if row["status"] not in {"", "computed"} and feature not in source.associations
    ]
    if not rows:
        return None
    return table(
        f"Not computed ({count(len(rows))})",
        ["Biomarker", "Family", "What is missing"],
        [[row["name"] or row["feature"], row["family"], row["status"]] for row in rows],
    )
