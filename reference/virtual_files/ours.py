"""Write one small tube of each panel, as `macroimmune simulate study` does."""

import sys
from pathlib import Path

import numpy as np

from macroimmune.simulator.cytometry import Well, panel_of
from macroimmune.simulator.cytometry.tube_files import TubeTask, write_tube
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan
from macroimmune.simulator.plan.cytometry_plan import PANEL_NAMES

SEED, EVENTS = 41, 300

folder = Path(sys.argv[1])
percent = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
for panel in PANEL_NAMES:
    fractions = panel_of(panel).recorded(percent)
    well = Well(panel, "V001", 0.5, panel, "ifn_late", 0, fractions)
    targets = (folder / f"{panel}.fcs", folder / f"{panel}.parquet.unused")
    write_tube(TubeTask(SEED, CytometryPlan(events_per_file=EVENTS), well), targets)
    targets[1].unlink()
