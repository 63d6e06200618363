import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import kaplan_meier

# R prints 17 digits, and the same additions are made in another order.
EXACT = {"rtol": 1e-10, "atol": 1e-12}


def alive(times, events, **entry):
    return Survival(time=np.array(times, float), event=np.array(events, bool), **entry)


@st.composite
def cohorts(draw):
    n = draw(st.integers(1, 30))
    times = draw(st.lists(st.integers(1, 12), min_size=n, max_size=n))
    events = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    return alive(times, events)


def test_four_patients_by_hand():
    curve = kaplan_meier(alive([1, 2, 2, 5], [1, 1, 0, 1]))
    assert curve.time.tolist() == [1, 2, 5]
    assert curve.n_at_risk.tolist() == [4, 3, 1]
    assert curve.n_censored.tolist() == [0, 1, 0]
    np.testing.assert_allclose(curve.survival, [3 / 4, 1 / 2, 0])
    assert curve.median == 3.5


@pytest.mark.parametrize(
    "case", ["ties", "confidence 0.8", "late entry", "melanoma", "all die", "half"]
)
def test_curve_limits_and_median_equal_r(case, cohort, tied, late, expected):
    survival = {
        "late entry": late,
        "melanoma": tied.select(cohort["stratum"] == "melanoma"),
        "all die": alive([1, 2, 3, 4], [1, 1, 1, 1]),
        "half": alive([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 1]),
    }.get(case, tied)
    curve = kaplan_meier(survival, confidence=0.8 if case == "confidence 0.8" else 0.95)
    names = ("time", "n_at_risk", "n_event", "n_censored", "survival", "ci_low", "ci_high")
    for name in names:
        answer = expected("kaplan_meier", case, name)
        np.testing.assert_allclose(getattr(curve, name), answer, err_msg=name, **EXACT)
    median = [curve.median, curve.median_ci_low, curve.median_ci_high]
    np.testing.assert_allclose(median, expected("kaplan_meier", case, "median"), **EXACT)


def test_reading_the_curve_at_days_equals_r(tied, expected):
    days = expected("kaplan_meier", "at times", "times")
    curve = kaplan_meier(tied)
    found = dict(zip(("survival", "ci_low", "ci_high"), curve.at(days), strict=True))
    found["n_at_risk"] = curve.at_risk(days)
    for name, values in found.items():
        answer = expected("kaplan_meier", "at times", name)
        np.testing.assert_allclose(values, answer, err_msg=name, **EXACT)


def test_nothing_is_known_after_the_last_observation():
    survival, low, high = kaplan_meier(alive([3, 4], [1, 0])).at([4.0, 4.1])
    np.testing.assert_array_equal(survival, [0.5, np.nan])
    assert np.isnan(low[1])
    assert np.isnan(high[1])


def test_at_risk_counts_late_entry(late):
    curve = kaplan_meier(late)
    np.testing.assert_array_equal(curve.at_risk(curve.time), curve.n_at_risk)
    assert curve.at_risk(0.0)[0] == (late.entry == 0).sum()


def test_no_events_gives_a_flat_curve_without_median():
    curve = kaplan_meier(alive([1, 2], [0, 0]))
    assert curve.survival.tolist() == [1, 1]
    assert curve.ci_low.tolist() == [1, 1]
    assert np.isnan(curve.median)


def test_no_participants_is_a_status():
    curve = kaplan_meier(alive([], []))
    assert "no participants" in curve.status
    assert np.isnan(curve.at(1.0)[0]).all()


def test_a_curve_that_empties_before_late_entries_says_so():
    late = alive([1, 9, 10], [1, 1, 0], entry=np.array([0.0, 5.0, 5.0]))
    assert "time 1" in kaplan_meier(late).status


def test_a_confidence_in_percent_is_refused(tied):
    with pytest.raises(InputError, match=r"0\.95"):
        kaplan_meier(tied, confidence=95)


@given(cohorts(), st.floats(0.01, 100))
def test_the_curve_does_not_depend_on_the_unit_of_time(survival, factor):
    curve = kaplan_meier(survival)
    scaled = kaplan_meier(Survival(time=survival.time * factor, event=survival.event))
    np.testing.assert_array_equal(curve.survival, scaled.survival)
    np.testing.assert_allclose(scaled.median, curve.median * factor)


@given(cohorts())
def test_patients_twice_over_keep_the_curve_and_narrow_the_limits(survival):
    once = kaplan_meier(survival)
    twice = kaplan_meier(Survival(time=np.tile(survival.time, 2), event=np.tile(survival.event, 2)))
    np.testing.assert_allclose(twice.survival, once.survival)
    known = ~np.isnan(once.ci_low)
    assert (twice.ci_low[known] >= once.ci_low[known] - 1e-12).all()
    assert (twice.ci_high[known] <= once.ci_high[known] + 1e-12).all()


@given(cohorts())
def test_without_censoring_the_curve_is_the_share_still_alive(survival):
    everyone = Survival(time=survival.time, event=np.ones(survival.n, bool))
    curve = kaplan_meier(everyone)
    share = [(survival.time > t).mean() for t in curve.time]
    np.testing.assert_allclose(curve.survival, share, atol=1e-12)


def test_after_the_last_death_of_all_survival_is_zero_and_after_a_censoring_unknown():
    time = np.array([1.0, 2.0])
    all_died = kaplan_meier(Survival(time=time, event=np.array([True, True])))
    one_left = kaplan_meier(Survival(time=time, event=np.array([True, False])))
    assert all_died.at([3.0])[0].tolist() == [0.0]
    assert np.isnan([all_died.at([3.0])[1:], one_left.at([3.0])[1:]]).all()
    assert np.isnan(one_left.at([3.0])[0]).all()
