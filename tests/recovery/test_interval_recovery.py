"""Five hundred generated cohorts for the kernels whose truth has a formula."""

import numpy as np
import pytest
from scipy import stats

from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    agreement_verdict,
    auc,
    auc_difference,
    kaplan_meier,
    logistic,
    proportional_hazards,
    treatment_interaction,
)

pytestmark = pytest.mark.slow

COHORTS = 500
COVERAGE = (0.925, 0.975)


def share_inside(limits, truth):
    low, high = np.array(limits).T
    return ((low <= truth) & (truth <= high)).mean()


def assert_covers(limits, truth):
    assert COVERAGE[0] <= share_inside(limits, truth) <= COVERAGE[1]


def is_near(share, level):
    """Within three standard errors of a share of 500."""
    return abs(share - level) < 3 * np.sqrt(level * (1 - level) / COHORTS)


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.2])
def test_the_logit_interval_covers_the_area(shift):
    rng = np.random.default_rng(20240123)
    outcome = np.arange(80) < 30
    areas = [auc(rng.normal(size=80) + shift * outcome, outcome) for _ in range(COHORTS)]
    # Two normal distributions of equal spread: area = Phi(shift / root 2).
    truth = stats.norm.cdf(shift / np.sqrt(2))
    assert_covers([(area.ci_low, area.ci_high) for area in areas], truth)


def test_paired_areas_of_equal_truth_differ_at_the_stated_level():
    rng = np.random.default_rng(20240124)
    outcome = np.arange(100) < 50
    p_values = []
    for _ in range(COHORTS):
        shared = rng.normal(size=100) + outcome
        first, second = (shared + rng.normal(size=100) for _ in range(2))
        p_values.append(auc_difference(first, second, outcome).p_value)
    assert is_near(np.mean(np.array(p_values) < 0.05), 0.05)


@pytest.mark.parametrize("slope", [0.0, 0.5])
def test_the_logistic_interval_covers_the_odds_ratio(slope):
    rng = np.random.default_rng(20240125)
    limits = []
    for _ in range(COHORTS):
        x = rng.normal(size=120)
        fit = logistic(rng.random(120) < 1 / (1 + np.exp(0.5 - slope * x)), x)
        limits.append((fit.ci_low[0], fit.ci_high[0]))
    assert_covers(limits, np.exp(slope))


def test_the_curve_and_its_median_are_covered():
    rng = np.random.default_rng(20240126)
    at_day, medians = [], []
    for _ in range(COHORTS):
        time, censoring = rng.exponential(300, 80), rng.uniform(100, 1500, 80)
        curve = kaplan_meier(Survival(time=np.minimum(time, censoring), event=time <= censoring))
        at_day.append([values[0] for values in curve.at(200.0)[1:]])
        medians.append((curve.median_ci_low, curve.median_ci_high))
    assert_covers(at_day, np.exp(-200 / 300))
    assert_covers(medians, 300 * np.log(2))


def test_the_interaction_covers_the_ratio_of_hazard_ratios():
    rng = np.random.default_rng(20240127)
    limits = []
    for _ in range(COHORTS):
        marker, treated = rng.normal(size=200), rng.permutation(200) < 100
        hazard = np.exp(0.3 * marker - 0.2 * treated - 0.4 * marker * treated)
        survival = Survival(time=rng.exponential(1 / hazard), event=rng.random(200) < 0.8)
        fit = treatment_interaction(survival, marker, treated, randomised=True)
        limits.append((fit.ci_low, fit.ci_high))
    assert_covers(limits, np.exp(-0.4))


def test_proportional_hazards_are_doubted_at_the_stated_level():
    rng = np.random.default_rng(20240128)
    p_values = []
    for _ in range(COHORTS):
        x = rng.normal(size=100)
        time, censoring = rng.exponential(np.exp(-0.5 * x)), rng.uniform(0.2, 3, 100)
        survival = Survival(time=np.minimum(time, censoring), event=time <= censoring)
        p_values.append(proportional_hazards(survival, x).p_values[0])
    assert is_near(np.mean(np.array(p_values) < 0.05), 0.05)


def test_no_effect_contradicts_or_agrees_only_at_the_level_of_the_interval():
    rng = np.random.default_rng(20240129)
    words = [
        agreement_verdict(
            log_effect_per_sd=float(effect),
            standard_error_per_sd=0.1,
            published_direction=1,
            kind="hazard",
        ).verdict
        for effect in rng.normal(0, 0.1, COHORTS)
    ]
    decided = np.isin(words, ["agrees", "contradicts"])
    assert is_near(decided.mean(), 0.05)
    assert set(np.array(words)[~decided]) == {"no effect of that size"}
