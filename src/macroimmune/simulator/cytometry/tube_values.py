"""The distributions of one tube: an average donor's, moved by donor, batch and stimulus."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cytometry.batches import draw_batch
from macroimmune.simulator.cytometry.donors import (
    CYTOKINE_LEVEL,
    draw_donor,
    response_of,
    stain_weight,
)
from macroimmune.simulator.cytometry.event_types import N_LEAVES, event_types, level_of
from macroimmune.simulator.cytometry.panels import panel_of
from macroimmune.simulator.cytometry.wells import Well, is_stimulated
from macroimmune.simulator.plan.cytometry_plan import CytometryPlan

__all__ = ["tube_values"]

_CHANCES = 65_536


def tube_values(seed: int, plan: CytometryPlan, well: Well) -> NDArray[np.float32]:
    """Return the distributions of one tube, as `draw_values` takes them.

    Parameters
    ----------
    seed : int
    plan : CytometryPlan
    well : Well

    Returns
    -------
    values : float32 array, shape (types, 8, channels)
        Mean, spread, skew, share of the positive part, its mean, spread and skew, and the shift of
        a cell that answers the stimulus; units as the kernel asks.
    """
    panel = panel_of(well.panel)
    types = event_types(panel)
    donor = draw_donor(seed, plan, panel, well.donor, well.ifn_responsiveness)
    staining = draw_batch(seed, plan, panel, well.batch).staining
    values = np.zeros((*types.mean.shape, 8), np.float32)
    columns = (
        types.mean, types.spread, types.skew, types.share,
        types.positive_mean, types.positive_spread, types.positive_skew,
    )  # fmt: skip
    for place, column in enumerate(columns):
        values[..., place] = column
    cells = 2 * N_LEAVES
    of_donor = np.tile(donor.level, (2, 1))
    for place in (0, 4):
        means = values[:cells, :, place]
        means += stain_weight(means) * (of_donor + staining) + donor.resting
    if is_stimulated(plan, well):
        response = response_of(donor, plan, panel, well.stimulus)
        values[:N_LEAVES, :, 7] = response.shift
        makes = np.isfinite(response.positive)
        levels = np.array([level_of(panel, item, CYTOKINE_LEVEL) for item in panel.channels])
        live = values[:N_LEAVES]
        live[..., 3] = np.where(makes, response.positive, live[..., 3])
        live[..., 4:7] = np.where(makes[..., None], levels, live[..., 4:7])
    return _for_kernel(values)


def _for_kernel(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return shares in 1 / 65,536, spreads divided by the root that skewing adds, channels last."""
    values[..., 3] *= _CHANCES
    for spread, skew in ((1, 2), (5, 6)):
        values[..., spread] /= np.sqrt(1 + 2 * values[..., skew] ** 2)
    return np.ascontiguousarray(values.transpose(0, 2, 1))
