from pathlib import Path

import numpy as np

from macroimmune.cytometry.gating import MarkerRanks, WellLevels
from macroimmune.cytometry.stage.moved_lineage import load_levels, save_levels


def test_levels_come_back_as_they_were_saved(tmp_path: Path) -> None:
    ranks = MarkerRanks(40, 0.5, 1.2, np.arange(6.0).reshape(2, 3))
    levels = WellLevels("a.fcs", {"b_cell": (4, 40)}, {("HLA-DR", "b_cell"): ranks})
    save_levels(tmp_path / "levels.npz", levels)
    read = load_levels(tmp_path / "levels.npz")
    assert read.shares == {"b_cell": (4, 40)}
    assert list(read.ranks) == [("HLA-DR", "b_cell")]
    np.testing.assert_array_equal(read.ranks["HLA-DR", "b_cell"].ranked, ranks.ranked)
