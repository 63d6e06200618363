"""The stratified difference of restricted means says nothing where there is nothing."""

import numpy as np
import pytest

from macroimmune.outcomes import Survival
from macroimmune.statistics import stratified_restricted_mean_difference

RUNS = 400


@pytest.mark.parametrize("n_strata", [4, 8])
def test_the_level_is_nominal_with_small_strata(n_strata):
    rng, p_values = np.random.default_rng(11), []
    for _ in range(RUNS):
        death, end = rng.exponential(500.0, 120), rng.uniform(380.0, 1500.0, 120)
        found = stratified_restricted_mean_difference(
            Survival(time=np.minimum(death, end), event=death <= end),
            rng.random(120) < 0.5,
            rng.integers(0, n_strata, 120),
            horizon_days=365.0,
        )
        assert np.isnan(found.p_value) == (found.status != "")
        p_values.append(found.p_value)
    tested = np.array(p_values)[~np.isnan(p_values)]
    assert tested.size > RUNS / 3
    # Three standard errors of a share of 5 %.
    assert abs((tested < 0.05).mean() - 0.05) < 3 * np.sqrt(0.05 * 0.95 / tested.size)


def test_a_horizon_that_few_reach_gives_no_number_and_no_false_positive():
    """Deaths chose the strata once: the level was 0.19 and the estimates past the horizon."""
    rng, significant, estimated = np.random.default_rng(12), 0, 0
    for _ in range(150):
        death, end = rng.exponential(300.0, 80), rng.uniform(100.0, 700.0, 80)
        found = stratified_restricted_mean_difference(
            Survival(time=np.minimum(death, end), event=death <= end),
            rng.random(80) < 0.5,
            rng.integers(0, 8, 80),
            horizon_days=600.0,
        )
        estimated += not np.isnan(found.difference)
        significant += found.p_value < 0.05
    assert estimated <= 0.05 * 150
    assert significant <= 3
