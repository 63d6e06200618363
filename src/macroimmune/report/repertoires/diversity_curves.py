"""Curves of diversity: Hill numbers against size and coverage, and measures over days."""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from macroimmune.report.numbers import plural
from macroimmune.report.page import FigureWithNote
from macroimmune.report.repertoires.kinds import (
    by_kind,
    compartment_name,
    compartments_of,
    counted_words,
    of_kind,
    say_more,
)
from macroimmune.report.repertoires.lines_figure import Axis, LineOfPoints, lines_figure
from macroimmune.report.repertoires.measures import COMMON, OBSERVED, basis_words, measure_name
from macroimmune.report.response.donors import spread
from macroimmune.report.source import ReportSource, slug
from macroimmune.report.svg import Figure

__all__ = ["ordered_measures", "over_time", "rarefied"]

_MOST_LINES, _MOST_PEOPLE, _MOST_KINDS = 40, 60, 2
_FIRST = (
    "hill_0", "hill_1", "hill_2", "shannon_clonality", "simpson_clonality", "gini", "d50", "chao1",
    "coverage",
)  # fmt: skip
_OVER_TIME = ("hill_0", "hill_1", "hill_2", "shannon_clonality")
_ORDER_NAMES = {0: "hill_0", 1: "hill_1", 2: "hill_2"}


def ordered_measures(measures: Iterable[str]) -> list[str]:
    """Return the distinct measures: Hill numbers, clonality, then the others as they come.

    Examples
    --------
    >>> ordered_measures(["gini", "top_1_share", "hill_1", "gini"])
    ['hill_1', 'gini', 'top_1_share']
    """
    found = list(dict.fromkeys(measures))
    return [one for one in _FIRST if one in found] + [one for one in found if one not in _FIRST]


def rarefied(
    source: ReportSource, place: int, words: str, rows: pl.DataFrame, n_kinds: int
) -> Iterator[FigureWithNote]:
    """Give the figures of one kind: each order against size, then against coverage."""
    common = (
        source.tables["repertoire_diversity"]
        .filter(pl.col("repertoire_id").is_in(rows["repertoire_id"].unique().implode()))
        .filter(pl.col("basis") == COMMON)["coverage"].drop_nulls().unique()
    )  # fmt: skip
    reference = 100.0 * float(common[0]) if common.len() == 1 else None
    counted = counted_words(str(rows["counted"][0]))
    for order in sorted(rows["order"].unique().to_list()):
        mine = rows.filter(pl.col("order") == order)
        name = measure_name(_ORDER_NAMES.get(order, f"Hill number {order}"))
        for column, axis in (
            ("size", Axis(f"{counted} drawn")),
            ("coverage", Axis("coverage, %", reference=reference,
                              reference_words="common coverage")),
        ):  # fmt: skip
            part = _curves(place, words, name, mine, column, axis)
            if part is not None:
                figure, more = part
                by = "depth" if column == "size" else "coverage"
                yield FigureWithNote(of_kind(f"{name} by {by}", words, n_kinds), figure, more)


def _curves(
    place: int, words: str, name: str, rows: pl.DataFrame, column: str, axis: Axis
) -> tuple[Figure, str] | None:
    known = rows.drop_nulls([column, "value"])
    if known.is_empty():
        return None
    groups = compartments_of(known["compartment"])
    every = known["repertoire_id"].unique(maintain_order=True).to_list()
    parts = known.partition_by("repertoire_id", as_dict=True)
    lines = [
        _curve(parts[one,].sort("size"), column, groups.index(parts[one,]["compartment"][0]))
        for one in spread(every, _MOST_LINES)
    ]
    against = "depth" if column == "size" else "coverage"
    figure = lines_figure(
        slug(f"rarefaction-{place}-{against}-{rows['order'][0]}-{words}"),
        lines,
        [compartment_name(one) for one in groups],
        axis,
        Axis("clonotypes" if not rows["order"][0] else "effective clonotypes", is_log=True),
        title=f"{name} against {against}, {words}",
        description=f"{plural(len(lines), 'repertoire')}: {name}, logarithmic, against "
        f"{axis.title}; marks are the samples, dashed parts extrapolated.",
    )
    more = say_more(len(every) - len(lines), "repertoire", "rarefaction.parquet")
    return figure, more


def _curve(rows: pl.DataFrame, column: str, group: int) -> LineOfPoints:
    factor = 100.0 if column == "coverage" else 1.0
    part = rows["part"].to_list()
    n_solid = sum(word != "extrapolated" for word in part)
    return LineOfPoints(
        group,
        factor * rows[column].to_numpy(),
        rows["value"].to_numpy(),
        rows["ci_low"].fill_null(np.nan).to_numpy(),
        rows["ci_high"].fill_null(np.nan).to_numpy(),
        n_solid=n_solid,
        marked=tuple(k for k, word in enumerate(part) if word == OBSERVED),
    )


def over_time(source: ReportSource) -> Iterator[FigureWithNote]:
    """Give measures over the days of the samples, a line for each participant."""
    diversity = source.tables["repertoire_diversity"].drop_nulls("value")
    kinds = by_kind(diversity)
    for place, (words, rows) in enumerate(kinds[:_MOST_KINDS], start=1):
        for measure in _OVER_TIME:
            mine = rows.filter(pl.col("measure") == measure)
            standing = mine.filter(pl.col("basis") == COMMON)
            if standing.is_empty():
                standing = mine.filter(pl.col("basis") == OBSERVED)
            if standing.height:
                figure, note = _days(place, words, measure, standing)
                name = of_kind(measure_name(measure), words, len(kinds))
                yield FigureWithNote(name, figure, note)


def _days(place: int, words: str, measure: str, rows: pl.DataFrame) -> tuple[Figure, str]:
    dated = rows.with_columns(pl.col("days_from_treatment_start").fill_null(0.0).alias("day"))
    undated = rows["days_from_treatment_start"].null_count()
    groups = compartments_of(dated["compartment"])
    tracks = dated.sort("day").partition_by("participant_id", "compartment", maintain_order=True)
    shown = spread(tracks, _MOST_PEOPLE)
    is_hill = measure.startswith("hill")
    basis = basis_words(str(rows["basis"][0]))
    name = measure_name(measure)
    lines = [
        LineOfPoints(
            groups.index(one["compartment"][0]),
            one["day"].to_numpy(),
            one["value"].to_numpy(),
            one["ci_low"].fill_null(np.nan).to_numpy(),
            one["ci_high"].fill_null(np.nan).to_numpy(),
            marked=tuple(range(one.height)),
        )
        for one in shown
        if not is_hill or (one["value"] > 0).all()
    ]
    figure = lines_figure(
        slug(f"diversity-{place}-{measure}-{words}"),
        lines,
        [compartment_name(one) for one in groups],
        Axis("days from treatment start"),
        Axis(next((unit for unit in rows["unit"] if unit), name), is_log=is_hill),
        title=f"{name} over time, {basis}, {words}",
        description=f"{name} {basis} of {plural(rows['participant_id'].n_unique(), 'participant')} "
        "by day; a line joins the samples of one participant, vertical lines are 95 % intervals.",
        is_interval_drawn_at_points=True,
    )
    said = [
        f"{basis[:1].upper()}{basis[1:]}. A line joins the samples of one participant.",
        f"{plural(undated, 'sample')} without a day at day 0." if undated else "",
        say_more(len(tracks) - len(shown), "line", "repertoire_diversity.parquet"),
    ]
    return figure, " ".join(one for one in said if one)
