from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import logistic, overdispersed_logistic

FOLDER = Path(__file__).parents[2] / "reference" / "overdispersed_proportions"


@pytest.mark.parametrize(("case", "column"), [("varying", "count"), ("chance", "chance")])
def test_the_equations_solved_with_r_give_the_same(case, column, expected):
    cells = pl.read_csv(FOLDER / "cells.csv")
    found = overdispersed_logistic(
        cells[column], cells["total"], cells.select("treated", "age").to_numpy()
    )
    for name in ("dispersion", "coefficients", "standard_errors", "p_values"):
        answer = np.squeeze(expected("overdispersed_proportions", case, name))
        np.testing.assert_allclose(getattr(found, name), answer, rtol=1e-6, err_msg=name)
    assert not found.status


def test_equal_shares_within_groups_leave_the_odds_ratio_of_the_fourfold_table():
    # 24 of 200 against 56 of 200: (56 x 176) / (144 x 24); donors vary less than chance.
    found = overdispersed_logistic([12, 12, 28, 28], [100] * 4, [0, 0, 1, 1])
    assert found.odds_ratios[1] == pytest.approx(56 * 176 / (144 * 24), rel=1e-9)
    assert found.dispersion == 0.0
    error = np.sqrt(1 / 24 + 1 / 176 + 1 / 56 + 1 / 144)
    assert found.standard_errors[1] == pytest.approx(error, rel=1e-9)
    assert found.degrees_of_freedom == 2


def test_single_cells_are_ordinary_logistic_regression():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=80), rng.random(80) < 0.4
    found, plain = overdispersed_logistic(y, np.ones(80), x), logistic(y, x)
    np.testing.assert_allclose(found.coefficients[1], plain.coefficients[0], rtol=1e-8)
    np.testing.assert_allclose(found.standard_errors[1], plain.standard_errors[0], rtol=1e-8)


@given(st.integers(0, 50))
def test_the_rest_of_the_cells_has_the_opposite_effect(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(50, 500, 10)
    y, x = rng.binomial(n, rng.beta(4, 12, 10)), rng.normal(size=10)
    one, other = overdispersed_logistic(y, n, x), overdispersed_logistic(n - y, n, x)
    np.testing.assert_allclose(other.coefficients, -one.coefficients, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(other.dispersion, one.dispersion, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("y", "x", "reason"),
    [
        ([1, 2], [0, 1], "2 donors are too few"),
        ([0, 0, 0, 0], [0, 0, 1, 1], "no donor has a cell"),
        ([9, 9, 9, 9], [0, 0, 1, 1], "every cell belongs"),
        ([1, 2, 3, 4], [1, 1, 1, 1], "does not vary"),
        ([0, 0, 3, 4], [0, 0, 1, 1], "separate"),
    ],
)
def test_what_cannot_be_estimated_is_said_and_has_no_number(y, x, reason):
    found = overdispersed_logistic(y, [9] * len(y), x)
    assert reason in found.status
    assert np.isnan(found.coefficients).all()
    assert np.isnan(found.p_values).all()


@pytest.mark.parametrize(("y", "n"), [([3, 4], [2, 9]), ([0.5, 1], [2, 2]), ([1, 1], [0, 2])])
def test_what_are_no_counts_of_a_whole_are_refused(y, n):
    with pytest.raises(InputError, match="whole numbers of cells"):
        overdispersed_logistic(y, n, [0, 1])
