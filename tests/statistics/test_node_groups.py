"""Groups of nodes and their stability."""

import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.statistics.node_groups import group_nodes, group_stability
from macroimmune.statistics.self_organising_map import (
    SelfOrganisingMap,
    train_self_organising_map,
)


def trained_on(nodes, counts):
    index = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    return SelfOrganisingMap(
        np.array(nodes, np.float32).reshape(len(counts), -1),
        (2, len(counts) // 2),
        np.array(counts),
        np.zeros(len(index), np.float32),
        index,
    )


def test_groups_are_numbered_by_their_rows():
    trained = trained_on([0.0, 10.0, 0.5, 30.0], [3, 40, 5, 20])
    assert group_nodes(trained, 3).tolist() == [2, 0, 2, 1]


def test_a_node_without_rows_joins_its_nearest():
    trained = trained_on([0.0, 4.0, 10.0, 30.0], [9, 0, 5, 3])
    assert group_nodes(trained, 3).tolist() == [0, 0, 1, 2]


def test_a_rare_kind_far_from_the_others_keeps_its_group():
    trained = trained_on([0.0, 0.4, 1.0, 9.0], [100_000, 90_000, 80_000, 3])
    groups = group_nodes(trained, 2)
    assert groups.tolist() == [0, 0, 0, 1]


def test_there_are_no_more_groups_than_nodes_with_rows():
    trained = trained_on([0.0, 1.0, 2.0, 3.0], [5, 0, 4, 0])
    assert set(group_nodes(trained, 20)) == {0, 1}
    assert group_nodes(trained_on([0.0, 1.0], [0, 4]), 5).tolist() == [0, 0]


def test_no_groups_are_refused():
    with pytest.raises(InputError, match="at least one group, found 0"):
        group_nodes(trained_on([0.0, 1.0], [1, 1]), 0)


def test_groups_that_are_there_come_back_and_those_that_are_not_do_not():
    rng = np.random.default_rng(3)
    centres = np.array([[0, 0], [8, 0], [0, 8]])
    rows = (centres[rng.choice(3, 1500)] + rng.normal(0, 0.5, (1500, 2))).astype(np.float32)
    trained = train_self_organising_map(rows, shape=(4, 4))
    real = group_stability(rows, trained, group_nodes(trained, 3), rng=rng)
    cut = group_stability(rows, trained, group_nodes(trained, 9), rng=rng)
    assert real.min() > 0.999
    assert np.median(cut) < 0.85
    assert ((cut > 0) & (cut <= 1)).all()


def test_stability_is_the_same_for_a_seed():
    rows = np.random.default_rng(1).normal(size=(400, 2)).astype(np.float32)
    trained = train_self_organising_map(rows, shape=(3, 3))
    groups = group_nodes(trained, 4)
    one, two = (
        group_stability(rows, trained, groups, rng=np.random.default_rng(5)) for _ in range(2)
    )
    assert (one == two).all()
