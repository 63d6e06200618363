import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.outcomes import Survival
from macroimmune.statistics.risk_sets import risk_sets


def loops(survival, strata, values):
    """The definition, patient by patient: sum at risk at each event time of each stratum."""
    entry = np.zeros(survival.n) if survival.entry is None else survival.entry
    sums = []
    for stratum in np.unique(strata):
        own = strata == stratum
        for t in np.unique(survival.time[own & survival.event]):
            sums.append(values[own & (entry < t) & (t <= survival.time)].sum())
    return sums


@st.composite
def cohorts(draw):
    n = draw(st.integers(1, 25))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    time = rng.integers(1, 10, n).astype(float)
    entry = np.floor(time * rng.random(n)) if draw(st.booleans()) else None
    survival = Survival(time=time, event=rng.random(n) < 0.6, entry=entry)
    return survival, rng.integers(0, 3, n), rng.normal(size=n)


@given(cohorts())
def test_sums_over_risk_sets_are_those_of_the_definition(data):
    survival, strata, values = data
    risk = risk_sets(survival, strata)
    np.testing.assert_allclose(
        risk.sum_at_risk(values), loops(survival, strata, values), atol=1e-12
    )
    one = risk_sets(survival)
    everyone = np.zeros(survival.n, int)
    np.testing.assert_allclose(
        one.sum_at_risk(values), loops(survival, everyone, values), atol=1e-12
    )


@given(cohorts())
def test_summing_over_patients_or_over_event_times_first_is_the_same(data):
    survival, strata, values = data
    risk = risk_sets(survival, strata)
    weights = np.arange(1.0, risk.time.size + 1)
    np.testing.assert_allclose(
        values @ risk.sum_while_at_risk(weights), risk.sum_at_risk(values) @ weights, atol=1e-9
    )


def test_tied_deaths_leave_the_denominator_in_steps():
    survival = Survival(time=np.array([2.0, 1.0, 2.0, 2.0, 2.0]), event=np.arange(5) < 4)
    risk = risk_sets(survival)
    assert risk.deaths.tolist() == [1, 3]
    np.testing.assert_allclose(np.sort(risk.tie_fraction), [0, 0, 1 / 3, 2 / 3])
    assert risk.has_ties


def test_without_events_there_are_no_risk_sets():
    risk = risk_sets(Survival(time=np.array([1.0, 2.0]), event=np.zeros(2, bool)))
    assert risk.time.size == 0
    assert risk.sum_at_risk(np.ones(2)).size == 0


@pytest.mark.parametrize("strata", [None, np.array([0, 0, 0])])
def test_one_stratum_is_no_stratum(strata):
    survival = Survival(time=np.array([1.0, 2.0, 2.0]), event=np.ones(3, bool))
    assert risk_sets(survival, strata).sum_at_risk(np.ones(3)).tolist() == [3, 2]
