"""Write small virtual studies as h5ad: single-cell RNA and gene activity."""

import sys
from pathlib import Path

from macroimmune.simulator import draw_virtual_study
from macroimmune.simulator.file_tasks import write_files
from macroimmune.simulator.plan import ChromatinPlan, ExpressionPlan, StudyPlan

PLAN = StudyPlan(
    seed=5,
    patients=4,
    truth_patients=1000,
    expression=ExpressionPlan(is_written=True, participants=2, cells_per_well=12, genes=1000),
    chromatin=ChromatinPlan(
        is_written=True,
        participants=3,
        populations=("CD4 effector", "Monocyte"),
        file_format="h5ad",
    ),
)

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    write_files(folder, draw_virtual_study(PLAN).files.tasks)
    for name in ("single_cell/batch_1.h5ad", "chromatin/gene_activity_batch_1.h5ad"):
        (folder / name).rename(Path(sys.argv[2]) / Path(name).name)
