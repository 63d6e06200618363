"""From gated FCS files to pairs of wells and what their cells say of the stimulus."""

from macroimmune.cytometry.response.saved_wells import load_well, save_well
from macroimmune.cytometry.response.state_markers import StateMarkers, state_markers
from macroimmune.cytometry.response.well_pairs import DonorPairs, donor_pairs, well_pairs
from macroimmune.cytometry.response.well_response import (
    ALL_CELLS,
    lineage_members,
    well_response,
)

__all__ = [
    "ALL_CELLS",
    "DonorPairs",
    "StateMarkers",
    "donor_pairs",
    "lineage_members",
    "load_well",
    "save_well",
    "state_markers",
    "well_pairs",
    "well_response",
]
