"""An alignment: how the lineage channels of every batch are moved to a common goal."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.alignment.channel_quantiles import FileQuantiles
from macroimmune.cytometry.alignment.shift_tables import add_shifts, shifted
from macroimmune.cytometry.events import Events
from macroimmune.errors import DesignError, InputError

__all__ = ["Alignment", "BatchMap", "refuse_other_than_lineage"]


@dataclass(frozen=True, slots=True, eq=False)
class BatchMap:
    """How one marker of one batch is moved.

    Parameters
    ----------
    panel, batch, antigen : str
    low, high : float
        Range of values in which it was learned; outside, the shift at the end holds.
    shifts : float array, shape (256,)
        Added to the value, on an even grid from `low` to `high`; the order of values is kept.
    """

    panel: str
    batch: str
    antigen: str
    low: float
    high: float
    shifts: NDArray[np.float64]

    def moved(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values of the marker as they are after alignment."""
        return shifted(values, self.low, self.high, self.shifts)


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """The maps of all panels, batches and lineage markers; small, and can be sent to a process.

    Parameters
    ----------
    maps : tuple of BatchMap
        A marker that is not moved has a map of zeros.
    goal : str
        What batches are moved to: mean of the batches, or the name of one.
    learned_on : str
        Bridging controls, or unstimulated samples.
    """

    maps: tuple[BatchMap, ...]
    goal: str
    learned_on: str

    def batches(self, panel: str) -> frozenset[str]:
        """Return the batches of a panel that are aligned; none where the panel is not."""
        return frozenset(one.batch for one in self.maps if one.panel == panel)

    def of(self, panel: str, batch: str) -> dict[str, BatchMap]:
        """Return the maps of a batch by antigen.

        Raises
        ------
        InputError
            If nothing was learned for the panel and batch.
        """
        found = {one.antigen: one for one in self.maps if (one.panel, one.batch) == (panel, batch)}
        if not found:
            known = sorted(self.batches(panel))
            msg = (
                f"no alignment of panel {panel!r}, batch {batch!r}; learned for its batches "
                f"{', '.join(known) or 'none'}"
            )
            raise InputError(msg)
        return found

    def applied(self, events: Events, batch: str) -> Events:
        """Return the events of a file with its lineage channels moved to the goal.

        Parameters
        ----------
        events : Events
            Of a stimulated well too: it is moved as the unstimulated ones of its batch.
        batch : str

        Returns
        -------
        events : Events
            A copy; channels without a map are as they were. Of a panel that is not aligned at all
            (refused, and its status says why): the events themselves.

        Raises
        ------
        InputError
            If the panel is aligned, but nothing was learned for the batch.
        DesignError
            If a channel to be moved is not a lineage channel of the file.
        """
        if not self.batches(events.panel.name):
            return events
        maps = self.of(events.panel.name, batch)
        columns = {antigen: events.panel.index(antigen) for antigen in maps}
        found = [(maps[name], column) for name, column in columns.items() if column is not None]
        for one, column in found:
            refuse_other_than_lineage(one.antigen, events.panel.channels[column].role)
        values = events.values.copy(order="F")
        if found:
            add_shifts(
                values,
                np.array([column for _, column in found]),
                np.array([one.low for one, _ in found]),
                np.array([one.high for one, _ in found]),
                np.array([one.shifts for one, _ in found]),
            )
        return replace(events, values=values)

    def of_quantiles(self, quantiles: FileQuantiles, batch: str) -> FileQuantiles:
        """Return the quantile functions of a file as they are after alignment.

        Notes
        -----
        Convention: maps keep the order of values, so the quantiles are the moved quantiles.
        """
        maps = self.of(quantiles.panel, batch)
        moved = [
            maps[antigen].moved(row) if antigen in maps else row
            for antigen, row in zip(quantiles.antigens, quantiles.values, strict=True)
        ]
        return replace(quantiles, values=np.array(moved).reshape(quantiles.values.shape))


def refuse_other_than_lineage(antigen: str, role: str) -> None:
    """Raise an error that names the channel if its role is not lineage.

    Raises
    ------
    DesignError
        For a state channel or any other.
    """
    if role != "lineage":
        msg = (
            f"channel {antigen} has the role {role!r}: only lineage channels are aligned, because "
            "a map would take the response to a stimulus away; leave it out"
        )
        raise DesignError(msg)
