"""How the cells of one donor differ from those of an average one: levels, rest, responsiveness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cytometry.event_types import N_LEAVES, event_types, level_of
from macroimmune.simulator.cytometry.panels import ANTIGENS, Panel
from macroimmune.simulator.cytometry.stimulation import base_response, driven
from macroimmune.simulator.plan.cytometry_plan import STIMULUS_NAMES, CytometryPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["CYTOKINE_LEVEL", "Donor", "DonorResponse", "draw_donor", "response_of", "stain_weight"]

# A donor's populations answer a little differently from each other; assumed.
_BETWEEN_POPULATIONS = 0.08
_LEAST_RESPONSE = 0.05
_MOST_POSITIVE = 0.95
CYTOKINE_LEVEL = "broad"
_OF_IFN = {"ifn_early", "ifn_late"}
# Cells without the antigen bind an antibody too, but a shift of its staining moves them less.
_LEAST_WEIGHT, _FULL_AT = 0.25, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Donor:
    """One donor in the channels of a panel.

    Parameters
    ----------
    level : float array, shape (leaves, channels), arcsinh
        By how much stained cells differ from an average donor's.
    resting : float array, shape (channels,), arcsinh
        By how much resting IFN-induced proteins differ.
    responsiveness : mapping from stimulus to float
        In standard deviations.
    between_populations : mapping from stimulus to float array, shape (leaves, channels)
        Factor of the response.
    """

    level: NDArray[np.float64]
    resting: NDArray[np.float64]
    responsiveness: dict[str, float]
    between_populations: dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class DonorResponse:
    """What a stimulus does to one donor's cells in the channels of a panel.

    Parameters
    ----------
    shift : float array, shape (leaves, channels), arcsinh
        Of a cell that answers, on average.
    positive : float array, shape (leaves, channels)
        Share of all cells that make the cytokine; NaN where it is none or not asked.
    mean_shift : float array, shape (leaves, channels), arcsinh
        Of all cells of the population on average.
    """

    shift: NDArray[np.float64]
    positive: NDArray[np.float64]
    mean_shift: NDArray[np.float64]


def draw_donor(
    seed: int, plan: CytometryPlan, panel: Panel, donor: str, ifn_responsiveness: float
) -> Donor:
    """Return a donor; the same in every panel, visit and well.

    Parameters
    ----------
    seed : int
    plan : CytometryPlan
    panel : Panel
    donor : str
        Id.
    ifn_responsiveness : float
        In standard deviations of healthy people.
    """
    rng = random_stream(seed, "cytometry", "donor", donor)
    # Drawn for every antigen, so that panels agree on what they share.
    levels = plan.donor_shift * rng.standard_normal(len(ANTIGENS))
    by_leaf = plan.donor_population_shift * rng.standard_normal((N_LEAVES, len(ANTIGENS)))
    others = rng.standard_normal(len(STIMULUS_NAMES))
    factors = 1 + _BETWEEN_POPULATIONS * rng.standard_normal((
        len(STIMULUS_NAMES),
        N_LEAVES,
        len(ANTIGENS),
    ))
    own = rng.standard_normal(len(ANTIGENS))
    places = [list(ANTIGENS).index(item.antigen) if item.antigen else -1 for item in panel.channels]
    rho, tied = plan.other_responsiveness_correlation, ifn_responsiveness
    resting = plan.resting_spread * (
        plan.resting_correlation * ifn_responsiveness
        + np.sqrt(1 - plan.resting_correlation**2) * own
    )
    is_induced = np.array([item.role == "induced" for item in ANTIGENS.values()])
    return Donor(
        _of_channels(levels + by_leaf, places),
        _of_channels(np.where(is_induced, resting, 0.0), places),
        {
            name: tied if name in _OF_IFN else rho * tied + float(np.sqrt(1 - rho**2) * other)
            for name, other in zip(STIMULUS_NAMES, others.tolist(), strict=True)
        },
        {
            name: _of_channels(factor, places)
            for name, factor in zip(STIMULUS_NAMES, factors, strict=True)
        },
    )


def _of_channels(values: NDArray[np.float64], places: list[int]) -> NDArray[np.float64]:
    """Return the columns of the antigens of a panel, zero where a channel has none."""
    return np.where(np.array(places) >= 0, values[..., places], 0.0)


def stain_weight(mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of a shift of staining cells of that mean show: all from 2 up."""
    return np.clip(mean / _FULL_AT, _LEAST_WEIGHT, 1.0)


def response_of(donor: Donor, plan: CytometryPlan, panel: Panel, stimulus: str) -> DonorResponse:
    """Return what a stimulus does to the donor's cells.

    Parameters
    ----------
    donor : Donor
        Drawn for the same panel.
    plan : CytometryPlan
    panel : Panel
    stimulus : str

    Notes
    -----
    Convention: the base response times 1 + effect x responsiveness (at least 5 % of it), then
    limited by the room between the resting mean and the ceiling; before batch and detector.
    """
    base, types = base_response(panel, stimulus), event_types(panel)
    factor = max(1 + plan.responsiveness_effect * donor.responsiveness[stimulus], _LEAST_RESPONSE)
    sizes = np.where(base.is_reported, factor, plan.lineage_response) * plan.response_size
    sizes = sizes * donor.between_populations[stimulus]
    resting = types.mean[:N_LEAVES] + types.share[:N_LEAVES] * (
        types.positive_mean[:N_LEAVES] - types.mean[:N_LEAVES]
    ).astype(float)
    resting = resting + donor.resting
    shift = driven(resting, base.shift * sizes, plan.response_ceiling)
    positive = np.minimum(base.positive * sizes, _MOST_POSITIVE) * plan.responding_cells
    height = _cytokine_means(panel) - types.mean[:N_LEAVES]
    mean_shift = shift * plan.responding_cells + np.nan_to_num(positive) * height
    return DonorResponse(shift, positive, mean_shift)


def _cytokine_means(panel: Panel) -> NDArray[np.float64]:
    """Return the mean of cells that make a cytokine, one per channel."""
    return np.array([level_of(panel, item, CYTOKINE_LEVEL)[0] for item in panel.channels])
