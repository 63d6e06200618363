"""Interventions side by side: the tumour's course, its change at a day, and a table in colours."""

from collections.abc import Iterator, Mapping, Sequence

from macroimmune.report.mechanism.burden_figure import burden_figure
from macroimmune.report.mechanism.change import Change, change_between
from macroimmune.report.mechanism.change_bars_figure import change_bars_figure
from macroimmune.report.mechanism.heat_table_figure import heat_table_figure
from macroimmune.report.mechanism.model_run import ModelRun, at_day, columns_of, letter
from macroimmune.report.mechanism.quantities import (
    COMPARTMENTS,
    Quantity,
    shown_by_compartment,
)
from macroimmune.report.mechanism.sections import PageSection
from macroimmune.report.numbers import significant
from macroimmune.report.page_parts import FigureWithNote
from macroimmune.report.sections_repertoires import SectionPart
from macroimmune.report.source import slug
from macroimmune.report.svg import Figure

__all__ = ["side_by_side_section"]

_TUMOUR = "Tum"
# More rows than these do not fit a printed page.
_MOST_ROWS = 32


def side_by_side_section(
    runs: Sequence[ModelRun], day: float, wanted: Sequence[str]
) -> PageSection | None:
    """Return the section; None where there is one scenario only.

    Parameters
    ----------
    runs : sequence of ModelRun
        The first is the comparator.
    day : float
        At which they are compared.
    wanted : sequence of str
        Columns in place of the usual ones; empty: the usual ones.
    """
    if len(runs) < 2:
        return None
    shown = shown_by_compartment(columns_of(runs), wanted)
    quantities = [one for rows in shown.values() for one in rows]
    first = next((one for one in quantities if one.column == _TUMOUR), quantities[0])
    against = f"{runs[0].name}, day {significant(day)}"
    return PageSection(
        anchor="side-by-side",
        heading="Scenarios side by side",
        lead=f"Every scenario against A ({runs[0].name}) on day {significant(day)}. A difference "
        f"below 10 % counts as none.{_other_hosts(runs)}{_ended_before(runs, day)}",
        parts=(
            SectionPart(
                small=tuple(_bars(runs, first, day)),
                figures=(
                    FigureWithNote(
                        first.name, burden_figure(slug(f"course-{first.column}"), first, runs,
                                                  day=day), "Source: runs of the model."),
                    *_heats(runs, shown, day, against),
                ),
            ),
        ),
    )  # fmt: skip


def _other_hosts(runs: Sequence[ModelRun]) -> str:
    """Return which scenarios differ in more than interventions."""
    others = [letter(k) for k, run in enumerate(runs) if run.host != runs[0].host]
    if not others:
        return ""
    return f" Host or tumour are not those of A: {', '.join(others)}."


def _ended_before(runs: Sequence[ModelRun], day: float) -> str:
    """Return which scenarios did not get to the day."""
    ended = [
        letter(k) for k, run in enumerate(runs) if at_day(run, run.course.columns[1], day) is None
    ]
    if not ended:
        return ""
    return f" Ended before day {significant(day)}, without numbers here: {', '.join(ended)}."


def _change(runs: Sequence[ModelRun], place: int, column: str, day: float) -> Change:
    return change_between(at_day(runs[place], column, day), at_day(runs[0], column, day))


def _bars(runs: Sequence[ModelRun], quantity: Quantity, day: float) -> Iterator[FigureWithNote]:
    rows = [
        (place, run.name, _change(runs, place, quantity.column, day))
        for place, run in enumerate(runs)
        if place
    ]
    yield FigureWithNote(
        f"{quantity.name} on day {significant(day)}",
        change_bars_figure(
            slug(f"change-{quantity.column}"), rows,
            title=f"{quantity.name} on day {significant(day)}, as a ratio to {runs[0].name}",
            axis="ratio to A",
        ),
        "Source: runs of the model.",
    )  # fmt: skip


def _heats(
    runs: Sequence[ModelRun],
    shown: Mapping[str, Sequence[Quantity]],
    day: float,
    against: str,
) -> Iterator[FigureWithNote]:
    """Yield tables of whole compartments, each short enough for a printed page."""
    parts: list[list[str]] = []
    for place in shown:
        held = sum(len(shown[one]) for one in parts[-1]) if parts else _MOST_ROWS
        if held + len(shown[place]) > _MOST_ROWS:
            parts.append([])
        parts[-1].append(place)
    for number, places in enumerate(parts, start=1):
        where = ", ".join(COMPARTMENTS[place].lower() for place in places)
        quantities = [one for place in places for one in shown[place]]
        yield FigureWithNote(
            f"What changes: {where}",
            _heat(f"side-by-side-{number}", runs, quantities, day, against),
            f"Ratio to {against}. Source: runs of the model.",
        )


def _heat(
    name: str,
    runs: Sequence[ModelRun],
    quantities: Sequence[Quantity],
    day: float,
    against: str,
) -> Figure:
    return heat_table_figure(
        name,
        [
            (
                f"{one.name}, {COMPARTMENTS[one.compartment].lower()}",
                [_change(runs, place, one.column, day) for place in range(1, len(runs))],
            )
            for one in quantities
        ],
        [(place, run.name) for place, run in enumerate(runs) if place],
        title=f"What changes against {against}",
        contrast=f"Ratio to {against}",
    )
