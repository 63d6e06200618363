import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, treatment_interaction

SAME = {"rtol": 1e-6}


@pytest.mark.parametrize("case", ["plain", "strata"])
def test_every_ratio_equals_r(case, cohort, tied, expected):
    strata = cohort["stratum"] if case == "strata" else None
    treated = cohort["x3"] == 1
    fit = treatment_interaction(tied, cohort["x1"], treated, randomised=True, strata=strata)

    def check(found, quantity):
        np.testing.assert_allclose(found, expected("interaction", case, quantity), **SAME)

    check([fit.hazard_ratio_ratio, fit.ci_low, fit.ci_high], "ratio")
    check([fit.log_ratio], "log_ratio")
    check([fit.p_value], "p_value")
    check([fit.smallest_detectable_ratio], "smallest_detectable_ratio")
    for row, quantity in enumerate(("marker_in_control", "marker_in_treated")):
        found = (fit.marker_hazard_ratio, fit.marker_ci_low, fit.marker_ci_high)
        check([values[row] for values in found], quantity)
    for row, quantile in enumerate((0.1, 0.5, 0.9)):
        found = (fit.treatment_hazard_ratio, fit.treatment_ci_low, fit.treatment_ci_high)
        check([values[row] for values in found], f"treatment_at_{quantile}")
    assert fit.n_treated == treated.sum()
    assert fit.n_events_treated == tied.event[treated].sum()


def test_arms_as_strata_give_each_arm_its_own_fit(cohort, tied):
    # With the arm as stratum, marker and product are two separate fits in one.
    treated = cohort["x3"] == 1
    design = np.column_stack([cohort["x1"], cohort["x1"] * treated])
    joint = cox(tied, design, strata=treated)
    alone = [cox(tied.select(rows), cohort["x1"][rows]) for rows in (~treated, treated)]
    np.testing.assert_allclose(joint.coefficients[0], alone[0].coefficients[0], **SAME)
    np.testing.assert_allclose(joint.coefficients.sum(), alone[1].coefficients[0], **SAME)


@pytest.mark.parametrize(
    ("treated", "event", "words"),
    [
        (np.ones(8, bool), np.ones(8, bool), "no untreated"),
        (np.zeros(8, bool), np.ones(8, bool), "no treated"),
        (np.arange(8) < 4, np.arange(8) < 4, "no events in the untreated"),
        (np.arange(8) < 4, np.arange(8) >= 5, "no events in the treated"),
    ],
)
def test_a_missing_arm_is_a_status(treated, event, words):
    survival = Survival(time=np.arange(1.0, 9), event=event)
    fit = treatment_interaction(survival, np.arange(8.0) % 3, treated, randomised=True)
    assert words in fit.status
    assert np.isnan(fit.hazard_ratio_ratio)
    assert np.isnan(fit.treatment_hazard_ratio).all()
    assert np.isnan(fit.smallest_detectable_ratio)


def test_arms_as_numbers_are_refused(cohort, tied):
    with pytest.raises(InputError, match="treated must be boolean"):
        treatment_interaction(tied, cohort["x1"], cohort["x3"], randomised=True)


def test_two_markers_at_once_are_refused(cohort, tied):
    with pytest.raises(InputError, match="one marker at a time"):
        treatment_interaction(tied, cohort["x"], cohort["x3"] == 1, randomised=True)


@settings(max_examples=20, deadline=None)
@given(st.floats(-50, 50))
def test_shifting_the_marker_moves_no_treatment_effect(shift):
    rng = np.random.default_rng(13)
    marker, treated = rng.normal(size=120), np.arange(120) % 2 == 0
    survival = Survival(time=rng.exponential(size=120), event=rng.random(120) < 0.8)
    one = treatment_interaction(survival, marker, treated, randomised=True)
    other = treatment_interaction(survival, marker + shift, treated, randomised=True)
    np.testing.assert_allclose(other.treatment_ci_low, one.treatment_ci_low, rtol=1e-5)
    np.testing.assert_allclose(other.hazard_ratio_ratio, one.hazard_ratio_ratio, rtol=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_swapping_the_arms_turns_the_ratio_over(seed):
    rng = np.random.default_rng(seed)
    marker, treated = rng.normal(size=120), np.arange(120) % 2 == 0
    survival = Survival(time=rng.exponential(size=120), event=rng.random(120) < 0.8)
    one = treatment_interaction(survival, marker, treated, randomised=False)
    other = treatment_interaction(survival, marker, ~treated, randomised=False)
    np.testing.assert_allclose(other.hazard_ratio_ratio, 1 / one.hazard_ratio_ratio, rtol=1e-6)
    np.testing.assert_allclose(other.marker_ci_low, one.marker_ci_low[::-1], rtol=1e-6)
