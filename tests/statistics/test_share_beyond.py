"""The share of a sample beyond a high percentile of another."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import stats

from macroimmune.statistics.ranked_samples import ranked_samples
from macroimmune.statistics.ranked_values import quantiles_of_ranked, ranked_values
from macroimmune.statistics.share_beyond import share_beyond
from macroimmune.statistics.share_beyond_loops import gamma_of


def of(one, two, **given):
    usual = {"percentile": 0.99, "shift_error": 0.0, "rng": np.random.default_rng(1)}
    pair = (ranked_samples([np.sort(values)], [values.size]) for values in (one, two))
    found = share_beyond(*pair, **(usual | given))
    return replace(found, **{one.name: getattr(found, one.name)[0] for one in fields(found)})


def test_it_is_the_share_beyond_the_percentile_less_one_percent():
    others = np.arange(1000.0)
    found = of(np.arange(500, 1500, dtype=float), others)
    assert found.cut == np.quantile(others, 0.99, method="hazen")
    assert found.gain == pytest.approx((np.arange(500, 1500) > found.cut).mean() - 0.01)
    assert found.ci_low < found.gain < found.ci_high


def test_at_a_value_that_nearly_all_share_their_own_share_is_what_was_counted():
    others = np.concatenate([np.zeros(996), np.ones(4)])
    ones = np.concatenate([np.zeros(900), np.ones(100)])
    found = of(ones, others)
    assert found.cut == 0
    assert found.gain == pytest.approx(0.1 - 0.004)


def test_with_few_others_the_percentile_may_lie_far_beyond_them():
    rng = np.random.default_rng(2)
    one, two = rng.normal(1, 1, 5000), rng.normal(0, 1, 5000)
    few, many = of(one, two[:50]), of(one, two)
    assert few.ci_high - few.ci_low > 3 * (many.ci_high - many.ci_low)
    assert few.ci_low < 0.12 < few.ci_high


def test_a_shift_that_may_be_there_widens_the_interval():
    rng = np.random.default_rng(2)
    one, two = rng.normal(1, 1, 2000), rng.normal(0, 1, 2000)
    plain, wide = of(one, two), of(one, two, shift_error=0.5)
    assert wide.ci_high - wide.ci_low > 2 * (plain.ci_high - plain.ci_low)


def test_quantiles_of_few_and_of_many_values_are_those_of_hazen():
    values = np.random.default_rng(3).normal(size=5000).astype(np.float32)
    ranked = ranked_values(values, 1024)
    expected = np.quantile(values, (np.arange(1024) + 0.5) / 1024, method="hazen")
    assert ranked == pytest.approx(expected, abs=1e-6)
    for share in (0.01, 0.5, 0.99):
        few = np.quantile(values[:70], share, method="hazen")
        assert quantiles_of_ranked(np.sort(values[:70]), share) == pytest.approx(few, abs=1e-6)
        assert quantiles_of_ranked(ranked, share) == pytest.approx(
            np.quantile(values, share), abs=0.02
        )


@pytest.mark.parametrize(("inside", "beyond"), [(0, 50), (1, 49), (4, 16), (30, 470), (300, 200)])
def test_shares_by_two_cubes_of_normal_draws_are_beta_variables(inside, beyond):
    rng = np.random.default_rng(4)
    drawn = [
        [
            gamma_of(count + 0.5, *pair)
            for pair in zip(rng.normal(size=20_000), rng.random(20_000), strict=True)
        ]
        for count in (beyond, inside)
    ]
    share = np.divide(drawn[0], np.sum(drawn, axis=0))
    levels = [0.025, 0.5, 0.975]
    expected = stats.beta(beyond + 0.5, inside + 0.5)
    # In shares: 20,000 draws know their quantiles no better.
    assert expected.cdf(np.quantile(share, levels)) == pytest.approx(levels, abs=0.012)
