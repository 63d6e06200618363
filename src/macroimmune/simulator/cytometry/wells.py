"""One stained tube of a virtual study, and which kinds of events it holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cytometry.panels import Panel
from macroimmune.simulator.cytometry.stimulation import stimulus_row
from macroimmune.simulator.plan.cytometry_plan import STIMULUS_NAMES, CytometryPlan

__all__ = ["Well", "is_stimulated", "kind_shares"]

_MOST_DEAD = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Well:
    """One stained tube.

    Parameters
    ----------
    file : str
        Name of its FCS file, without folder and ending; its random stream hangs on it.
    donor : str
        Participant, or the control.
    ifn_responsiveness : float
        Of the donor, in standard deviations.
    panel, stimulus : str
    batch : int
    fractions : float array, shape (leaves,)
        Of the cells that the panel records; sum 1.
    """

    file: str
    donor: str
    ifn_responsiveness: float
    panel: str
    stimulus: str
    batch: int
    fractions: NDArray[np.float64]


def is_stimulated(plan: CytometryPlan, well: Well) -> bool:
    """Tell whether a stimulus reached the cells of a tube."""
    return well.stimulus != STIMULUS_NAMES[0] and well.batch not in plan.failed_batches


def kind_shares(plan: CytometryPlan, panel: Panel, stimulus: str) -> NDArray[np.float64]:
    """Return the share of each of `KINDS` among the events of a tube.

    Notes
    -----
    Convention: long stimulation kills: the dead of the plan times `dead_ratio` of the stimulus,
    at most half of all events. Fluorescence has no beads.
    """
    dead = min(plan.dead * float(stimulus_row(stimulus)["dead_ratio"]), _MOST_DEAD)
    beads = plan.beads if panel.technology == "mass" else 0.0
    others = np.array([dead, plan.doublets, plan.debris, beads])
    return np.concatenate([[1 - others.sum()], others])
