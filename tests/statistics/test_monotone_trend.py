import itertools

import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.statistics import isotonic_regression, monotone_trend


def explained(values):
    centred = np.asarray(values) - np.mean(values)
    return max((isotonic_regression(s * centred) ** 2).sum() for s in (1, -1))


def test_the_p_value_is_the_share_of_all_arrangements_that_explain_as_much():
    values = [0.1, 1.0, 0.7, 2.0]
    every = [explained(one) for one in itertools.permutations(values)]
    share = np.mean([one >= explained(values) - 1e-9 for one in every])
    trend = monotone_trend(
        [0, 1, 2, 3], values, ["a"] * 4, rng=np.random.default_rng(1), n_permutations=9999
    )
    # Its standard error is 0.003.
    assert trend.p_value == pytest.approx(share, abs=0.015)
    assert trend.is_rising


def test_four_values_cannot_have_a_small_p_and_two_plates_of_them_can():
    rng = np.random.default_rng(1)
    one = monotone_trend([0, 1, 2, 3], [1, 2, 3, 4], ["a"] * 4, rng=rng)
    # Two of 24 arrangements are extreme.
    assert one.smallest_p == pytest.approx(2 / 24)
    two = monotone_trend([0, 1, 2, 3] * 2, [1, 2, 3, 4] * 2, ["a"] * 4 + ["b"] * 4, rng=rng)
    assert two.smallest_p == pytest.approx(2 / 24**2)
    twice = monotone_trend([0, 0, 1, 1], [1, 2, 3, 4], ["a"] * 4, rng=rng)
    assert twice.smallest_p == pytest.approx(2 / 6)


def test_the_scale_and_the_level_of_a_plate_do_not_matter():
    rng = np.random.default_rng(2)
    dose, batch = np.tile(np.arange(6.0), 3), np.repeat(["a", "b", "c"], 6)
    value = dose + rng.normal(0, 3, 18)
    scale, level = np.repeat([1.0, 9.0, 0.1], 6), np.repeat([0.0, -50.0, 3.0], 6)
    one = monotone_trend(dose, value, batch, rng=np.random.default_rng(3))
    other = monotone_trend(dose, level + scale * value, batch, rng=np.random.default_rng(3))
    assert other.p_value == one.p_value
    np.testing.assert_allclose(other.fitted, one.fitted)


def test_a_fall_is_found_as_well_as_a_rise():
    rng = np.random.default_rng(4)
    dose, batch = np.tile(np.arange(6.0), 2), np.repeat(["a", "b"], 6)
    value = -dose + rng.normal(0, 0.5, 12)
    trend = monotone_trend(dose, value, batch, rng=rng)
    assert not trend.is_rising
    assert trend.p_value < 0.01
    assert (np.diff(trend.fitted) <= 0).all()


def test_without_a_response_p_values_are_spread_evenly():
    rng = np.random.default_rng(5)
    dose, batch = np.tile(np.arange(7.0), 3), np.repeat(["a", "b", "c"], 7)
    p = [
        monotone_trend(dose, rng.normal(size=21), batch, rng=rng, n_permutations=199).p_value
        for _ in range(600)
    ]
    # Binomial: three standard errors of 600 about 0.05 and 0.5.
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.027)
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.062)


@pytest.mark.parametrize(
    ("dose", "value", "reason"),
    [([1, 1, 1], [1, 2, 3], "one dose"), ([1, 2, 3], [5, 5, 5], "do not vary")],
)
def test_where_there_is_no_test_the_status_says_why(dose, value, reason):
    trend = monotone_trend(dose, value, ["a"] * 3, rng=np.random.default_rng(1))
    assert reason in trend.status
    assert np.isnan(trend.p_value)


def test_missing_values_are_refused():
    with pytest.raises(InputError, match="leave out missing"):
        monotone_trend([1, 2], [1, np.nan], ["a", "a"], rng=np.random.default_rng(1))
