"""All cuts of a run in a table, and the figures and words about the cuts of one biomarker."""

from collections.abc import Iterator

import polars as pl

from macroimmune.report.association_cells import (
    effect_name,
    effect_short,
    endpoint_short,
    endpoint_words,
)
from macroimmune.report.cut_figure import cut_figure
from macroimmune.report.kaplan_meier_figure import kaplan_meier_figure
from macroimmune.report.numbers import (
    count,
    estimate_with_interval,
    interval,
    p_value,
    p_words,
    percent,
    plural,
    ratio,
    significant,
)
from macroimmune.report.page import CutPointsSection, FigureWithNote
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["cut_figures", "cut_points_section"]

_SEARCHED = "searched"
_PRIMARY = "The continuous effect is the primary one and stands above"
_COLUMNS = (
    Column("Biomarker"),
    Column("Endpoint"),
    Column("Continuous effect", is_number=True, meaning="The primary effect, with its interval"),
    Column("Kind"),
    Column("Cut", is_number=True, meaning="The largest value of the lower group"),
    Column("95 % of resamples", is_number=True, meaning="Where the best cut lies in 95 % of them"),
    Column("Near it", is_number=True, meaning="Resamples whose best cut leaves as many below"),
    Column("n", is_number=True, meaning="Participants up to the cut / above it"),
    Column("p", is_number=True, meaning="Of a searched cut adjusted for the search"),
    Column("q", is_number=True, meaning="Benjamini-Hochberg over every test that was run"),
    Column("Effect", meaning="Above the cut against up to it"),
    Column("Ratio", is_number=True, meaning="Of a searched cut shrunken for the search"),
    Column("95 % interval", is_number=True),
    Column("Apparent, inflated by the search", is_number=True),
    Column("Status"),
)


def cut_points_section(source: ReportSource) -> CutPointsSection | None:
    """Return the section, or None where the study has no cut."""
    rows = source.rows("cut_points")
    if not rows:
        return None
    searched = sum(row["kind"] == _SEARCHED for row in rows)
    lead = (
        f"{plural(len(rows), 'cut')}: {count(len(rows) - searched)} fixed beforehand, "
        f"{count(searched)} searched because the study asks for it. The continuous effect is the "
        "primary one; a cut throws information away. A cut fixed beforehand has the ordinary p. "
        "The p of a searched cut is adjusted for the search, and its ratio is shrunken by what the "
        "search alone explains; it describes these participants and is no validated threshold."
        if searched
        else f"{plural(len(rows), 'cut')}, all fixed beforehand and tested as such. The continuous "
        "effect is the primary one; a cut throws information away."
    )
    return CutPointsSection(lead, _table(source, rows))


def _table(source: ReportSource, rows: list[dict[str, object]]) -> Table:
    cells = tuple(_cells(source, row) for row in rows)
    return Table("Every cut", _COLUMNS, cells, can_filter=len(rows) > 20)


def _cells(source: ReportSource, row: Row) -> tuple[Cell, ...]:
    shown = _shown(row)
    continuous = (row["continuous_ratio"], row["continuous_ci_low"], row["continuous_ci_high"])
    anchor = source.anchors.get(row["feature"])
    return (
        Cell(source.feature_name(row["feature"]), link=f"#{anchor}" if anchor else ""),
        Cell(endpoint_short(source, row)),
        number_cell(
            f"{estimate_with_interval(*continuous)} {row['continuous_scale']}",
            continuous[0],
            "strong",
        ),
        Cell(row["kind"]),
        number_cell(significant(row["cut"]), row["cut"]),
        number_cell(_span(row), row["cut_ci_low"]),
        number_cell(percent(row["share_near"], 1.0), row["share_near"]),
        number_cell(f"{count(row['n_low'])} / {count(row['n_high'])}", row["n_low"]),
        number_cell(p_value(row["p_value"]), row["p_value"]),
        number_cell(p_value(row["q_value"]), row["q_value"]),
        Cell(effect_short(row["effect"])),
        number_cell(ratio(shown[0]), shown[0]),
        number_cell(interval(*shown[1:]), shown[1]),
        number_cell(ratio(row["apparent_ratio"]), row["apparent_ratio"], "quiet"),
        Cell(row["status"], look="wide"),
    )


def _shown(row: Row) -> tuple[float | None, float | None, float | None]:
    """Return the ratio of a cut that may be read, with its interval."""
    stem = "shrunken" if row["kind"] == _SEARCHED else "fixed_cut"
    return row[f"{stem}_ratio"], row[f"{stem}_ci_low"], row[f"{stem}_ci_high"]


def _span(row: Row) -> str:
    if row["cut_ci_low"] is None:
        return interval(None, None)
    return f"{significant(row['cut_ci_low'])} to {significant(row['cut_ci_high'])}"


def cut_figures(source: ReportSource, feature: str) -> Iterator[FigureWithNote]:
    """Return the figures of the cuts of one feature: the search, then survival on both sides."""
    frame = source.tables["cut_points"].filter(pl.col("feature") == feature)
    for row in frame.iter_rows(named=True):
        about = (row["feature"], row["endpoint"], row["landmark_days"])
        stem = f"{source.anchors.get(feature, slug(feature))}-{row['endpoint']}"
        if row["landmark_days"] is not None:
            stem += f"-day-{row['landmark_days']:g}"
        words = endpoint_words(source, row)
        heading = f"{words[:1].upper()}{words[1:]}"
        for curve in source.curves.groups("cut_statistic", *about).values():
            figure = cut_figure(
                slug(f"cut-{stem}"),
                curve,
                row,
                outcome=words,
                subject=source.feature_name(feature),
                unit=source.feature_unit(feature),
            )
            yield FigureWithNote(f"{heading}: search for a cut", figure, _search_words(row))
        sides = source.curves.groups("kaplan_meier_cut", *about)
        if sides:
            figure = kaplan_meier_figure(
                slug(f"survival-cut-{stem}"),
                sides,
                source.curves.groups("at_risk_cut", *about),
                outcome=source.endpoint_title(row["endpoint"]),
                landmark_days=row["landmark_days"],
                subject=f"on both sides of a cut of {source.feature_name(feature)}",
            )
            at = "searched cut" if row["kind"] == _SEARCHED else "cut fixed beforehand"
            yield FigureWithNote(f"{heading}: at the {at}", figure, _side_words(row))


def _continuous(row: Row) -> str:
    numbers = (row["continuous_ratio"], row["continuous_ci_low"], row["continuous_ci_high"])
    if numbers[0] is None:
        return f"{_PRIMARY}; it could not be estimated."
    return (
        f"{_PRIMARY}: {effect_name(row['effect']).lower()} {estimate_with_interval(*numbers)} "
        f"{row['continuous_scale']}, {p_words('p', row['continuous_p_value'])}."
    )


def _search_words(row: Row) -> str:
    """Say what the search found and what it is worth."""
    parts = [
        _continuous(row),
        f"Best cut {significant(row['cut'])} {row['unit']}, in 95 % of resamples {_span(row)}; "
        f"{percent(row['share_near'], 1.0)} of resamples have their best cut near it and "
        f"{percent(row['share_at_border'], 1.0)} at the border of the search.",
        f"Adjusted for the search over cuts {p_words('p', row['p_value'])}, over all tests "
        f"{p_words('q', row['q_value'])}.",
        f"{effect_name(row['effect'])} above it, shrunken for the search, "
        f"{estimate_with_interval(*_shown(row))}; apparent {ratio(row['apparent_ratio'])}, "
        "inflated by the search.",
        f"{row['status'][:1].upper()}{row['status'][1:]}." if row["status"] else "",
    ]
    return " ".join(part for part in parts if part)


def _side_words(row: Row) -> str:
    """Say which p belongs to the two curves."""
    said = p_words("p", row["p_value"])
    if row["kind"] == _SEARCHED:
        return (
            f"This cut was searched in these participants: {said} adjusted for the search. The "
            "distance between the curves is inflated by it."
        )
    numbers = estimate_with_interval(*_shown(row))
    return (
        f"This cut was fixed beforehand: {said}, {effect_name(row['effect']).lower()} above it "
        f"{numbers}. {_continuous(row)}"
    )
