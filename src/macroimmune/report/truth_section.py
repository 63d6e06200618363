"""Estimates beside the truth of a virtual study, and how many intervals hold it."""

from collections.abc import Sequence

from macroimmune.report.association_cells import (
    effect_name,
    effect_short,
    endpoint_short,
    null_value,
)
from macroimmune.report.biomarkers_section import MOST_IN_FOREST, forest_rows
from macroimmune.report.forest_figure import forest_figure
from macroimmune.report.numbers import NO_BREAK, count, interval, percent, ratio
from macroimmune.report.page import FigureWithNote, TruthSection
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell
from macroimmune.report.true_frequencies import true_frequencies

__all__ = ["truth_section"]

Pair = tuple[Row, Row]
Key = tuple[str, str, str]

_COLUMNS = (
    Column("Biomarker"),
    Column("Endpoint"),
    Column("Effect"),
    Column("Scale"),
    Column("Estimate", is_number=True),
    Column("95 % interval", is_number=True),
    Column("True, marginal", is_number=True, meaning="What a univariable model estimates"),
    Column("True, conditional", is_number=True, meaning="What generated the data"),
    Column("Without effect"),
    Column("Interval holds truth"),
)


def truth_section(source: ReportSource) -> TruthSection | None:
    """Return the section, or None where there is no truth, as in every real study."""
    truth = {_key(row): row for row in source.rows("truth")}
    pairs = [
        (row, truth[_key(row)])
        for rows in source.associations.values()
        for row in rows
        if _key(row) in truth
    ]
    if not truth:
        return None
    judged = [pair for pair in pairs if _covers(pair) is not None]
    covered = sum(_covers(pair) is True for pair in judged)
    lead = (
        f"This is a virtual study: the effects that generated it are known. {count(covered)} of "
        f"{count(len(judged))} 95{NO_BREAK}% intervals ({percent(covered, len(judged))}) hold the "
        "marginal truth, which is what a univariable model estimates."
    )
    cells = tuple(_cells(source, pair) for pair in pairs)
    rows = Table("Estimates and truth", _COLUMNS, cells, can_filter=len(cells) > 20)
    return TruthSection(lead, tuple(_forests(source, pairs)), rows, *true_frequencies(source))


def _key(row: Row) -> Key:
    return row["feature"], row["endpoint"], row["effect"]


def _covers(pair: Pair) -> bool | None:
    """Return whether the interval holds the marginal truth, None where that has no answer."""
    row, truth = pair
    if None in (row["ci_low"], row["ci_high"], truth["marginal"]) or row["scale"] != truth["scale"]:
        return None
    return bool(row["ci_low"] <= truth["marginal"] <= row["ci_high"])


def _forests(source: ReportSource, pairs: Sequence[Pair]) -> list[FigureWithNote]:
    comparable = [pair for pair in pairs if _covers(pair) is not None]
    marginal = {_key(row): float(truth["marginal"]) for row, truth in comparable}
    figures = []
    for endpoint, effect in dict.fromkeys((r["endpoint"], r["effect"]) for r, _ in comparable):
        chosen = [r for r, _ in comparable if (r["endpoint"], r["effect"]) == (endpoint, effect)]
        lines = forest_rows(source, chosen, marginal)[:MOST_IN_FOREST]
        if not lines:
            continue
        title = f"{effect_name(effect)} of {source.endpoint_name(endpoint)}, with the truth"
        figure = forest_figure(
            slug(f"truth-{endpoint}-{effect}"),
            lines,
            title=title,
            effect=effect_name(effect),
            null=null_value(effect),
        )
        note = "Open diamond: the marginal truth. Filled square: q < 0.05."
        if len(chosen) > len(lines):
            note += f" The first {count(len(lines))} of {count(len(chosen))} are drawn."
        figures.append(FigureWithNote(heading=title, figure=figure, note=note))
    return figures


def _cells(source: ReportSource, pair: Pair) -> tuple[Cell, ...]:
    row, truth = pair
    answer = {True: "yes", False: "no", None: f"not comparable ({truth['scale']})"}[_covers(pair)]
    if row["estimate"] is None:
        answer = row["status"]
    return (
        Cell(source.feature_name(row["feature"]), link=f"#{source.anchors[row['feature']]}"),
        Cell(endpoint_short(source, row)),
        Cell(effect_short(row["effect"])),
        Cell(row["scale"]),
        number_cell(ratio(row["estimate"]), row["estimate"]),
        number_cell(interval(row["ci_low"], row["ci_high"]), row["ci_low"]),
        number_cell(ratio(truth["marginal"]), truth["marginal"]),
        number_cell(ratio(truth["conditional"]), truth["conditional"]),
        Cell("yes" if truth["is_null"] else ""),
        Cell(answer, look="strong" if answer == "no" else ""),
    )
