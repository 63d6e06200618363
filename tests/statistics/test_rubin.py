import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import pool_imputations

EQUAL = {"rtol": 1e-8}
NAMES = {
    "qbar": "estimate",
    "ubar": "within",
    "b": "between",
    "t": "total",
    "df": "degrees_of_freedom",
    "r": "relative_increase",
    "fmi": "missing_information",
}


@pytest.fixture(scope="module")
def fits(expected):
    return tuple(
        expected("multiple_imputation", "pool", name) for name in ("estimates", "variances")
    )


@pytest.mark.parametrize(("case", "complete"), [("endless", np.inf), ("small", 37.0)])
def test_pooling_equals_pool_scalar_of_mice(case, complete, fits, expected):
    pooled = pool_imputations(*fits, complete_degrees_of_freedom=complete)
    for theirs, ours in NAMES.items():
        value = expected("multiple_imputation", case, theirs)[0]
        np.testing.assert_allclose(getattr(pooled, ours), value, **EQUAL)


def test_interval_and_p_equal_pool_of_mice_for_cox_models(fits, expected):
    complete = expected("multiple_imputation", "pool", "complete_df")[0]
    pooled = pool_imputations(*fits, complete_degrees_of_freedom=complete)
    for theirs, ours in {
        "estimate": "estimate",
        "std.error": "standard_error",
        "df": "degrees_of_freedom",
        "p.value": "p_value",
        "2.5": "ci_low",
        "97.5": "ci_high",
    }.items():
        value = expected("multiple_imputation", "coxph", theirs)[0]
        np.testing.assert_allclose(getattr(pooled, ours), value, **EQUAL)


def test_two_imputations_by_hand():
    # Mean 0.5; within 0.04; between (0.1^2 + 0.1^2) / 1 = 0.02; total 0.04 + 1.5 x 0.02 = 0.07.
    # r = 0.03 / 0.04 = 0.75; share 3/7; degrees of freedom 1 / (3/7)^2 = 49/9.
    pooled = pool_imputations([0.4, 0.6], [0.04, 0.04])
    np.testing.assert_allclose([pooled.estimate, pooled.total], [0.5, 0.07])
    np.testing.assert_allclose([pooled.relative_increase, pooled.between], [0.75, 0.02])
    np.testing.assert_allclose(pooled.degrees_of_freedom, 49 / 9)


def test_imputations_that_agree_give_the_interval_of_one():
    pooled = pool_imputations([0.5, 0.5], [0.04, 0.04])
    np.testing.assert_allclose(pooled.ci_high, 0.5 + 1.959963984540054 * 0.2)
    assert pooled.missing_information == 0
    assert pooled.degrees_of_freedom == np.inf


def test_a_completed_data_set_without_estimate_leaves_none():
    pooled = pool_imputations([0.4, np.nan, 0.6], [0.04, np.nan, 0.04])
    assert "1 of 3 completed data sets" in pooled.status
    assert np.isnan([pooled.estimate, pooled.ci_low, pooled.p_value]).all()


@pytest.mark.parametrize(
    ("estimates", "variances", "complete", "words"),
    [
        ([0.5], [0.04], np.inf, "at least two"),
        ([0.5, 0.6], [0.04], np.inf, "one variance per estimate"),
        ([0.5, 0.6], [0.04, 0.0], np.inf, "above zero"),
        ([0.5, 0.6], [0.04, 0.04], 0.0, "degrees of freedom"),
    ],
)
def test_what_cannot_be_pooled_is_refused(estimates, variances, complete, words):
    with pytest.raises(InputError, match=words):
        pool_imputations(estimates, variances, complete_degrees_of_freedom=complete)


numbers = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2.0)), min_size=2, max_size=30)


@given(numbers, st.floats(2.0, 500.0))
def test_missing_values_never_shorten_the_interval(pairs, complete):
    estimates, variances = np.array(pairs).T
    pooled = pool_imputations(estimates, variances, complete_degrees_of_freedom=complete)
    assert pooled.total >= pooled.within
    assert pooled.degrees_of_freedom <= complete
    assert 0.0 <= pooled.p_value <= 1.0


@given(numbers)
def test_another_direction_of_the_covariate_turns_the_sign_alone(pairs):
    estimates, variances = np.array(pairs).T
    one, other = (pool_imputations(sign * estimates, variances) for sign in (1.0, -1.0))
    np.testing.assert_allclose(one.ci_low, -other.ci_high, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(one.p_value, other.p_value, rtol=1e-9, atol=1e-300)
