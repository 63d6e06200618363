from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import auc, screen_auc


def test_every_pair_counted_by_hand():
    # Cases 2, 4, 3 against controls 1, 3: 2>1, 2<3, 4>1, 4>3, 3>1, and 3=3 one half. Placements
    # of cases 1/2, 1, 3/4 (variance 1/16), of controls 1, 1/2 (variance 1/8).
    y = np.array([False, False, True, True, True])
    screen = screen_auc(y, np.array([[1.0], [3], [2], [4], [3]]))
    np.testing.assert_allclose(screen.estimates, 4.5 / 6)
    np.testing.assert_allclose(screen.standard_errors, np.sqrt(1 / 16 / 3 + 1 / 8 / 2))


def test_areas_equal_proc(cohort, expected):
    markers = np.column_stack([cohort["score"], cohort["fine_time"], -cohort["score"]])
    screen = screen_auc(cohort["response"], markers)
    for position, case in enumerate(("ties", "no ties", "low in cases")):
        for name, singular in (
            ("estimates", "estimate"),
            ("standard_errors", "standard_error"),
            ("p_values", "p_value"),
        ):
            answer = expected("roc", case, singular)[0]
            np.testing.assert_allclose(getattr(screen, name)[position], answer, rtol=1e-9)
        interval = (screen.ci_low[position], screen.ci_high[position])
        np.testing.assert_allclose(interval, expected("roc", case, "logit_interval"), rtol=1e-9)


@st.composite
def outcomes(draw):
    n = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    y = rng.random(n) < draw(st.sampled_from([0.05, 0.5, 1.0]))
    markers = rng.normal(size=(n, 3)) * 1e6
    markers[:, 1] = rng.integers(0, draw(st.integers(1, 6)), n)
    markers[:, 2] += 1e7 * y
    markers[rng.random((n, 3)) < draw(st.sampled_from([0.0, 0.3, 1.0]))] = np.nan
    return y, markers


@settings(max_examples=150)
@given(outcomes())
def test_a_screen_is_the_areas_one_at_a_time(drawn):
    y, markers = drawn
    screen = screen_auc(y, markers)
    for position, values in enumerate(markers.T):
        rows = ~np.isnan(values)
        one = auc(values[rows], y[rows])
        assert (screen.n[position], screen.n_events[position]) == (one.n, one.n_events)
        expected_status = one.status if rows.any() else "no participant has a value"
        assert screen.status[position] == expected_status
        for name, singular in (
            ("estimates", one.estimate),
            ("standard_errors", one.standard_error),
            ("ci_low", one.ci_low),
            ("ci_high", one.ci_high),
            ("p_values", one.p_value),
        ):
            np.testing.assert_allclose(getattr(screen, name)[position], singular, rtol=1e-9)


@settings(max_examples=50)
@given(outcomes(), st.integers(0, 1000))
def test_order_and_scale_change_nothing_and_the_other_label_mirrors(drawn, seed):
    y, markers = drawn
    order = np.random.default_rng(seed).permutation(y.size)
    one = screen_auc(y, markers)
    other = screen_auc(y[order], 2.0**-20 * markers[order] + 1.0)
    for item in fields(one):
        np.testing.assert_array_equal(getattr(other, item.name), getattr(one, item.name))
    mirrored = screen_auc(~y, markers)
    np.testing.assert_allclose(mirrored.estimates, 1.0 - one.estimates, atol=1e-12)
    np.testing.assert_allclose(mirrored.ci_low, 1.0 - one.ci_high, atol=1e-12)
    np.testing.assert_allclose(mirrored.p_values, one.p_values, rtol=1e-9, atol=1e-12)


def test_each_kind_of_marker_without_an_interval_says_why():
    y = np.arange(8) < 4
    markers = np.column_stack([
        np.full(8, np.nan),
        np.full(8, 3.0),
        np.arange(8.0),
        np.where(np.arange(8) < 3, np.nan, np.arange(8.0)),
    ])
    screen = screen_auc(y, markers)
    words = ("no participant has a value", "does not vary", "separates", "at least two of each")
    assert all(word in status for word, status in zip(words, screen.status, strict=True))
    np.testing.assert_array_equal(screen.estimates, [np.nan, 0.5, 0.0, np.nan])
    for values in (screen.standard_errors, screen.ci_low, screen.ci_high, screen.p_values):
        assert np.isnan(values).all()
    assert all("at least two" in s for s in screen_auc(np.ones(8, bool), markers).status[1:])


def test_more_markers_than_one_block_stay_in_order():
    rng = np.random.default_rng(3)
    y, markers = rng.random(30) < 0.5, rng.normal(size=(30, 150))
    screen = screen_auc(y, markers)
    singles = [auc(values, y).estimate for values in markers.T]
    np.testing.assert_allclose(screen.estimates, singles)


def test_p_values_without_any_effect_are_uniform():
    rng = np.random.default_rng(20)
    p = screen_auc(rng.random(300) < 0.4, rng.normal(size=(300, 4000))).p_values
    # 4,000 independent looks at 5 %: standard error 0.34 %, and four of them.
    assert abs(np.mean(p < 0.05) - 0.05) < 0.0138


@pytest.mark.parametrize(
    ("outcome", "markers", "words"),
    [
        (np.array([0, 1, 1]), np.ones((3, 1)), "boolean"),
        (np.array([True, False]), np.ones((3, 1)), "one row of biomarkers"),
        (np.array([True, False]), np.full((2, 1), -np.inf), "logarithm of zero"),
    ],
)
def test_bad_input_is_refused(outcome, markers, words):
    with pytest.raises(InputError, match=words):
        screen_auc(outcome, markers)
