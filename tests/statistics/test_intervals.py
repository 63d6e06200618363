import numpy as np
import pytest
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics import (
    chi_squared_p,
    minimal_detectable_effect,
    normal_quantile,
    wald_contrast,
    wald_p,
)


def test_a_difference_of_two_coefficients_by_hand():
    covariance = np.array([[0.04, 0.01], [0.01, 0.09]])
    contrast = wald_contrast(np.array([1.0, 0.4]), covariance, np.array([1.0, -1.0]))
    error = np.sqrt(0.04 + 0.09 - 0.02)
    np.testing.assert_allclose(contrast.estimate, 0.6)
    np.testing.assert_allclose(contrast.ci_high, 0.6 + 1.959963984540054 * error)
    np.testing.assert_allclose(contrast.p_value, 2 * stats.norm.sf(0.6 / error))


def test_missing_coefficients_stay_missing():
    gap = np.full(2, np.nan)
    assert np.isnan(wald_contrast(gap, np.full((2, 2), np.nan), np.ones(2)).p_value)
    assert np.isnan(chi_squared_p(float("nan"), 2))
    assert np.isnan(wald_p(gap)).all()


def test_tails_are_those_of_scipy():
    np.testing.assert_allclose(chi_squared_p(7.3, 3), stats.chi2.sf(7.3, 3))
    np.testing.assert_allclose(wald_p(np.array([-2.5, 12.0])), 2 * stats.norm.sf([2.5, 12.0]))


def test_the_detectable_effect_is_found_with_the_stated_power():
    effect = minimal_detectable_effect(0.3, power=0.9, confidence=0.99)
    power = stats.norm.sf(normal_quantile(0.99) - effect / 0.3)
    np.testing.assert_allclose(power, 0.9)


@pytest.mark.parametrize(("power", "confidence"), [(80, 0.95), (0.8, 95), (0.0, 0.95)])
def test_percentages_are_refused(power, confidence):
    with pytest.raises(InputError, match=r"write 0\."):
        minimal_detectable_effect(1.0, power=power, confidence=confidence)
