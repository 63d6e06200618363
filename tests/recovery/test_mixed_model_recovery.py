"""Repeated samples of few participants: the mixed model keeps its level, samples as n do not."""

import numpy as np
import pytest
from scipy import stats

from macroimmune.statistics import mixed_model

pytestmark = pytest.mark.slow

COHORTS = 500
PEOPLE, SAMPLES = 14, 4


def drawn(rng, effect=0.0, trend=0.0):
    """Half of the participants treated, each with a level and a trend of their own."""
    who = np.repeat(np.arange(PEOPLE), SAMPLES)
    months = np.tile(np.arange(SAMPLES, dtype=float), PEOPLE)
    treated = (who % 2).astype(float)
    level, slope = rng.normal(size=PEOPLE), rng.normal(0, 0.4, PEOPLE)
    y = level[who] + (slope[who] + trend * treated) * months + effect * treated
    return y + rng.normal(0, 0.5, who.size), months, treated, who


def test_a_difference_between_participants_has_its_level_and_its_coverage():
    rng, naive, ours, limits = np.random.default_rng(41), [], [], []
    for _ in range(COHORTS):
        y, months, treated, who = drawn(rng)
        naive.append(stats.ttest_ind(y[treated == 1], y[treated == 0]).pvalue)
        found = mixed_model(y, np.column_stack([months, treated]), who)
        ours.append(found.p_values[2])
        limits.append((found.ci_low[2], found.ci_high[2]))
    assert np.mean(np.array(naive) < 0.05) > 0.2
    # Three standard errors of a share of 500 around 0.05.
    assert 0.02 < np.mean(np.array(ours) < 0.05) < 0.08
    low, high = np.array(limits).T
    assert 0.925 <= ((low <= 0) & (high >= 0)).mean() <= 0.975


def test_a_difference_of_trends_has_its_level_with_a_trend_of_each_participant():
    rng, one_trend, own_trend = np.random.default_rng(42), [], []
    for _ in range(300):
        y, months, treated, who = drawn(rng)
        x = np.column_stack([months, treated, months * treated])
        one_trend.append(mixed_model(y, x, who).p_values[3])
        own_trend.append(mixed_model(y, x, who, slope=months).p_values[3])
    # Trends differ between participants: without their own the samples pass as independent.
    assert np.mean(np.array(one_trend) < 0.05) > 0.15
    # Three standard errors of a share of 300 around 0.05.
    assert 0.012 < np.mean(np.array(own_trend) < 0.05) < 0.088


def test_a_difference_of_trends_that_is_there_is_found_without_bias():
    rng, found = np.random.default_rng(43), []
    for _ in range(100):
        y, months, treated, who = drawn(rng, trend=0.8)
        x = np.column_stack([months, treated, months * treated])
        found.append(mixed_model(y, x, who, slope=months).coefficients[3])
    assert np.mean(found) == pytest.approx(0.8, abs=3 * np.std(found) / np.sqrt(100))


def test_trends_told_by_few_participants_keep_their_level():
    """Nine of forty have five samples, the others two: nine tell how much trends differ."""
    rng, p_values = np.random.default_rng(44), []
    sizes = np.array([5] * 9 + [2] * 31)
    who = np.repeat(np.arange(40), sizes)
    months = np.concatenate([[0.0, 0.5, 1.0, 2.0, 3.0][:size] for size in sizes])
    for _ in range(300):
        group = (rng.permutation(40) % 2)[who].astype(float)
        level, trend = rng.normal(size=40), rng.normal(0, 0.5, 40)
        y = level[who] + trend[who] * months + rng.normal(0, 0.4, who.size)
        x = np.column_stack([months, group * months, group])
        p_values.append(mixed_model(y, x, who, slope=months).p_values[2])
    # Three standard errors of a share of 300 around 0.05.
    assert 0.012 < np.mean(np.array(p_values) < 0.05) < 0.088
