"""Maps of cells."""

import pickle

import numpy as np
import pytest

from macroimmune.cytometry.clustering import (
    described_antigens,
    sample_for_training,
    train_clusters,
)
from macroimmune.errors import InputError

LINEAGE = frozenset({"CD3", "CD4", "CD8", "CD45RA"})


@pytest.fixture
def trained(drawn):
    events, kinds, _ = drawn(1)
    antigens = described_antigens(events.panel)
    rng = np.random.default_rng(1)
    sample = sample_for_training(events, kinds, antigens, 2000, rng=rng)
    return train_clusters(sample, antigens, typing=LINEAGE, n_clusters=4, rng=rng)


def agreement(found, truth):
    """Return the share of cells that are in the cluster that most cells of their kind are in."""
    most = [np.bincount(found[truth == kind]).argmax() for kind in range(4)]
    assert len(set(most)) == 4
    return np.mean(found == np.array(most)[truth])


def test_planted_kinds_of_another_file_are_recovered(trained, drawn):
    events, _, truth = drawn(2)
    assert agreement(trained.assign(events).clusters, truth) > 0.999


def test_no_state_marker_moves_a_cell_to_another_cluster(trained, drawn):
    resting, stimulated = drawn(3)[0], drawn(3, state=4.0)[0]
    assert "pSTAT1" not in trained.antigens
    assert (trained.assign(resting).clusters == trained.assign(stimulated).clusters).all()


def test_cells_of_a_kind_that_the_map_does_not_know_are_far(trained, drawn):
    events, _, _ = drawn(4)
    events.values[:100, 1:] = [9.0, 1.0, 9.0, 9.0, 9.0]
    found = trained.assign(events)
    assert found.is_far[:100].all()
    # Tails of ordinary cells, in few dimensions and with nodes of some 25 cells.
    assert found.is_far[100:].mean() < 0.03


def test_an_event_with_a_missing_value_has_no_cluster(trained, drawn):
    events, _, _ = drawn(5, 40)
    events.values[3, 1] = np.nan
    events.values[4, 2] = np.nan  # a state marker, which does not count
    found = trained.assign(events)
    assert np.flatnonzero(found.clusters == 0).tolist() == [3]
    assert not found.is_far[3]


def test_a_map_goes_to_another_process_unchanged(trained, drawn):
    again = pickle.loads(pickle.dumps(trained))
    events = drawn(6)[0]
    assert (again.assign(events).clusters == trained.assign(events).clusters).all()
    assert len(pickle.dumps(trained)) < 20_000


def test_the_largest_cluster_is_the_first_and_planted_ones_are_stable(trained, drawn):
    counts = np.bincount(trained.assign(drawn(1)[0]).clusters)
    assert counts[0] == 0
    assert (np.diff(counts[1:]) < 0).all()
    assert trained.stability.min() > 0.99


def test_a_marker_that_never_varies_is_left_out_and_told(drawn):
    events, kinds, _ = drawn(1)
    events.values[:, 1] = 0.0
    antigens = described_antigens(events.panel)
    rng = np.random.default_rng(1)
    sample = sample_for_training(events, kinds, antigens, 500, rng=rng)
    found = train_clusters(sample, antigens, typing=LINEAGE, n_clusters=4, rng=rng)
    assert found.antigens == ("CD4", "CD8", "CD45RA")
    assert found.remarks == ("CD3: the same in every cell, left out",)


def test_what_cannot_be_clustered_is_refused():
    rng = np.random.default_rng(1)
    cells = rng.normal(size=(500, 2)).astype(np.float32)
    with pytest.raises(InputError, match="no lineage marker that varies"):
        train_clusters(cells, ["Ki67", "PD1"], typing={"CD3"}, rng=rng)
    with pytest.raises(InputError, match="79 cells are too few for clusters, 80 are needed"):
        train_clusters(cells[:79], ["CD3", "CD4"], typing={"CD3"}, rng=rng)
    with pytest.raises(InputError, match="no cells"):
        train_clusters(cells[:0], ["CD3", "CD4"], typing={"CD3"}, rng=rng)
    with pytest.raises(InputError, match="a name for each column"):
        train_clusters(cells, ["CD3"], typing={"CD3"}, rng=rng)
