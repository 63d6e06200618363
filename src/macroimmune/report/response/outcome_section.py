"""Responsiveness against outcome: naive, corrected and adjusted effects, and what could be seen."""

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from macroimmune.report.association_cells import (
    effect_name,
    effect_short,
    endpoint_words,
    null_value,
)
from macroimmune.report.compact_table import compact
from macroimmune.report.forest_figure import ForestRow, forest_figure
from macroimmune.report.numbers import (
    MISSING,
    count,
    estimate_with_interval,
    p_value,
    plural,
    ratio,
)
from macroimmune.report.page import Fact, FigureWithNote, ResponseOutcomeSection
from macroimmune.report.published import evidence_lines_of
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["outcome_section"]

_MOST_LINES, _MOST_ROWS, _MOST_SIZES, _MOST_LINKS = 40, 200, 12, 20
_SHORT_MODELS = MappingProxyType({"corrected and adjusted": "corrected+adjusted"})
_COLUMNS = (
    Column("Score"),
    Column("Endpoint"),
    Column(
        "Model",
        meaning="Corrected: for measurement error, by regression calibration; adjusted: for the "
        "unstimulated level",
    ),
    Column("Estimate (95 %)", is_number=True, meaning="Per SD; above 1: more events"),
    Column("p", is_number=True),
    Column("n", is_number=True, meaning="Participants"),
    Column("Events", is_number=True),
    Column("Reliability", is_number=True, meaning="Share of the variance that is no error"),
    Column("Status"),
)


def outcome_section(source: ReportSource) -> ResponseOutcomeSection | None:
    """Return the section, or None where no score was tested against an outcome."""
    effects, sizes = source.rows("corrected_effects"), source.rows("detectable_effects")
    if not effects and not sizes:
        return None
    features = list(dict.fromkeys(row["feature"] for row in (*effects, *sizes)))
    return ResponseOutcomeSection(
        lead=(
            "The continuous score, per SD. Measurement error draws the naive estimate towards no "
            "effect; the corrected one takes the error out by regression calibration and has the "
            "wider interval. A ceiling of the unstimulated level looks like hyporesponsiveness, so "
            "the adjusted models hold that level too. Groups are never tested. These are "
            "associations with outcome: who gains from a treatment is told by a control arm and an "
            "interaction alone."
        ),
        figures=tuple(_forests(source, effects)),
        sizes=tuple(_size(source, row) for row in sizes[:_MOST_SIZES]),
        effects=_table(source, effects),
        evidence=tuple(line for name in features for line in evidence_lines_of(source, name)),
        links=tuple(
            Fact(source.feature_name(name), source.anchors[name])
            for name in features
            if name in source.anchors
        )[:_MOST_LINKS],
    )


def _forests(source: ReportSource, rows: Sequence[Row]) -> Iterator[FigureWithNote]:
    kinds = dict.fromkeys((row["endpoint"], row["effect"]) for row in rows)
    for endpoint, effect in kinds:
        drawable = [
            row
            for row in rows
            if (row["endpoint"], row["effect"]) == (endpoint, effect)
            and None not in (row["estimate"], row["ci_low"], row["ci_high"])
            and min(row["estimate"], row["ci_low"]) > 0
        ]
        if not drawable:
            continue
        title = f"{effect_name(effect)} of {source.endpoint_name(endpoint)} by responsiveness"
        left = len(drawable) - _MOST_LINES
        figure = forest_figure(
            slug(f"responsiveness-{endpoint}-{effect}"),
            [_line(source, row) for row in drawable[:_MOST_LINES]],
            title=title,
            effect=effect_name(effect),
            null=null_value(effect),
        )
        more = f" {count(left)} more in the table below." if left > 0 else ""
        yield FigureWithNote(title, figure, f"Per SD of each score.{more}")


def _line(source: ReportSource, row: Row) -> ForestRow:
    landmark = f", day {row['landmark_days']:g}" if row["landmark_days"] is not None else ""
    return ForestRow(
        _short_name(source.feature_name(row["feature"])) + landmark,
        _SHORT_MODELS.get(row["model"], row["model"]),
        row["estimate"],
        row["ci_low"],
        row["ci_high"],
        None,
    )


def _short_name(name: str) -> str:
    """Return the population and the kind of markers of a score, without what all scores share.

    Examples
    --------
    >>> _short_name(
    ...     "type I interferon responsiveness of effector CD4 T cells (induced proteins, IFN-I)"
    ... )
    'effector CD4 T cells (induced proteins)'
    """
    # A score beside a supplied one of the same id bears its family's name too.
    of = name.removeprefix("type I interferon responsiveness of ").removesuffix(" (responsiveness)")
    return re.sub(r"\(([^,()]*),[^()]*\)$", r"(\1)", of)


def _size(source: ReportSource, row: Row) -> str:
    of = f"{source.feature_name(row['feature'])} and {source.endpoint_name(row['endpoint'])}"
    if row["detectable"] is None:
        return f"{of}: {row['status'] or 'not known'}."
    kind = effect_name(row["effect"]).lower()
    protective = row["detectable_protective"]
    below = f", or of {ratio(protective)} or less" if protective is not None else ""
    true = row["detectable_true"]
    without = (
        f" Since the score is measured with error, this is a ratio of {ratio(true)} of the true "
        "value."
        if true is not None
        else ""
    )
    return (
        f"{of}: with {plural(row['n'], 'participant')} and {plural(row['n_events'], 'event')}, "
        f"{_article(kind)} {kind} of {ratio(row['detectable'])} or more{below} per SD is found "
        f"with 80 % power at 5 %; smaller effects can well be missed.{without}"
    )


def _article(kind: str) -> str:
    return "an" if kind[:1] in "aeiou" else "a"


def _table(source: ReportSource, rows: Sequence[Row]) -> Table | None:
    if not rows:
        return None
    more = len(rows) - _MOST_ROWS
    made = Table(
        "Naive, corrected and adjusted effects",
        _COLUMNS,
        tuple(_cells(source, row) for row in rows[:_MOST_ROWS]),
        note=f"{count(more)} more in corrected_effects.csv." if more > 0 else "",
        can_filter=len(rows) > 12,
    )
    return compact(made)


def _cells(source: ReportSource, row: Row) -> tuple[Cell, ...]:
    name, anchor = source.feature_name(row["feature"]), source.anchors.get(row["feature"])
    shown = estimate_with_interval(row["estimate"], row["ci_low"], row["ci_high"])
    if row["estimate"] is not None:
        shown = f"{effect_short(row['effect'])} {shown}"
    reliability = row["reliability"]
    return (
        Cell(name, link=f"#{anchor}" if anchor else ""),
        Cell(endpoint_words(source, row)),
        Cell(row["model"]),
        number_cell(shown, row["estimate"]),
        number_cell(p_value(row["p_value"]), row["p_value"]),
        number_cell(count(row["n"]), row["n"]),
        number_cell(count(row["n_events"]), row["n_events"]),
        number_cell(MISSING if reliability is None else f"{reliability:.2f}", reliability),
        Cell(row["status"]),
    )
