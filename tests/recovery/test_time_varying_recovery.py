"""Hazard ratios along time: intervals cover the truth, and no change is found where there is none.

Two hundred cohorts each; the only covariate is binary, so conditional and marginal ratio agree.
"""

import numpy as np
from scipy.stats import binomtest

from macroimmune.outcomes import Survival
from macroimmune.statistics import effect_before_and_after, hazard_ratio_over_time

COHORTS, PATIENTS, STEP = 200, 250, 100.0


def cohort(rng, before, after):
    """Exposed have `before` times the hazard up to the step, `after` times afterwards."""
    exposed = rng.random(PATIENTS) < 0.5
    early = rng.exponential(150.0 / np.where(exposed, before, 1.0))
    late = STEP + rng.exponential(150.0 / np.where(exposed, after, 1.0))
    death = np.where(early <= STEP, early, late)
    end = rng.uniform(100.0, 500.0, PATIENTS)
    return Survival(time=np.minimum(death, end), event=death <= end), exposed


def test_both_ratios_of_a_step_are_covered():
    rng = np.random.default_rng(20240320)
    covered = np.zeros(2)
    for _ in range(COHORTS):
        survival, exposed = cohort(rng, 2.0, 0.7)
        found = effect_before_and_after(survival, exposed, step_day=STEP)
        truth = np.array([2.0, 0.7])
        covered += (found.ci_low <= truth) & (truth <= found.ci_high)
    for hits in covered.astype(int):
        assert binomtest(int(hits), COHORTS, 0.95).pvalue > 0.003, covered


def test_without_a_change_curves_cover_one_ratio_and_no_step_is_found():
    rng, found = np.random.default_rng(20240321), 0
    covered = np.zeros(9)
    for _ in range(COHORTS):
        survival, exposed = cohort(rng, 1.6, 1.6)
        step = effect_before_and_after(survival, exposed, step_day=STEP)
        found += step.change_p_value < 0.05
        curve = hazard_ratio_over_time(survival, exposed, points=11)
        inside = (curve.ci_low[:, 0] <= 1.6) & (curve.ci_high[:, 0] >= 1.6)
        covered += inside[1:-1]
    assert binomtest(int(found), COHORTS, 0.05).pvalue > 0.003, found
    assert 0.92 <= covered.mean() / COHORTS <= 0.98, covered
