from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import auc, auc_difference


@st.composite
def scored(draw):
    n = draw(st.integers(6, 40))
    score = draw(st.lists(st.integers(-8, 8), min_size=n, max_size=n))
    outcome = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    return np.array(score, float), np.array(outcome)


def test_every_pair_counted_by_hand():
    # Pairs of case and control: 2>1, 2<3, 4>1, 4>3, and 3=3 one half.
    area = auc([1.0, 3.0, 2.0, 4.0, 3.0], np.array([False, False, True, True, True]))
    np.testing.assert_allclose(area.estimate, (1 + 0 + 1 + 1 + 1 + 0.5) / 6)


@pytest.mark.parametrize("case", ["ties", "no ties", "low in cases", "small"])
def test_area_variance_and_interval_equal_proc(case, cohort, expected):
    score, outcome = {
        "ties": (cohort["score"], cohort["response"]),
        "no ties": (cohort["fine_time"], cohort["response"]),
        "low in cases": (-cohort["score"], cohort["response"]),
        "small": (np.arange(1, 8), np.array([0, 0, 1, 0, 1, 0, 1]) == 1),
    }[case]
    area = auc(score, outcome)
    for name in ("estimate", "standard_error", "p_value"):
        np.testing.assert_allclose(getattr(area, name), expected("roc", case, name)[0], rtol=1e-9)
    logit = expected("roc", case, "logit_interval")
    np.testing.assert_allclose([area.ci_low, area.ci_high], logit, rtol=1e-9)
    # pROC cuts its plain interval at 0 and 1, as it must.
    plain = area.estimate + np.array([-1, 1]) * 1.959963984540054 * area.standard_error
    answer = expected("roc", case, "plain_interval")
    np.testing.assert_allclose(np.clip(plain, 0, 1), answer, rtol=1e-9)


def test_two_scores_of_the_same_patients_equal_proc(cohort, expected):
    difference = auc_difference(cohort["score"], cohort["x2"], cohort["response"])
    answer = expected("roc", "paired", "estimate")[0]
    np.testing.assert_allclose(difference.estimate, answer, rtol=1e-9)
    z = difference.estimate / difference.standard_error
    np.testing.assert_allclose(z, expected("roc", "paired", "z")[0], rtol=1e-9)
    np.testing.assert_allclose(difference.p_value, expected("roc", "paired", "p_value")[0])


@pytest.mark.parametrize(
    ("score", "outcome", "words"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], "separates the groups completely"),
        ([4, 3, 2, 1], [0, 0, 1, 1], "separates the groups completely"),
        ([1, 1, 1, 1], [0, 0, 1, 1], "does not vary"),
        ([1, 2, 3, 4], [0, 0, 0, 1], "at least two of each"),
        ([], [], "at least two of each"),
    ],
)
def test_no_interval_is_a_status(score, outcome, words):
    area = auc(np.array(score, float), np.array(outcome, bool))
    assert words in area.status
    assert np.isnan([area.standard_error, area.ci_low, area.ci_high, area.p_value]).all()


def test_an_area_of_one_is_still_given():
    assert auc([1, 2, 3, 4], np.array([False, False, True, True])).estimate == 1.0


def test_a_score_against_itself_has_no_variance(cohort):
    difference = auc_difference(cohort["score"], 2 * cohort["score"], cohort["response"])
    assert "order the participants alike" in difference.status
    assert difference.estimate == 0.0
    assert np.isnan(difference.p_value)


def test_codes_as_outcome_are_refused():
    with pytest.raises(InputError, match="boolean"):
        auc([1, 2, 3], np.array([0, 1, 1]))


def test_two_columns_are_refused():
    with pytest.raises(InputError, match="one score per participant"):
        auc(np.ones((3, 2)), np.array([True, False, True]))


@given(scored())
def test_turning_the_score_mirrors_area_and_interval(data):
    score, outcome = data
    one, other = auc(score, outcome), auc(-score, outcome)
    np.testing.assert_allclose(other.estimate, 1 - one.estimate)
    np.testing.assert_allclose(other.ci_low, 1 - one.ci_high, atol=1e-12)
    np.testing.assert_allclose(other.p_value, one.p_value, atol=1e-12)


@given(scored())
def test_only_ranks_matter(data):
    score, outcome = data
    one, other = auc(score, outcome), auc(np.exp(score / 4), outcome)
    np.testing.assert_equal(asdict(other), asdict(one))


@given(scored())
def test_the_interval_contains_the_area_and_stays_within_bounds(data):
    area = auc(*data)
    if not area.status:
        assert 0 <= area.ci_low <= area.estimate <= area.ci_high <= 1
        assert (area.p_value < 0.05) == (not area.ci_low <= 0.5 <= area.ci_high)


@given(scored())
def test_the_difference_to_the_reverse_score_doubles_the_distance_from_one_half(data):
    score, outcome = data
    difference, area = auc_difference(score, -score, outcome), auc(score, outcome)
    np.testing.assert_allclose(difference.estimate, 2 * area.estimate - 1, atol=1e-12)
    if not (area.status or difference.status):
        np.testing.assert_allclose(difference.standard_error, 2 * area.standard_error)
