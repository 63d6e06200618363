import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.response import apply_reference, fit_reference


def people(n: int = 30, markers: int = 4, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, markers))


def test_a_marker_that_fewer_than_twenty_people_have_is_not_standardised():
    values = people()
    values[:11, 0] = np.nan
    reference = fit_reference(values, values, least=3)
    assert reference.is_used.tolist() == [False, True, True, True]
    assert reference.n_people.tolist() == [19, 30, 30, 30]


def test_a_marker_in_which_most_people_are_alike_is_not_standardised():
    values = people()
    values[:20, 1] = 0.3
    reference = fit_reference(values, values, least=3)
    assert reference.is_used.tolist() == [True, False, True, True]
    assert np.isnan(reference.scaled_mad[1])


def test_tertiles_need_twenty_people_with_every_marker():
    values = people(25)
    values[:3, 0] = values[3:6, 1] = np.nan
    without = fit_reference(values, values, least=3)
    assert without.is_used.all()
    assert np.isnan([without.low_tertile, without.high_tertile]).all()
    whole = fit_reference(people(25), people(25), least=3)
    assert whole.low_tertile < whole.high_tertile


def test_a_score_needs_the_least_number_of_markers():
    reference = fit_reference(people(), people(), least=3)
    samples = np.array([[1.0, 1.0, 1.0, np.nan], [1.0, 1.0, np.nan, np.nan]])
    found = apply_reference(reference, samples, samples, least=3)
    assert np.isfinite(found.score).tolist() == [True, False]
    assert np.isfinite(found.level).tolist() == [True, False]


def test_a_third_of_the_people_of_the_reference_lies_beyond_each_tertile():
    values = people(300)
    reference = fit_reference(values, values, least=3)
    score = apply_reference(reference, values, values, least=3).score
    assert np.mean(score < reference.low_tertile) == pytest.approx(1 / 3, abs=0.01)
    assert np.mean(score > reference.high_tertile) == pytest.approx(1 / 3, abs=0.01)


@settings(max_examples=30, deadline=None)
@given(scale=st.floats(0.01, 100.0), shift=st.floats(-100.0, 100.0), marker=st.integers(0, 3))
def test_another_unit_of_one_marker_leaves_scores_as_they_are(scale, shift, marker):
    values, levels = people(), people(seed=2)
    other, moved = values.copy(), levels.copy()
    other[:, marker] = values[:, marker] * scale + shift
    moved[:, marker] = levels[:, marker] * scale + shift
    results = [
        apply_reference(fit_reference(one, level, least=3), one, level, least=3)
        for one, level in ((values, levels), (other, moved))
    ]
    assert results[0].score == pytest.approx(results[1].score, abs=1e-8)
    assert results[0].level == pytest.approx(results[1].level, abs=1e-8)


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(range(30)))
def test_the_order_of_people_does_not_move_the_reference(order):
    values = people()
    first, second = (fit_reference(one, one, least=3) for one in (values, values[list(order)]))
    assert first.median.tolist() == second.median.tolist()
    assert first.scaled_mad.tolist() == second.scaled_mad.tolist()
    assert first.low_tertile == pytest.approx(second.low_tertile)
