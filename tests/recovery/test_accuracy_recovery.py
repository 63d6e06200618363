"""Do intervals of predicted risk and its accuracy cover the truth, and does validation tell it?"""

import numpy as np
import pytest
from scipy.special import expit

from macroimmune.errors import EstimationError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    auc,
    baseline_hazard,
    brier_score,
    cox,
    cross_validate_binary,
    logistic,
    participant_folds,
    predicted_survival,
    time_dependent_auc,
)

pytestmark = pytest.mark.slow

COHORTS = 300
COVERAGE = (
    0.915,
    0.98,
)  # 0.95 with three standard errors of a share of 300, less one for skewness.
HORIZON = 1.0


def cohort(rng, n, *, censored=True):
    predictor = rng.normal(size=n)
    death = rng.exponential(np.exp(-0.8 * predictor))
    end = rng.uniform(0.3, 3.0, n) if censored else np.full(n, np.inf)
    return Survival(time=np.minimum(death, end), event=death <= end), predictor


def share_inside(limits, truth):
    low, high = np.array(limits).T
    return ((low <= truth) & (truth <= high)).mean()


def test_the_interval_of_predicted_survival_covers_the_truth():
    rng, limits = np.random.default_rng(20240301), []
    for _ in range(COHORTS):
        survival, x = cohort(rng, 150)
        fit = cox(survival, x)
        baseline = baseline_hazard(survival, x, fit.coefficients, covariance=fit.covariance)
        found = predicted_survival(baseline, [-1.0, 1.5], [HORIZON])
        limits.append(np.column_stack([found.ci_low, found.ci_high]))
    low_risk, high_risk = np.swapaxes(np.array(limits), 0, 1)
    for pair, value in ((low_risk, -1.0), (high_risk, 1.5)):
        truth = np.exp(-HORIZON * np.exp(0.8 * value))
        assert COVERAGE[0] <= share_inside(pair, truth) <= COVERAGE[1], value


def test_intervals_of_area_and_brier_score_cover_what_a_million_participants_have():
    rng = np.random.default_rng(20240302)
    # A rule that is wrong on purpose: the score of a right one would be covered by luck too.
    rule = lambda x: np.exp(-0.7 * np.exp(0.4 * x))  # noqa: E731
    whole, x = cohort(rng, 1_000_000, censored=False)
    died = whole.time <= HORIZON
    true_score = np.mean((rule(x) - ~died) ** 2)
    true_area = auc(x, died).estimate
    areas, scores = [], []
    for _ in range(COHORTS):
        survival, x = cohort(rng, 300)
        area = time_dependent_auc(survival, x, horizon_days=HORIZON)
        score = brier_score(survival, rule(x), [HORIZON])
        areas.append((area.ci_low, area.ci_high))
        scores.append((score.ci_low[0], score.ci_high[0]))
    assert COVERAGE[0] <= share_inside(areas, true_area) <= COVERAGE[1]
    assert COVERAGE[0] <= share_inside(scores, true_score) <= COVERAGE[1]


def by_logistic(x, outcome):
    fit = logistic(outcome, x)
    if fit.status:
        raise EstimationError(fit.status)
    return lambda new: expit(fit.intercept + new @ fit.coefficients)


def test_validation_tells_what_new_participants_would_and_the_apparent_area_is_too_good():
    rng, told, true, apparent, slopes = np.random.default_rng(20240303), [], [], [], []
    for _ in range(30):
        x, new = rng.normal(size=(120, 8)), rng.normal(size=(4000, 8))
        outcome = rng.random(120) < expit(x[:, 0])
        folds = participant_folds(outcome, n_folds=10, repeats=2, rng=rng)
        found = cross_validate_binary(
            x, outcome, by_logistic, folds, thresholds=[0.5], replicates=0, rng=rng
        )
        measures = {measure.name: measure for measure in found.measures}
        told.append(measures["area under the ROC curve"].estimate)
        apparent.append(measures["area under the ROC curve"].apparent)
        slopes.append(measures["calibration slope"])
        seen = rng.random(4000) < expit(new[:, 0])
        true.append(auc(by_logistic(x, outcome)(new), seen).estimate)
    # Areas of 120 differ by 0.05 between cohorts: thirty of them have a mean within 0.03.
    assert abs(np.mean(told) - np.mean(true)) < 0.03
    assert np.mean(apparent) - np.mean(true) > 0.03
    # Maximum likelihood calibrates itself in its own data, and there alone.
    assert np.allclose([one.apparent for one in slopes], 1.0)
    assert np.mean([one.estimate for one in slopes]) < 0.9
