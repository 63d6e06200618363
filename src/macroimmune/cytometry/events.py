"""The events of one file, compensated and transformed, and what each event is."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.study.panels import Panel

__all__ = ["EventKind", "Events", "Transform"]


class EventKind(IntEnum):
    """What an event is; only cells are gated. The first that fits, in this order."""

    CELL = 0
    MARGIN = 1
    UNSTABLE = 2
    BEAD = 3
    DEBRIS = 4
    DOUBLET = 5
    DEAD = 6


@dataclass(frozen=True, slots=True)
class Transform:
    """How one channel was brought to the scale on which it is looked at.

    Parameters
    ----------
    kind : {"linear", "arcsinh", "logicle"}
        `linear`: as measured (time, scatter, event length).
    cofactor : float
        Of arcsinh(x / cofactor); 1 for the others.
    parameters : tuple of float
        Of logicle: T, W, M, A.
    """

    kind: Literal["linear", "arcsinh", "logicle"]
    cofactor: float = 1.0
    parameters: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """The events of one file.

    Parameters
    ----------
    file : str
        Its name.
    panel : Panel
        Channels in the order of the columns.
    values : float32 array, shape (events, channels)
        Compensated and transformed; every column lies in one piece (order F).
    transforms : tuple of Transform, one per channel
    technology : {"mass", "fluorescence"}
    is_compensated : bool
        Whether a spillover matrix was applied.
    ranges : float array, shape (channels,)
        $PnR, the top of the detector in measured units; NaN where it is missing.
    remarks : tuple of str
        What is odd about the file, and which reading was taken.
    transform : str
        In words: the scale of the markers, and why.
    compensation : str
        In words: the spillover matrix that was applied, or none and why.
    """

    file: str
    panel: Panel
    values: NDArray[np.float32]
    transforms: tuple[Transform, ...]
    technology: Literal["mass", "fluorescence"]
    is_compensated: bool
    ranges: NDArray[np.float64]
    remarks: tuple[str, ...]
    transform: str = ""
    compensation: str = ""

    def column(self, antigen: str) -> NDArray[np.float32] | None:
        """Return the values of an antigen, None where the panel lacks it."""
        index = self.panel.index(antigen)
        return None if index is None else self.values[:, index]
