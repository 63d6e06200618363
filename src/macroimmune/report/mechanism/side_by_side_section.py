"""Interventions side by side: the tumour's course, its change at a day, and a table in colours."""

from collections.abc import Iterator, Sequence

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
        f"below 10 % counts as none.{_other_hosts(runs)}",
        parts=(
            SectionPart(
                small=tuple(_bars(runs, first, day)),
                figures=(
                    FigureWithNote(
                        first.name, burden_figure(slug(f"course-{first.column}"), first, runs,
                                                  day=day), "Source: runs of the model."),
                    FigureWithNote(
                        "What changes",
                        _heat(runs, quantities, day, against),
                        f"Ratio to {against}. Source: runs of the model.",
                    ),
                ),
            ),
        ),
    )  # fmt: skip


def _other_hosts(runs: Sequence[ModelRun]) -> str:
    """Return which scenarios differ in more than interventions."""
    others = [letter(k) for k, run in enumerate(runs) if run.host != runs[0].host]
    if not others:
        return ""
    return f" {', '.join(others)} differ from A in host or tumour too, not in interventions alone."


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


def _heat(
    runs: Sequence[ModelRun], quantities: Sequence[Quantity], day: float, against: str
) -> Figure:
    return heat_table_figure(
        "side-by-side",
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
