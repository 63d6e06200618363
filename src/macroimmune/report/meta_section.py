"""Effects pooled over cohorts: a table of all, and a forest for each of the strongest."""

from collections.abc import Sequence
from dataclasses import fields

from macroimmune.report.association_cells import (
    effect_name,
    effect_short,
    endpoint_short,
    endpoint_words,
    null_value,
)
from macroimmune.report.cohort_forest_figure import (
    CohortRow,
    PooledRow,
    cohort_forest_figure,
)
from macroimmune.report.numbers import (
    count,
    estimate_with_interval,
    interval,
    number_in,
    p_value,
    p_words,
    plural,
    ratio,
)
from macroimmune.report.page import Fact, FigureWithNote, MetaSection
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Table, number_cell, table

__all__ = ["is_meta_analysis", "meta_forests", "meta_key_numbers", "meta_section", "meta_summary"]

_MOST_FORESTS = 100
ABOVE_CUT = "above v up to the cut"
_ONE_EFFECT = ("feature", "endpoint", "landmark_days", "effect", "method")
_HEADINGS = (
    *("Biomarker", "Endpoint", "Effect", "Cohorts#", "n#", "Pooled#", "95 % interval#"),
    *("Prediction interval#", "tau#", "I², %#", "p#", "q#"),
)


def is_meta_analysis(source: ReportSource) -> bool:
    """Return whether these are results of several results folders."""
    return source.study.get("kind") == "meta_analysis"


def meta_section(source: ReportSource) -> MetaSection | None:
    """Return the section, or None where there is only one cohort."""
    rows, said = _by_p(source), str(source.study.get("cohorts_together") or "")
    if not rows:
        return MetaSection(said, (), None, None) if said else None
    lead = (
        f"{plural(len(rows), 'effect')} of several cohorts, {count(_n_pooled(rows))} of them with "
        "a pooled estimate. The prediction interval is where the true effect of a new cohort is "
        "expected; tau is the SD of true effects between cohorts. Below three cohorts only the "
        f"cohorts are shown. At most {_MOST_FORESTS} effects are drawn, those with the smallest p; "
        "each cohort of every effect stands in meta_cohorts.csv. The area of a square is the "
        "weight of its cohort; the diamond is the 95 % interval of the mean, the dashed line the "
        "prediction interval."
    )
    lead = f"{said} {lead}".strip()
    cells = [_cells(source, row) for row in rows if row["estimate"] is not None]
    remark = "Remarks on an effect stand beneath its figure."
    pooled = table("All pooled effects", _HEADINGS, cells, remark) if cells else None
    return MetaSection(lead, meta_forests(source), pooled, _not_pooled(source, rows))


def _not_pooled(source: ReportSource, rows: Sequence[Row]) -> Table | None:
    """Return the effects without a pooled estimate and why, None where all have one."""
    left = [row for row in rows if row["estimate"] is None]
    if not left:
        return None
    return table(
        "Effects that could not be pooled",
        ("Biomarker", "Endpoint", "Effect", "Cohorts#", "Why"),
        [
            (
                source.feature_name(row["feature"]),
                endpoint_short(source, row),
                _effect(row),
                number_cell(count(row["k"]), row["k"]),
                row["status"],
            )
            for row in left
        ],
    )


def meta_forests(source: ReportSource) -> tuple[FigureWithNote, ...]:
    """Return a forest for each of the effects with the smallest p, at most a hundred."""
    cohorts: dict[tuple[object, ...], list[Row]] = {}
    for row in source.rows("meta_cohorts"):
        cohorts.setdefault(_key(row), []).append(row)
    drawn = [
        row
        for row in _by_p(source)
        if any(one["ci_low"] is not None for one in cohorts.get(_key(row), ()))
    ][:_MOST_FORESTS]
    return tuple(
        _forest(source, number, row, cohorts[_key(row)]) for number, row in enumerate(drawn, 1)
    )


def meta_summary(source: ReportSource) -> str:
    """Return one paragraph: which cohorts, what was pooled, what came out."""
    rows = _by_p(source)
    names = [str(one.get("name")) for one in source.study.get("cohorts") or []]
    found = sum(row["q_value"] is not None and row["q_value"] < 0.05 for row in rows)
    words = (
        f"{plural(len(names), 'cohort')} ({', '.join(names)}); {plural(len(rows), 'effect')}, "
        f"{count(_n_pooled(rows))} pooled, {count(found)} with q < 0.05."
    )
    if not rows or rows[0]["p_value"] is None:
        return words
    first = rows[0]
    numbers = estimate_with_interval(first["estimate"], first["ci_low"], first["ci_high"])
    return (
        f"{words} The smallest p belongs to {source.feature_name(first['feature'])} and "
        f"{endpoint_words(source, first)}: {_in_words(first['effect'])} {numbers} "
        f"{first['scale']}, {p_words('q', first['q_value'])}."
    )


def meta_key_numbers(source: ReportSource) -> tuple[Fact, ...]:
    """Return the few numbers that stand large beneath the summary."""
    rows = _by_p(source)
    return (
        Fact("cohorts", count(len(source.study.get("cohorts") or []))),
        Fact("participants", count(number_in(source.study, "n_participants"))),
        Fact("effects", count(len(rows))),
        Fact("pooled", count(_n_pooled(rows))),
    )


def _key(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in _ONE_EFFECT)


def _by_p(source: ReportSource) -> Sequence[Row]:
    frame = source.tables["meta_analysis"]
    return frame.sort("p_value", nulls_last=True, maintain_order=True).to_dicts()


def _n_pooled(rows: Sequence[Row]) -> int:
    return sum(row["estimate"] is not None for row in rows)


def _effect(row: Row) -> str:
    """Return the effect and its unit; an area has none."""
    short = effect_short(row["effect"])
    return short if row["effect"] == "auc" else f"{short} {row['scale']}"


def _cells(source: ReportSource, row: Row) -> list[str | Cell]:
    prediction = interval(row["prediction_low"], row["prediction_high"])
    return [
        source.feature_name(row["feature"]),
        endpoint_short(source, row),
        _effect(row),
        number_cell(count(row["k"]), row["k"]),
        number_cell(count(row["n"]), row["n"]),
        number_cell(ratio(row["estimate"]), row["estimate"]),
        number_cell(interval(row["ci_low"], row["ci_high"]), row["ci_low"]),
        number_cell(prediction, row["prediction_low"]),
        number_cell(ratio(row["tau"]), row["tau"]),
        number_cell(count(row["i_squared"]), row["i_squared"]),
        number_cell(p_value(row["p_value"]), row["p_value"]),
        number_cell(p_value(row["q_value"]), row["q_value"]),
    ]


def _forest(source: ReportSource, number: int, row: Row, cohorts: list[Row]) -> FigureWithNote:
    name = source.feature_name(row["feature"])
    heading = f"{name}, {endpoint_words(source, row)}, {_in_words(row['effect'])}"
    if row["scale"] == ABOVE_CUT:
        heading += f" {row['scale']}"
    figure = cohort_forest_figure(
        f"cohorts-{number}-{slug(row['feature'])}-{slug(row['endpoint'])}",
        [_line(one, several_scales=";" in row["scale"]) for one in cohorts],
        _pooled_row(row),
        title=f"{heading}: cohorts and pooled estimate",
        axis=f"{effect_name(row['effect'])}, {row['scale']}",
        null=null_value(row["effect"]),
        note=_heterogeneity(row),
    )
    return FigureWithNote(heading, figure, _note(row, cohorts))


def _in_words(effect: str) -> str:
    name = effect_name(effect)
    return name if name.isupper() else name.lower()


def _pooled_row(row: Row) -> PooledRow | None:
    if row["estimate"] is None or row["ci_low"] is None:
        return None
    return PooledRow(**{field.name: row[field.name] for field in fields(PooledRow)})


def _line(one: Row, *, several_scales: bool) -> CohortRow:
    values = {field.name: one[field.name] for field in fields(CohortRow) if field.name != "label"}
    label = f"{one['cohort']}, {one['scale']}" if several_scales else one["cohort"]
    return CohortRow(label=label, **values)


def _heterogeneity(row: Row) -> str:
    """Return what stands beneath the axis: what lies between cohorts, or why none is pooled."""
    if row["estimate"] is None:
        return f"Not pooled: {row['status']}"
    scale = "logit" if row["effect"] == "auc" else "log"
    return (
        f"Between cohorts: tau {ratio(row['tau'])} "
        f"({interval(row['tau_ci_low'], row['tau_ci_high'])}) on the {scale} scale; "
        f"I² {count(row['i_squared'])} %; Q {ratio(row['q_statistic'])} with {row['k'] - 1} "
        f"degrees of freedom, {p_words('p', row['heterogeneity_p_value'])}. "
        f"Mean effect: {p_words('p', row['p_value'])}, {p_words('q', row['q_value'])}."
    )


def _note(row: Row, cohorts: list[Row]) -> str:
    parts = [row["status"]] if row["estimate"] is not None else []
    parts += [
        f"without {one['cohort']} "
        + estimate_with_interval(
            one["estimate_without"], one["ci_low_without"], one["ci_high_without"]
        )
        for one in cohorts
        if one["estimate_without"] is not None
    ]
    parts += [f"{one['cohort']}: {one['status']}" for one in cohorts if one["status"]]
    words = "; ".join(part for part in parts if part)
    return words[:1].upper() + words[1:]
