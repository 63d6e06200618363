"""Who was studied, what was counted as an event, and who was left out."""

from collections.abc import Mapping
from typing import Any

from macroimmune.report.flow_figure import flow_figure
from macroimmune.report.numbers import (
    DAYS_PER_MONTH,
    MISSING,
    count,
    duration,
    interval,
    number_in,
    percent,
)
from macroimmune.report.page import Fact, StudySection
from macroimmune.report.source import ReportSource, Row
from macroimmune.report.tables import Table, table

__all__ = ["study_section"]


def study_section(source: ReportSource) -> StudySection:
    """Return the section from the run record and the participant flow."""
    study = source.study
    steps = source.rows("participant_flow")
    drawn = [(row["step"], row["n"], row["n_excluded"], row["reason"]) for row in steps]
    flow = table(
        "Participant flow",
        ["Step", "Left out#", "Remain#", "Reason"],
        [[s, count(out) if out else MISSING, count(n), why] for s, n, out, why in drawn],
    )
    return StudySection(
        facts=_facts(study),
        endpoints=_endpoints(source),
        arms=_counts("Arms", study.get("arms")),
        cancer_types=_counts("Cancer types", study.get("cancer_types")),
        flow_figure=flow_figure(drawn) if drawn else None,
        flow=flow if drawn else None,
    )


def _facts(study: Row) -> tuple[Fact, ...]:
    known = [
        ("Participants", count(number_in(study, "n_participants"))),
        ("Design", str(study.get("design") or "")),
        ("Age", _age(study.get("age"))),
        ("Sex", _shares(study.get("sex"))),
        ("Baseline window", _window(study.get("baseline_window_days"))),
        ("Landmarks", _days(study.get("landmarks_days"))),
        ("Stratified by", ", ".join(_texts(study.get("strata"))).replace("_", " ")),
    ]
    return tuple(Fact(name, value) for name, value in known if value and value != MISSING)


def _age(age: object) -> str:
    if not isinstance(age, dict) or number_in(age, "median") is None:
        return ""
    quartiles = interval_of_whole(number_in(age, "q1"), number_in(age, "q3"))
    return f"median {count(age['median'])} years{quartiles}, known for {count(age.get('n'))}"


def interval_of_whole(low: float | None, high: float | None) -> str:
    """Return quartiles in parentheses, or nothing where one is missing."""
    return "" if low is None or high is None else f" (quartiles {count(low)} to {count(high)})"


def _shares(counts: object) -> str:
    if not isinstance(counts, dict):
        return ""
    numbers = {str(name): number_in(counts, name) or 0.0 for name in counts}
    total = sum(numbers.values())
    return ", ".join(f"{count(n)} {name} ({percent(n, total)})" for name, n in numbers.items())


def _texts(values: object) -> list[str]:
    listed = values if isinstance(values, list | tuple) else []
    return [f"{value:g}" if isinstance(value, float) else str(value) for value in listed]


def _window(window: object) -> str:
    ends = [day.replace("-", "−") for day in _texts(window)]
    return f"day {ends[0]} to {ends[1]} of treatment" if len(ends) == 2 else ""


def _days(days: object) -> str:
    return ", ".join(f"day {day}" for day in _texts(days))


def _counts(caption: str, counts: object) -> Table | None:
    if not isinstance(counts, Mapping) or not counts:
        return None
    numbers = {str(name): number_in(counts, name) or 0.0 for name in counts}
    total = sum(numbers.values())
    rows = sorted(numbers.items(), key=lambda item: -item[1])
    return table(
        caption,
        [caption.removesuffix("s"), "Participants#", "Share#"],
        [[name, count(n), percent(n, total)] for name, n in rows],
    )


def _endpoints(source: ReportSource) -> Table | None:
    records = source.endpoints()
    if not records:
        return None
    headings = ["Endpoint", "Participants#", "Events#", "Median follow-up#", "Median time#"]
    rows = [[*_endpoint(source, record)] for record in records]
    extra = [_one_year(record) for record in records]
    if any(extra):
        headings.append("Free of event at one year")
        rows = [[*row, more or MISSING] for row, more in zip(rows, extra, strict=True)]
    note = "Events of a response endpoint are responders. Median time with its 95 % interval."
    return table("Endpoints", headings, rows, note)


def _endpoint(source: ReportSource, record: Row) -> tuple[str, ...]:
    n, events = number_in(record, "n"), number_in(record, "n_events")
    return (
        source.endpoint_name(str(record.get("id", ""))),
        count(n),
        f"{count(events)} ({percent(events, n)})" if events is not None else MISSING,
        duration(number_in(record, "median_follow_up_days")),
        _median(record),
    )


def _median(record: Row) -> str:
    if record.get("kind") == "binary":
        return MISSING
    median = number_in(record, "median_days")
    low, high = number_in(record, "median_ci_low"), number_in(record, "median_ci_high")
    ends = " to ".join(
        "not reached" if end is None else f"{end / DAYS_PER_MONTH:.1f}" for end in (low, high)
    )
    if median is None:
        return "not reached"
    return f"{duration(median)} ({ends})" if low is not None else duration(median)


def _one_year(record: Mapping[str, Any]) -> str:
    """Return survival at one year by arm, where the record holds it."""
    points = record.get("one_year")
    arms = [arm for arm in points if isinstance(arm, dict)] if isinstance(points, list) else []
    return "; ".join(
        f"{str(arm.get('arm', '')) + ': ' if len(arms) > 1 else ''}"
        f"{percent(number_in(arm, 'survival'), 1)} "
        f"({_percents(number_in(arm, 'ci_low'), number_in(arm, 'ci_high'))})"
        for arm in arms
    )


def _percents(low: float | None, high: float | None) -> str:
    return MISSING if interval(low, high) == MISSING else f"{percent(low, 1)} to {percent(high, 1)}"
