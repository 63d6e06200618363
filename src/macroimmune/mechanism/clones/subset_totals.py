"""Totals of the subsets that clones live in, and how many cells flow between them each day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError

__all__ = ["FLOW_KINDS", "CellFlow", "SubsetTotals"]

FLOW_KINDS = ("priming", "division", "move", "seeding", "death")

Cells = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CellFlow:
    """Cells that flow between two days that follow each other.

    Parameters
    ----------
    kind : str
        `priming` (cells of new clones appear in the target), `division` (of cells of the source),
        `move` (source to target), `seeding` (cells of the clones of the source appear in the
        target, the source keeps its own) or `death` (of cells of the source).
    source, target : str
        Subsets; empty where there is none.
    cells : float array, shape (days - 1,)
        From each day to the next.
    arriving : float array, shape (days - 1,), or None
        Of a move during which cells divide or die, how many reach the target; None: all.
    """

    kind: str
    source: str
    target: str
    cells: Values
    arriving: Values | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SubsetTotals:
    """What a run says of one lineage.

    Parameters
    ----------
    days : float array, shape (days,)
        Strictly rising; 0 is the start of treatment.
    subsets : tuple of str
        As in the model, such as `E8_bl`; the part after the last underscore is the compartment.
    cells : int array, shape (days, subsets)
    flows : tuple of CellFlow

    Raises
    ------
    InputError
        If shapes differ, days do not rise, a number is negative, or a flow names no subset.
    """

    days: Values
    subsets: tuple[str, ...]
    cells: Cells
    flows: tuple[CellFlow, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be followed.

        Raises
        ------
        InputError
        """
        shape = (len(self.days), len(self.subsets))
        if self.cells.shape != shape:
            msg = f"one number of cells per day and subset: {self.cells.shape}, expected {shape}"
            raise InputError(msg)
        if len(self.days) == 0 or (np.diff(self.days) <= 0).any():
            msg = "days of totals must rise strictly, and there must be one"
            raise InputError(msg)
        if (self.cells < 0).any():
            msg = "numbers of cells cannot be negative"
            raise InputError(msg)
        for flow in self.flows:
            self._check(flow)

    def _check(self, flow: CellFlow) -> None:
        if flow.kind not in FLOW_KINDS:
            msg = f"no flow is called {flow.kind!r}; {did_you_mean(flow.kind, FLOW_KINDS)}"
            raise InputError(msg)
        for name in filter(None, (flow.source, flow.target)):
            if name not in self.subsets:
                msg = f"no subset is called {name!r}; {did_you_mean(name, self.subsets)}"
                raise InputError(msg)
        for cells in (flow.cells, flow.cells if flow.arriving is None else flow.arriving):
            if cells.shape != (len(self.days) - 1,) or not (cells >= 0).all():
                where = flow.source or flow.target
                msg = f"{flow.kind} of {where}: one number from 0 per step of days is expected"
                raise InputError(msg)

    def places(self, compartment: str) -> list[int]:
        """Return which subsets live in a compartment, such as `tu`."""
        return [
            place
            for place, name in enumerate(self.subsets)
            if name.rsplit("_", 1)[-1] == compartment
        ]
