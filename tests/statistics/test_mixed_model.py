from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import mixed_model

REFERENCE = Path(__file__).parents[2] / "reference" / "mixed_model"
# R lmerTest takes its curvature by differences; the estimates agree to eight digits.
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def repeated():
    table = pl.read_csv(REFERENCE / "repeated.csv")
    columns = {name: table[name].to_numpy() for name in table.columns}
    columns["x"] = np.column_stack([
        columns["months"],
        columns["treated"],
        columns["months"] * columns["treated"],
    ])
    return columns


def check(found, case, expected):
    for name in ("coefficients", "standard_errors", "degrees_of_freedom", "p_values"):
        answer = expected("mixed_model", case, name)
        np.testing.assert_allclose(getattr(found, name), answer, rtol=TOLERANCE, err_msg=name)
    answer = expected("mixed_model", case, "restricted_log_likelihood")
    np.testing.assert_allclose(found.restricted_log_likelihood, answer, rtol=1e-9)


def test_a_level_of_each_participant_equals_r(repeated, expected):
    found = mixed_model(repeated["level"], repeated["x"], repeated["participant"])
    check(found, "intercept", expected)
    between, within = expected("mixed_model", "intercept", "variances")
    assert found.intercept_variance == pytest.approx(between, rel=TOLERANCE)
    assert found.residual_variance == pytest.approx(within, rel=TOLERANCE)
    assert not found.status


def test_a_level_and_a_trend_of_each_participant_equal_r(repeated, expected):
    found = mixed_model(
        repeated["course"], repeated["x"], repeated["participant"], slope=repeated["months"]
    )
    check(found, "slope", expected)
    np.testing.assert_allclose(
        [
            found.intercept_variance,
            found.slope_variance,
            found.intercept_slope_covariance,
            found.residual_variance,
        ],
        expected("mixed_model", "slope", "variances"),
        rtol=TOLERANCE,
    )


def test_without_a_variance_between_participants_their_number_counts_not_the_samples(
    repeated, expected
):
    x = np.column_stack([repeated["months"], repeated["treated"]])
    found = mixed_model(repeated["alternating"], x, repeated["participant"])
    # The estimates are those of ordinary least squares, as R lm gives them.
    for name in ("coefficients", "standard_errors"):
        answer = expected("mixed_model", "boundary", name)
        np.testing.assert_allclose(getattr(found, name), answer, rtol=TOLERANCE)
    # 24 participants, two terms that are constant within each; 101 samples less three columns.
    np.testing.assert_allclose(found.degrees_of_freedom, [22.0, 98.0, 22.0], rtol=1e-6)
    assert "do not differ measurably" in found.status


def test_a_balanced_design_is_the_analysis_of_variance_by_hand():
    # Means of participants: a 1.5, b 4, c 2, d 3.75; untreated a, c: 1.75; treated b, d: 3.875.
    # The difference, 2.125, has the variance of participants' means within arms over arms' size:
    # squares 2 x .25^2 + 2 x .125^2 = 0.15625 over 2 degrees of freedom, times (1/2 + 1/2).
    y = [1.0, 2.0, 3.0, 5.0, 2.0, 2.0, 4.0, 3.5]
    # With the variance between participants at zero the samples are pooled, so make it matter:
    y = np.array(y) + np.repeat([0.0, 3.0, 3.0, 0.0], 2)
    treated, who = np.repeat([0, 1, 0, 1], 2), np.repeat(list("abcd"), 2)
    means = y.reshape(4, 2).mean(axis=1)
    difference = means[[1, 3]].mean() - means[[0, 2]].mean()
    squares = sum((means[k] - means[[k % 2, k % 2 + 2]].mean()) ** 2 for k in range(4))
    error = np.sqrt(squares / 2 * (1 / 2 + 1 / 2))
    found = mixed_model(y, treated, who)
    assert found.coefficients[1] == pytest.approx(difference, rel=1e-6)
    assert found.standard_errors[1] == pytest.approx(error, rel=1e-6)
    assert found.degrees_of_freedom[1] == pytest.approx(2.0, rel=1e-5)
    # Expected mean squares: within = residual; between participants = residual + 2 x intercept.
    within = (np.diff(y.reshape(4, 2), axis=1) ** 2).sum() / 2 / 4
    assert found.residual_variance == pytest.approx(within, rel=1e-5)
    assert found.intercept_variance == pytest.approx((2 * squares / 2 - within) / 2, rel=1e-5)


@given(st.floats(0.01, 100), st.floats(-50, 50), st.integers(0, 2**32 - 1))
def test_another_unit_and_another_order_change_the_numbers_as_they_must(factor, shift, seed):
    rng = np.random.default_rng(seed % 7)
    who = np.repeat(np.arange(12), 3)
    months = np.tile([0.0, 1.0, 2.0], 12)
    y = rng.normal(size=12)[who] + 0.3 * months + rng.normal(size=36)
    order = np.random.default_rng(seed).permutation(36)
    one = mixed_model(y, months, who)
    other = mixed_model((factor * y + shift)[order], months[order], who[order])
    np.testing.assert_allclose(other.coefficients[1], factor * one.coefficients[1], rtol=1e-5)
    np.testing.assert_allclose(other.p_values[1], one.p_values[1], rtol=1e-4)
    np.testing.assert_allclose(other.degrees_of_freedom[1], one.degrees_of_freedom[1], rtol=1e-4)


def test_one_trend_for_all_where_few_participants_have_three_samples():
    rng = np.random.default_rng(3)
    who, months = np.repeat(np.arange(20), 2), np.tile([0.0, 1.0], 20)
    y = rng.normal(size=20)[who] + rng.normal(size=40)
    found = mixed_model(y, months, who, slope=months)
    assert found.slope_variance == 0.0
    assert found.status == "0 participants have three samples or more: one trend for all"


@pytest.mark.parametrize(
    ("y", "x", "who", "reason"),
    [
        ([], np.zeros((0, 1)), [], "no samples"),
        ([1.0, 2.0, 4.0], [0, 1, 1], [1, 2, 3], "no participant has two samples"),
        ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [0, 1, 0, 1, 0, 1], [1, 1, 2, 2, 3, 3], "does not vary"),
        ([1.0, 2.0, 4.0, 3.0, 2.0, 5.0], [1, 1, 1, 1, 1, 1], [1, 1, 2, 2, 3, 3], "does not vary"),
        ([1.0, 2.0, 4.0, 3.0], [0, 1, 0, 1], [1, 1, 2, 2], "2 participants are too few"),
        ([0.0, 1.0, 0.0, 1.0, 0.0, 1.0], [0, 1, 0, 1, 0, 1], [1, 1, 2, 2, 3, 3], "exactly"),
    ],
)
def test_what_cannot_be_estimated_is_said_and_has_no_number(y, x, who, reason):
    found = mixed_model(y, x, np.array(who, dtype=int))
    assert reason in found.status
    for name in ("coefficients", "standard_errors", "degrees_of_freedom", "p_values", "ci_low"):
        assert np.isnan(getattr(found, name)).all()


def test_missing_values_are_refused():
    with pytest.raises(InputError, match="select complete samples"):
        mixed_model([1.0, np.nan], [0, 1], [1, 1])
    with pytest.raises(InputError, match="select complete rows"):
        mixed_model([1.0, 2.0], [0.0, np.nan], [1, 1])
