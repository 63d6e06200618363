"""Sizes of clones by population of the cells of each sample."""

import numpy as np

from macroimmune.repertoires.cells.participant_cells import ParticipantCells

__all__ = ["FEW_CELLS", "LEAST_CELLS", "population_rows"]

# Below, sizes of clones say next to nothing; assumed.
LEAST_CELLS = 20
FEW_CELLS = f"fewer than {LEAST_CELLS} cells"


def population_rows(cells: ParticipantCells) -> list[dict[str, object]]:
    """Return the rows of table `clone_populations` of one participant.

    Parameters
    ----------
    cells : ParticipantCells

    Returns
    -------
    rows : list of dict
        A row per sample and population with cells in it; all cells have an empty population.

    Notes
    -----
    Convention: a clone is expanded with two cells of the population in the sample. All of these
    follow the number of cells; the expansion index has what shuffled labels give beside it.
    """
    populations = cells.populations()
    rows: list[dict[str, object]] = []
    for stratum, sample in enumerate(cells.samples.iter_rows(named=True)):
        here = cells.strata == stratum
        for population, is_of in populations.items():
            clones = cells.clones[here & is_of[cells.labels]]
            if len(clones):
                sizes = np.unique(clones, return_counts=True)[1]
                rows.append({
                    **{name: sample[name] for name in _SAMPLE},
                    "population": population,
                    "n_cells": len(clones),
                    "n_clonotypes": len(sizes),
                    "mean_clone_size": len(clones) / len(sizes),
                    "largest_share": float(sizes.max()) / len(clones),
                    "expanded_share": float(sizes[sizes > 1].sum()) / len(clones),
                    "status": FEW_CELLS if len(clones) < LEAST_CELLS else "",
                })
    return rows


_SAMPLE = (
    "repertoire_id",
    "participant_id",
    "sample_id",
    "days_from_treatment_start",
    "compartment",
)
