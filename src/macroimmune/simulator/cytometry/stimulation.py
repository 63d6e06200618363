"""What a stimulus does to the cells of one donor, population by population."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cytometry.cytometry_tables import cytometry_table
from macroimmune.simulator.cytometry.panels import ANTIGENS, Panel
from macroimmune.simulator.leaves import LEAVES

__all__ = ["BaseResponse", "base_response", "driven", "moves_something", "stimulus_row"]

_EARLY_OR_INDUCED = {"phospho", "induced", "cytokine"}


@dataclass(frozen=True, slots=True, eq=False)
class BaseResponse:
    """The response of an average donor in the channels of a panel.

    Parameters
    ----------
    shift : float array, shape (leaves, channels), arcsinh
        Of a cell that answers.
    positive : float array, shape (leaves, channels)
        Share of the answering cells that make the cytokine; NaN where it is none or not asked.
    is_reported : bool array, shape (channels,)
        The markers that the stimulus is meant to move: phosphorylated, induced, cytokines.
    """

    shift: NDArray[np.float64]
    positive: NDArray[np.float64]
    is_reported: NDArray[np.bool_]


def stimulus_row(stimulus: str) -> dict[str, str]:
    """Return the row of `stimuli.csv` for a stimulus."""
    return next(row for row in cytometry_table("stimuli") if row["stimulus"] == stimulus)


@cache
def base_response(panel: Panel, stimulus: str) -> BaseResponse:
    """Return the response of an average donor.

    Parameters
    ----------
    panel : Panel
    stimulus : str

    Notes
    -----
    Convention: a line of `responses.csv` for a leaf goes before one for its lineage, and that
    before one for all cells.
    """
    shape = (len(LEAVES), len(panel.channels))
    shift, positive = np.zeros(shape), np.full(shape, np.nan)
    rows = [row for row in cytometry_table("responses") if row["stimulus"] == stimulus]
    for channel, item in enumerate(panel.channels):
        for place, leaf in enumerate(LEAVES.values()):
            for population in ("all", leaf.lineage, leaf.id):
                for row in rows:
                    if row["antigen"] == item.antigen and row["population"] == population:
                        target = shift if row["kind"] == "shift" else positive
                        scale = 1.0 if row["kind"] == "shift" else 0.01
                        target[place, channel] = float(row["size"]) * scale
    reported = np.array([
        bool(item.antigen) and ANTIGENS[item.antigen].role in _EARLY_OR_INDUCED
        for item in panel.channels
    ])
    return BaseResponse(shift, positive, reported)


def moves_something(panel: Panel, stimulus: str) -> bool:
    """Tell whether a stimulus moves a phosphorylated, induced or secreted marker of a panel."""
    base = base_response(panel, stimulus)
    moved = (base.shift != 0) | (base.positive > 0)
    return bool(moved[:, base.is_reported].any())


def driven(
    resting: NDArray[np.float64], shift: NDArray[np.float64], ceiling: float
) -> NDArray[np.float64]:
    """Return the shift that is left where the room above, or below, is small.

    Parameters
    ----------
    resting : float array, arcsinh
        Mean before the stimulus.
    shift : float array, the same shape, arcsinh
        If there were room without end.
    ceiling : float, arcsinh

    Returns
    -------
    shift : float array, arcsinh
        The mean never passes the ceiling nor falls below zero.

    Examples
    --------
    >>> driven(np.array([0.5, 5.0, 2.0]), np.array([1.0, 1.0, -1.0]), 5.5).round(2)
    array([ 0.91,  0.43, -0.79])
    """
    room = np.where(shift >= 0, ceiling - resting, resting)
    room = np.maximum(room, 1e-6)
    return np.asarray(np.sign(shift) * room * (1 - np.exp(-np.abs(shift) / room)))
