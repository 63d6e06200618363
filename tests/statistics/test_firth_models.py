import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import cox, firth_cox, firth_logistic, logistic
from macroimmune.statistics.cox_likelihood import partial_likelihood
from macroimmune.statistics.firth import _penalised, _Profile
from macroimmune.statistics.risk_sets import risk_sets

SEPARATED_TIMES = Survival(
    time=np.array([1.0, 2, 2, 4, 5, 6, 7, 8]), event=np.array([True] * 4 + [False] * 4)
)
SEPARATING = np.array([9, 8, 8.5, 7, 1, 2, 3, 4]) / 2


def check(found, case, expected):
    # R's maximum by golden section knows the coefficient to the root of rounding, 1e-8.
    answer = {
        name: np.squeeze(expected("firth", case, name))
        for name in ("coefficient", "ends", "statistic", "p_value")
    }
    np.testing.assert_allclose(found.coefficient, answer["coefficient"], rtol=1e-6)
    np.testing.assert_allclose(np.log([found.ci_low, found.ci_high]), answer["ends"], rtol=1e-6)
    np.testing.assert_allclose(found.statistic, answer["statistic"], rtol=1e-6)
    np.testing.assert_allclose(found.p_value, answer["p_value"], rtol=1e-6)
    assert not found.status


def test_cox_equals_the_penalised_likelihood_maximised_in_r(cohort, tied, expected):
    check(firth_cox(tied, cohort["x1"]), "cox", expected)
    check(firth_cox(tied, cohort["x1"], strata=cohort["stratum"]), "cox strata", expected)
    check(firth_cox(SEPARATED_TIMES, SEPARATING), "cox separated", expected)


def test_logistic_equals_the_penalised_likelihood_maximised_in_r(cohort, expected):
    check(firth_logistic(cohort["response"], cohort["x1"]), "logistic", expected)
    outcome = np.array([0, 0, 0, 0, 1, 1, 1], bool)
    check(firth_logistic(outcome, np.arange(1, 8) / 2), "logistic separated", expected)


@given(st.tuples(*[st.integers(0, 12)] * 4))
def test_a_fourfold_table_is_the_odds_ratio_with_one_half_in_each_cell(cells):
    yes_yes, yes_no, no_yes, no_no = cells
    exposed = np.repeat([1.0, 1.0, 0.0, 0.0], cells)
    outcome = np.repeat([True, False, True, False], cells)
    if len(set(exposed)) < 2 or len(set(outcome)) < 2:
        assert firth_logistic(outcome, exposed.reshape(-1, 1)).status
        return
    found = firth_logistic(outcome, exposed)
    by_hand = (yes_yes + 0.5) * (no_no + 0.5) / ((yes_no + 0.5) * (no_yes + 0.5))
    np.testing.assert_allclose(found.ratio, by_hand, rtol=1e-4)


def test_where_nothing_is_separated_the_penalty_moves_the_estimate_little(cohort, tied):
    plain, penalised = cox(tied, cohort["x1"]), firth_cox(tied, cohort["x1"])
    assert abs(plain.coefficients[0] - penalised.coefficient) < 0.1 * plain.standard_errors[0]
    assert abs(penalised.coefficient) < abs(plain.coefficients[0])


def test_a_separating_marker_has_a_finite_estimate_where_the_plain_model_has_none():
    assert cox(SEPARATED_TIMES, SEPARATING).status
    found = firth_cox(SEPARATED_TIMES, SEPARATING)
    assert 1.0 < found.ci_low < found.ratio < found.ci_high < np.inf
    outcome = np.array([False] * 6 + [True] * 6)
    assert logistic(outcome, np.arange(12.0)).status
    assert np.isfinite(firth_logistic(outcome, np.arange(12.0)).ratio)


def test_the_estimate_follows_the_unit_of_the_marker():
    small, large = (firth_cox(SEPARATED_TIMES, SEPARATING * k) for k in (1.0, 1000.0))
    np.testing.assert_allclose(small.coefficient, large.coefficient * 1000.0, rtol=1e-6)
    np.testing.assert_allclose(small.p_value, large.p_value, rtol=1e-6)


def test_adjustment_keeps_the_effect_of_the_first_covariate(cohort, tied):
    plain = cox(tied, np.column_stack([cohort["x1"], cohort["x2"]]))
    found = firth_cox(tied, np.column_stack([cohort["x1"], cohort["x2"]]))
    assert abs(plain.coefficients[0] - found.coefficient) < 0.1 * plain.standard_errors[0]


def adjusted_likelihood(seed):
    # A change and its baseline in twelve participants with four events, where plain Cox has none.
    rng = np.random.default_rng(seed)
    baseline, change = rng.normal(size=12), rng.normal(0.0, 0.4, 12)
    time, event = rng.exponential(100.0, 12), np.zeros(12, bool)
    event[rng.choice(12, 4, False)] = True
    return Survival(time=time, event=event), np.column_stack([change, baseline])


@pytest.mark.parametrize("seed", [9, 169])
def test_an_adjusted_model_that_is_separated_has_an_interval_and_no_exception(seed):
    survival, design = adjusted_likelihood(seed)
    assert cox(survival, design).status
    found = firth_cox(survival, design)
    assert not found.status
    assert 0.0 < found.ci_low < found.ratio < found.ci_high < np.inf
    assert (found.p_value < 0.05) == (found.ci_low > 1.0 or found.ci_high < 1.0)


def test_the_profile_is_the_best_over_the_others_whatever_was_asked_before():
    survival, design = adjusted_likelihood(9)
    standardised = np.asfortranarray((design - design.mean(axis=0)) / design.std(axis=0))
    risk = risk_sets(survival, None)

    def evaluate(beta):
        return partial_likelihood(risk, standardised, beta)

    values = [-4.0, -0.7, 0.0, 1.0, 3.0, 9.0, 14.0]
    outward, inward = _Profile(evaluate, 2, 0), _Profile(evaluate, 2, 0)
    first = [outward(value) for value in values]
    assert [inward(value) for value in reversed(values)] == first[::-1]
    for value, best in zip(values, first, strict=True):
        grid = [_penalised(evaluate, np.array([value, rest])) for rest in np.arange(-60, 60, 0.25)]
        assert best > max(grid) - 1e-9


def test_the_test_keeps_its_level_in_small_separated_cohorts():
    rng, below = np.random.default_rng(31), 0
    for _ in range(300):
        outcome = np.zeros(14, bool)
        outcome[:4] = True
        below += firth_logistic(outcome, rng.normal(size=14)).p_value < 0.05
    # 300 rounds at 5 % give 15; four standard errors are 15.
    assert below <= 30


@pytest.mark.parametrize(
    ("survival", "marker", "sentence"),
    [
        (Survival(time=np.ones(4), event=np.zeros(4, bool)), [1.0, 2, 3, 4], "too few"),
        (Survival(time=np.arange(4.0), event=np.ones(4, bool)), [2.0] * 4, "does not vary"),
        (Survival(time=np.ones(4), event=np.ones(4, bool)), [1.0, 2, 3, 4], ""),
    ],
)
def test_what_cannot_be_estimated_is_said(survival, marker, sentence):
    found = firth_cox(survival, marker)
    assert sentence in found.status
    assert bool(found.status) == bool(np.isnan(found.coefficient))


def test_one_outcome_only_is_a_status_and_missing_values_are_refused():
    assert "same outcome" in firth_logistic(np.ones(4, bool), [1.0, 2, 3, 4]).status
    with pytest.raises(InputError, match="missing"):
        firth_logistic(np.array([True, False]), [1.0, np.nan])
