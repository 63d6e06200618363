"""What one gated well says of its state markers, population by population."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.gated import GatedFile
from macroimmune.cytometry.response.state_markers import StateMarkers
from macroimmune.response import WellResponse, marker_levels

__all__ = ["ALL_CELLS", "lineage_members", "well_response"]

# All live single cells.
ALL_CELLS = ""
_NOT_DRAWN: Mapping[str, NDArray[np.float64]] = MappingProxyType({})


def lineage_members(gated: GatedFile) -> Mapping[str, NDArray[np.bool_]]:
    """Return the members of the populations that lineage markers tell.

    Those told by states of cells are not gated in stimulated wells: there is nothing to compare.
    """
    return {
        node.population: gated.members[node.population]
        for node in gated.hierarchy.nodes
        if node.kind == "lineage"
    }


def well_response(
    file: str,
    markers: StateMarkers,
    is_cell: NDArray[np.bool_],
    members: Mapping[str, NDArray[np.bool_]],
    drawn: Mapping[str, NDArray[np.float64]] = _NOT_DRAWN,
) -> WellResponse:
    """Return the levels of every state marker in every population of a well.

    Parameters
    ----------
    file : str
        As the study names it.
    markers : StateMarkers
        Of its events.
    is_cell : bool array, shape (events,)
        Live single cells, which are a population of their own, "".
    members : mapping from population to bool array, shape (events,)
    drawn : mapping from population to float array, shape (draws, markers)
        Means with thresholds drawn from their uncertainty, of some populations.
    """
    levels = {}
    counts = {}
    for name, mask in {ALL_CELLS: is_cell, **members}.items():
        rows = np.flatnonzero(mask)
        counts[name] = len(rows)
        means = drawn.get(name)
        for place, (marker, column) in enumerate(zip(markers.names, markers.columns, strict=True)):
            some = () if means is None else means[:, place]
            levels[name, marker] = marker_levels(column[rows], drawn_means=some)
    return WellResponse(file, counts, levels, markers.unit)
