"""The markers by which cells answer, on one scale in every file."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import Events
from macroimmune.cytometry.opening import COFACTORS, Logicle, inverse_logicle

__all__ = ["StateMarkers", "state_markers"]


@dataclass(frozen=True, slots=True, eq=False)
class StateMarkers:
    """The state markers of a file.

    Parameters
    ----------
    names : tuple of str
        Antigens.
    columns : tuple of float32 array, shape (events,), one per antigen
    unit : str
        Of the values.
    """

    names: tuple[str, ...]
    columns: tuple[NDArray[np.float32], ...]
    unit: str


def state_markers(events: Events) -> StateMarkers:
    """Return the state markers of a file; lineage markers are never among them.

    Parameters
    ----------
    events : Events

    Notes
    -----
    Convention: a marker in several channels is that of the first. The scale is arcsinh. Channels on
    a logicle scale, which is fitted to each file, are brought to arcsinh(x / 150), so that wells
    can be compared.
    """
    panel = events.panel
    places: dict[str, int] = {}
    for place in panel.with_role("state"):
        if panel.channels[place].antigen:
            places.setdefault(panel.channels[place].antigen, place)
    units = [_unit(events, place) for place in places.values()]
    return StateMarkers(
        tuple(places),
        tuple(_column(events, place) for place in places.values()),
        "; ".join(dict.fromkeys(units)),
    )


def _column(events: Events, place: int) -> NDArray[np.float32]:
    column, transform = events.values[:, place], events.transforms[place]
    if transform.kind != "logicle":
        return column
    linear = inverse_logicle(column.astype(np.float64), Logicle(*transform.parameters))
    return np.arcsinh(linear / COFACTORS["fluorescence"]).astype(np.float32)


def _unit(events: Events, place: int) -> str:
    transform = events.transforms[place]
    cofactor = COFACTORS["fluorescence"] if transform.kind == "logicle" else transform.cofactor
    return "linear" if transform.kind == "linear" else f"arcsinh(x / {cofactor:g})"
