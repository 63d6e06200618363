import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, nested_cox, nested_logistic


def assert_equals_r(found, expected, case):
    for name, field in (
        ("statistic", "likelihood_ratio_statistic"),
        ("p_value", "p_value"),
        ("coefficient", "coefficient"),
        ("standard_error", "standard_error"),
        ("correlation", "correlation_with_base"),
    ):
        answer = float(np.squeeze(expected("added_value", case, name)))
        np.testing.assert_allclose(getattr(found, field), answer, rtol=1e-6, err_msg=name)


@pytest.mark.parametrize(("case", "strata"), [("cox", None), ("cox strata", "group")])
def test_nested_cox_models_equal_r(case, strata, cohort, tied, expected):
    labels = None if strata is None else cohort[strata]
    found = nested_cox(tied, cohort["x"][:, :2], cohort["x3"], strata=labels)
    assert_equals_r(found, expected, case)
    assert (found.n, found.n_excluded, found.degrees_of_freedom) == (tied.n, 0, 1)


@pytest.mark.parametrize(("case", "strata"), [("logistic", None), ("conditional", "group")])
def test_nested_logistic_models_equal_r(case, strata, cohort, expected):
    labels = None if strata is None else cohort[strata]
    found = nested_logistic(cohort["response"], cohort["x"][:, :2], cohort["score"], strata=labels)
    assert_equals_r(found, expected, case)


def test_a_balanced_table_gives_the_likelihood_ratio_by_hand():
    # In both halves of the base 3 of 4 with the marker respond and 1 of 4 without: the base says
    # nothing, the odds ratio is (3 x 3) / (1 x 1) = 9. Log likelihood without the marker
    # 16 ln 0.5 = -11.0904; with it 16 (0.75 ln 0.75 + 0.25 ln 0.25) = -8.9974; twice the gain
    # 4.186. A base that says nothing has no correlation with anything.
    marker = np.tile([1.0, 1, 1, 1, 0, 0, 0, 0], 2)
    outcome = np.tile([True, True, True, False, True, False, False, False], 2)
    found = nested_logistic(outcome, np.repeat([0.0, 1.0], 8), marker)
    np.testing.assert_allclose(found.ratio, 9.0)
    np.testing.assert_allclose(found.likelihood_ratio_statistic, 4.1860, atol=5e-4)
    assert np.isnan(found.correlation_with_base)


def test_both_models_are_fitted_to_those_who_have_all_values(cohort, tied):
    base, marker = cohort["x"][:, :2].copy(), cohort["x3"].astype(float)
    base[:7, 0], marker[5:12] = np.nan, np.nan
    found = nested_cox(tied, base, marker)
    assert (found.n, found.n_excluded) == (tied.n - 12, 12)
    rows = np.arange(12, tied.n)
    alone = nested_cox(tied.select(found.complete), base[rows], marker[rows])
    assert alone.p_value == found.p_value
    # The larger fit is the plain one of these participants.
    design = np.column_stack([marker, base])[rows]
    np.testing.assert_allclose(
        found.coefficient, cox(tied.select(found.complete), design).coefficients[0]
    )


def test_a_separating_marker_gets_firths_estimate():
    time = np.arange(1.0, 21.0)
    survival = Survival(time=time, event=time < 8)
    base = np.tile([0.0, 1.0, 3.0, 2.0], 5)
    found = nested_cox(survival, base, (time < 8).astype(float))
    assert np.isfinite([found.ratio, found.ci_low, found.p_value]).all()
    assert found.status.startswith("Firth's penalised")
    assert not found.is_regular
    binary = nested_logistic(time < 8, base, (time < 8).astype(float))
    assert np.isfinite(binary.p_value)
    assert "logistic, Firth" in binary.method


@pytest.mark.parametrize(
    ("base", "marker", "sentence"),
    [
        (np.arange(20.0) % 5, np.ones(20), "the marker does not vary"),
        (np.ones(20), np.arange(20.0) % 7, "the base does not vary"),
        (np.arange(20.0) % 5, 3.0 - 2.0 * (np.arange(20.0) % 5), "linear function of the base"),
        (np.full(20, np.nan), np.arange(20.0), "none of 20 participants has marker and base"),
    ],
)
def test_a_comparison_that_cannot_be_made_says_why(base, marker, sentence):
    survival = Survival(time=np.arange(1.0, 21.0), event=np.arange(20) % 2 == 0)
    for found in (
        nested_cox(survival, base, marker),
        nested_logistic(survival.event, base, marker),
    ):
        assert sentence in found.status
        assert np.isnan([found.p_value, found.ratio, found.correlation_with_base]).all()


def test_no_events_and_one_class_have_a_status():
    base, marker = np.arange(12.0) % 5, np.arange(12.0) % 7
    nobody = Survival(time=np.arange(1.0, 13.0), event=np.zeros(12, dtype=bool))
    assert "no events were seen" in nested_cox(nobody, base, marker).status
    assert (
        "all 12 participants have the same outcome"
        in nested_logistic(np.ones(12, dtype=bool), base, marker).status
    )


def test_arrays_that_do_not_match_are_refused():
    survival = Survival(time=np.arange(1.0, 4.0), event=np.ones(3, dtype=bool))
    with pytest.raises(InputError, match="one marker and one row of the base per participant"):
        nested_cox(survival, np.ones(2), np.ones(3))
    with pytest.raises(InputError, match="infinite"):
        nested_cox(survival, np.array([1.0, 2.0, np.inf]), np.ones(3))
