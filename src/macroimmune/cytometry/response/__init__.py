"""From gated FCS files to pairs of wells and what their cells say of the stimulus."""

from macroimmune.cytometry.response.well_pairs import DonorPairs, donor_pairs, well_pairs

__all__ = ["DonorPairs", "donor_pairs", "well_pairs"]
