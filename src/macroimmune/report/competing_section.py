"""Competing events: cumulative incidence, Gray's test between arms, both hazards of biomarkers."""

from collections.abc import Iterable, Sequence

from macroimmune.report.association_cells import endpoint_short, is_discovery
from macroimmune.report.curves import CurveKey
from macroimmune.report.kaplan_meier_figure import kaplan_meier_figure
from macroimmune.report.numbers import count, estimate_with_interval, p_value, plural
from macroimmune.report.page import CompetingSection, FigureWithNote
from macroimmune.report.source import ReportSource, Row, slug
from macroimmune.report.tables import Cell, Column, Table, number_cell, table
from macroimmune.schema import ENDPOINTS, Causes

__all__ = ["competing_section"]

QUESTIONS = (
    "Cumulative incidence: what share has had the event by a time. Nobody is taken out at a "
    "competing event, so the shares of all events add up to those who had any; one minus a "
    "Kaplan-Meier curve would be too high and is not drawn.",
    "Cause-specific hazard ratio: does the biomarker go with the rate of this event among those "
    "still free of any event? This is the question about mechanism.",
    "Sub-distribution hazard ratio: does the biomarker go with the share that has the event in the "
    "end, whichever way it comes about, also by having fewer competing events? This is about "
    "prognosis.",
)
_MOST_ROWS = 100
_KINDS = ("cumulative_incidence", "competing_incidence")
_COLUMNS = (
    Column("Biomarker"),
    Column("Endpoint"),
    Column("Event"),
    Column(
        "Cause-specific HR (95 %)", is_number=True, meaning="rate among those free of any event"
    ),
    Column("q", is_number=True, meaning="of the cause-specific hazard ratio"),
    Column("Sub-distribution HR (95 %)", is_number=True, meaning="share that has the event"),
    Column("q", is_number=True, meaning="of the sub-distribution hazard ratio"),
    Column("Competing HR (95 %)", is_number=True, meaning="cause-specific"),
    Column("q", is_number=True, meaning="of the competing events"),
    Column("Scale"),
    Column("n", is_number=True),
    Column("Events", is_number=True),
    Column("Competing", is_number=True),
    Column("Remark"),
)


def competing_section(source: ReportSource) -> CompetingSection | None:
    """Return the section, or None where no endpoint has events that are told apart."""
    rows = source.rows("competing_risks")
    if not rows:
        return None
    of_arms = [row for row in rows if row["effect"] == "gray_test"]
    endpoints = list(dict.fromkeys(source.endpoint_name(row["endpoint"]) for row in rows))
    lead = (
        f"The events of {' and of '.join(endpoints)} are told apart. Each event ends the chance of "
        "the others, so three quantities answer three questions:"
    )
    return CompetingSection(
        lead,
        QUESTIONS,
        tuple(_figures(source, "")),
        _arms(source, of_arms) if of_arms else None,
        _hazards(source, [row for row in rows if row["effect"] != "gray_test"]),
        tuple(part for feature in _drawn(source) for part in _figures(source, feature)),
    )


def _drawn(source: ReportSource) -> list[str]:
    """Return the features that have curves, in the order of the file."""
    features = source.tables["curves"].filter(curve=_KINDS[0])["feature"]
    return [one for one in features.unique(maintain_order=True) if one]


def _figures(source: ReportSource, feature: str) -> Iterable[FigureWithNote]:
    for key in source.curves.about(_KINDS[0], feature):
        causes = _causes(key.endpoint)
        if causes is None:
            continue
        for kind, event, other in (
            (_KINDS[0], causes.interest, causes.competing),
            (_KINDS[1], causes.competing, causes.interest),
        ):
            yield _figure(source, key, kind, event, other)


def _figure(
    source: ReportSource, key: CurveKey, kind: str, event: str, other: str
) -> FigureWithNote:
    about = (key.feature, key.endpoint, key.landmark_days)
    landmark = "" if key.landmark_days is None else f"-day-{key.landmark_days:g}"
    stem = source.anchors.get(key.feature, slug(key.feature)) if key.feature else "study"
    subject = f"by {source.feature_name(key.feature)}" if key.feature else "of the study"
    title = f"Cumulative incidence: {event}"
    figure = kaplan_meier_figure(
        slug(f"incidence-{stem}-{key.endpoint}-{event}{landmark}"),
        source.curves.groups(kind, *about),
        source.curves.groups("at_risk", *about),
        outcome=title,
        landmark_days=key.landmark_days,
        subject=subject,
        incidence_of=event,
    )
    heading = f"{title}, {subject}" if key.feature else title
    return FigureWithNote(heading, figure, f"Competing event: {other}.")


def _causes(endpoint: str) -> Causes | None:
    declared = ENDPOINTS.get(endpoint)
    return declared.causes if declared else None


def _arms(source: ReportSource, rows: Sequence[Row]) -> Table:
    return table(
        "Arms compared by Gray's test",
        ("Endpoint", "Event", "p#", "q#", "n#", "Events#", "Competing#", "Test and events by arm"),
        [
            (
                source.endpoint_name(row["endpoint"]),
                row["cause"],
                number_cell(p_value(row["p_value"]), row["p_value"]),
                number_cell(p_value(row["q_value"]), row["q_value"]),
                number_cell(count(row["n"]), row["n"]),
                number_cell(count(row["n_events"]), row["n_events"]),
                number_cell(count(row["n_competing"]), row["n_competing"]),
                Cell(row["status"], look="wide"),
            )
            for row in rows
        ],
    )


def _hazards(source: ReportSource, rows: Sequence[Row]) -> Table:
    """Return one row for each biomarker and endpoint, the smallest p first, at most a hundred."""
    together: dict[tuple[object, ...], dict[str, Row]] = {}
    for row in rows:
        causes = _causes(row["endpoint"])
        is_competing = causes is not None and row["cause"] == causes.competing
        which = "competing" if is_competing else row["effect"]
        key = (row["feature"], row["endpoint"], row["landmark_days"])
        together.setdefault(key, {})[which] = row
    whole = [parts for parts in together.values() if len(parts) == 3]
    whole.sort(key=_smallest_p)
    left_out = len(whole) - _MOST_ROWS
    note = f"{plural(left_out, 'row')} more in competing_risks.csv." if left_out > 0 else ""
    cells = tuple(_cells(source, parts) for parts in whole[:_MOST_ROWS])
    return Table(
        "Both hazards of each biomarker", _COLUMNS, cells, note, can_filter=len(cells) > 20
    )


def _smallest_p(parts: dict[str, Row]) -> float:
    known = [row["p_value"] for row in parts.values() if row["p_value"] is not None]
    return min(known, default=2.0)


def _cells(source: ReportSource, parts: dict[str, Row]) -> tuple[Cell, ...]:
    specific = parts["cause_specific_hazard_ratio"]
    anchor = source.anchors.get(specific["feature"])
    remarks = list(dict.fromkeys(row["status"] for row in parts.values() if row["status"]))
    return (
        Cell(source.feature_name(specific["feature"]), link=f"#{anchor}" if anchor else ""),
        Cell(endpoint_short(source, specific)),
        Cell(specific["cause"]),
        *_ratio(specific),
        *_ratio(parts["subdistribution_hazard_ratio"]),
        *_ratio(parts["competing"]),
        Cell(specific["scale"]),
        number_cell(count(specific["n"]), specific["n"]),
        number_cell(count(specific["n_events"]), specific["n_events"]),
        number_cell(count(specific["n_competing"]), specific["n_competing"]),
        Cell("; ".join(remarks), look="wide" if remarks else ""),
    )


def _ratio(row: Row) -> tuple[Cell, Cell]:
    look = "strong" if is_discovery(row) else ""
    shown = estimate_with_interval(row["estimate"], row["ci_low"], row["ci_high"])
    return (
        number_cell(shown, row["estimate"], look),
        number_cell(p_value(row["q_value"]), row["q_value"], look),
    )
