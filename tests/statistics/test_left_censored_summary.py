import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import left_censored_summary

SAME = {"rtol": 1e-6, "atol": 1e-9}
PROBABILITIES = (0.1, 0.25, 0.5, 0.75, 0.9)


@pytest.fixture(scope="module")
def measured(expected):
    """Concentrations with three limits, a quarter of them undetected."""
    value, below = (expected("left_censored", "data", name) for name in ("value", "below"))
    return value, below == 1


@pytest.mark.parametrize("case", ["lognormal", "normal"])
def test_quantiles_and_their_intervals_equal_r(case, measured, expected):
    found = left_censored_summary(*measured, distribution=case, probabilities=PROBABILITIES)
    # R gives them on the scale of the model: logarithms for log-normal values.
    to_model = np.log if case == "lognormal" else np.asarray
    theirs = expected("left_censored", case, "quantiles")
    errors = expected("left_censored", case, "quantile_errors")
    np.testing.assert_allclose(to_model(found.quantiles), theirs, **SAME)
    np.testing.assert_allclose(to_model(found.ci_high), theirs + 1.959963984540054 * errors, **SAME)
    np.testing.assert_allclose(to_model(found.ci_low), theirs - 1.959963984540054 * errors, **SAME)


def test_without_undetected_values_it_is_the_mean_and_the_sd_by_hand():
    # 2, 4, 6: mean 4, squared deviations 4 + 0 + 4 over n = 3.
    found = left_censored_summary([2.0, 4.0, 6.0], np.zeros(3, bool), distribution="normal")
    np.testing.assert_allclose([found.mean, found.sd], [4.0, np.sqrt(8 / 3)], rtol=1e-9)
    # Of logarithms 0, 1, 2 with variance 2/3: mean exp(1 + 1/3), variance mean^2 (e^(2/3) - 1).
    found = left_censored_summary(np.exp([0.0, 1.0, 2.0]), np.zeros(3, bool))
    np.testing.assert_allclose(found.mean, np.exp(4 / 3), rtol=1e-9)
    np.testing.assert_allclose(found.sd, np.exp(4 / 3) * np.sqrt(np.exp(2 / 3) - 1), rtol=1e-9)
    assert found.status == ""


@pytest.mark.parametrize(
    ("values", "below", "words"),
    [
        ([], [], "no values"),
        ([1, 1, 1], [1, 1, 1], "all 3 values are undetected"),
        ([1, 1, 2], [1, 1, 0], "more than half"),
        ([1, 3, 3], [1, 0, 0], "do not vary"),
        ([1, 3], [1, 0], "do not vary"),
        ([5], [0], "do not vary"),
    ],
)
def test_what_cannot_be_estimated_has_a_sentence_and_no_number(values, below, words):
    found = left_censored_summary(values, np.array(below, dtype=bool))
    assert words in found.status
    assert np.isnan([found.mean, found.sd, *found.quantiles, *found.ci_low]).all()
    assert found.n == len(values)


@pytest.mark.parametrize(
    ("values", "below", "words"),
    [
        ([np.nan, 2.0, 3.0], [True, False, False], "limit of detection of an undetected value"),
        ([1.0, np.nan, 3.0], [True, False, False], "is the value"),
        ([0.0, 2.0, 3.0], [True, False, False], "NPX"),
        ([1.0, 2.0], [True, False, False], "one mark per value"),
        ([1.0, 2.0], [1, 0], "must be boolean"),
    ],
)
def test_malformed_values_are_refused(values, below, words):
    with pytest.raises(InputError, match=words):
        left_censored_summary(values, np.array(below))


def test_probabilities_outside_zero_to_one_are_refused():
    with pytest.raises(InputError, match="between 0 and 1"):
        left_censored_summary([1.0, 2.0], np.zeros(2, bool), probabilities=[50.0])


def test_a_limit_above_a_detected_value_is_used_as_it_is(measured):
    # An undetected value below 100 says next to nothing: the estimate hardly moves.
    value, below = measured
    without = left_censored_summary(value, below)
    added = left_censored_summary(np.append(value, 100.0), np.append(below, True))
    np.testing.assert_allclose(added.location, without.location, atol=1e-3)
    assert added.status == ""


@st.composite
def samples(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(20, 60))
    value = np.exp(rng.normal(size=n))
    limit = rng.choice([0.4, 0.7], n)
    below = value < limit
    return np.where(below, limit, value), below


@given(samples(), st.floats(1e-3, 1e3))
def test_another_unit_multiplies_mean_and_sd(sample, unit):
    value, below = sample
    once, again = left_censored_summary(value, below), left_censored_summary(value * unit, below)
    assert once.status == again.status
    np.testing.assert_allclose(again.mean, once.mean * unit, rtol=1e-6)
    np.testing.assert_allclose(again.quantiles, once.quantiles * unit, rtol=1e-6)


@given(samples())
def test_filling_in_half_the_limit_moves_the_mean_of_logarithms(sample):
    value, below = sample
    found = left_censored_summary(value, below)
    if found.status or below.mean() < 0.2:
        return
    at_limit = np.log(value).mean()
    # Below the limits lies less than at them.
    assert found.location < at_limit
