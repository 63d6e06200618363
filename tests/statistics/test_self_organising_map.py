"""Self-organising maps."""

import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.statistics.self_organising_map import train_self_organising_map


def planted(rng, n=2000):
    centres = np.array([[0, 0, 0], [6, 0, 0], [0, 6, 0], [0, 0, 6]], float)
    truth = rng.choice(4, n, p=[0.55, 0.3, 0.1, 0.05])
    return (centres[truth] + rng.normal(0, 0.4, (n, 3))).astype(np.float32), truth


def one_row_at_a_time(values, nodes, radius):
    """Return the nodes after one round, as the definition says it."""
    side = int(np.sqrt(len(nodes)))
    places = [(k // side, k % side) for k in range(len(nodes))]
    above, below = np.zeros(nodes.shape), np.zeros(len(nodes))
    for row in values:
        winner = int(((nodes - row) ** 2).sum(axis=1).argmin())
        for k, place in enumerate(places):
            steps = (place[0] - places[winner][0]) ** 2 + (place[1] - places[winner][1]) ** 2
            weight = np.exp(-steps / (2 * radius**2)) if radius else float(k == winner)
            above[k] += weight * row
            below[k] += weight
    return np.array([a / b if b > 1e-9 else n for a, b, n in zip(above, below, nodes, strict=True)])


def test_training_equals_a_loop_that_does_the_same_one_row_at_a_time():
    values, _ = planted(np.random.default_rng(4), 300)
    mean = values.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(values.T, bias=True))
    plane = directions[:, [2, 1]]
    plane = plane * np.sign(plane[np.abs(plane).argmax(axis=0), [0, 1]])
    nodes = np.array([
        mean + plane @ (np.sqrt(variances[[2, 1]]) * np.array([row, column]))
        for row in (-2.0, 0.0, 2.0)
        for column in (-2.0, 0.0, 2.0)
    ])
    for radius in (*np.geomspace(1.2, 0.3, 10), *[0.0] * 5):
        nodes = one_row_at_a_time(values, nodes, radius)
    trained = train_self_organising_map(values, shape=(3, 3))
    # Nodes are kept in single precision between rounds.
    np.testing.assert_allclose(trained.nodes, nodes, atol=2e-5)


def test_a_map_is_the_same_each_time_and_whatever_the_threads():
    values, _ = planted(np.random.default_rng(5), 70_000)
    first = train_self_organising_map(values, shape=(4, 4))
    again = train_self_organising_map(values, shape=(4, 4), threads=2)
    assert (first.nodes == again.nodes).all()
    assert (first.index == again.index).all()


def test_counts_and_distances_are_those_of_the_training_rows():
    values, _ = planted(np.random.default_rng(6))
    trained = train_self_organising_map(values, shape=(5, 4))
    assert trained.shape == (5, 4)
    assert (trained.counts == np.bincount(trained.index, minlength=20)).all()
    apart = np.linalg.norm(values - trained.nodes[trained.index], axis=1)
    np.testing.assert_allclose(trained.distances, apart, rtol=1e-4)


def test_no_node_holds_rows_of_two_planted_groups():
    values, truth = planted(np.random.default_rng(7))
    trained = train_self_organising_map(values, shape=(5, 5))
    for node in np.flatnonzero(trained.counts):
        assert len(set(truth[trained.index == node])) == 1


def test_neighbours_on_the_grid_are_near_in_the_data():
    rows = np.random.default_rng(8).uniform(0, 1, (5000, 2)).astype(np.float32)
    nodes = train_self_organising_map(rows, shape=(6, 6)).nodes.reshape(6, 6, 2)
    beside = np.linalg.norm(np.diff(nodes, axis=0), axis=2).mean()
    across = np.linalg.norm(nodes[0] - nodes[-1], axis=1).mean()
    assert across > 3.5 * beside


def test_a_column_that_never_varies_does_no_harm():
    values, _ = planted(np.random.default_rng(9))
    values[:, 2] = 3.0
    assert np.isfinite(train_self_organising_map(values[:, 2:], shape=(2, 2)).nodes).all()
    trained = train_self_organising_map(values, shape=(3, 3))
    np.testing.assert_allclose(trained.nodes[:, 2], 3.0)


def test_what_cannot_be_trained_on_is_refused():
    rows = np.zeros((30, 2))
    rows[7, 1] = np.nan
    with pytest.raises(InputError, match="the first is row 7"):
        train_self_organising_map(rows, shape=(2, 2))
    with pytest.raises(InputError, match="3 rows are too few for 2 x 2 nodes"):
        train_self_organising_map(np.zeros((3, 2)), shape=(2, 2))
    with pytest.raises(InputError, match="found 1 x 5"):
        train_self_organising_map(np.zeros((30, 2)), shape=(1, 5))
    with pytest.raises(InputError, match=r"found shape \(30,\)"):
        train_self_organising_map(np.zeros(30), shape=(2, 2))
