import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, log_rank


@st.composite
def two_groups(draw):
    n = draw(st.integers(4, 30))
    times = draw(st.lists(st.integers(1, 12), min_size=n, max_size=n))
    events = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    group = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    return Survival(time=np.array(times, float), event=np.array(events)), np.array(group)


def test_four_patients_by_hand():
    # At risk 4 (2 in a), 3 (1 in a), 2, 1: expected in a = 1/2 + 1/3, variance 1/4 + 2/9.
    survival = Survival(time=np.array([1.0, 2, 3, 4]), event=np.ones(4, bool))
    test = log_rank(survival, ["a", "a", "b", "b"])
    np.testing.assert_allclose(test.expected, [5 / 6, 19 / 6])
    np.testing.assert_allclose(test.statistic, (2 - 5 / 6) ** 2 / (1 / 4 + 2 / 9))


@pytest.mark.parametrize(
    ("case", "labels", "stratified"),
    [
        ("two groups", "x3", False),
        ("three groups", "group", False),
        ("stratified", "group", True),
        ("no ties", "group", False),
    ],
)
def test_statistic_and_expected_events_equal_r(
    case, labels, stratified, cohort, tied, fine, expected
):
    survival = fine if case == "no ties" else tied
    strata = cohort["stratum"] if stratified else None
    test = log_rank(survival, cohort[labels], strata=strata)
    for name in ("statistic", "degrees_of_freedom", "p_value", "observed", "expected"):
        answer = np.squeeze(expected("log_rank", case, name))
        np.testing.assert_allclose(getattr(test, name), answer, rtol=1e-9, err_msg=name)


def test_late_entry_equals_the_score_test_of_r_without_ties(cohort, expected):
    survival = Survival(
        time=cohort["fine_time"] + 400, event=cohort["event"], entry=cohort["entry"]
    )
    answer = expected("log_rank", "late entry", "statistic")
    np.testing.assert_allclose(log_rank(survival, cohort["x3"]).statistic, answer[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("events", "group", "words"),
    [
        ([1, 1, 1, 1], ["a", "a", "a", "a"], "only one group is present"),
        ([0, 0, 0, 0], ["a", "a", "b", "b"], "no events"),
        ([0, 0, 0, 1], ["a", "a", "b", "b"], "only one group was ever at risk"),
    ],
)
def test_nothing_to_compare_is_a_status(events, group, words):
    survival = Survival(time=np.array([1.0, 2, 3, 4]), event=np.array(events, bool))
    test = log_rank(survival, group)
    assert words in test.status
    assert np.isnan([test.statistic, test.p_value]).all()


def test_groups_in_separate_strata_cannot_be_compared():
    survival = Survival(time=np.array([1.0, 2, 3, 4]), event=np.ones(4, bool))
    test = log_rank(survival, ["a", "a", "b", "b"], strata=[0, 0, 1, 1])
    assert "never at risk together" in test.status
    assert np.isnan(test.p_value)


def test_a_measurement_as_group_is_refused(tied, cohort):
    with pytest.raises(InputError, match="whole numbers or text"):
        log_rank(tied, cohort["x1"])


@given(two_groups())
def test_renaming_the_groups_changes_nothing(data):
    survival, group = data
    one, other = log_rank(survival, group), log_rank(survival, 7 - group)
    np.testing.assert_allclose(other.statistic, one.statistic, rtol=1e-9)
    np.testing.assert_allclose(other.observed[::-1], one.observed)


@given(two_groups())
def test_expected_events_add_up_to_the_observed(data):
    test = log_rank(*data)
    np.testing.assert_allclose(test.expected.sum(), test.observed.sum(), atol=1e-9)


@given(two_groups())
def test_without_ties_it_is_the_score_test_of_cox(data):
    survival, group = data
    survival = Survival(time=np.arange(1.0, survival.n + 1), event=survival.event)
    test, fit = log_rank(survival, group), cox(survival, group)
    if not test.status and np.isfinite(fit.score_statistic):
        np.testing.assert_allclose(test.statistic, fit.score_statistic, rtol=1e-7)
