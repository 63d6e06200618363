"""The distribution of every marker among the cells of one file, small enough to keep of all."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.errors import InputError
from macroimmune.evidence import Role
from macroimmune.statistics.quantile_functions import LEVELS, quantile_function

__all__ = ["FileQuantiles", "channel_quantiles"]

_MARKERS: tuple[Role, ...] = ("lineage", "state")


@dataclass(frozen=True, slots=True, eq=False)
class FileQuantiles:
    """Quantile functions of the markers of one file.

    Parameters
    ----------
    file, panel : str
        Name of the file, name of its panel.
    technology : {"mass", "fluorescence"}
    n_cells : int
        Live single cells, from which the quantiles were made.
    antigens : tuple of str
        Lineage and state markers, in the order of the channels, each once.
    roles : tuple of str
        `lineage` or `state` of each.
    values : float array, shape (antigens, 101)
        Transformed scale, at ``statistics.quantile_functions.LEVELS``; NaN without cells.
    """

    file: str
    panel: str
    technology: Literal["mass", "fluorescence"]
    n_cells: int
    antigens: tuple[str, ...]
    roles: tuple[Role, ...]
    values: NDArray[np.float64]

    def of(self, antigen: str) -> NDArray[np.float64] | None:
        """Return the quantile function of an antigen, None where the file lacks it."""
        return self.values[self.antigens.index(antigen)] if antigen in self.antigens else None


def channel_quantiles(events: Events, kinds: NDArray[np.uint8]) -> FileQuantiles:
    """Return the quantile functions of lineage and state markers among the cells of a file.

    Parameters
    ----------
    events : Events
    kinds : uint8 array, shape (events,)
        Of `EventKind`; only cells are taken.

    Returns
    -------
    quantiles : FileQuantiles

    Raises
    ------
    InputError
        If there is not one kind per event.

    Notes
    -----
    Convention: of an antigen in two channels the first is taken.
    """
    if kinds.shape != (events.values.shape[0],):
        msg = (
            f"{events.file}: {kinds.shape} kinds for {events.values.shape[0]} events; expected one "
            "each"
        )
        raise InputError(msg)
    is_cell = kinds == EventKind.CELL
    columns: dict[str, int] = {}
    for column in events.panel.with_role(*_MARKERS):
        columns.setdefault(events.panel.channels[column].antigen, column)
    found = [quantile_function(events.values[is_cell, column]) for column in columns.values()]
    return FileQuantiles(
        events.file,
        events.panel.name,
        events.technology,
        int(is_cell.sum()),
        tuple(columns),
        tuple(events.panel.channels[column].role for column in columns.values()),
        np.array(found).reshape(len(columns), LEVELS.size),
    )
