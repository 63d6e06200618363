import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, fine_gray

MATRICES = ("covariance", "robust_covariance", "model_covariance")


@pytest.fixture
def fitted(cohort, expected):
    """Return a function that fits the cohort of the reference, tied or fine."""
    cause = expected("fine_gray", "cohort", "cause").astype(int)
    stratum = np.where(cohort["stratum"] == "rare", "kidney", cohort["stratum"])

    def fit(times, code, *, covariates="x", by_stratum=False):
        survival = Survival(time=cohort[times].astype(float), event=cause > 0)
        strata = stratum if by_stratum else None
        return fine_gray(survival, cause, cohort[covariates], of=code, strata=strata)

    return fit


def compare(fit, expected, case, names):
    for name in names:
        answer = expected("fine_gray", case, name)
        np.testing.assert_allclose(
            np.ravel(getattr(fit, name)), answer, rtol=1e-6, atol=1e-12, err_msg=f"{case} {name}"
        )


@pytest.mark.parametrize("code", [1, 2])
@pytest.mark.parametrize("covariates", ["x", "x1"])
def test_coefficients_and_covariance_equal_crr_where_nothing_is_tied(
    fitted, expected, code, covariates
):
    # crr takes Breslow's ties, and those with an event that day as exposed to censoring: without
    # ties the conventions agree.
    case = f"crr fine_time {code}" + (" x1" if covariates == "x1" else "")
    names = ("coefficients", "covariance", "log_likelihood", "null_log_likelihood")
    compare(fitted("fine_time", code, covariates=covariates), expected, case, names)


@pytest.mark.parametrize("code", [1, 2])
def test_heavy_ties_move_the_coefficients_of_crr_by_less_than_a_third_of_an_error(
    fitted, expected, code
):
    fit, answer = fitted("time", code), expected("fine_gray", f"crr time {code}", "coefficients")
    assert (np.abs(fit.coefficients - answer) < fit.standard_errors / 3).all()


@pytest.mark.parametrize("by_stratum", [False, True])
@pytest.mark.parametrize("code", [1, 2])
@pytest.mark.parametrize("times", ["time", "fine_time"])
def test_coefficients_and_robust_covariance_equal_finegray_with_ties_and_strata(
    fitted, expected, times, code, by_stratum
):
    case = f"finegray {times} {code}" + (" strata" if by_stratum else "")
    names = ("coefficients", "robust_covariance", "model_covariance", "log_likelihood")
    compare(fitted(times, code, by_stratum=by_stratum), expected, case, names)


def drawn(seed, n=50):
    rng = np.random.default_rng(seed)
    cause = rng.choice([0, 1, 2], n, p=[0.3, 0.4, 0.3])
    survival = Survival(time=rng.integers(1, 20, n).astype(float), event=cause > 0)
    return survival, cause, rng.normal(size=(n, 2))


@given(st.integers(0, 200))
def test_without_competing_events_it_is_cox_with_the_variance_by_person(seed):
    survival, cause, x = drawn(seed)
    single = Survival(time=survival.time, event=cause == 1)
    fit = fine_gray(single, (cause == 1).astype(int), x)
    plain = cox(single, x, cluster=np.arange(single.n))
    np.testing.assert_allclose(fit.coefficients, plain.coefficients, rtol=1e-9)
    for name in ("covariance", "robust_covariance"):
        np.testing.assert_allclose(getattr(fit, name), plain.covariance, rtol=1e-7)
    np.testing.assert_allclose(fit.model_covariance, plain.model_covariance, rtol=1e-7)


@given(st.integers(0, 200))
def test_without_censoring_those_with_a_competing_event_stay_at_risk_to_the_end(seed):
    survival, cause, x = drawn(seed)
    cause = np.where(cause == 0, 2, cause)
    everyone = Survival(time=survival.time, event=np.ones(survival.n, bool))
    fit = fine_gray(everyone, cause, x)
    stayed = Survival(time=np.where(cause == 2, 99.0, survival.time), event=cause == 1)
    plain = cox(stayed, x, cluster=np.arange(survival.n))
    np.testing.assert_allclose(fit.coefficients, plain.coefficients, rtol=1e-9)
    np.testing.assert_allclose(fit.covariance, plain.covariance, rtol=1e-7)


@given(st.integers(0, 100), st.floats(0.01, 100.0))
def test_a_change_of_unit_changes_the_coefficient_by_its_factor(seed, factor):
    survival, cause, x = drawn(seed)
    fit = fine_gray(survival, cause, x[:, 0])
    scaled = fine_gray(survival, cause, x[:, 0] * factor)
    np.testing.assert_allclose(scaled.coefficients * factor, fit.coefficients, rtol=1e-6)
    np.testing.assert_allclose(scaled.p_values, fit.p_values, rtol=1e-6)
    later = Survival(time=survival.time * factor, event=survival.event)
    np.testing.assert_allclose(fine_gray(later, cause, x[:, 0]).coefficients, fit.coefficients)


def test_two_copies_of_a_cohort_as_strata_give_the_estimate_of_one():
    survival, cause, x = drawn(5)
    twice = Survival(time=np.tile(survival.time, 2), event=np.tile(survival.event, 2))
    fit = fine_gray(survival, cause, x)
    copies = np.repeat(["a", "b"], survival.n)
    double = fine_gray(twice, np.tile(cause, 2), np.tile(x, (2, 1)), strata=copies)
    np.testing.assert_allclose(double.coefficients, fit.coefficients, rtol=1e-9)
    np.testing.assert_allclose(double.covariance * 2, fit.covariance, rtol=1e-7)


def test_by_hand_a_competing_event_stays_with_the_weight_of_being_observed():
    # Day 1 other event (A), day 2 censored (B), day 3 event (C, x = 1), day 4 event (D). G falls to
    # 2/3 on day 2. On day 3 C and D are at risk with 1 and A with 2/3; on day 4 D and A.
    survival = Survival(time=np.arange(1.0, 5.0), event=np.array([True, False, True, True]))
    fit = fine_gray(survival, [2, 0, 1, 1], np.array([1.0, 0.0, 1.0, 0.0]))
    # Score: 1 - (5/3) e / (5/3 e + 1) - (2/3) e / (2/3 e + 1) = 0, e the ratio; 10/9 e^2 = 1.
    assert fit.hazard_ratios[0] == pytest.approx(np.sqrt(0.9))
    assert (fit.n, fit.n_events, fit.n_competing) == (4, 2, 1)


@pytest.mark.parametrize(
    ("cause", "x", "sentence"),
    [
        ([0, 0, 0, 0], [1.0, 2.0, 3.0, 4.0], "no events"),
        ([2, 2, 0, 2], [1.0, 2.0, 3.0, 4.0], "no events"),
        ([1, 2, 2, 0], [1.0, 2.0, 3.0, 4.0], "too few"),
        ([1, 1, 2, 0], [3.0, 3.0, 3.0, 3.0], "does not vary"),
        ([1, 1, 2, 0], [1.0, 1.0, 0.0, 0.0], "monotone"),
    ],
)
def test_what_cannot_be_estimated_has_a_sentence_and_no_number(cause, x, sentence):
    survival = Survival(time=np.array([0.0, 1.0, 2.0, 2.0]), event=np.array(cause) > 0)
    fit = fine_gray(survival, cause, np.array(x))
    assert sentence in fit.status
    assert not fit.converged
    for name in ("coefficients", "hazard_ratios", "ci_low", "p_values", *MATRICES):
        assert np.isnan(getattr(fit, name)).all()


def test_ties_everywhere_and_times_of_zero_give_an_estimate():
    rng = np.random.default_rng(3)
    cause = np.tile([0, 1, 2, 1], 10)
    for time in (np.zeros(40), np.ones(40)):
        fit = fine_gray(Survival(time=time, event=cause > 0), cause, rng.normal(size=40))
        assert not fit.status
        assert np.isfinite(fit.standard_errors).all()


def test_nobody_at_all_is_told_of():
    nobody = Survival(time=np.empty(0), event=np.empty(0, bool))
    assert "no events" in fine_gray(nobody, np.empty(0, int), np.empty(0)).status


def test_disagreement_and_late_entry_are_refused():
    survival = Survival(time=np.ones(2), event=np.array([True, False]))
    with pytest.raises(InputError, match="disagree in 1"):
        fine_gray(survival, [1, 2], [0.0, 1.0])
    with pytest.raises(InputError, match="whole number"):
        fine_gray(survival, ["death", "none"], [0.0, 1.0])
    with pytest.raises(InputError, match="missing"):
        fine_gray(survival, [1, 0], [0.0, np.nan])
    late = Survival(time=np.ones(2), event=np.array([True, False]), entry=np.zeros(2))
    with pytest.raises(InputError, match="entered late"):
        fine_gray(late, [1, 0], [0.0, 1.0])
