"""Virtual raw measurements beside public ones: repertoires, mass cytometry, single-cell RNA."""

from macroimmune.simulator.realism.comparison import RawComparison, RowsBeside
from macroimmune.simulator.realism.mass_cytometry import beside_populations, beside_whole_blood
from macroimmune.simulator.realism.repertoires import (
    beside_deep_sequencing,
    beside_reads,
    beside_single_cells,
)
from macroimmune.simulator.realism.single_cell_rna import beside_interferon_wells

__all__ = [
    "RawComparison",
    "RowsBeside",
    "beside_deep_sequencing",
    "beside_interferon_wells",
    "beside_populations",
    "beside_reads",
    "beside_single_cells",
    "beside_whole_blood",
]
