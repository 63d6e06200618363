"""What each biomarker adds to routine bloods and scores: test, adjusted effect, predictions."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from macroimmune.report.association_cells import (
    effect_name,
    effect_short,
    endpoint_short,
    endpoint_words,
    is_discovery,
)
from macroimmune.report.forest_figure import ForestRow, forest_figure
from macroimmune.report.numbers import (
    MISSING,
    change_with_interval,
    count,
    estimate_with_interval,
    p_value,
    p_words,
    percent,
    plural,
    ratio,
)
from macroimmune.report.page import AddedValueSection, Fact, FigureWithNote
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell

__all__ = ["added_value_facts", "added_value_forests", "added_value_section"]

_MOST_LINES, _MOST_FORESTS, _MANY_ROWS = 12, 12, 20
_NO_BLOODS = (
    "Neither NLR nor LDH nor albumin was measured at baseline in at least half of the participants"
)
_NOTHING = (
    f"{_NO_BLOODS}, and the study names no score (added_value_over in [analysis] of study.toml). "
    "So it cannot be told whether a biomarker adds to what is known anyway."
)
_READING = (
    "Adjusted effect: the hazard (HR) or odds ratio (OR) with the base held fixed. q is "
    "that of the likelihood ratio of both models, the one test here.",
    "Change of C: by how much more pairs of participants are put in the right order (Uno's "
    "concordance up to the horizon; area under the ROC curve for binary endpoints). An interval "
    "that holds 0 shows no gain.",
    "Change of net benefit: true positives per participant, less false positives at the price that "
    "the threshold sets, of acting on the risk with the biomarker instead of without.",
    "Both are less their optimism, from bootstrap samples in which both models were fitted anew; "
    "they have 95 % intervals and no test. Among many biomarkers those with the smallest p-values "
    "were lucky too: their effects and changes are likely to be smaller in new patients.",
    "r is the correlation of the biomarker with the base: near 1 or -1 it repeats what the base "
    "says.",
)
_OVER = Column("Over")
_COLUMNS = (
    Column("Biomarker"),
    Column("Endpoint"),
    _OVER,
    Column("Adjusted effect", is_number=True, meaning="base held fixed, 95 % interval"),
    Column("q", is_number=True, meaning="of the likelihood ratio, over every test that was run"),
    Column("C without", is_number=True, meaning="optimism-corrected"),
    Column("Change of C", is_number=True, meaning="with less without, 95 % interval"),
    Column("Change of net benefit", is_number=True, meaning="with less without, 95 % interval"),
    Column("r", is_number=True, meaning="correlation with the base"),
    Column("n", is_number=True),
    Column("Events", is_number=True),
    Column("Remark"),
)


def added_value_section(source: ReportSource) -> AddedValueSection | None:
    """Return the section; None where nothing was tested at all."""
    rows = source.rows("added_value")
    if not rows:
        return AddedValueSection(_NOTHING, (), (), None, None) if source.associations else None
    compared = _by_q(rows)
    left = [row for row in rows if row["p_value"] is None]
    table = None
    if compared:
        table = _table(source, compared)
    return AddedValueSection(
        _lead(source, rows, compared),
        _READING if compared else (),
        added_value_forests(source),
        table,
        _not_compared(source, left),
    )


def _table(source: ReportSource, rows: Sequence[Row]) -> Table:
    """Return every comparison; where there is one base the lead has named it."""
    usual = _said_of_all(rows)
    cells = [_cells(source, row, usual) for row in rows]
    columns: tuple[Column, ...] = _COLUMNS
    if len(usual) == 1:
        place = columns.index(_OVER)
        columns = columns[:place] + columns[place + 1 :]
        cells = [row[:place] + row[place + 1 :] for row in cells]
    return Table(
        "Every biomarker over its base", columns, tuple(cells), can_filter=len(cells) > _MANY_ROWS
    )


def _over_words(source: ReportSource, over: str) -> str:
    """Return a base with the names of its features: the routine bloods (...), the score ..."""
    kind, _, listed = over.partition(": ")
    if not listed:
        return f"the score {source.feature_name(over.removeprefix('score '))}"
    return f"the {kind} ({' and '.join(source.feature_name(one) for one in listed.split(', '))})"


def _by_q(rows: Sequence[Row]) -> list[Row]:
    return sorted((row for row in rows if row["p_value"] is not None), key=lambda r: r["p_value"])


def _lead(source: ReportSource, rows: Sequence[Row], compared: Sequence[Row]) -> str:
    overs = list(dict.fromkeys(row["over"] for row in rows))
    bases = " and to ".join(_over_words(source, over) for over in overs)
    said = [f"Asked of every biomarker: does it add to {bases}?"]
    absent = list(dict.fromkeys(row["absent"] for row in rows if row["absent"]))
    if absent:
        said.append(f"Not in the base, because not measured well enough: {'; '.join(absent)}.")
    elif any(over.startswith("routine") for over in overs):
        said.append("NLR, LDH and albumin are all in the base.")
    else:
        said.append(f"{_NO_BLOODS}.")
    found = sum(is_discovery(row) for row in compared)
    said.append(f"{plural(len(compared), 'comparison')}, {count(found)} with q < 0.05.")
    by_endpoint = sorted(compared, key=_place)
    judged = list(dict.fromkeys(_judged(source, row) for row in by_endpoint if row["n_resamples"]))
    if judged:
        said.append(f"Predictions are compared for {'; '.join(judged)}.")
    resampled = sum(row["n_resamples"] > 0 for row in compared)
    if resampled < len(compared):
        said.append(
            f"They were resampled for {count(resampled)} of the comparisons, those with the "
            "smallest p-values among them that allow it; the others have the test only."
        )
    return " ".join(said)


def _judged(source: ReportSource, row: Row) -> str:
    """Say at which horizon and threshold."""
    until = "" if row["horizon_days"] is None else f" up to day {row['horizon_days']:g}"
    share = (
        ""
        if row["threshold"] is None
        else f", acting at a probability of {percent(row['threshold'], 1)}"
    )
    return f"{endpoint_short(source, row)}{until}{share}"


def _said_of_all(rows: Sequence[Row]) -> dict[str, set[str]]:
    """Return, by base, the remarks that stand in every row; the lead has said them."""
    parts: dict[str, list[set[str]]] = {}
    for row in rows:
        parts.setdefault(row["over"], []).append(set(row["status"].split("; ")))
    return {over: set.intersection(*each) for over, each in parts.items()}


def _cells(source: ReportSource, row: Row, usual: dict[str, set[str]]) -> tuple[Cell, ...]:
    anchor = source.anchors.get(row["feature"])
    look = "strong" if is_discovery(row) else ""
    effect = estimate_with_interval(row["estimate"], row["ci_low"], row["ci_high"])
    remark = [part for part in row["status"].split("; ") if part not in usual[row["over"]]]
    return (
        Cell(source.feature_name(row["feature"]), link=f"#{anchor}" if anchor else ""),
        Cell(endpoint_short(source, row)),
        Cell(row["over"]),
        number_cell(
            f"{effect_short(row['effect'])} {effect} {row['scale'].split(' (')[0]}",
            row["estimate"],
            look,
        ),
        number_cell(p_value(row["q_value"]), row["q_value"], look),
        number_cell(ratio(row["concordance_base"]), row["concordance_base"]),
        _change_cell(row, "change_of_concordance"),
        _change_cell(row, "change_of_net_benefit"),
        number_cell(ratio(row["correlation_with_base"]), row["correlation_with_base"]),
        number_cell(count(row["n"]), row["n"]),
        number_cell(count(row["n_events"]), row["n_events"]),
        Cell("; ".join(remark), look="wide"),
    )


def _change(row: Row, name: str) -> str:
    return change_with_interval(row[name], row[f"{name}_ci_low"], row[f"{name}_ci_high"])


def _change_cell(row: Row, name: str) -> Cell:
    low, high = row[f"{name}_ci_low"], row[f"{name}_ci_high"]
    leaves_zero = low is not None and high is not None and (low > 0 or high < 0)
    # Rows are chosen by their p: without the test behind it an interval is not to be believed.
    return number_cell(
        _change(row, name), row[name], "strong" if leaves_zero and is_discovery(row) else ""
    )


def _not_compared(source: ReportSource, rows: Sequence[Row]) -> Table | None:
    if not rows:
        return None
    cells = tuple(
        (
            Cell(source.feature_name(row["feature"])),
            Cell(endpoint_short(source, row)),
            Cell(row["over"]),
            Cell(row["status"], look="wide"),
        )
        for row in rows
    )
    columns = (Column("Biomarker"), Column("Endpoint"), Column("Over"), Column("Why"))
    return Table(f"What could not be compared ({count(len(rows))})", columns, cells)


def added_value_forests(source: ReportSource) -> tuple[FigureWithNote, ...]:
    """Return a forest of adjusted effects for each endpoint and base, the smallest p first."""
    drawable = [row for row in _by_q(source.rows("added_value")) if row["ci_low"] is not None]
    drawable.sort(key=_place)
    groups = [(place, list(rows)) for place, rows in groupby(drawable, key=_place)]
    return tuple(_forest(source, number, rows) for number, (_, rows) in enumerate(groups, 1))[
        :_MOST_FORESTS
    ]


def _place(row: Row) -> tuple[str, float, str, str]:
    landmark = row["landmark_days"]
    return row["endpoint"], -1.0 if landmark is None else landmark, row["over"], row["effect"]


def _forest(source: ReportSource, number: int, rows: Sequence[Row]) -> FigureWithNote:
    first, shown = rows[0], rows[:_MOST_LINES]
    lines = [
        ForestRow(
            source.feature_name(row["feature"]),
            row["scale"],
            row["estimate"],
            row["ci_low"],
            row["ci_high"],
            row["q_value"],
        )
        for row in shown
    ]
    words = endpoint_words(source, first)
    heading = f"{words[:1].upper()}{words[1:]}, over {_over_words(source, first['over'])}"
    figure = forest_figure(
        f"added-value-{number}-{slug(first['endpoint'])}",
        lines,
        title=f"{heading}: adjusted effects",
        effect=f"{effect_name(first['effect'])} beside the base",
        null=1.0,
    )
    most = max(row["n"] for row in shown)
    note = f"n up to {count(most)}. Filled: q < 0.05."
    if len(rows) > len(shown):
        note += f" The {len(shown)} smallest p-values of {count(len(rows))}."
    return FigureWithNote(heading, figure, note)


def added_value_facts(source: ReportSource, feature: str) -> Iterator[Fact]:
    """Return what one biomarker adds, a line for each base: its endpoint with the smallest p."""
    seen: set[str] = set()
    of_feature = source.tables["added_value"].filter(feature=feature)
    for row in _by_q(of_feature.to_dicts()):
        if row["over"] in seen:
            continue
        seen.add(row["over"])
        effect = estimate_with_interval(row["estimate"], row["ci_low"], row["ci_high"])
        said = f"{effect_short(row['effect'])} {effect}, {p_words('q', row['q_value'])}"
        change = _change(row, "change_of_concordance")
        if change != MISSING:
            said += f"; change of C {change}"
        base = _over_words(source, row["over"])
        yield Fact(f"Beside {base}, {endpoint_short(source, row)}", said)
