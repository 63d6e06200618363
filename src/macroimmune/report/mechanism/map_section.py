"""The map of the body for each scenario, with the numbers behind it."""

from collections.abc import Sequence

from macroimmune.report.mechanism.change import change_between
from macroimmune.report.mechanism.map_figure import Mapped, map_figure
from macroimmune.report.mechanism.model_run import ModelRun, at_day, columns_of, letter
from macroimmune.report.mechanism.quantities import (
    COMPARTMENTS,
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
    """Return the section: the first scenario against its own start, the others against the first.

    Parameters
    ----------
    runs : sequence of ModelRun
    day : float
    wanted : sequence of str
        Columns in place of the usual ones; empty: the usual ones.
    """
    first = runs[0]
    begin = float(first.days[0]) if first.days.size else 0.0
    start = f"its first day, {significant(begin).replace('-', '−')}"
    parts = [
        _part(0, first, day, first, begin, f"{first.name} on day {significant(day)} against "
              f"{start}{', before the tumour' if first.tumour_days else ''}", wanted),
        *(
            _part(place, run, day, first, day,
                  f"{run.name} against {first.name}, day {significant(day)}", wanted)
            for place, run in enumerate(runs) if place
        ),
    ]  # fmt: skip
    return PageSection(
        anchor="map",
        heading="What is up and what is down",
        lead="Each cell is a population of the model, each drop a factor. Orange and arrows up: "
        "more than under the comparator; blue and arrows down: less; grey: within 10 %.",
        parts=tuple(parts),
    )


def _part(
    place: int, run: ModelRun, day: float, other: ModelRun, other_day: float, contrast: str,
    wanted: Sequence[str],
) -> SectionPart:  # fmt: skip
    columns = columns_of((run, other))

    def change_of(column: str) -> Mapped:
        change = change_between(at_day(run, column, day), at_day(other, column, other_day))
        return Mapped(next(iter(quantities_of((column,)))), change)

    found = {
        where: [change_of(one.column) for one in rows]
        for where, rows in shown_by_compartment(columns, wanted).items()
    }
    figure = map_figure(slug(f"map-{letter(place)}"), found,
                        title=f"What is up and down: {contrast}", contrast=contrast)  # fmt: skip
    return SectionPart(
        heading=f"{letter(place)}: {contrast}",
        figures=(FigureWithNote("On the map", figure, "Source: runs of the model."),),
        folded=(_numbers(run, day, other, other_day, contrast),),
    )


def _numbers(run: ModelRun, day: float, other: ModelRun, other_day: float, contrast: str) -> Table:
    rows = []
    for one in quantities_of(columns_of((run, other))):
        value, beside = at_day(run, one.column, day), at_day(other, one.column, other_day)
        change = change_between(value, beside)
        rows.append((
            Cell(COMPARTMENTS[one.compartment]), Cell(one.name), Cell(one.unit),
            number_cell(_written(value), value), number_cell(_written(beside), beside),
            number_cell(change.words, change.ratio, "strong" if change.step else ""),
        ))  # fmt: skip
    made = table(
        f"All numbers: {contrast}",
        ("Where", "Quantity", "Unit", "Here#", "Comparator#", "Ratio#"),
        rows,
        "Counts on the scale of an adult human. Marked: changed by 10 % or more. "
        "Source: runs of the model.",
    )
    return Table(made.caption, made.columns, made.rows, made.note, can_filter=True)


def _written(value: float | None) -> str:
    return MISSING if value is None else significant(value)
