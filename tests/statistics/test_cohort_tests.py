"""Many cohorts at once give what one cohort at a time gives."""

import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, cox_of_cohorts, logistic, logistic_of_cohorts


@pytest.fixture
def cohorts():
    rng = np.random.default_rng(3)
    marker = rng.normal(2.0, 3.0, size=(25, 60))
    death = rng.exponential(np.exp(-0.2 * marker))
    end = np.minimum(rng.uniform(0.2, 3.0, death.shape), 2.0)
    return np.minimum(death, end), death <= end, marker


def test_each_cohort_has_the_cox_model_of_its_own(cohorts):
    time, event, marker = cohorts
    beta, error = cox_of_cohorts(time, event, marker)
    for k in range(len(time)):
        fit = cox(Survival(time=time[k], event=event[k]), marker[k])
        assert beta[k] == pytest.approx(fit.coefficients[0], rel=1e-7)
        assert error[k] == pytest.approx(fit.standard_errors[0], rel=1e-7)


def test_each_cohort_has_the_logistic_model_of_its_own(cohorts):
    _, event, marker = cohorts
    beta, error = logistic_of_cohorts(event, marker)
    for k in range(len(event)):
        fit = logistic(event[k], marker[k])
        assert beta[k] == pytest.approx(fit.coefficients[0], rel=1e-7)
        assert error[k] == pytest.approx(fit.standard_errors[0], rel=1e-7)


def test_the_cohorts_that_were_given_stay_as_they_are(cohorts):
    time, event, marker = cohorts
    kept = marker.copy()
    cox_of_cohorts(time, event, marker)
    logistic_of_cohorts(event, marker)
    assert (marker == kept).all()


def test_separation_and_nothing_to_estimate_give_no_number():
    marker = np.array([[0.0, 1.0, 2.0, 3.0], [1.0, 1.0, 1.0, 1.0]])
    outcome = np.array([[False, False, True, True], [False, True, False, True]])
    for beta, error in (
        logistic_of_cohorts(outcome, marker),
        cox_of_cohorts(np.array([[4.0, 3.0, 2.0, 1.0]] * 2), outcome, marker),
    ):
        assert np.isnan(beta).all()
        assert np.isnan(error).all()


def test_arrays_that_do_not_fit_are_refused(cohorts):
    time, event, marker = cohorts
    with pytest.raises(InputError, match="one row per cohort"):
        cox_of_cohorts(time, event[:, 1:], marker)
    with pytest.raises(InputError, match="one row per cohort"):
        logistic_of_cohorts(event[0], marker[0])
