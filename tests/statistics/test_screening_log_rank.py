import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import log_rank, screen_log_rank


def all_events(n):
    return Survival(time=np.arange(1.0, n + 1), event=np.ones(n, bool))


def test_four_patients_by_hand():
    # At risk 4 (2 up to the cut), 3 (1), 2, 1: expected 1/2 + 1/3, variance 1/4 + 2/9.
    screen = screen_log_rank(all_events(4), np.array([[5.0], [6], [8], [9]]), cuts=[7.0])
    np.testing.assert_allclose(screen.expected, [[5 / 6, 19 / 6]])
    np.testing.assert_allclose(screen.statistics, (2 - 5 / 6) ** 2 / (1 / 4 + 2 / 9))
    assert screen.observed.tolist() == [[2, 2]]


@pytest.mark.parametrize("kind", ["groups", "strata"])
def test_a_screen_equals_survdiff(kind, cohort, tied, expected):
    strata = cohort["stratum"] if kind == "strata" else None
    markers = cohort["x"].copy()
    markers[::7, 0] = np.nan
    at_cuts = screen_log_rank(tied, markers, cuts=[0.3, 0.7, 0.0], strata=strata)
    # R rounds halves to even, as numpy does.
    whole = screen_log_rank(tied, np.round(markers[:, [1]]), strata=strata)
    cases = ["x1 > 0.3", "x2 > 0.7", "x3 > 0", "few"]
    for screen, position, case in zip([at_cuts] * 3 + [whole], [0, 1, 2, 0], cases, strict=True):
        for name in ("observed", "expected"):
            answer = expected("screening", f"{kind} {case}", name)
            np.testing.assert_allclose(getattr(screen, name)[position], answer, rtol=1e-9)
        answer = expected("screening", f"{kind} {case}", "statistic")[0]
        np.testing.assert_allclose(screen.statistics[position], answer, rtol=1e-9)


@st.composite
def cohorts(draw):
    n = draw(st.integers(2, 30))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    time = rng.integers(0, draw(st.integers(1, 20)), n).astype(float)
    entry = None
    if draw(st.booleans()):
        entry, time = np.floor(rng.random(n) * (time + 1)), time + 1
    markers = rng.integers(0, draw(st.integers(1, 5)), (n, 4)).astype(float)
    markers[rng.random((n, 4)) < draw(st.sampled_from([0.0, 0.3, 1.0]))] = np.nan
    strata = rng.integers(0, 3, n) if draw(st.booleans()) else None
    return Survival(time=time, event=rng.random(n) < 0.6, entry=entry), markers, strata


def equals_one_at_a_time(screen, position, survival, groups, strata):
    rows = ~np.isnan(groups)
    labels = None if strata is None else strata[rows]
    one = log_rank(survival.select(rows), groups[rows].astype(int), strata=labels)
    assert screen.status[position] == one.status
    assert (screen.n[position], screen.n_events[position]) == (one.n, one.n_events)
    assert screen.degrees_of_freedom[position] == one.degrees_of_freedom
    np.testing.assert_allclose(screen.statistics[position], one.statistic, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(screen.p_values[position], one.p_value, rtol=1e-8)
    present = screen.group_n[position] > 0
    np.testing.assert_allclose(screen.expected[position, present], one.expected, atol=1e-10)
    assert screen.observed[position, present].tolist() == one.observed.tolist()


@settings(max_examples=150)
@given(cohorts())
def test_a_screen_is_the_tests_one_at_a_time(drawn):
    survival, markers, strata = drawn
    screen = screen_log_rank(survival, markers, strata=strata)
    at_cuts = screen_log_rank(survival, markers, cuts=np.ones(4), strata=strata)
    for position, values in enumerate(markers.T):
        if np.isnan(values).all():
            assert "no participant" in screen.status[position]
            assert np.isnan(screen.p_values[position])
            continue
        equals_one_at_a_time(screen, position, survival, values, strata)
        above = np.where(np.isnan(values), np.nan, values > 1)
        equals_one_at_a_time(at_cuts, position, survival, above, strata)


@settings(max_examples=50)
@given(cohorts(), st.integers(0, 1000))
def test_order_of_rows_unit_and_names_of_groups_change_nothing(drawn, seed):
    survival, markers, strata = drawn
    order = np.random.default_rng(seed).permutation(survival.n)
    shuffled = Survival(
        time=survival.time[order] * 30.0,
        event=survival.event[order],
        entry=None if survival.entry is None else survival.entry[order] * 30.0,
    )
    one = screen_log_rank(survival, markers, strata=strata)
    other = screen_log_rank(
        shuffled, 7.0 - markers[order], strata=None if strata is None else strata[order]
    )
    np.testing.assert_allclose(other.statistics, one.statistics, rtol=1e-8, atol=1e-10)
    assert other.status == one.status
    kept = np.nansum(one.expected, axis=1)
    np.testing.assert_allclose(kept, one.n_events, atol=1e-9)


def test_more_markers_than_one_block_stay_in_order():
    rng = np.random.default_rng(2)
    survival = Survival(time=rng.exponential(size=40), event=rng.random(40) < 0.7)
    markers = rng.normal(size=(40, 200))
    screen = screen_log_rank(survival, markers, cuts=np.median(markers, axis=0))
    for position in (0, 63, 64, 130, 199):
        above = markers[:, position] > np.median(markers[:, position])
        np.testing.assert_allclose(screen.statistics[position], log_rank(survival, above).statistic)


def test_each_kind_of_marker_without_a_test_says_why():
    n = 30
    markers = np.column_stack([
        np.full(n, np.nan),
        np.full(n, 2.0),
        np.arange(n, dtype=float),
        np.where(np.arange(n) < n - 1, 1.0, np.nan),
    ])
    screen = screen_log_rank(all_events(n), markers)
    words = (
        "no participant has a value",
        "only one group",
        "a measurement needs a cut",
        "only one",
    )
    assert all(word in status for word, status in zip(words, screen.status, strict=True))
    assert np.isnan(screen.statistics).all()
    assert np.isnan(screen.p_values).all()
    assert screen.n.tolist() == [0, n, 0, n - 1]
    at_cuts = screen_log_rank(all_events(n), markers[:, [2, 2, 2]], cuts=[np.nan, 99.0, 14.0])
    assert [bool(s) for s in at_cuts.status] == [True, True, False]
    assert at_cuts.status[0] == "the cut of this biomarker is missing"
    assert at_cuts.group_n.tolist() == [[0, 0], [n, 0], [15, 15]]


def test_no_events_and_everyone_on_day_zero_have_a_status_or_an_exact_answer():
    markers = np.array([[0.0], [0], [1], [1]])
    nobody = Survival(time=np.zeros(4), event=np.zeros(4, bool))
    assert "no events" in screen_log_rank(nobody, markers).status[0]
    # All four die at once: no spread is left, so the groups tell nothing.
    all_at_once = Survival(time=np.zeros(4), event=np.ones(4, bool))
    assert "never at risk together" in screen_log_rank(all_at_once, markers).status[0]
    # Day zero: 2 of 4 die, both in the first group; 2 (4 - 2) / 3 x 1/4 = 1/3 is the variance.
    half = Survival(time=np.zeros(4), event=np.array([True, True, False, False]))
    np.testing.assert_allclose(screen_log_rank(half, markers).statistics, [(2 - 1) ** 2 * 3])


def test_nobody_and_no_marker_give_empty_screens():
    nobody = Survival(time=np.zeros(0), event=np.zeros(0, bool))
    assert screen_log_rank(nobody, np.zeros((0, 2))).status == ("no participant has a value",) * 2
    assert screen_log_rank(all_events(3), np.zeros((3, 0))).status == ()


def test_p_values_without_any_effect_are_uniform():
    rng = np.random.default_rng(18)
    survival = Survival(time=rng.exponential(size=200), event=rng.random(200) < 0.7)
    p = screen_log_rank(survival, rng.normal(size=(200, 4000)), cuts=np.zeros(4000)).p_values
    # 4,000 independent looks at 5 %: standard error 0.34 %, and four of them.
    assert abs(np.mean(p < 0.05) - 0.05) < 0.0138


@pytest.mark.parametrize(
    ("markers", "cuts", "words"),
    [
        (np.ones((3, 2)), None, "one row of biomarkers"),
        (np.full((4, 1), np.inf), None, "logarithm of zero"),
        (np.full((4, 2), 1.5), None, "give `cuts`"),
        (np.ones((4, 2)), [1.0], "one cut per biomarker"),
    ],
)
def test_bad_input_is_refused(markers, cuts, words):
    with pytest.raises(InputError, match=words):
        screen_log_rank(all_events(4), markers, cuts=cuts)
