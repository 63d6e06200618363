import numpy as np

from macroimmune.statistics import cox
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.cox_likelihood import partial_likelihood, score_residuals
from macroimmune.statistics.risk_sets import risk_sets


def test_score_residuals_equal_r(cohort, late, expected):
    strata = label_codes(cohort["stratum"], late.n, "stratum")[0]
    x = cohort["x"][:, :2]
    fit = cox(late, x, strata=cohort["stratum"])
    risk = risk_sets(late, strata)
    residuals = score_residuals(risk, x, partial_likelihood(risk, x, fit.coefficients))
    answer = expected("cox", "residuals", "score").reshape(2, -1).T
    np.testing.assert_allclose(residuals, answer, atol=1e-7)


def test_residuals_add_up_to_the_score_away_from_the_maximum(cohort, tied):
    risk, x = risk_sets(tied), cohort["x"]
    likelihood = partial_likelihood(risk, x, np.array([0.2, -0.1, 1.0]))
    residuals = score_residuals(risk, x, likelihood)
    np.testing.assert_allclose(residuals.sum(axis=0), likelihood.score, atol=1e-9)


def test_derivatives_are_those_of_the_log_likelihood(cohort, late):
    risk, x, at = risk_sets(late), cohort["x"], np.array([0.2, -0.1, 1.0])
    here, step = partial_likelihood(risk, x, at), 1e-5
    for column in range(3):
        move = step * np.eye(3)[column]
        up, down = (partial_likelihood(risk, x, at + k * move) for k in (1, -1))
        slope = (up.log_likelihood - down.log_likelihood) / (2 * step)
        bend = -(up.score - down.score) / (2 * step)
        np.testing.assert_allclose(slope, here.score[column], rtol=1e-6)
        np.testing.assert_allclose(bend, here.information[column], rtol=1e-5, atol=1e-6)
