"""The map of the body for each scenario, with the numbers behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from macroimmune.report.mechanism.change import change_between
from macroimmune.report.mechanism.course_scale import LEAST
from macroimmune.report.mechanism.display_unit import display_unit
from macroimmune.report.mechanism.map_figure import Mapped, map_figure
from macroimmune.report.mechanism.model_run import ModelRun, at_day, columns_of, letter
from macroimmune.report.mechanism.quantities import (
    COMPARTMENTS,
    Quantity,
    quantities_of,
    shown_by_compartment,
)
from macroimmune.report.mechanism.sections import PageSection
from macroimmune.report.numbers import MISSING, significant
from macroimmune.report.page_parts import FigureWithNote
from macroimmune.report.sections_repertoires import SectionPart
from macroimmune.report.source import slug
from macroimmune.report.tables import Cell, Table, number_cell, table

__all__ = ["map_section"]


def map_section(runs: Sequence[ModelRun], day: float, wanted: Sequence[str]) -> PageSection:
    """Return the section: the first scenario against its host at rest, the others against it.

    Parameters
    ----------
    runs : sequence of ModelRun
    day : float
    wanted : sequence of str
        Columns in place of the usual ones; empty: the usual ones.
    """
    first = runs[0]
    when = f"day {significant(day)}"
    parts = []
    if first.resting:
        parts.append(
            _part(
                0,
                first,
                day,
                first.resting,
                f"{first.name} on {when} against the same host at rest"
                + (", before the tumour" if first.tumour_days else ""),
                wanted,
            )
        )
    beside = {column: at_day(first, column, day) for column in columns_of(runs)}
    parts += [
        _part(place, run, day, beside, f"{run.name} against {first.name}, {when}", wanted)
        for place, run in enumerate(runs)
        if place
    ]
    return PageSection(
        anchor="map",
        heading="What is up and what is down",
        lead="Each cell is a population of the model, each drop a factor. Orange and arrows up: "
        "more than under the comparator; blue and arrows down: less; grey: within 10 %.",
        parts=tuple(parts),
    )


def _part(
    place: int,
    run: ModelRun,
    day: float,
    beside: Mapping[str, float | None],
    contrast: str,
    wanted: Sequence[str],
) -> SectionPart:
    columns = [column for column in columns_of((run,)) if column in beside]

    def mapped(one: Quantity) -> Mapped:
        return Mapped(one, change_between(at_day(run, one.column, day), beside[one.column]))

    found = {
        where: [mapped(one) for one in rows]
        for where, rows in shown_by_compartment(columns, wanted).items()
    }
    figure = map_figure(
        slug(f"map-{letter(place)}"),
        found,
        title=f"What is up and down: {contrast}",
        contrast=contrast,
    )
    every = [mapped(one) for one in quantities_of(columns)]
    return SectionPart(
        figures=(
            FigureWithNote(f"{letter(place)}: {contrast}", figure, "Source: runs of the model."),
        ),
        folded=(_numbers(every, run, day, beside, contrast),),
    )


def _numbers(
    every: Sequence[Mapped],
    run: ModelRun,
    day: float,
    beside: Mapping[str, float | None],
    contrast: str,
) -> Table:
    made = table(
        f"All numbers: {contrast}",
        ("Where", "Quantity", "Unit", "Here#", "Comparator#", "Ratio#"),
        [
            (
                COMPARTMENTS[one.quantity.compartment],
                one.quantity.name,
                *_numbers_of(
                    one.quantity,
                    run,
                    at_day(run, one.quantity.column, day),
                    beside[one.quantity.column],
                ),
                number_cell(
                    one.change.words, one.change.ratio, "strong" if one.change.step else ""
                ),
            )
            for one in every
        ],
        "Marked: changed by 10 % or more. Source: runs of the model.",
    )
    return replace(made, can_filter=True)


def _numbers_of(
    quantity: Quantity, run: ModelRun, value: float | None, other: float | None
) -> tuple[Cell, Cell, Cell]:
    """Return unit and both numbers."""
    high = max(value or 0.0, other or 0.0)
    factor, unit = display_unit(quantity.unit, high, run.count_scale)
    return Cell(unit), _number(value, factor), _number(other, factor)


def _number(value: float | None, factor: float) -> Cell:
    if value is None:
        return number_cell(MISSING, None)
    return number_cell("0" if value < LEAST else significant(value * factor), value)
