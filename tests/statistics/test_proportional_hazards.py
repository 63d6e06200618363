import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import proportional_hazards

CASES = ("ties", "no ties", "strata", "late entry", "late entry strata", "one")
TRANSFORMS = ("km", "rank", "identity", "log")


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("case", CASES)
def test_each_and_all_equal_r(case, transform, cohort, tied, fine, late, expected):
    survival = late if "late entry" in case else fine if case == "no ties" else tied
    covariates = cohort["x2"] if case == "one" else cohort["x"]
    strata = cohort["stratum"] if "strata" in case else None
    test = proportional_hazards(survival, covariates, strata=strata, transform=transform)
    statistics = np.append(test.statistics, test.global_statistic)
    p_values = np.append(test.p_values, test.global_p_value)
    key = f"{case}/{transform}"
    chisq = expected("proportional_hazards", key, "chisq")
    np.testing.assert_allclose(statistics, chisq, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(p_values, expected("proportional_hazards", key, "p"), rtol=1e-6)


def test_a_hazard_ratio_that_fades_is_found():
    rng = np.random.default_rng(7)
    exposed = np.arange(600) < 300
    # Twice the hazard until day 0.3, half of it afterwards.
    early = rng.exponential(np.where(exposed, 1 / 2, 1.0))
    time = np.where(early < 0.3, early, 0.3 + rng.exponential(np.where(exposed, 2.0, 1.0)))
    test = proportional_hazards(Survival(time=time, event=np.ones(600, bool)), exposed)
    assert test.p_values[0] < 1e-4


def test_no_fit_is_passed_on_as_a_status():
    survival = Survival(time=np.array([1.0, 2.0, 3.0]), event=np.zeros(3, bool))
    test = proportional_hazards(survival, np.arange(3))
    assert "no events" in test.status
    assert np.isnan(test.global_p_value)
    assert np.isnan(test.p_values).all()


def test_an_unknown_transform_is_refused(tied, cohort):
    with pytest.raises(InputError, match="expected one of"):
        proportional_hazards(tied, cohort["x1"], transform="sqrt")


def test_a_time_of_zero_has_no_logarithm():
    survival = Survival(time=np.arange(30.0), event=np.ones(30, bool))
    test = proportional_hazards(survival, np.sin(np.arange(30.0)), transform="log")
    assert "time zero" in test.status
    assert np.isnan(test.global_p_value)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.floats(-50, 50))
def test_units_of_covariate_and_time_do_not_matter(seed, factor, shift):
    rng = np.random.default_rng(seed)
    time, x = rng.exponential(size=40), rng.normal(size=40)
    survival = Survival(time=time, event=rng.random(40) < 0.8)
    rescaled = Survival(time=time * factor, event=survival.event)
    one = proportional_hazards(survival, x, transform="identity")
    other = proportional_hazards(rescaled, x * factor + shift, transform="identity")
    np.testing.assert_allclose(other.statistics, one.statistics, rtol=1e-5, atol=1e-8)


def test_a_drift_that_only_one_event_could_tell_has_a_status_and_no_p():
    # At the second event those at risk are alike, at the third nobody else is left.
    survival = Survival(
        time=np.array([1.0, 2.0, 3.0, 1.5]), event=np.array([1, 1, 1, 0], dtype=bool)
    )
    found = proportional_hazards(survival, np.array([0.4, 1.0, 1.0, 0.0]))
    assert found.status.startswith("no drift of the hazard ratio can be told")
    assert np.isnan(found.p_values).all()
