import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox

# The same maximum, reached by two programs: rounding only.
SAME = {"rtol": 1e-6, "atol": 1e-9}
QUANTITIES = (
    "coefficients",
    "standard_errors",
    "ci_low",
    "ci_high",
    "p_values",
    "log_likelihood",
    "null_log_likelihood",
    "score_statistic",
    "likelihood_ratio_statistic",
    "wald_statistic",
    "n_events",
)


@st.composite
def cohorts(draw):
    n = draw(st.integers(12, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    time = np.ceil(rng.exponential(size=n) * draw(st.sampled_from([3.0, 20.0, 1e6])))
    event = rng.random(n) < 0.8
    return Survival(time=time, event=event), x


def at_r_case(case, cohort, tied, fine, late):
    survival = late if "late entry" in case else fine if case == "no ties" else tied
    options = {}
    if "strata" in case:
        options["strata"] = cohort["stratum"]
    if case == "cluster of one":
        options["cluster"] = np.arange(survival.n)
    elif "cluster" in case:
        options["cluster"] = cohort["cluster"]
    covariates = cohort["x"]
    if case == "one":
        covariates = cohort["x1"]
    if case == "far from zero":
        covariates = np.column_stack([cohort["x1"] * 1e-3 + 5, cohort["x2"] * 1e5])
    return cox(survival, covariates, **options)


def test_four_patients_by_hand():
    # L = h^2 / ((2 + 2h)(1 + 2h)(1 + h)) is largest where h^2 - h - 1 = 0: the golden ratio.
    survival = Survival(time=np.array([1.0, 2, 3, 4]), event=np.ones(4, bool))
    fit = cox(survival, np.array([0.0, 1, 1, 0]))
    np.testing.assert_allclose(fit.hazard_ratios[0], (1 + np.sqrt(5)) / 2, rtol=1e-9)


@pytest.mark.parametrize(
    "case",
    [
        "one",
        "no ties",
        "ties",
        "strata",
        "late entry",
        "late entry strata",
        "cluster",
        "cluster of one",
        "cluster strata late entry",
        "far from zero",
    ],
)
def test_the_fit_equals_r(case, cohort, tied, fine, late, expected):
    fit = at_r_case(case, cohort, tied, fine, late)
    assert fit.status == ""
    for name in QUANTITIES:
        answer = np.squeeze(expected("cox", case, name))
        found = np.squeeze(getattr(fit, name))
        np.testing.assert_allclose(found, answer, err_msg=name, **SAME)
    for name in ("covariance", "model_covariance"):
        answer = expected("cox", case, name).reshape(fit.covariance.shape)
        scale = np.sqrt(np.outer(np.diag(answer), np.diag(answer)))
        np.testing.assert_allclose(getattr(fit, name) / scale, answer / scale, **SAME)


def test_two_event_times_with_twenty_deaths_equal_r(expected):
    survival = Survival(time=np.tile([1.0, 2.0], 20), event=np.tile([1, 1, 0, 1], 10) == 1)
    fit = cox(survival, (np.arange(1, 41) * 7) % 11)
    answer = expected("cox", "heavy ties", "coefficients")
    np.testing.assert_allclose(fit.coefficients, answer, **SAME)


@pytest.mark.parametrize(
    ("time", "event", "x", "words"),
    [
        ([1, 2, 3, 4], [0, 0, 0, 0], [1, 2, 3, 4], "no events"),
        ([1, 2, 3, 4], [1, 0, 0, 0], [1, 2, 3, 4], "too few"),
        ([1, 2, 3, 4], [1, 1, 1, 1], [7, 7, 7, 7], "does not vary"),
        ([1, 2, 3, 4], [1, 1, 1, 1], [4, 3, 2, 1], "monotone likelihood"),
        ([1, 2, 3, 4], [0, 0, 1, 1], [4, 3, 1, 1], "does not vary among the patients at risk"),
        ([1, 2, 3, 4], [1, 1, 1, 1], [[1, 2], [3, 6], [2, 4], [5, 10]], "collinear"),
        ([], [], [], "no events"),
    ],
)
def test_what_cannot_be_estimated_is_a_status_with_empty_numbers(time, event, x, words):
    survival = Survival(time=np.array(time, float), event=np.array(event, bool))
    fit = cox(survival, np.array(x, float))
    assert words in fit.status
    assert not fit.converged
    assert np.isnan(fit.coefficients).all()
    assert np.isnan(fit.hazard_ratios).all()
    assert np.isnan(fit.wald_p_value)


def test_a_binary_marker_without_events_in_one_group_is_monotone_but_keeps_its_score_test():
    rng = np.random.default_rng(3)
    treated = np.arange(40) < 20
    event = ~treated & (rng.random(40) < 0.7)
    fit = cox(Survival(time=rng.exponential(size=40) + 0.1, event=event), treated)
    assert "monotone" in fit.status
    assert fit.score_p_value < 0.01


def test_a_strong_but_finite_effect_is_not_called_monotone():
    rng = np.random.default_rng(4)
    x = rng.normal(size=500)
    fit = cox(Survival(time=rng.exponential(np.exp(-5 * x)), event=np.ones(500, bool)), x)
    assert fit.status == ""
    assert abs(fit.coefficients[0] - 5) < 4 * fit.standard_errors[0]


def test_a_heavy_outlier_does_not_break_the_fit():
    rng = np.random.default_rng(5)
    x = np.append(rng.normal(size=99), 1e6)
    fit = cox(Survival(time=rng.exponential(size=100), event=np.ones(100, bool)), x)
    assert fit.status == ""
    assert np.isfinite(fit.p_values[0])


def test_one_exposed_patient_among_many_is_monotone_too():
    rng = np.random.default_rng(6)
    exposed = np.arange(20_000) == 7
    event = ~exposed & (rng.random(20_000) < 0.01)
    fit = cox(Survival(time=rng.exponential(size=20_000), event=event), exposed)
    assert "monotone" in fit.status


def test_one_cluster_is_too_few(cohort, tied):
    fit = cox(tied, cohort["x1"], cluster=np.zeros(tied.n, int))
    assert "1 clusters are too few" in fit.status
    assert np.isnan(fit.p_values[0])


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.ones((3, 1)), "one row of covariates per participant"),
        (np.array([1.0, np.nan, 2.0, 3.0]), "row 1, column 0"),
        (np.array(["a", "b", "c", "d"]), "must be numbers"),
    ],
)
def test_wrong_covariates_are_refused(x, words):
    survival = Survival(time=np.arange(1.0, 5), event=np.ones(4, bool))
    with pytest.raises(InputError, match=words):
        cox(survival, x)


def test_strata_with_gaps_are_refused():
    survival = Survival(time=np.arange(1.0, 5), event=np.ones(4, bool))
    with pytest.raises(InputError, match="stratum"):
        cox(survival, np.arange(4), strata=np.array([1.0, 2.0, np.nan, 1.0]))


@settings(max_examples=40, deadline=None)
@given(cohorts(), st.floats(0.001, 1000), st.floats(-100, 100))
def test_shifting_and_scaling_a_covariate_moves_only_its_coefficient(data, factor, shift):
    survival, x = data
    one, other = cox(survival, x), cox(survival, x * [factor, 1] + [shift, 0])
    np.testing.assert_allclose(other.coefficients[0] * factor, one.coefficients[0], rtol=1e-5)
    np.testing.assert_allclose(other.p_values, one.p_values, rtol=1e-5)
    np.testing.assert_allclose(other.log_likelihood, one.log_likelihood, rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(cohorts(), st.floats(0.01, 100))
def test_only_the_order_of_times_matters(data, factor):
    survival, x = data
    rescaled = Survival(time=survival.time**2 * factor, event=survival.event)
    np.testing.assert_allclose(cox(rescaled, x).p_values, cox(survival, x).p_values, rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(cohorts(), st.randoms(use_true_random=False))
def test_the_order_of_patients_does_not_matter(data, random):
    survival, x = data
    order = np.array(random.sample(range(survival.n), survival.n))
    shuffled = Survival(time=survival.time[order], event=survival.event[order])
    one, other = cox(survival, x), cox(shuffled, x[order])
    assert one.status == other.status
    np.testing.assert_allclose(other.coefficients, one.coefficients, rtol=1e-7, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(cohorts())
def test_turning_the_sign_turns_the_ratio_over(data):
    survival, x = data
    one, other = cox(survival, x[:, 0]), cox(survival, -x[:, 0])
    np.testing.assert_allclose(other.hazard_ratios, 1 / one.hazard_ratios, rtol=1e-7)
    np.testing.assert_allclose(other.ci_low, 1 / one.ci_high, rtol=1e-7)


@settings(max_examples=40, deadline=None)
@given(cohorts())
def test_a_cohort_twice_over_as_two_strata_keeps_the_estimate_and_halves_the_variance(data):
    survival, x = data
    twice = Survival(time=np.tile(survival.time, 2), event=np.tile(survival.event, 2))
    strata = np.repeat([0, 1], survival.n)
    one, two = cox(survival, x), cox(twice, np.tile(x, (2, 1)), strata=strata)
    if not one.status:
        np.testing.assert_allclose(two.coefficients, one.coefficients, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(two.covariance, one.covariance / 2, rtol=1e-6, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(cohorts())
def test_a_row_twice_in_its_cluster_gives_no_more_certainty(data):
    survival, x = data
    twice = Survival(time=np.tile(survival.time, 2), event=np.tile(survival.event, 2))
    strata, cluster = np.repeat([0, 1], survival.n), np.tile(np.arange(survival.n), 2)
    one = cox(survival, x, cluster=np.arange(survival.n))
    two = cox(twice, np.tile(x, (2, 1)), strata=strata, cluster=cluster)
    if not one.status:
        np.testing.assert_allclose(two.covariance, one.covariance, rtol=1e-6, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(cohorts())
def test_late_entry_at_zero_is_no_late_entry(data):
    survival, x = data
    entered = Survival(time=survival.time, event=survival.event, entry=np.zeros(survival.n))
    np.testing.assert_allclose(cox(entered, x).p_values, cox(survival, x).p_values, rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(cohorts())
def test_a_patient_cut_in_two_spells_counts_once(data):
    survival, x = data
    cut = survival.time / 2
    both = Survival(
        time=np.concatenate([cut, survival.time]),
        event=np.concatenate([np.zeros(survival.n, bool), survival.event]),
        entry=np.concatenate([np.zeros(survival.n), cut]),
    )
    one, two = cox(survival, x), cox(both, np.tile(x, (2, 1)))
    np.testing.assert_allclose(two.coefficients, one.coefficients, rtol=1e-5, atol=1e-7)
