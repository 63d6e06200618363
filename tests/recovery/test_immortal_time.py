"""Immortal time: a marker of the future is false-positive, start-stop rows keep what they promise.

Markers are measured at visits, as long as somebody lives. Three hundred cohorts each; the bounds
leave three standard errors of the simulation.
"""

import numpy as np
from scipy.stats import binomtest, kstest

from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    DatedValues,
    cox,
    landmark_effect,
    landmark_sets,
    time_dependent_rows,
)

COHORTS = 300
PATIENTS = 80
VISITS = np.arange(0.0, 200.0, 28.0)


def rising_marker(rng):
    """A marker that rises with every visit and has nothing to do with survival."""
    death, end = rng.exponential(120.0, PATIENTS), rng.uniform(100.0, 400.0, PATIENTS)
    survival = Survival(time=np.minimum(death, end), event=death <= end)
    whose, visit = np.nonzero(survival.time[:, None] > VISITS)
    day = VISITS[visit]
    return survival, DatedValues(whose, day, day / 30.0 + rng.normal(size=day.size))


def p_values_and_estimates(survival, measured):
    """Return the p of the last value ever taken, of start-stop rows and of stacked landmarks."""
    last = np.zeros(survival.n)
    last[measured.participant] = measured.value
    found = time_dependent_rows(survival, [measured])
    rows = found.rows
    timed = cox(rows.survival, found.values[:, 0], cluster=rows.participant)
    sets = landmark_sets(survival, measured, landmarks=[28, 56, 84], window_days=100)
    stacked = landmark_effect(sets).common
    return [float(fit.p_values[0]) for fit in (cox(survival, last), timed, stacked)]


def test_the_naive_analysis_is_false_and_the_others_are_nominal():
    rng = np.random.default_rng(20240305)
    naive, timed, stacked = np.array([
        p_values_and_estimates(*rising_marker(rng)) for _ in range(COHORTS)
    ]).T
    assert np.mean(naive < 0.05) > 0.9
    for p_values in (timed, stacked):
        hits = int(np.sum(p_values < 0.05))
        assert binomtest(hits, COHORTS, 0.05).pvalue > 0.003, hits
        assert kstest(p_values, "uniform").pvalue > 0.003


def test_the_interval_of_a_time_dependent_effect_covers_the_truth():
    """Half of the patients turn positive at some time; from then on their hazard is doubled."""
    rng = np.random.default_rng(20240306)
    covered = 0
    for _ in range(COHORTS):
        turns = np.where(rng.random(200) < 0.7, rng.exponential(60.0, 200), np.inf)
        early = rng.exponential(120.0, 200)
        death = np.where(early <= turns, early, turns + rng.exponential(60.0, 200))
        end = rng.uniform(50.0, 300.0, 200)
        survival = Survival(time=np.minimum(death, end), event=death <= end)
        seen = np.flatnonzero(np.isfinite(turns))
        everyone = np.arange(200)
        found = time_dependent_rows(
            survival,
            [
                DatedValues(
                    np.concatenate([everyone, seen]),
                    np.concatenate([np.zeros(200), turns[seen]]),
                    np.concatenate([np.zeros(200), np.ones(seen.size)]),
                )
            ],
        )
        fit = cox(found.rows.survival, found.values[:, 0], cluster=found.rows.participant)
        covered += bool(fit.ci_low[0] <= 2.0 <= fit.ci_high[0])
    assert 0.92 <= covered / COHORTS <= 0.98, covered
