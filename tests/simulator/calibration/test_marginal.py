import numpy as np
import pytest
from scipy.special import ndtri

from macroimmune.simulator.calibration.marginal import marginal_of
from macroimmune.simulator.calibration.summaries import PERCENTS, percent_column, spread_quantiles


def line(**stated: object) -> dict[str, object]:
    empty = {"scale": "log", "median": None, "spread": None, "low": 1e-9, "high": 1e9}
    return empty | stated


def quantile_row(values: np.ndarray) -> dict[str, object]:
    found = spread_quantiles(values, PERCENTS, None)
    stated = [None if np.isnan(value) else float(value) for value in found]
    return {"n": len(values)} | dict(
        zip([percent_column(percent) for percent in PERCENTS], stated, strict=True)
    )


def test_median_and_spread_make_a_log_normal():
    found = marginal_of(line(median=4.0, spread=0.5), None)
    np.testing.assert_allclose(found.values(np.array([0.0, 1.0, -2.0])), 4 * np.exp([0, 0.5, -1.0]))


def test_quantiles_come_back_at_their_scores():
    values = np.exp(np.random.default_rng(4).normal(1.0, 0.7, 1000))
    row = quantile_row(values)
    found = marginal_of(line(), row)
    scores = np.asarray(ndtri(np.array(PERCENTS) / 100))
    np.testing.assert_allclose(
        found.values(scores), [row[percent_column(percent)] for percent in PERCENTS]
    )


def test_a_log_normal_cohort_gives_its_tails_too():
    exact = np.exp(1.0 + 0.7 * ndtri((np.arange(2000) + 0.5) / 2000))
    found = marginal_of(line(), quantile_row(exact))
    for score in (-3.0, 0.4, 3.5):
        assert np.log(found.values(np.array([score])))[0] == pytest.approx(
            1 + 0.7 * score, abs=0.02
        )


def test_a_stated_median_moves_the_whole_distribution():
    row = quantile_row(np.exp(np.random.default_rng(5).normal(0, 1, 500)))
    as_it_is, moved = marginal_of(line(), row), marginal_of(line(median=10.0), row)
    scores = np.linspace(-2, 2, 9)
    ratio = moved.values(scores) / as_it_is.values(scores)
    np.testing.assert_allclose(ratio, ratio[0])
    assert moved.values(np.array([0.0]))[0] == pytest.approx(10.0)


def test_one_npx_is_a_doubling():
    row = quantile_row(np.linspace(2.0, 6.0, 500))
    found = marginal_of(line(scale="npx", median=3.0), row)
    low, high = found.values(np.asarray(ndtri([0.25, 0.75])))
    assert np.log2(high / low) == pytest.approx(2.0, abs=0.02)


def test_values_stay_within_their_limits():
    found = marginal_of(line(median=4.0, spread=3.0, low=1.0, high=9.0), None)
    values = found.values(np.array([-5.0, 5.0]))
    np.testing.assert_array_equal(values, [1.0, 9.0])


def test_the_score_of_a_value_undoes_the_value_of_a_score():
    row = quantile_row(np.random.default_rng(6).normal(50, 10, 500))
    found = marginal_of(line(scale="linear", low=0.0, high=100.0), row)
    scores = np.array([-1.5, 0.0, 2.0])
    np.testing.assert_allclose(found.score_of(found.values(scores)), scores, atol=1e-9)
