"""Generated cohorts in which a marker adds nothing to the base, or adds what is known."""

import numpy as np
from scipy import stats

from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    added_value_binary,
    added_value_survival,
    concordance_difference,
    cox,
    nested_cox,
    nested_logistic,
)

HORIZON = 365.0
COHORTS = 150


def generated(rng, n, base, hazard):
    """Return survival with a median near a year and a third censored."""
    time = rng.exponential(500 * np.exp(-hazard))
    censoring = rng.uniform(200, 1200, n)
    return Survival(time=np.ceil(np.minimum(time, censoring)), event=time <= censoring)


def added(survival, base, marker, seed):
    return added_value_survival(
        survival,
        base,
        marker,
        horizon_days=HORIZON,
        threshold=0.5,
        replicates=100,
        rng=np.random.default_rng(seed),
    )


def test_the_likelihood_ratio_of_noise_is_uniform():
    rng = np.random.default_rng(11)
    p_values = {"cox": [], "logistic": []}
    for _ in range(400):
        base, marker = rng.normal(size=(2, 100))
        survival = generated(rng, 100, base, 0.6 * base)
        p_values["cox"].append(nested_cox(survival, base, marker).p_value)
        outcome = rng.random(100) < 1 / (1 + np.exp(-0.8 * base))
        p_values["logistic"].append(nested_logistic(outcome, base, marker).p_value)
    for found in p_values.values():
        assert stats.kstest(found, "uniform").pvalue > 0.01
        assert np.mean(np.array(found) < 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_noise_changes_nothing_although_it_seems_to():
    rng = np.random.default_rng(12)
    apparent, corrected, covered = [], [], []
    for cohort in range(COHORTS):
        base, marker = rng.normal(size=(2, 120))
        found = added(generated(rng, 120, base, 0.6 * base), base, marker, cohort)
        outcome = rng.random(120) < 1 / (1 + np.exp(-0.8 * base))
        binary = added_value_binary(
            outcome, base, marker, threshold=0.5, replicates=100, rng=np.random.default_rng(cohort)
        )
        changes = (found.concordance, found.net_benefit, binary.concordance, binary.net_benefit)
        apparent.append([change.apparent_change for change in changes])
        corrected.append([change.change for change in changes])
        covered.append([change.ci_low <= 0 <= change.ci_high for change in changes])
    shares = np.mean(covered, axis=0)
    assert (shares >= 0.93).all(), shares
    # Concordance and area of the larger model seem better where there is nothing.
    for place in (0, 2):
        naive, ours = np.array(apparent)[:, place], np.array(corrected)[:, place]
        assert naive.mean() > 3 * naive.std() / np.sqrt(COHORTS)
        assert ours.mean() <= 2 * ours.std() / np.sqrt(COHORTS)


def test_a_marker_of_its_own_is_found_and_its_change_covered():
    rng = np.random.default_rng(13)
    base, marker = rng.normal(size=(2, 100_000))
    whole = generated(rng, 100_000, base, 0.5 * base + 0.7 * marker)
    truth = concordance_difference(
        whole, base, 0.5 * base + 0.7 * marker, weights="uno", horizon_days=HORIZON
    ).difference
    covered, found_p = [], []
    for cohort in range(COHORTS):
        base, marker = rng.normal(size=(2, 150))
        found = added(generated(rng, 150, base, 0.5 * base + 0.7 * marker), base, marker, cohort)
        covered.append(found.concordance.ci_low <= truth <= found.concordance.ci_high)
        found_p.append(found.models.p_value)
    assert np.mean(np.array(found_p) < 0.05) > 0.95
    assert 0.9 <= np.mean(covered) <= 0.99, np.mean(covered)


def test_a_noisy_copy_of_the_base_is_strong_alone_and_adds_nothing():
    rng = np.random.default_rng(14)
    alone, beside = [], []
    for _ in range(300):
        base = rng.normal(size=150)
        copy = base + 0.7 * rng.normal(size=150)
        survival = generated(rng, 150, base, 0.8 * base)
        alone.append(cox(survival, copy).p_values[0])
        found = nested_cox(survival, base, copy)
        beside.append(found.p_value)
        assert found.correlation_with_base > 0.6
    assert np.mean(np.array(alone) < 0.05) > 0.95
    share = np.mean(np.array(beside) < 0.05)
    assert abs(share - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 300)
