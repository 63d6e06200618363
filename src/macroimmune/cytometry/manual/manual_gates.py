"""What gates that people drew say of one file."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALL_EVENTS", "GatePath", "ManualGate", "ManualGates"]

ALL_EVENTS = "all events"

GatePath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManualGate:
    """One gate.

    Parameters
    ----------
    path : tuple of str
        Names of the gates from the top to this one.
    population : str
        Id of the evidence, or, where that knows no such population, the gate's own name (its path
        where several gates bear the name).
    is_known : bool
        Whether `population` is an id of the evidence.
    shape : str
        Rectangle, polygon, ..., as FlowKit names it.
    n_cells : int
        Events within it and within all gates above; -1 where it could not be applied.
    n_stored : int
        What FlowJo counted when the workspace was saved, -1 where that is not said.
    status : str
        Empty, or why it was not applied or how to read it.
    """

    path: GatePath
    population: str
    is_known: bool
    shape: str
    n_cells: int
    n_stored: int
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class ManualGates:
    """The gates of one file and who is in them.

    Parameters
    ----------
    file : str
        The FCS file.
    source : str
        The workspace or GatingML.
    n_events : int
    gates : tuple of ManualGate
        Parents first; those that could not be applied too.
    members : mapping from path to bool array, shape (events,)
        Of those that were applied.
    remarks : tuple of str
        What is odd about the match of the two files, and what FlowKit warned of.
    """

    file: str
    source: str
    n_events: int
    gates: tuple[ManualGate, ...]
    members: Mapping[GatePath, NDArray[np.bool_]]
    remarks: tuple[str, ...]
