import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import time_dependent_auc, time_dependent_roc

HORIZONS = (90.0, 180.0, 270.0, 365.0)


def drawn(seed, n=40):
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 20, n).astype(float)
    return Survival(time=time, event=rng.random(n) < 0.6), rng.uniform(size=n).round(1)


def rule(cohort):
    return np.exp(0.9 * cohort["x1"] + 0.3 * cohort["x3"])


@pytest.mark.parametrize("case", ["ties", "no ties"])
def test_the_area_and_its_error_equal_r(case, cohort, tied, fine, expected):
    survival = tied if case == "ties" else fine
    found = [time_dependent_auc(survival, rule(cohort), horizon_days=day) for day in HORIZONS]
    area, error = ([getattr(one, name) for one in found] for name in ("auc", "standard_error"))
    np.testing.assert_allclose(area, expected("prediction_error", case, "auc"), rtol=1e-9)
    # R divides the variance by n - 1, and treats the censoring curve under ties a little otherwise.
    error = np.array(error) * np.sqrt(survival.n / (survival.n - 1))
    limit = 1e-4 if case == "ties" else 1e-6
    np.testing.assert_allclose(error, expected("prediction_error", case, "auc_se"), rtol=limit)


@pytest.mark.parametrize("case", ["ties", "no ties"])
def test_the_points_of_the_curve_equal_r(case, cohort, tied, fine, expected):
    survival = tied if case == "ties" else fine
    found = time_dependent_roc(survival, rule(cohort), horizon_days=180.0)
    tpr, fpr = (expected("prediction_error", case, name) for name in ("roc_tpr", "roc_fpr"))
    order = np.argsort(-expected("prediction_error", case, "roc_risk"))
    np.testing.assert_allclose(found.sensitivity[1:], tpr[order], atol=1e-12)
    np.testing.assert_allclose(1 - found.specificity[1:], fpr[order], atol=1e-12)


@given(st.integers(0, 300), st.integers(3, 15))
def test_the_area_under_the_points_is_the_area(seed, day):
    survival, marker = drawn(seed)
    area = time_dependent_auc(survival, marker, horizon_days=float(day))
    curve = time_dependent_roc(survival, marker, horizon_days=float(day))
    assert curve.status == area.status
    if not area.status:
        under = np.trapezoid(curve.sensitivity, 1 - curve.specificity)
        np.testing.assert_allclose(under, area.auc, atol=1e-12)
        assert (curve.sensitivity[0], curve.specificity[0]) == (0.0, 1.0)
        assert (curve.sensitivity[-1], curve.specificity[-1]) == (1.0, 0.0)


def test_five_participants_by_hand():
    # G(4-) = 2/3 (one of three left on day 3): the case of day 4 stands for 1.5.
    survival = Survival(time=np.array([1.0, 2, 3, 4, 9]), event=np.array([1, 1, 0, 1, 0]) == 1)
    found = time_dependent_roc(survival, [9.0, 1.0, 5.0, 7.0, 3.0], horizon_days=5.0)
    np.testing.assert_allclose(found.sensitivity, np.array([0, 1, 2.5, 2.5, 2.5, 3.5]) / 3.5)
    np.testing.assert_allclose(found.specificity, [1, 1, 1, 1, 0, 0])
    area = time_dependent_auc(survival, [9.0, 1.0, 5.0, 7.0, 3.0], horizon_days=5.0)
    np.testing.assert_allclose(area.auc, 2.5 / 3.5)


def test_a_constant_marker_has_an_area_of_one_half_without_interval():
    survival, _ = drawn(2)
    found = time_dependent_auc(survival, np.ones(40), horizon_days=8.0)
    assert found.auc == 0.5
    assert np.isnan(found.ci_low)


def test_what_cannot_be_told_is_said_and_bad_input_refused():
    survival, marker = drawn(4)
    for found in (
        time_dependent_auc(survival, marker, horizon_days=500.0),
        time_dependent_roc(survival, marker, horizon_days=500.0),
    ):
        assert "past the last follow-up" in found.status
    alive = Survival(time=np.arange(1.0, 9.0), event=np.zeros(8, bool))
    nobody = time_dependent_auc(alive, np.arange(8.0), horizon_days=4.0)
    assert "0 participants had the event" in nobody.status
    assert np.isnan(nobody.auc)
    assert time_dependent_roc(alive, np.arange(8.0), horizon_days=4.0).thresholds.size == 0
    dead = Survival(time=np.arange(1.0, 9.0), event=np.ones(8, bool))
    assert "0 were without it" in time_dependent_auc(dead, np.arange(8.0), horizon_days=8.0).status
    with pytest.raises(InputError, match="horizon"):
        time_dependent_auc(survival, marker, horizon_days=-1.0)
    with pytest.raises(InputError, match="missing"):
        time_dependent_auc(survival, np.full(40, np.nan), horizon_days=5.0)
