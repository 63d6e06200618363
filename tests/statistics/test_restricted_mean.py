import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import restricted_mean, restricted_mean_difference


def check(found, case, expected):
    for name in ("mean", "standard_error"):
        answer = np.squeeze(expected("restricted_mean", case, name))
        np.testing.assert_allclose(getattr(found, name), answer, rtol=1e-8, err_msg=name)


@pytest.mark.parametrize(("case", "horizon"), [("all", 220.0), ("short", 100.0)])
def test_the_mean_and_its_error_equal_r(case, horizon, tied, expected):
    check(restricted_mean(tied, horizon_days=horizon), case, expected)


def test_late_entry_equals_r(cohort, expected):
    survival = Survival(time=cohort["time"] + 400, event=cohort["event"], entry=cohort["entry"])
    check(restricted_mean(survival, horizon_days=500.0), "late entry", expected)


def test_a_difference_is_that_of_two_groups_of_r(cohort, tied, expected):
    low, high = (tied.select(cohort["x3"] == k) for k in (0, 1))
    found = restricted_mean_difference(low, high, horizon_days=200.0)
    check(found.first, "low", expected)
    check(found.second, "high", expected)
    assert found.difference == found.second.mean - found.first.mean
    np.testing.assert_allclose(
        found.standard_error**2, found.first.standard_error**2 + found.second.standard_error**2
    )


def test_three_patients_by_hand():
    # Curve 1, 2/3 from day 2, 1/3 from day 4; horizon 5: area 2 + 4/3 + 1/3.
    survival = Survival(time=np.array([2.0, 4.0, 6.0]), event=np.array([True, True, False]))
    found = restricted_mean(survival, horizon_days=5.0)
    np.testing.assert_allclose(found.mean, 2 + 4 / 3 + 1 / 3)
    # To come after day 2: 5/3; after day 4: 1/3. Weights 1/(3 x 2) and 1/(2 x 1).
    np.testing.assert_allclose(found.standard_error**2, (5 / 3) ** 2 / 6 + (1 / 3) ** 2 / 2)


def test_the_error_is_that_of_the_mean_and_not_the_spread_of_the_patients():
    time = np.random.default_rng(5).exponential(10.0, 400)
    survival = Survival(time=time, event=np.ones(400, bool))
    restricted = np.minimum(time, 8.0)
    found = restricted_mean(survival, horizon_days=8.0)
    np.testing.assert_allclose(found.mean, restricted.mean())
    # Without censoring it is the standard error of a mean; the fault reports the SD, 20 times it.
    np.testing.assert_allclose(found.standard_error, restricted.std() / np.sqrt(400), rtol=1e-9)


@given(st.integers(0, 500), st.floats(0.5, 30.0))
def test_a_change_of_unit_changes_all_numbers_alike(seed, horizon):
    rng = np.random.default_rng(seed)
    time, event = rng.integers(0, 40, 30).astype(float), rng.random(30) < 0.6
    found = restricted_mean(Survival(time=time, event=event), horizon_days=horizon)
    months = restricted_mean(Survival(time=time * 30, event=event), horizon_days=horizon * 30)
    assert bool(found.status) == bool(months.status)
    if not found.status:
        np.testing.assert_allclose(months.mean, 30 * found.mean)
        np.testing.assert_allclose(months.standard_error, 30 * found.standard_error, atol=1e-9)
        assert 0 <= found.mean <= horizon


def test_intervals_hold_the_truth_in_95_of_100_cohorts():
    rng, held, truth = np.random.default_rng(9), 0, 2.0 * (1.0 - np.exp(-1.0))
    for _ in range(600):
        death, end = rng.exponential(2.0, 120), rng.uniform(1.0, 6.0, 120)
        survival = Survival(time=np.minimum(death, end), event=death <= end)
        found = restricted_mean(survival, horizon_days=2.0)
        held += found.ci_low <= truth <= found.ci_high
    # 600 at 95 %: standard error 0.9 %, three of them.
    assert abs(held / 600 - 0.95) < 0.027


def test_a_horizon_past_the_last_follow_up_is_said_unless_all_had_the_event():
    event = np.array([True, True, False])
    censored = Survival(time=np.array([1.0, 2.0, 3.0]), event=event)
    found = restricted_mean(censored, horizon_days=4.0)
    assert "past the last follow-up" in found.status
    assert np.isnan([found.mean, found.standard_error, found.ci_low]).all()
    complete = Survival(time=np.array([1.0, 2.0, 3.0]), event=~event | event)
    assert restricted_mean(complete, horizon_days=4.0).mean == 2.0
    both = restricted_mean_difference(censored, complete, horizon_days=4.0)
    assert "first group" in both.status
    assert np.isnan([both.difference, both.p_value]).all()


def test_no_events_and_events_at_time_zero_are_told():
    nothing = Survival(time=np.array([5.0, 6.0]), event=np.zeros(2, bool))
    assert restricted_mean(nothing, horizon_days=4.0).mean == 4.0
    both = restricted_mean_difference(nothing, nothing, horizon_days=4.0)
    assert "no events" in both.status
    assert np.isnan(both.p_value)
    zero = Survival(time=np.zeros(3), event=np.ones(3, bool))
    assert restricted_mean(zero, horizon_days=4.0).mean == 0.0
    with pytest.raises(InputError, match="horizon"):
        restricted_mean(nothing, horizon_days=0.0)


def test_nobody_is_a_status():
    nobody = Survival(time=np.empty(0), event=np.empty(0, bool))
    assert "no participants" in restricted_mean(nobody, horizon_days=4.0).status


@pytest.mark.parametrize("time", [[9.0, 8, 7], [2.0, 2, 2]])
def test_a_mean_without_spread_stands_without_an_error(time):
    event = np.array(time) < 5
    still = Survival(time=np.array(time), event=event)
    found = restricted_mean(still, horizon_days=5.0)
    assert found.mean == min(time[0], 5.0)
    assert "the error of the mean cannot be estimated" in found.status
    assert np.isnan([found.standard_error, found.ci_low, found.ci_high]).all()
    other = Survival(time=np.array([1.0, 3, 6, 7]), event=np.ones(4, bool))
    both = restricted_mean_difference(other, still, horizon_days=5.0)
    assert both.status.startswith("second group: no events")
    assert np.isnan([both.standard_error, both.ci_low, both.p_value]).all()


def test_a_cohort_that_nobody_saw_from_the_start_has_no_mean():
    late = Survival(
        time=np.array([5.0, 9, 12]), event=np.ones(3, bool), entry=np.array([2.0, 3, 4])
    )
    found = restricted_mean(late, horizon_days=8.0)
    assert "nobody was under observation before day 2" in found.status
    assert np.isnan(found.mean)


def test_an_event_at_time_zero_counts():
    survival = Survival(time=np.array([0.0, 2, 4]), event=np.ones(3, bool))
    np.testing.assert_allclose(restricted_mean(survival, horizon_days=4.0).mean, 2.0)
