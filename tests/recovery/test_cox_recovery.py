"""Five hundred generated cohorts: do the intervals cover the truth, and does noise stay silent?

The truth of a univariable hazard ratio is the marginal one, measured on a million patients by
`reference/marginal_truth/`; the conditional one that generates the patients lies beside it.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, log_rank, q_values

pytestmark = pytest.mark.slow

TRUTH = Path(__file__).parents[2] / "reference" / "marginal_truth"
COHORTS = 500
PATIENTS = 250
COVERAGE = (0.925, 0.975)


def rows(name):
    with (TRUTH / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def truth():
    table = rows("truth.csv")
    return {
        kind: np.array([float(row[f"{kind}_log_hazard_ratio"]) for row in table])
        for kind in ("conditional", "marginal")
    }


def generate(conditional, rng):
    design = {name: float(value) for name, value in rows("design.csv")[0].items()}
    markers = rng.normal(size=(PATIENTS, conditional.size))
    death = rng.exponential(np.exp(-markers @ conditional) / design["hazard_per_day"])
    censoring = rng.uniform(design["first_censoring"], design["last_censoring"], PATIENTS)
    survival = Survival(time=np.minimum(death, censoring), event=death <= censoring)
    return survival, markers


@pytest.fixture(scope="module")
def scans(truth):
    """Interval limits and p-values of every marker alone, shape (cohorts, markers)."""
    rng = np.random.default_rng(20240119)
    low, high, p_values = (np.empty((COHORTS, truth["marginal"].size)) for _ in range(3))
    for cohort in range(COHORTS):
        survival, markers = generate(truth["conditional"], rng)
        for column in range(markers.shape[1]):
            fit = cox(survival, markers[:, column])
            low[cohort, column], high[cohort, column] = fit.ci_low[0], fit.ci_high[0]
            p_values[cohort, column] = fit.p_values[0]
    return low, high, p_values


def coverage(scans, log_hazard_ratios):
    low, high, _ = scans
    ratios = np.exp(log_hazard_ratios)
    return ((low <= ratios) & (ratios <= high)).mean(axis=0)


def test_each_interval_covers_the_marginal_hazard_ratio(scans, truth):
    covered = coverage(scans, truth["marginal"])
    acting = truth["conditional"] != 0
    assert ((COVERAGE[0] <= covered[acting]) & (covered[acting] <= COVERAGE[1])).all(), covered
    assert COVERAGE[0] <= covered[~acting].mean() <= COVERAGE[1], covered


def test_the_conditional_ratio_is_another_quantity(scans, truth):
    assert coverage(scans, truth["conditional"])[0] < COVERAGE[0]


def test_false_discoveries_stay_below_the_promised_share(scans, truth):
    shares = []
    for p_values in scans[2]:
        found = q_values(p_values) < 0.05
        false = found & (truth["conditional"] == 0)
        shares.append(false.sum() / max(found.sum(), 1))
    assert np.mean(shares) <= 0.06


def test_what_is_there_is_mostly_found(scans, truth):
    found = np.array([q_values(p_values) < 0.05 for p_values in scans[2]])
    assert found[:, 0].mean() > 0.95
    assert found[:, truth["conditional"] == 0].mean() < 0.05


def test_the_full_model_covers_the_conditional_hazard_ratio(truth):
    rng = np.random.default_rng(20240120)
    acting = truth["conditional"] != 0
    ratios = np.exp(truth["conditional"][acting])
    inside = []
    for _ in range(COHORTS):
        survival, markers = generate(truth["conditional"], rng)
        fit = cox(survival, markers[:, acting])
        inside.append((fit.ci_low <= ratios) & (ratios <= fit.ci_high))
    covered = np.mean(inside, axis=0)
    assert ((COVERAGE[0] <= covered) & (covered <= COVERAGE[1])).all(), covered


def test_clusters_need_the_robust_variance():
    # Each participant is entered four times, as four samples of one draw would be.
    rng = np.random.default_rng(20240121)
    naive, robust = [], []
    for _ in range(COHORTS):
        x, time = np.repeat(rng.normal(size=60), 4), np.repeat(rng.exponential(size=60), 4)
        survival = Survival(time=time, event=np.ones(240, bool))
        clusters = np.repeat(np.arange(60), 4)
        naive.append(cox(survival, x).p_values[0] < 0.05)
        robust.append(cox(survival, x, cluster=clusters).p_values[0] < 0.05)
    assert np.mean(naive) > 0.25
    assert np.mean(robust) < 0.10


def test_p_values_of_the_log_rank_test_are_uniform_without_an_effect():
    rng = np.random.default_rng(20240122)
    p_values = []
    for _ in range(COHORTS):
        time, censoring = rng.exponential(size=120), rng.uniform(0.2, 3, 120)
        survival = Survival(time=np.minimum(time, censoring), event=time <= censoring)
        p_values.append(log_rank(survival, rng.permutation(120) % 3).p_value)
    # Three standard errors of a share of 500.
    for level in (0.05, 0.25, 0.5, 0.75):
        share = np.mean(np.array(p_values) < level)
        assert abs(share - level) < 3 * np.sqrt(level * (1 - level) / COHORTS)
