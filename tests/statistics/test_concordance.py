import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    bootstrap_concordance,
    concordance,
    concordance_difference,
)
from macroimmune.statistics.censoring import censoring_curve

CASES = [
    ("harrell", "tied", False, "harrell", False),
    ("harrell ties", "tied", True, "harrell", False),
    ("harrell no tied times", "fine", False, "harrell", False),
    ("harrell horizon", "tied", True, "harrell", True),
    ("uno", "tied", False, "uno", False),
    ("uno ties", "tied", True, "uno", False),
    ("uno no tied times", "fine", False, "uno", False),
    ("uno horizon", "tied", True, "uno", True),
]


@pytest.mark.parametrize(("case", "times", "is_coarse", "weights", "has_horizon"), CASES)
def test_concordance_and_its_error_equal_r(
    case, times, is_coarse, weights, has_horizon, cohort, tied, fine, expected
):
    marker = np.round(cohort["x1"] * 2) / 2 if is_coarse else cohort["x1"]
    horizon = float(np.squeeze(expected("concordance", "day", "horizon"))) if has_horizon else None
    found = concordance(
        tied if times == "tied" else fine, marker, weights=weights, horizon_days=horizon
    )
    for name in ("concordance", "standard_error"):
        answer = np.squeeze(expected("concordance", case, name))
        np.testing.assert_allclose(getattr(found, name), answer, rtol=1e-10, err_msg=name)
    counts = (found.concordant, found.discordant, found.tied)
    np.testing.assert_allclose(counts, np.squeeze(expected("concordance", case, "counts")))


def test_the_difference_of_two_markers_equals_r(tied, expected):
    linear = np.squeeze(expected("concordance", "difference", "linear")).reshape(2, -1)
    covariance = np.squeeze(expected("concordance", "difference", "covariance")).reshape(2, 2)
    one, two = np.squeeze(expected("concordance", "difference", "concordance"))
    found = concordance_difference(tied, *linear)
    contrast = np.array([-1.0, 1.0])
    np.testing.assert_allclose(found.difference, two - one, rtol=1e-10)
    variance = contrast @ covariance @ contrast
    np.testing.assert_allclose(found.standard_error, np.sqrt(variance), rtol=1e-9)


@st.composite
def cohorts(draw):
    n = draw(st.integers(2, 25))
    times = draw(st.lists(st.integers(0, 8), min_size=n, max_size=n))
    events = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    marker = draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n))
    survival = Survival(time=np.array(times, float), event=np.array(events))
    return survival, np.array(marker, float)


def pairs_one_by_one(survival, marker, weight):
    """Return concordant, discordant and tied by looking at every pair."""
    sums = np.zeros(3)
    for i in np.flatnonzero(survival.event):
        for j in range(survival.n):
            later = survival.time[j] > survival.time[i]
            later |= survival.time[j] == survival.time[i] and not survival.event[j]
            if later:
                which = 0 if marker[i] > marker[j] else 1 if marker[i] < marker[j] else 2
                sums[which] += weight[i]
    return sums


@given(cohorts())
def test_the_sums_are_those_of_all_pairs_one_by_one(drawn):
    survival, marker = drawn
    for weights in ("harrell", "uno"):
        weight = np.ones(survival.n)
        if weights == "uno":
            weight = (
                1.0
                / np.where(survival.event, censoring_curve(survival).before(survival.time), 1) ** 2
            )
        found = concordance(survival, marker, weights=weights)
        sums = pairs_one_by_one(survival, marker, weight)
        if sums.sum() == 0:
            assert found.status
            assert np.isnan(found.concordance)
            continue
        np.testing.assert_allclose((found.concordant, found.discordant, found.tied), sums)
        np.testing.assert_allclose(found.influence.sum(), 0.0, atol=1e-9)


@given(cohorts())
def test_the_opposite_marker_has_the_opposite_concordance(drawn):
    survival, marker = drawn
    found, opposite = concordance(survival, marker), concordance(survival, -marker)
    assert found.status == opposite.status
    if not found.status:
        np.testing.assert_allclose(found.concordance + opposite.concordance, 1.0)
        np.testing.assert_allclose(found.standard_error, opposite.standard_error)


def test_a_bootstrap_sample_is_what_drawing_rows_gives():
    rng = np.random.default_rng(3)
    time, marker = rng.integers(1, 30, 60).astype(float), rng.normal(size=60)
    event = rng.random(60) < 0.6
    found = bootstrap_concordance(
        Survival(time=time, event=event), marker, replicates=20, rng=np.random.default_rng(8)
    )
    again = np.random.default_rng(8)
    for value in found:
        rows = again.integers(0, 60, 60)
        literal = concordance(Survival(time=time[rows], event=event[rows]), marker[rows])
        # Copies of one censored participant are never a pair, copies with an event share a day.
        np.testing.assert_allclose(value, literal.concordance, rtol=1e-12)


def test_the_jackknife_error_is_that_of_the_bootstrap():
    rng = np.random.default_rng(5)
    marker = rng.normal(size=400)
    death, end = rng.exponential(np.exp(-0.5 * marker)), rng.exponential(2.0, 400)
    survival = Survival(time=np.minimum(death, end), event=death <= end)
    drawn = bootstrap_concordance(survival, marker, replicates=1500, rng=rng)
    # 1,500 samples know a standard deviation to 1 / sqrt(3000) = 2 %: five of those.
    np.testing.assert_allclose(concordance(survival, marker).standard_error, drawn.std(), rtol=0.1)


def test_uno_does_not_depend_on_who_was_censored_and_harrell_does():
    rng = np.random.default_rng(12)
    n = 40_000
    marker = rng.normal(size=n)
    # The marker loses its effect after day 1, so early pairs are better ordered than late ones.
    early = rng.exponential(np.exp(-1.2 * marker))
    death = np.where(early < 1.0, early, 1.0 + rng.exponential(1.0, n))
    whole = Survival(time=death, event=np.ones(n, bool))
    end = rng.exponential(1.5, n)
    censored = Survival(time=np.minimum(death, end), event=death <= end)
    truth = concordance(whole, marker, horizon_days=2.0).concordance
    uno = concordance(censored, marker, weights="uno", horizon_days=2.0)
    harrell = concordance(censored, marker, horizon_days=2.0)
    assert abs(uno.concordance - truth) < 4 * uno.standard_error
    assert abs(harrell.concordance - truth) > 4 * harrell.standard_error


@pytest.mark.parametrize(
    ("time", "event", "horizon", "sentence"),
    [
        ([1.0, 2.0, 3.0], [False, False, False], None, "no events"),
        ([5.0, 5.0, 5.0], [True, True, True], None, "nobody outlived"),
        ([1.0, 2.0, 3.0], [True, True, True], 9.0, "past the last follow-up"),
        ([2.0, 2.5, 3.0], [True, True, True], 1.0, "no events were seen up to the horizon"),
        ([0.0, 0.0, 0.0], [True, True, True], None, "nobody outlived"),
    ],
)
def test_what_cannot_be_compared_is_said(time, event, horizon, sentence):
    survival = Survival(time=np.array(time), event=np.array(event))
    found = concordance(survival, [1.0, 2.0, 3.0], horizon_days=horizon)
    assert sentence in found.status
    assert np.isnan([found.concordance, found.standard_error, found.ci_low]).all()


def test_a_constant_marker_orders_nothing_and_equal_markers_do_not_differ():
    survival = Survival(time=np.array([0.0, 1.0, 2.0]), event=np.array([True, True, False]))
    assert concordance(survival, [4.0, 4.0, 4.0]).concordance == 0.5
    same = concordance_difference(survival, [1.0, 2.0, 3.0], [10.0, 20.0, 30.0])
    assert "alike" in same.status
    assert np.isnan(same.p_value)


def test_late_entry_and_bad_horizons_are_refused():
    late = Survival(time=np.array([2.0, 3.0]), event=np.array([True, True]), entry=np.zeros(2))
    with pytest.raises(InputError, match="entered late"):
        concordance(late, [1.0, 2.0])
    survival = Survival(time=np.array([2.0, 3.0]), event=np.array([True, True]))
    with pytest.raises(InputError, match="horizon"):
        concordance(survival, [1.0, 2.0], horizon_days=0.0)
    with pytest.raises(InputError, match="missing"):
        concordance(survival, [1.0, np.nan])
    with pytest.raises(InputError, match="expected one of"):
        concordance(survival, [1.0, 2.0], weights="gonen")
