"""Effects pooled over cohorts: a table of all, and a forest for each of the strongest."""

from collections.abc import Sequence

from macroimmune.report.association_cells import (
    effect_name,
    effect_short,
    endpoint_words,
    null_value,
)
from macroimmune.report.forest_figure import ForestRow, forest_figure
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
_ONE_EFFECT = ("feature", "endpoint", "landmark_days", "effect")
_HEADINGS = (
    *("Biomarker", "Endpoint", "Effect", "Cohorts#", "n#", "Pooled#", "95 % interval#"),
    *("Prediction interval#", "tau#", "I², %#", "p#", "q#"),
)


def is_meta_analysis(source: ReportSource) -> bool:
    """Return whether these are results of several results folders."""
    return source.study.get("kind") == "meta_analysis"


def meta_section(source: ReportSource) -> MetaSection | None:
    """Return the section, or None where nothing was pooled."""
    rows = _by_p(source)
    if not rows:
        return None
    lead = (
        f"{plural(len(rows), 'effect')} of several cohorts, {count(_n_pooled(rows))} of them with "
        "a pooled estimate. The prediction interval is where the true effect of a new cohort is "
        "expected; tau is the SD of true effects between cohorts. Below three cohorts only the "
        f"cohorts are shown. At most {_MOST_FORESTS} effects are drawn, those with the smallest p; "
        "each cohort of every effect stands in meta_cohorts.csv."
    )
    pooled = table(
        "All pooled effects",
        _HEADINGS,
        [_cells(source, row) for row in rows if row["estimate"] is not None],
        "Remarks on an effect stand beneath its figure.",
    )
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
                endpoint_words(source, row),
                f"{effect_short(row['effect'])} {row['scale']}",
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
        if row["ci_low"] is not None:
            cohorts.setdefault(_key(row), []).append(row)
    drawn = [row for row in _by_p(source) if _key(row) in cohorts][:_MOST_FORESTS]
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
        f"{endpoint_words(source, first)}: {effect_name(first['effect']).lower()} {numbers} "
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


def _cells(source: ReportSource, row: Row) -> list[str | Cell]:
    prediction = interval(row["prediction_low"], row["prediction_high"])
    return [
        source.feature_name(row["feature"]),
        endpoint_words(source, row),
        f"{effect_short(row['effect'])} {row['scale']}",
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
    lines = [_line(one) for one in cohorts]
    if row["estimate"] is not None:
        ends = (("Pooled", "ci", row["q_value"]), ("New cohort, prediction", "prediction", None))
        lines += [
            ForestRow(name, row["scale"], row["estimate"], row[f"{end}_low"], row[f"{end}_high"], q)
            for name, end, q in ends
        ]
    heading = f"{source.feature_name(row['feature'])}, {endpoint_words(source, row)}"
    figure = forest_figure(
        f"cohorts-{number}-{slug(row['feature'])}-{slug(row['endpoint'])}",
        lines,
        title=f"{heading}: cohorts and pooled estimate",
        effect=effect_name(row["effect"]),
        null=null_value(row["effect"]),
        first_column="Cohort",
    )
    return FigureWithNote(heading, figure, _note(row, cohorts))


def _line(one: Row) -> ForestRow:
    weight = one["weight_percent"]
    label = one["cohort"] if weight is None else f"{one['cohort']}, weight {weight:.0f} %"
    return ForestRow(
        label, one["scale"], one["estimate"], one["ci_low"], one["ci_high"], q_value=None
    )


def _note(row: Row, cohorts: list[Row]) -> str:
    parts = [row["status"]]
    if row["estimate"] is not None:
        parts.append(
            f"tau {ratio(row['tau'])} ({interval(row['tau_ci_low'], row['tau_ci_high'])}), "
            f"I² {count(row['i_squared'])} %, heterogeneity "
            f"{p_words('p', row['heterogeneity_p_value'])}"
        )
    parts += [
        f"without {one['cohort']} "
        + estimate_with_interval(
            one["estimate_without"], one["ci_low_without"], one["ci_high_without"]
        )
        for one in cohorts
        if one["estimate_without"] is not None
    ]
    return "; ".join(part for part in parts if part)
