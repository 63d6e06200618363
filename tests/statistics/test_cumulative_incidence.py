import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cumulative_incidence, kaplan_meier


@pytest.mark.parametrize("of", [1, 2])
@pytest.mark.parametrize("times", ["time", "fine_time"])
def test_incidence_and_error_equal_r(times, of, tied, fine, expected):
    cause = np.squeeze(expected("cumulative_incidence", "cohort", "cause")).astype(int)
    days = np.squeeze(expected("cumulative_incidence", "cohort", "days"))
    found = cumulative_incidence(tied if times == "time" else fine, cause, of=of)
    row = np.searchsorted(found.time, days, side="right") - 1
    for name in ("incidence", "standard_error"):
        answer = np.squeeze(expected("cumulative_incidence", f"{times} {of}", name))
        np.testing.assert_allclose(getattr(found, name)[row], answer, rtol=1e-8, err_msg=name)
    np.testing.assert_allclose(found.at(days), found.incidence[row])
    low, high = found.interval_at(np.append(days, 0.0))
    np.testing.assert_allclose(low[:-1], found.ci_low[row])
    np.testing.assert_allclose(high[:-1], found.ci_high[row])
    assert np.isnan([low[-1], high[-1]]).all()


def drawn(seed, n=40):
    rng = np.random.default_rng(seed)
    cause = rng.integers(0, 3, n)
    return Survival(time=rng.integers(0, 15, n).astype(float), event=cause > 0), cause


@given(st.integers(0, 400))
def test_causes_add_up_to_the_events_of_any_kind(seed):
    survival, cause = drawn(seed)
    one, two = (cumulative_incidence(survival, cause, of=k) for k in (1, 2))
    free = kaplan_meier(survival).at(one.time)[0]
    np.testing.assert_allclose(one.incidence + two.incidence + free, 1.0)


@given(st.integers(0, 400))
def test_one_less_kaplan_meier_is_never_below_it(seed):
    survival, cause = drawn(seed)
    found = cumulative_incidence(survival, cause)
    censoring = Survival(time=survival.time, event=cause == 1)
    naive = 1.0 - kaplan_meier(censoring).at(found.time)[0]
    assert (naive >= found.incidence - 1e-12).all()


def test_with_one_cause_it_is_one_less_kaplan_meier_with_the_error_of_greenwood():
    survival, cause = drawn(7)
    single = Survival(time=survival.time, event=cause == 1)
    found = cumulative_incidence(single, (cause == 1).astype(int))
    curve = kaplan_meier(single)
    np.testing.assert_allclose(found.incidence, 1.0 - curve.at(found.time)[0])
    events = curve.n_event > 0
    d, n = curve.n_event[events], curve.n_at_risk[events]
    greenwood = curve.survival[events] ** 2 * np.cumsum(d / (n * np.maximum(n - d, 1)))
    kept = curve.survival[events] > 0
    np.testing.assert_allclose(found.standard_error[kept] ** 2, greenwood[kept], rtol=1e-8)


def test_competing_deaths_fool_kaplan_meier_and_not_the_incidence():
    # Relapse at rate 1 and death at rate 2: by day 1 a share of (1 - e^-3) / 3 has relapsed.
    rng = np.random.default_rng(14)
    n, truth = 5000, (1 - np.exp(-3)) / 3
    relapse, death = rng.exponential(1.0, n), rng.exponential(0.5, n)
    end = rng.uniform(0.5, 3.0, n)
    time = np.minimum(np.minimum(relapse, death), end)
    cause = np.where(time == end, 0, np.where(relapse < death, 1, 2))
    found = cumulative_incidence(Survival(time=time, event=cause > 0), cause)
    row = np.searchsorted(found.time, 1.0) - 1
    assert abs(found.incidence[row] - truth) < 4 * found.standard_error[row]
    assert found.ci_low[row] < truth < found.ci_high[row]
    naive = 1.0 - kaplan_meier(Survival(time=time, event=cause == 1)).at([1.0])[0][0]
    assert naive > truth + 0.25


def test_what_cannot_be_told_is_said_and_disagreement_refused():
    alive = Survival(time=np.arange(1.0, 5.0), event=np.zeros(4, bool))
    nothing = cumulative_incidence(alive, np.zeros(4, int))
    assert "nobody had an event" in nothing.status
    assert nothing.at([3.0])[0] == 0.0
    others = Survival(time=np.zeros(3), event=np.ones(3, bool))
    competing = cumulative_incidence(others, [2, 2, 2])
    assert (competing.n_competing, competing.incidence.tolist()) == (3, [0.0])
    assert np.isnan(competing.ci_low).all()
    with pytest.raises(InputError, match="disagree in 1"):
        cumulative_incidence(others, [1, 0, 2])
    with pytest.raises(InputError, match="whole number"):
        cumulative_incidence(others, [1.0, 1.0, 2.0])
    late = Survival(time=np.ones(2), event=np.ones(2, bool), entry=np.zeros(2))
    with pytest.raises(InputError, match="entered late"):
        cumulative_incidence(late, [1, 2])


@pytest.mark.parametrize("n", range(2, 120))
def test_a_curve_that_comes_to_one_has_no_limits_there_whatever_its_steps_round_to(n):
    times = np.arange(1.0, n + 1.0)
    times[: n // 3] = times[0]
    survival = Survival(time=times, event=np.ones(n, dtype=bool))
    curve = cumulative_incidence(survival, np.ones(n, dtype=int))
    assert curve.incidence[-1] == pytest.approx(1.0)
    assert np.isnan(curve.ci_low[-1])
    assert np.isnan(curve.ci_high[-1])
