"""Curves of diversity: Hill numbers against size and coverage, and measures over days."""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

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
from macroimmune.report.repertoires.measures import (
    COMMON,
    OBSERVED,
    axis_title,
    basis_words,
    coverage_lines,
    measure_name,
)
from macroimmune.report.response.donors import spread
from macroimmune.report.source import ReportSource, slug
from macroimmune.report.svg import Figure

__all__ = ["ordered_measures", "over_time", "rarefied"]

_MOST_LINES, _MOST_PEOPLE, _MOST_KINDS = 40, 60, 2
# Dots of a compartment are spread over this width without drawing random numbers.
_WIDTH, _GOLDEN = 0.5, 0.6180339887498949
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
    diversity = source.tables["repertoire_diversity"].filter(
        pl.col("repertoire_id").is_in(rows["repertoire_id"].unique().implode())
    )
    counted = counted_words(str(rows["counted"][0]))
    for order in sorted(rows["order"].unique().to_list()):
        mine = rows.filter(pl.col("order") == order)
        name = measure_name(_ORDER_NAMES.get(order, f"Hill number {order}"))
        for column, axis in (
            ("size", Axis(f"{counted} drawn")),
            ("coverage", Axis("coverage, %", references=coverage_lines(diversity))),
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
        Axis(axis_title(f"hill_{rows['order'][0]}", ""), is_log=True),
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
    """Give measures over the days of the samples, or by compartment."""
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
    """Return the measure by day, or by compartment where nobody has samples of several days."""
    groups = compartments_of(rows["compartment"])
    dated = rows.drop_nulls("days_from_treatment_start").sort("days_from_treatment_start")
    tracks = dated.partition_by("participant_id", "compartment", maintain_order=True)
    days = "days_from_treatment_start"
    is_course = any(one[days].n_unique() > 1 for one in tracks)
    if not is_course:
        tracks = rows.partition_by("repertoire_id", maintain_order=True)
    is_hill = measure.startswith("hill")
    usable = [one for one in tracks if not is_hill or (one["value"] > 0).all()]
    shown = spread(usable, _MOST_PEOPLE)
    lines = []
    for k, one in enumerate(shown):
        group = groups.index(one["compartment"][0])
        beside = group + _WIDTH * ((k * _GOLDEN) % 1 - 0.5)
        x = one[days].to_numpy() if is_course else np.full(one.height, beside)
        lines.append(_track(group, x, one))
    basis, name = basis_words(str(rows["basis"][0])), measure_name(measure)
    names = tuple(compartment_name(one) for one in groups)
    figure = lines_figure(
        slug(f"diversity-{place}-{measure}-{words}"),
        lines,
        names,
        Axis("days from treatment start") if is_course else Axis("compartment", categories=names),
        Axis(axis_title(measure, next((u for u in rows["unit"] if u), "")), is_log=is_hill),
        title=f"{name}, {basis}, {words}",
        description=f"{name} {basis} of {plural(rows['participant_id'].n_unique(), 'participant')} "
        f"by {'day' if is_course else 'compartment'}; vertical lines are 95 % intervals.",
        is_interval_drawn_at_points=True,
    )
    undated = rows[days].null_count() if is_course else 0
    said = [
        f"{basis[:1].upper()}{basis[1:]}.",
        "A line joins the samples of one participant." if is_course else "",
        f"Without a day, not drawn: {plural(undated, 'sample')}." if undated else "",
        say_more(
            len(usable) - len(shown), "line" if is_course else "repertoire",
            "repertoire_diversity.parquet",
        ),
    ]  # fmt: skip
    return figure, " ".join(one for one in said if one)


def _track(group: int, x: NDArray[np.float64], one: pl.DataFrame) -> LineOfPoints:
    return LineOfPoints(
        group,
        x,
        one["value"].to_numpy(),
        one["ci_low"].fill_null(np.nan).to_numpy(),
        one["ci_high"].fill_null(np.nan).to_numpy(),
        marked=tuple(range(one.height)),
    )
