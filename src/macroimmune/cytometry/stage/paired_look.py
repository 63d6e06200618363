"""What a well of a pair leaves for the comparison with its partner."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import Events
from macroimmune.cytometry.gated import FileThresholds, GatedFile
from macroimmune.cytometry.gating import drawn_means, labelled_levels, well_levels
from macroimmune.cytometry.preparing import EventKinds
from macroimmune.cytometry.response import (
    lineage_members,
    save_well,
    state_markers,
    well_response,
)
from macroimmune.cytometry.stage.moved_lineage import save_levels

__all__ = ["LEVELS", "RESPONSES", "ResponseWay", "leave_automatic", "leave_told", "response_way"]

LEVELS, RESPONSES = "levels.npz", "responses.npz"
ResponseWay = Literal["automatic", "workspace", "labels"]
_DRAWS = 25


def response_way(*, is_automatic: bool, workspace: object, labels: object) -> ResponseWay | None:
    """Return whose populations are compared, None where there are none.

    Parameters
    ----------
    is_automatic : bool
        Whether automatic gates are asked for; they go first.
    workspace, labels : object
        What names gates and labels of people; nothing where there are none.

    Examples
    --------
    >>> response_way(is_automatic=False, workspace="", labels="labels.csv")
    'labels'
    """
    if is_automatic:
        return "automatic"
    if workspace:
        return "workspace"
    return "labels" if labels else None


def leave_automatic(
    folder: Path,
    file: str,
    events: Events,
    kinds: EventKinds,
    gated: GatedFile,
    thresholds: FileThresholds,
    drawn: Collection[str],
    rng: np.random.Generator,
) -> None:
    """Write levels and response of a well by automatic gates; `drawn`: where thresholds vary."""
    save_levels(folder / LEVELS, well_levels(events, kinds.kinds, gated, thresholds))
    markers, members = state_markers(events), lineage_members(gated)
    means = drawn_means(
        events,
        kinds.kinds,
        gated,
        thresholds,
        markers.columns,
        [name for name in drawn if name in members],
        draws=_DRAWS,
        rng=rng,
    )
    save_well(folder / RESPONSES, well_response(file, markers, kinds.is_cell, members, means))


def leave_told(
    folder: Path,
    file: str,
    events: Events,
    kinds: EventKinds,
    members: Mapping[str, NDArray[np.bool_]],
) -> None:
    """Write levels and response of a well by the populations of people, without thresholds."""
    save_levels(folder / LEVELS, labelled_levels(events, kinds.is_cell, members))
    markers = state_markers(events)
    save_well(folder / RESPONSES, well_response(file, markers, kinds.is_cell, members))
