"""What differs between batches of tubes: staining of each antibody, gain of each detector."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cytometry.panels import ANTIGENS, Panel
from macroimmune.simulator.plan.cytometry_plan import CytometryPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["BatchShift", "draw_batch"]


@dataclass(frozen=True, slots=True, eq=False)
class BatchShift:
    """How one batch differs, in the channels of a panel.

    Parameters
    ----------
    staining : float array, shape (channels,), arcsinh
        Of stained cells; 0 where there is no antibody.
    log_gain : float array, shape (channels,), natural logarithm
        Of the detector; 0 where no signal is amplified.
    """

    staining: NDArray[np.float64]
    log_gain: NDArray[np.float64]


def draw_batch(seed: int, plan: CytometryPlan, panel: Panel, batch: int) -> BatchShift:
    """Return how a batch differs; antibodies that panels share come from one vial."""
    vials = random_stream(seed, "cytometry", "batch", batch, "staining")
    by_antigen = dict(
        zip(ANTIGENS, plan.batch_shift * vials.standard_normal(len(ANTIGENS)), strict=True)
    )
    detectors = random_stream(seed, "cytometry", "batch", batch, "gain", panel.name)
    gain = plan.batch_gain * detectors.standard_normal(len(panel.channels))
    is_marker = np.array([channel.role == "marker" for channel in panel.channels])
    return BatchShift(
        np.array([by_antigen.get(channel.antigen, 0.0) for channel in panel.channels]),
        np.where(is_marker, gain, 0.0),
    )
