import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.mechanism.virtual_patients import Target, population_weights


def test_two_patients_are_weighted_by_hand():
    found = population_weights({"x": np.array([0.0, 10.0])}, [Target("x", "mean", 2.5)])
    assert found.weights == pytest.approx([0.75, 0.25])
    assert found.effective_sample_size == pytest.approx(1 / (0.75**2 + 0.25**2))
    assert found.status == ""


def test_means_and_medians_are_met_together():
    rng = np.random.default_rng(3)
    nlr, age = np.exp(rng.normal(0.5, 0.5, 500)), rng.normal(60, 10, 500)
    targets = [Target("nlr", "share_below", 0.5, at=2.0), Target("age", "mean", 64.0)]
    found = population_weights({"nlr": nlr, "age": age}, targets)
    assert found.status == ""
    assert found.weights[nlr <= 2.0].sum() == pytest.approx(0.5, abs=1e-5)
    assert found.weights @ age == pytest.approx(64.0, abs=1e-4)
    assert 0 < found.effective_sample_size < 500


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000), shift=st.floats(-0.8, 0.8))
def test_tilting_by_one_mean_is_the_exponential_family(seed, shift):
    x = np.random.default_rng(seed).normal(size=60)
    found = population_weights({"x": x}, [Target("x", "mean", float(x.mean() + shift))])
    logs = np.log(found.weights)
    slope, start = np.polyfit(x, logs, 1)
    assert np.allclose(logs, start + slope * x, atol=1e-8)
    assert found.reached[0] == pytest.approx(x.mean() + shift, abs=1e-4)


def test_the_target_that_is_already_met_changes_nothing():
    x = np.array([1.0, 2.0, 3.0, 6.0])
    found = population_weights({"x": x}, [Target("x", "mean", 3.0)])
    assert found.weights == pytest.approx([0.25] * 4, abs=1e-6)
    assert found.effective_sample_size == pytest.approx(4.0)


def test_a_target_outside_the_patients_is_a_sentence_and_weights_stay_equal():
    found = population_weights({"x": np.array([1.0, 2.0])}, [Target("x", "mean", 3.0)])
    assert "the patients span 1 to 2" in found.status
    assert found.weights.tolist() == [0.5, 0.5]


def test_targets_that_contradict_each_other_are_a_sentence():
    x = np.array([1.0, 2.0, 3.0, 4.0])
    wanted = [Target("x", "mean", 1.2), Target("x", "share_below", 0.1, at=2.0)]
    found = population_weights({"x": x}, wanted)
    assert "cannot be met together" in found.status
    assert found.weights.tolist() == [0.25] * 4


def test_an_unknown_variable_or_statistic_is_refused_with_the_nearest_name():
    x = {"nlr": np.array([1.0, 2.0])}
    with pytest.raises(InputError, match="Did you mean 'nlr'"):
        population_weights(x, [Target("nrl", "mean", 1.5)])
    with pytest.raises(InputError, match="Did you mean 'mean'"):
        population_weights(x, [Target("nlr", "means", 1.5)])
