"""One biomarker: its curves, effect, distribution, evidence and every row about it."""

from collections.abc import Iterator

from macroimmune.report.added_value_section import added_value_facts
from macroimmune.report.association_cells import (
    ESTIMATE_COLUMNS,
    adjusted_words,
    effect_name,
    effect_short,
    endpoint_short,
    endpoint_words,
    estimate_cells,
)
from macroimmune.report.curves import CurveKey
from macroimmune.report.cut_points_section import cut_figures
from macroimmune.report.distribution_figure import distribution_figure
from macroimmune.report.effect_figure import effect_figure
from macroimmune.report.numbers import NO_BREAK, count, estimate_with_interval, p_value, p_words
from macroimmune.report.over_time_figure import over_time_figure
from macroimmune.report.page import BiomarkerSection, Fact, FigureWithNote
from macroimmune.report.published import evidence_lines_of
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.survival_section import survival_figure
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["biomarker_figures", "biomarker_section"]

_THIRDS_NOTE = "Thirds are for the eye; the test used the continuous value."
_IMPUTED = "undetected values imputed"
_AT_LIMITS_NOTE = (
    "The curve has undetected values at their limits, which steepens its left end; the ratio in "
    "the table has them imputed below."
)
_OVER_TIME_NOTE = (
    "Smoothed scaled Schoenfeld residuals with a pointwise 95 % interval; dashed, the one ratio of "
    "the model. Drawn where the test of proportional hazards has p < 0.05 and for the smallest q."
)
_RATIOS = {"hazard_ratio", "odds_ratio"}
_COLUMNS = (
    Column("Endpoint"),
    *ESTIMATE_COLUMNS,
    Column("Left out", is_number=True, meaning="Participants of the study not in the estimate"),
    Column("Non-linearity p", is_number=True),
    Column("PH p", is_number=True, meaning="Test of proportional hazards"),
    Column("Method"),
)


def biomarker_section(source: ReportSource, feature: str) -> BiomarkerSection:
    """Return the part of the page about one feature."""
    rows = source.associations[feature]
    return BiomarkerSection(
        anchor=source.anchors[feature],
        name=source.feature_name(feature),
        headline=_headline(source, _first_continuous(rows)),
        facts=(
            *_facts(source.feature_rows.get(feature, {}), feature),
            *added_value_facts(source, feature),
        ),
        figures=tuple(biomarker_figures(source, feature)),
        evidence=evidence_lines_of(source, feature),
        associations=_table(source, rows),
        statuses=tuple(
            f"{', '.join(_about(source, row))}: {row['status']}" for row in rows if row["status"]
        ),
    )


def _headline(source: ReportSource, row: Row) -> str:
    if row["estimate"] is None:
        return row["status"] or "no estimate"
    numbers = estimate_with_interval(row["estimate"], row["ci_low"], row["ci_high"])
    said = p_words("q", row["q_value"])
    where = endpoint_words(source, row)
    return f"{effect_name(row['effect'])} of {where} {numbers} {row['scale']}, {said}"


def _about(source: ReportSource, row: Row) -> list[str]:
    """Return what a status is about: endpoint, effect, and what the model is adjusted for."""
    words = [endpoint_words(source, row), effect_short(row["effect"]), adjusted_words(row)]
    return [word for word in words if word]


def _is_usual(row: Row) -> bool:
    """Say whether a row is the continuous effect of the feature, of no cut and not adjusted."""
    return "cut" not in row["method"] and not adjusted_words(row)


def _first_continuous(rows: tuple[Row, ...]) -> Row:
    """Return the usual row with the smallest p: the continuous effect comes first."""
    return next((row for row in rows if _is_usual(row)), rows[0])


def _facts(record: Row, feature: str) -> tuple[Fact, ...]:
    known = [
        ("Id", feature),
        ("Family", record.get("family")),
        ("Unit", record.get("unit")),
        ("Compartment", record.get("compartment")),
        ("Timing", record.get("timing")),
        ("Effect per", record.get("scale")),
        ("Participants with a value", count(record.get("n_participants"))),
        ("Undetected samples", _percent(record.get("undetected_percent"))),
    ]
    return tuple(Fact(name, str(value)) for name, value in known if value)


def _percent(share: float | None) -> str:
    """Return a share of samples in percent; nothing where none is undetected."""
    return f"{share:.1f}{NO_BREAK}%" if share else ""


def _table(source: ReportSource, rows: tuple[Row, ...]) -> Table:
    cells = tuple(
        (
            Cell(endpoint_short(source, row)),
            *estimate_cells(row),
            number_cell(count(row["n_excluded"]), row["n_excluded"]),
            _p_cell(row["nonlinearity_p_value"]),
            _p_cell(row["proportional_hazards_p_value"]),
            Cell(row["method"], look="wide"),
        )
        for row in rows
    )
    return Table("Every test of it", _COLUMNS, cells)


def _p_cell(value: float | None) -> Cell:
    return number_cell(p_value(value), value)


def biomarker_figures(source: ReportSource, feature: str) -> Iterator[FigureWithNote]:
    """Return every figure about one feature: survival by thirds, effects, distributions.

    Hazard ratios over time follow the effects; cuts come last.
    """
    name = source.feature_name(feature)
    for key in source.curves.about("kaplan_meier", feature):
        figure = survival_figure(source, key, f"by {name}")
        yield FigureWithNote(_heading(source, key), figure, _THIRDS_NOTE)
    for key in source.curves.about("effect", feature):
        yield _effect(source, key)
    for key in source.curves.about("hazard_ratio_over_time", feature):
        yield _over_time(source, key)
    for key in source.curves.about("distribution", feature):
        yield _distribution(source, key)
    # Last: the continuous effect stands above every cut.
    yield from cut_figures(source, feature)


def _heading(source: ReportSource, key: CurveKey) -> str:
    title = source.endpoint_title(key.endpoint)
    return title if key.landmark_days is None else f"{title}, from day {key.landmark_days:g}"


def _stem(source: ReportSource, key: CurveKey) -> str:
    landmark = "" if key.landmark_days is None else f"-day-{key.landmark_days:g}"
    return f"{key.curve}-{source.anchors[key.feature]}-{key.endpoint}{landmark}"


def _effect(source: ReportSource, key: CurveKey) -> FigureWithNote:
    curve = next(iter(source.curves.groups(*_address(key)).values()))
    row = _row_of(source, key)
    n = "" if row is None else f"{count(row['n'])} participants, {count(row['n_events'])} events"
    figure = effect_figure(
        _stem(source, key),
        curve,
        outcome=source.endpoint_name(key.endpoint),
        effect="Ratio" if row is None else effect_name(row["effect"]),
        subject=source.feature_name(key.feature),
        unit=source.feature_unit(key.feature),
        n=n,
        nonlinearity_p_value=None if row is None else row["nonlinearity_p_value"],
    )
    note = n
    if row is not None and _IMPUTED in row["method"]:
        note = f"{n}. {_AT_LIMITS_NOTE}"
    return FigureWithNote(f"{_heading(source, key)}: effect by value", figure, note)


def _over_time(source: ReportSource, key: CurveKey) -> FigureWithNote:
    scale, curve = next(iter(source.curves.groups(*_address(key)).items()))
    wanted = key.endpoint, key.landmark_days
    tested = (
        row
        for row in source.associations.get(key.feature, ())
        if (row["endpoint"], row["landmark_days"]) == wanted
        and row["proportional_hazards_p_value"] is not None
    )
    row = next(tested, None)
    figure = over_time_figure(
        slug(_stem(source, key)),
        curve,
        outcome=source.endpoint_name(key.endpoint),
        subject=source.feature_name(key.feature),
        scale=scale,
        landmark_days=key.landmark_days,
        average=None if row is None else row["estimate"],
        p_value=None if row is None else row["proportional_hazards_p_value"],
    )
    n = "" if row is None else f"{count(row['n'])} participants, {count(row['n_events'])} events. "
    return FigureWithNote(f"{_heading(source, key)}: over time", figure, n + _OVER_TIME_NOTE)


def _row_of(source: ReportSource, key: CurveKey) -> Row | None:
    """Return the association with a ratio that an effect curve belongs to."""
    wanted = key.endpoint, key.landmark_days
    return next(
        (
            row
            for row in source.associations.get(key.feature, ())
            if (row["endpoint"], row["landmark_days"]) == wanted
            and row["effect"] in _RATIOS
            and _is_usual(row)
        ),
        None,
    )


def _distribution(source: ReportSource, key: CurveKey) -> FigureWithNote:
    boxes = source.curves.groups(*_address(key))
    points = source.curves.groups("points", key.feature, key.endpoint, key.landmark_days)
    outcome = source.endpoint_name(key.endpoint)
    names = {group: _group_name(group, outcome) for group in (*boxes, *points)}
    figure = distribution_figure(
        _stem(source, key),
        {names[group]: part for group, part in boxes.items()},
        {names[group]: part for group, part in points.items()},
        outcome=outcome,
        subject=source.feature_name(key.feature),
        unit=source.feature_unit(key.feature),
    )
    return FigureWithNote(f"{_heading(source, key)}: distribution", figure)


def _group_name(group: str, outcome: str) -> str:
    """Return the name of a group: yes and no say nothing without the outcome."""
    return {"yes": f"with {outcome}", "no": f"without {outcome}"}.get(group, group)


def _address(key: CurveKey) -> tuple[str, str, str, float | None]:
    return key.curve, key.feature, key.endpoint, key.landmark_days
