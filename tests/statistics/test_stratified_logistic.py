"""A common logistic slope with an intercept per stratum equals the model with indicators."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics.logistic import logistic
from macroimmune.statistics.stratified_logistic import stratified_logistic_slopes


def cohort(seed, n=200, strata=3):
    rng = np.random.default_rng(seed)
    x, stratum = rng.normal(size=(n, 2)) * [1.0, 50.0] + [0.0, 1000.0], np.arange(n) % strata
    logit = 0.8 * x[:, 0] + stratum - 1.0
    return rng.random(n) < 1.0 / (1.0 + np.exp(-logit)), x, stratum


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_slopes_and_errors_equal_the_model_with_an_indicator_per_stratum(seed, strata):
    y, x, stratum = cohort(seed, strata=strata)
    slopes, errors = stratified_logistic_slopes(y, x, stratum)
    indicators = [(stratum == k).astype(float) for k in range(1, strata)]
    for place in range(2):
        fit = logistic(y, np.column_stack([x[:, place], *indicators]))
        assert slopes[place] == pytest.approx(fit.coefficients[0], rel=1e-6, abs=1e-9)
        assert errors[place] == pytest.approx(fit.standard_errors[0], rel=1e-6)


def test_labels_of_strata_do_not_matter():
    y, x, stratum = cohort(1)
    named = np.array(["c", "a", "b"])[stratum]
    np.testing.assert_allclose(
        stratified_logistic_slopes(y, x, named), stratified_logistic_slopes(y, x, stratum)
    )


def test_a_stratum_with_one_outcome_tells_nothing():
    y, x, stratum = cohort(1)
    with_it = stratified_logistic_slopes(y | (stratum == 1), x, stratum)
    others = stratum != 1
    np.testing.assert_allclose(
        with_it, stratified_logistic_slopes(y[others], x[others], stratum[others])
    )
    nothing = stratified_logistic_slopes(stratum == 1, x, stratum)
    assert np.isnan(nothing).all()


def test_missing_values_are_refused():
    y, x, stratum = cohort(1)
    x[3, 1] = np.nan
    with pytest.raises(InputError, match="missing"):
        stratified_logistic_slopes(y, x, stratum)


@pytest.mark.parametrize("kind", ["constant", "separating", "constant within strata"])
def test_a_biomarker_without_an_odds_ratio_has_none_and_the_others_have_theirs(kind):
    y, x, stratum = cohort(1)
    known = stratified_logistic_slopes(y, x, stratum)[0][0]
    x[:, 1] = {"constant": 5.0, "separating": y, "constant within strata": stratum}[kind]
    slopes, errors = stratified_logistic_slopes(y, x, stratum)
    assert slopes[0] == pytest.approx(known)
    assert np.isnan([slopes[1], errors[1]]).all()
