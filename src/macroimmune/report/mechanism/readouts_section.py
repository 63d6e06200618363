"""Readouts as laboratories report them (frequencies, fractions, ratios), scenario by scenario."""

from collections.abc import Mapping, Sequence

from macroimmune.report.mechanism.change import Change, change_between
from macroimmune.report.mechanism.heat_table_figure import heat_table_figure
from macroimmune.report.mechanism.model_run import ModelRun
from macroimmune.report.mechanism.sections import PageSection
from macroimmune.report.numbers import MISSING, significant
from macroimmune.report.page_parts import FigureWithNote
from macroimmune.report.sections_repertoires import SectionPart
from macroimmune.report.tables import Cell, number_cell, table

__all__ = ["READOUTS", "readouts_section"]

# Compartment and observable of the catalogue, in the order of the page.
READOUTS = (
    ("bone marrow", "GMP frequency"),
    ("bone marrow", "DC precursor frequency"),
    ("blood", "HSPC frequency"),
    ("blood", "neutrophil to lymphocyte ratio"),
    ("blood", "PMN-MDSC frequency"),
    ("blood", "M-MDSC frequency"),
    ("blood", "monocyte frequency"),
    ("blood", "DC frequency"),
    ("blood", "CD8 T cell frequency"),
    ("blood", "CD4 T cell frequency"),
    ("blood", "Treg frequency"),
    ("blood", "Ki67+ CD8 T cell frequency"),
    ("blood", "NK cytotoxicity"),
    ("spleen", "PMN-MDSC frequency"),
    ("spleen", "cDC1 frequency"),
    ("spleen", "semi-mature DC fraction"),
    ("spleen", "Breg frequency"),
    ("dLN", "cDC1 frequency"),
    ("dLN", "CD8 T cell priming"),
    ("dLN", "Treg frequency"),
    ("tumour", "CD8 T cell exhaustion"),
    ("tumour", "stem-like CD8 T cell fraction"),
    ("tumour", "antitumour cytotoxicity"),
)
_PLACES = {"dLN": "draining node"}


def readouts_section(
    runs: Sequence[ModelRun], values: Sequence[Mapping[str, float | None]], day: float
) -> PageSection | None:
    """Return the section; None where there is one scenario or no readout.

    Parameters
    ----------
    runs : sequence of ModelRun
        The first is the comparator.
    values : sequence of mapping from "name in compartment" to float or None
        Of each run at the day; None where there is none.
    day : float
    """
    names = [
        (place, name)
        for place, name in READOUTS
        if values and all(f"{name} in {place}" in one for one in values)
    ]
    if len(runs) < 2 or not names:
        return None
    against = f"{runs[0].name}, day {significant(day)}"
    rows = [(_words(place, name), _changes(values, f"{name} in {place}")) for place, name in names]
    figure = heat_table_figure(
        "readouts", rows, [(place, run.name) for place, run in enumerate(runs) if place],
        title=f"Readouts against {against}", contrast=f"Ratio to {against}",
    )  # fmt: skip
    made = table(
        f"Readouts on day {significant(day)}",
        ("Readout", *(f"{run.name}#" for run in runs)),
        [
            (Cell(words), *(_number(one[f"{name} in {place}"]) for one in values))
            for (words, _), (place, name) in zip(rows, names, strict=True)
        ],
        "Frequencies and fractions are shares (0 to 1); factors and functions are relative. "
        "Definitions: the catalogue of observables. Source: runs of the model.",
    )
    return PageSection(
        anchor="readouts",
        heading="As a laboratory reads it",
        lead="Frequencies, fractions and functions, computed from the numbers of cells. A "
        "frequency can rise while its cells stay as many.",
        parts=(
            SectionPart(
                figures=(
                    FigureWithNote(
                        "Readouts side by side", figure,
                        f"Ratio to {against}. Source: runs of the model.",
                    ),
                ),
                folded=(made,),
            ),
        ),
    )  # fmt: skip


def _words(place: str, name: str) -> str:
    return f"{name}, {_PLACES.get(place, place)}"


def _changes(values: Sequence[Mapping[str, float | None]], column: str) -> list[Change]:
    return [change_between(one[column], values[0][column]) for one in values[1:]]


def _number(value: float | None) -> Cell:
    return number_cell(MISSING if value is None else significant(value), value)
