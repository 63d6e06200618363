"""The nearest node of each row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import distance

from macroimmune.errors import InputError
from macroimmune.statistics.nearest_node import nearest_nodes


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 1100),
    st.integers(1, 11),
    st.integers(1, 6),
    st.sampled_from("CF"),
)
def test_every_row_gets_the_node_that_is_nearest_of_all(seed, n_rows, n_nodes, n_columns, order):
    rng = np.random.default_rng(seed)
    # Whole numbers: squares and sums are exact, so ties are ties in both.
    rows = np.asarray(rng.integers(-5, 6, (n_rows, n_columns)), np.float32, order=order)
    nodes = rng.integers(-5, 6, (n_nodes, n_columns)).astype(np.float32)
    index, far = nearest_nodes(rows, nodes)
    apart = distance.cdist(rows.astype(float), nodes.astype(float))
    assert index.tolist() == apart.argmin(axis=1).tolist()
    # Single precision of the root.
    np.testing.assert_allclose(far, apart.min(axis=1), rtol=1e-6)


def test_chosen_columns_count_in_their_order_and_the_others_do_not():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(700, 5)).astype(np.float32)
    nodes = rng.normal(size=(9, 2)).astype(np.float32)
    index, far = nearest_nodes(rows, nodes, columns=np.array([3, 1]))
    plain_index, plain_far = nearest_nodes(np.ascontiguousarray(rows[:, [3, 1]]), nodes)
    assert (index == plain_index).all()
    assert (far == plain_far).all()


def test_two_threads_give_what_one_gives():
    rows = np.random.default_rng(2).normal(size=(150_000, 3)).astype(np.float32)
    one, two = (nearest_nodes(rows, rows[:50], threads=threads) for threads in (1, 2))
    assert (one[0] == two[0]).all()
    assert (one[1] == two[1]).all()


def test_far_from_the_origin_distances_keep_their_digits():
    rows = np.array([[1000.0, 1000.25]], np.float32)
    assert nearest_nodes(rows, np.array([[1000.0, 1000.0]], np.float32))[1] == 0.25


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_row_with_a_missing_or_infinite_value_has_no_node(value):
    rows = np.array([[0, 1], [value, 0], [1, 1]], np.float32)
    index, far = nearest_nodes(rows, np.array([[0, 1], [1, 1]], np.float32))
    assert index.tolist() == [0, -1, 1]
    assert np.isnan(far).tolist() == [False, True, False]


def test_no_rows_have_no_nodes():
    assert nearest_nodes(np.empty((0, 2), np.float32), np.zeros((3, 2), np.float32))[0].size == 0


def test_nodes_that_do_not_fit_are_refused():
    rows = np.zeros((2, 3), np.float32)
    with pytest.raises(InputError, match=r"nodes \(2, 2\), columns 3"):
        nearest_nodes(rows, np.zeros((2, 2), np.float32))
    with pytest.raises(InputError, match="missing or infinite"):
        nearest_nodes(rows, np.full((2, 3), np.nan, np.float32))
    with pytest.raises(InputError, match="1 or 2 threads, found 3"):
        nearest_nodes(rows, np.zeros((2, 3), np.float32), threads=3)
