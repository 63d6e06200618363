"""A biomarker that separates the outcomes: Firth's estimate in the place of none."""

import numpy as np
import pytest

from macroimmune.association import response_association, survival_association
from macroimmune.association.adjusted import is_adjusted
from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.values import ParticipantValues
from macroimmune.outcomes import Survival
from macroimmune.report.association_cells import adjusted_words
from macroimmune.schema import ENDPOINTS
from macroimmune.statistics import firth_cox, firth_logistic

N = 24
LEVELS = np.exp2(np.arange(N) / 4.0)
KNOWN = np.ones(N, dtype=bool)
LATE = np.arange(N) >= N // 2


@pytest.fixture
def values(make_definition):
    return ParticipantValues(make_definition("nlr"), None, LEVELS, np.log2(LEVELS))


def test_survival_has_a_finite_ratio_and_says_whose_it_is(values):
    # The higher the value, the earlier the event; those below the middle have none.
    survival = Survival(time=np.arange(N, 0.0, -1.0), event=LATE)
    data = EndpointData(ENDPOINTS["os"], KNOWN, survival, None)
    row, entries, spline = survival_association.survival_association(values, data, None)
    penalised = firth_cox(survival, np.log2(LEVELS))
    assert (row.estimate, row.ci_low, row.p_value) == (
        penalised.ratio,
        penalised.ci_low,
        penalised.p_value,
    )
    assert 1.0 < row.ci_low < row.estimate < row.ci_high < np.inf
    assert row.method == entries[0].method == survival_association.FIRTH
    assert "Firth" in row.status
    assert "monotone likelihood" in row.status
    assert len(entries) == 1
    assert spline is None
    assert np.isnan(row.standard_error_per_sd)


def test_response_has_a_finite_ratio_beside_the_area(values):
    data = EndpointData(ENDPOINTS["response"], KNOWN, None, LATE)
    (odds, area), entries = response_association.response_association(values, data, None)
    assert odds.estimate == firth_logistic(LATE, np.log2(LEVELS)).ratio
    assert odds.method == entries[0].method == response_association.FIRTH
    assert "separation" in odds.status
    assert (area.method, area.estimate) == (response_association.DELONG, 1.0)
    assert entries[0].p_value == odds.p_value


def test_one_event_still_has_no_estimate(values):
    survival = Survival(time=np.arange(1.0, N + 1), event=np.arange(N) == 0)
    row, entries, _ = survival_association.survival_association(
        values, EndpointData(ENDPOINTS["os"], KNOWN, survival, None), None
    )
    assert np.isnan([row.estimate, row.p_value, entries[0].p_value]).all()
    assert "too few" in row.status


@pytest.fixture
def change(make_definition):
    baseline = np.random.default_rng(4).normal(size=N)
    return ParticipantValues(
        make_definition("nlr"), None, LEVELS, np.log2(LEVELS), baseline=baseline
    )


def test_a_penalised_model_of_a_change_is_named_as_adjusted_for_baseline(change):
    survival = Survival(time=np.arange(N, 0.0, -1.0), event=LATE)
    data = EndpointData(ENDPOINTS["os"], KNOWN, survival, None)
    row, entries, _ = survival_association.survival_association(change, data, None)
    assert row.method == entries[0].method == survival_association.FIRTH_ADJUSTED
    data = EndpointData(ENDPOINTS["response"], KNOWN, None, LATE)
    (odds, _), entries = response_association.response_association(change, data, None)
    assert odds.method == entries[0].method == response_association.FIRTH_ADJUSTED
    for method in (row.method, odds.method):
        assert "adjusted for baseline, Firth's" in method
        assert not is_adjusted(method)
        assert adjusted_words({"method": method}) == ""
