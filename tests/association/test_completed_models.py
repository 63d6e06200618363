"""Models of completed data sets: what the imputation knows, and how the fits are pooled."""

import numpy as np
import pytest

from macroimmune.association.completed_models import fitted, outcome_predictors, pooled_effect
from macroimmune.association.endpoint_data import EndpointData
from macroimmune.outcomes import Survival
from macroimmune.schema import ENDPOINTS
from macroimmune.statistics import cumulative_hazard

N = 60
RNG = np.random.default_rng(8)
MARKER = RNG.normal(size=N)
TIME = RNG.exponential(np.exp(-0.5 * MARKER))
EVENT = RNG.random(N) < 0.7
ANSWER = RNG.random(N) < 0.4
STRATA = np.repeat([0, 1, 2], 20)
ALL = np.ones(N, dtype=bool)


@pytest.fixture
def os_data():
    return EndpointData(ENDPOINTS["os"], ALL, Survival(time=TIME, event=EVENT), None)


@pytest.fixture
def response_data():
    return EndpointData(ENDPOINTS["response"], ALL, None, ANSWER)


def test_an_imputation_knows_event_hazard_of_the_own_stratum_and_strata(os_data):
    found = outcome_predictors(os_data, ALL, STRATA, ALL)
    assert found.shape == (N, 4)
    np.testing.assert_array_equal(found[:, 0], EVENT)
    np.testing.assert_allclose(found[:, 1], cumulative_hazard(os_data.survival, STRATA))
    np.testing.assert_array_equal(found[:, 2:].sum(axis=0), [20, 20])


def test_an_imputation_for_response_knows_the_response(response_data):
    np.testing.assert_array_equal(outcome_predictors(response_data, ALL, None, ALL)[:, 0], ANSWER)


@pytest.mark.parametrize("strata", [None, STRATA])
@pytest.mark.parametrize("kind", ["os_data", "response_data"])
def test_data_sets_that_agree_give_the_estimate_of_one(kind, strata, request):
    data = request.getfixturevalue(kind)
    design = np.column_stack([MARKER, STRATA == 1])[:, : 1 if strata is not None else 2]
    pooled, counts = pooled_effect(data, ALL, strata, [design, design])
    fit = fitted(data, ALL, strata, design)
    assert pooled.estimate == pytest.approx(fit.coefficients[0])
    assert pooled.standard_error == pytest.approx(fit.standard_errors[0])
    assert counts == (fit.n, fit.n_events)
    size = design.shape[1]
    complete = N - size - 1 if kind == "response_data" and strata is None else fit.n_events - size
    # Barnard and Rubin with nothing missing: (v + 1) / (v + 3) v.
    assert pooled.degrees_of_freedom == pytest.approx((complete + 1) / (complete + 3) * complete)


def test_a_data_set_without_an_estimate_leaves_none(os_data):
    pooled, _ = pooled_effect(os_data, ALL, None, [MARKER[:, None], np.ones((N, 1))])
    assert np.isnan(pooled.estimate)
    assert "1 of 2 completed data sets" in pooled.status
