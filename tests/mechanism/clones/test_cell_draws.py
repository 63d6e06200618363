import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.mechanism.clones.cell_draws import (
    cells_of_total,
    divided_cells,
    leaving_cells,
)


@given(
    st.lists(st.floats(0.0, 1e6), min_size=1, max_size=40),
    st.integers(0, 10**10),
    st.integers(0, 1000),
)
def test_cells_sum_to_the_total_and_stay_within_one_of_their_share(weights, total, seed):
    weight = np.array(weights)
    cells = cells_of_total(weight, total, rng=np.random.default_rng(seed))
    if weight.sum() == 0.0:
        assert cells.sum() == 0
        return
    assert cells.sum() == total
    expected = weight / weight.sum() * total
    assert (np.abs(cells - expected) <= 1.0 + 1e-9 * total).all()


def test_rounding_favours_no_clone():
    rng = np.random.default_rng(1)
    weights = np.array([0.1, 0.25, 0.65])
    mean = np.mean([cells_of_total(weights, 1, rng=rng) for _ in range(4000)], axis=0)
    assert np.allclose(mean, weights, atol=0.03)


def test_division_adds_what_a_yule_process_adds():
    rng = np.random.default_rng(2)
    added = divided_cells(np.full(20_000, 3), np.full(20_000, 0.7), rng=rng)
    growth = np.exp(0.7)
    assert np.isclose(added.mean(), 3 * (growth - 1), rtol=0.03)
    assert np.isclose(added.var(), 3 * growth * (growth - 1), rtol=0.06)


def test_without_division_no_cell_is_added():
    rng = np.random.default_rng(2)
    assert divided_cells(np.array([0, 5]), np.array([1.0, 0.0]), rng=rng).tolist() == [0, 0]


def test_ways_out_share_the_cells_that_leave_by_their_rates():
    rng = np.random.default_rng(3)
    cells = np.full(500, 1000)
    one, other = leaving_cells(cells, (0.3, 0.1), rng=rng)
    assert np.isclose(one.mean() / other.mean(), 3.0, rtol=0.03)
    assert np.isclose((one + other).mean() / 1000, 1 - np.exp(-0.4), rtol=0.01)
    assert (one + other <= cells).all()
