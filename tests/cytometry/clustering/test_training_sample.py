"""Cells to train a map of clusters on."""

import numpy as np
import pytest

from macroimmune.cytometry.clustering import described_antigens, sample_for_training
from macroimmune.errors import InputError


def test_lineage_markers_come_first_and_channels_of_neither_role_do_not(drawn):
    panel = drawn(1)[0].panel
    assert described_antigens(panel) == ("CD3", "CD4", "CD8", "CD45RA", "pSTAT1")


def test_only_live_single_cells_without_gaps_are_drawn(drawn):
    events, kinds, _ = drawn(1, 200)
    events.values[:50, 2] = np.nan
    sample = sample_for_training(
        events, kinds, ("CD3", "pSTAT1"), 10**6, rng=np.random.default_rng()
    )
    kept = (kinds == 0) & (np.arange(200) >= 50)
    assert (sample == events.values[kept][:, [1, 2]]).all()
    assert sample.flags.c_contiguous


def test_so_many_are_drawn_as_asked_and_the_same_for_a_seed(drawn):
    events, kinds, _ = drawn(2)
    one, two, other = (
        sample_for_training(events, kinds, ("CD4",), 100, rng=np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert one.shape == (100, 1)
    assert (one == two).all()
    assert not (one == other).all()


def test_a_file_without_cells_gives_none(drawn):
    events, kinds, _ = drawn(1, 50)
    none = np.full(50, 6, np.uint8)
    assert len(sample_for_training(events, none, ("CD4",), 9, rng=np.random.default_rng())) == 0


def test_a_file_that_lacks_a_marker_is_refused_by_name(drawn):
    events, kinds, _ = drawn(1, 50)
    with pytest.raises(InputError, match=r"a\.fcs: no channel measures CD19, CD56; .* own panel"):
        sample_for_training(events, kinds, ("CD3", "CD19", "CD56"), 5, rng=np.random.default_rng())
