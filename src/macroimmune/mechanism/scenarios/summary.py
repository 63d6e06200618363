"""A run in brief: what the five compartments hold before and after, and single quantities."""

from dataclasses import dataclass

import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios.compartments import (
    CELLS,
    column_place,
    column_unit,
    observable_unit,
    printed_scale,
)
from macroimmune.mechanism.scenarios.observables import observables
from macroimmune.mechanism.scenarios.observing import observe
from macroimmune.mechanism.scenarios.running import ScenarioRun

__all__ = ["CompartmentSummary", "SummaryRow", "compartment_summary", "quantity_course"]

# Shown of each compartment, where the model has it.
_SHOWN = {
    "HSC_bm": "stem cells",
    "GMP_bm": "granulocyte-monocyte progenitors",
    "Neu_bm3": "mature neutrophils",
    "CDP_bm": "DC precursors",
    "B_bm": "B cells",
    "Neu_bl": "neutrophils",
    "PMN_bl": "PMN-MDSC",
    "Mono_bl": "monocytes",
    "MM_bl": "M-MDSC",
    "DC1_bl": "cDC1",
    "N8_bl": "naive CD8 T cells",
    "E8_bl": "tumour-specific effector CD8 T cells",
    "E4_bl": "tumour-specific effector CD4 T cells",
    "Treg_bl": "Treg",
    "NK_bl": "NK cells",
    "PMN_sp": "PMN-MDSC",
    "MM_sp": "M-MDSC",
    "Mono_sp": "monocytes",
    "DC1_sp": "cDC1",
    "DC2_sp": "cDC2",
    "B_sp": "B cells",
    "DC1r_ln": "resident cDC1",
    "DC1m_ln": "cDC1 from the tumour",
    "DC2m_ln": "cDC2 from the tumour",
    "A8b_ln": "dividing tumour-specific CD8 T cells",
    "A4_ln": "dividing tumour-specific CD4 T cells",
    "Treg_ln": "Treg",
    "Tum": "tumour cells",
    "PMN_tu": "PMN-MDSC",
    "MM_tu": "M-MDSC",
    "Mac_tu": "macrophages",
    "DC1_tu": "cDC1",
    "E8_tu": "effector CD8 T cells",
    "S8_tu": "stem-like CD8 T cells",
    "X8_tu": "exhausted CD8 T cells",
    "D8_tu": "terminally exhausted CD8 T cells",
    "Treg_tu": "Treg",
    "NK_tu": "NK cells",
}


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One population at the beginning, before and after.

    Parameters
    ----------
    compartment, population, column : str
        The last as the model spells it.
    first, before, after : float, 10^9 cells of the species
        On the days of the summary.
    """

    compartment: str
    population: str
    column: str
    first: float
    before: float
    after: float

    @property
    def change(self) -> float | None:
        """Return after relative to before; None where there was nothing before."""
        return self.after / self.before if self.before > 0 else None


@dataclass(frozen=True, slots=True)
class CompartmentSummary:
    """The main populations of the compartments on three days.

    Parameters
    ----------
    days : tuple of float
        The first of the run, the last one before anything is done (day 0 where nothing is), the
        last that was reached.
    rows : tuple of SummaryRow
    """

    days: tuple[float, float, float]
    rows: tuple[SummaryRow, ...]


def compartment_summary(run: ScenarioRun) -> CompartmentSummary | None:
    """Return the main populations of the compartments; None of a run that reached no day."""
    if run.course.height == 0:
        return None
    days = run.course["day"].to_list()
    begin = min((given.day for given in run.scenario.interventions), default=None)
    earlier = [n for n, day in enumerate(days) if (day <= 0 if begin is None else day < begin)]
    places = (0, max(earlier, default=0), len(days) - 1)
    scale = printed_scale(run.scenario.species, CELLS)
    rows = tuple(
        SummaryRow(
            column_place(column),
            population,
            column,
            *(run.course[column][place] * scale for place in places),
        )
        for column, population in _SHOWN.items()
        if column in run.course.columns
    )
    return CompartmentSummary((days[places[0]], days[places[1]], days[places[2]]), rows)


def quantity_course(run: ScenarioRun, name: str) -> pl.DataFrame:
    """Return `day`, `value`, `unit` of one quantity over the run.

    Parameters
    ----------
    run : ScenarioRun
    name : str
        Column of the model, or observable as `name in compartment`.

    Raises
    ------
    InputError
        If there is none of that name; names the nearest.
    """
    entries = {entry.column: entry for entry in observables().entries.values()}
    if name in run.course.columns[1:]:
        frame, unit = run.course, column_unit(name, run.populations)
    elif name in entries:
        key = (entries[name].compartment, entries[name].name)
        frame, unit = observe(run.course, [key], values=run.values), observable_unit(key[1])
    else:
        known = [*entries, *run.course.columns[1:]]
        msg = f"quantity {name!r} is neither a column of the model nor an observable. "
        raise InputError(msg + did_you_mean(name, known))
    scale = printed_scale(run.scenario.species, unit)
    return frame.select("day", value=pl.col(name) * scale, unit=pl.lit(unit))
