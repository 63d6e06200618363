"""Competing events drawn with a known incidence: what is found, and what stays silent.

The incidence of the event of interest is F(t | x) = 1 - (1 - p (1 - e^-t))^exp(b x), so that b is
the log sub-distribution hazard ratio. Thresholds leave three standard errors of the simulation.
"""

import numpy as np
import pytest

from macroimmune.outcomes import Survival
from macroimmune.statistics import cumulative_incidence, fine_gray, gray_test, kaplan_meier

COHORTS, PATIENTS = 400, 150
OF_INTEREST = 0.5
EFFECT = 0.5


def drawn(rng, n, effect):
    """Return the survival, the causes and the covariate of a cohort."""
    x = rng.normal(size=n)
    ratio = np.exp(effect * x)
    ever = 1.0 - (1.0 - OF_INTEREST) ** ratio
    has_it = rng.random(n) < ever
    # Inverse of F given that the event of interest comes.
    left = 1.0 - rng.random(n) * ever
    event = -np.log(1.0 - (1.0 - left ** (1.0 / ratio)) / OF_INTEREST)
    time = np.where(has_it, event, rng.exponential(1.0, n))
    end = rng.uniform(0.3, 3.0, n)
    cause = np.where(time > end, 0, np.where(has_it, 1, 2))
    return Survival(time=np.minimum(time, end), event=cause > 0), cause, x


@pytest.fixture(scope="module")
def fits():
    rng = np.random.default_rng(20240301)
    return {
        effect: [fine_gray(*drawn(rng, PATIENTS, effect)) for _ in range(COHORTS)]
        for effect in (0.0, EFFECT)
    }


@pytest.mark.parametrize("effect", [0.0, EFFECT])
def test_the_interval_covers_the_log_sub_distribution_hazard_ratio(fits, effect):
    inside = [fit.ci_low[0] <= np.exp(effect) <= fit.ci_high[0] for fit in fits[effect]]
    assert 0.925 <= np.mean(inside) <= 0.975


def test_the_estimate_is_centred_and_its_error_is_that_of_repetition(fits):
    found = np.array([fit.coefficients[0] for fit in fits[EFFECT]])
    errors = np.array([fit.standard_errors[0] for fit in fits[EFFECT]])
    assert abs(found.mean() - EFFECT) < 0.02 + 3 * found.std() / np.sqrt(COHORTS)
    assert errors.mean() == pytest.approx(found.std(), rel=0.12)


def test_without_an_effect_small_p_values_are_as_rare_as_promised(fits):
    small = np.mean([fit.p_values[0] < 0.05 for fit in fits[0.0]])
    assert abs(small - 0.05) < 3 * np.sqrt(0.05 * 0.95 / COHORTS)


def test_grays_test_of_groups_without_a_difference_keeps_its_level():
    rng, small = np.random.default_rng(20240302), 0
    for _ in range(COHORTS):
        survival, cause, _ = drawn(rng, PATIENTS, 0.0)
        small += gray_test(survival, cause, rng.integers(0, 3, PATIENTS)).p_value < 0.05
    assert abs(small / COHORTS - 0.05) < 3 * np.sqrt(0.05 * 0.95 / COHORTS)


def test_the_incidence_covers_the_truth_and_one_less_kaplan_meier_does_not():
    rng, day = np.random.default_rng(20240303), 1.5
    truth = OF_INTEREST * (1.0 - np.exp(-day))
    inside, naive = [], []
    for _ in range(COHORTS):
        survival, cause, _ = drawn(rng, PATIENTS, 0.0)
        found = cumulative_incidence(survival, cause)
        row = np.searchsorted(found.time, day, side="right") - 1
        inside.append(found.ci_low[row] <= truth <= found.ci_high[row])
        curve = kaplan_meier(Survival(time=survival.time, event=cause == 1)).at([day])
        naive.append(1.0 - curve[2][0] <= truth <= 1.0 - curve[1][0])
    assert 0.925 <= np.mean(inside) <= 0.975
    assert np.mean(naive) < 0.5
