"""The totals and flows of CD8 T cells that recognise the tumour, read from a run of the model."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.clones.subset_totals import CellFlow, SubsetTotals
from macroimmune.mechanism.model import Engine

__all__ = ["CELLS_PER_UNIT", "CLONE_FLOWS", "SUBSETS", "clone_engine", "run_totals"]

# The model counts in 10^9 cells.
CELLS_PER_UNIT = 1e9


@dataclass(frozen=True, slots=True)
class _Reaction:
    """A reaction of the model as a flow of clones."""

    kind: str
    source: str
    target: str
    cells: str
    arriving: str = ""


SUBSETS = (
    "A8a_ln",
    "A8b_ln",
    "E8_bl",
    "E8_sp",
    "Mem8_bl",
    "E8_tu",
    "S8_tu",
    "X8_tu",
    "D8_tu",
)
_REACTIONS = (
    _Reaction("priming", "", "A8a_ln", "prime8"),
    _Reaction("move", "A8a_ln", "A8b_ln", "divide8a", "divide8b"),
    _Reaction("move", "A8b_ln", "E8_bl", "leave8", "e8_out"),
    _Reaction("move", "E8_bl", "E8_tu", "e8_arrives"),
    _Reaction("move", "E8_bl", "S8_tu", "s8_arrives"),
    _Reaction("seeding", "E8_bl", "E8_sp", "e8_to_spleen"),
    _Reaction("seeding", "E8_bl", "Mem8_bl", "mem8_made"),
    _Reaction("death", "E8_bl", "", "e8_dies"),
    _Reaction("death", "E8_sp", "", "e8_sp_lost"),
    _Reaction("seeding", "Mem8_bl", "E8_bl", "mem8_recalled"),
    _Reaction("death", "Mem8_bl", "", "mem8_lost"),
    _Reaction("division", "S8_tu", "", "s8_renews"),
    _Reaction("seeding", "S8_tu", "E8_tu", "s8_feeds"),
    _Reaction("death", "S8_tu", "", "s8_lost"),
    _Reaction("division", "E8_tu", "", "e8_divides"),
    _Reaction("move", "E8_tu", "X8_tu", "e8_exhausts"),
    _Reaction("death", "E8_tu", "", "e8_tu_dies"),
    _Reaction("move", "X8_tu", "E8_tu", "x8_revived"),
    _Reaction("move", "X8_tu", "D8_tu", "x8_fixed"),
    _Reaction("death", "X8_tu", "", "x8_dies"),
    _Reaction("death", "D8_tu", "", "d8_dies"),
)
# Reactions whose rate a run must report so that clones can be followed.
CLONE_FLOWS = (
    *(one.cells for one in _REACTIONS),
    *(one.arriving for one in _REACTIONS if one.arriving),
    "treg_to_tumour",
)


def clone_engine() -> Engine:
    """Return an engine that reports what clones need beside the usual columns."""
    return Engine(flows=CLONE_FLOWS)


def run_totals(course: pl.DataFrame) -> SubsetTotals:
    """Return what a run says of CD8 T cells that recognise the tumour.

    Parameters
    ----------
    course : polars.DataFrame
        `day` and columns of a run by `clone_engine`; 10^9 cells, and per day.

    Returns
    -------
    totals : SubsetTotals
        In cells, from the last day on which there was none, at the latest from day 0.

    Raises
    ------
    InputError
        If a column is missing.

    Notes
    -----
    Convention: the flow from one reported day to the next is the mean of its rates on both.
    """
    for name in ("day", *SUBSETS, *CLONE_FLOWS):
        if name not in course.columns:
            msg = (
                f"the run does not report {name!r}, which clones need; run it with "
                f"engine=clone_engine(). {did_you_mean(name, course.columns, shown=4)}"
            )
            raise InputError(msg)
    cells = np.rint(course.select(SUBSETS).to_numpy() * CELLS_PER_UNIT).clip(min=0.0)
    there = np.flatnonzero(cells.any(axis=1))
    start = int(np.searchsorted(course["day"].to_numpy(), 0.0, side="right")) - 1
    first = max(min(int(there[0]) - 1 if len(there) else start, start), 0)
    part = course[first:]
    days = part["day"].to_numpy().astype(float)
    widths = np.diff(days) * CELLS_PER_UNIT
    rates = {name: part[name].to_numpy().clip(min=0.0) for name in CLONE_FLOWS}
    flown = {name: 0.5 * (rate[1:] + rate[:-1]) * widths for name, rate in rates.items()}
    flows = tuple(
        CellFlow(
            one.kind,
            one.source,
            one.target,
            flown[one.cells],
            flown[one.arriving] if one.arriving else None,
        )
        for one in _REACTIONS
    )
    return SubsetTotals(days, SUBSETS, cells[first:].astype(np.int64), flows)
