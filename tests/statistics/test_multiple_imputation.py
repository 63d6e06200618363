import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    cox,
    cumulative_hazard,
    multiple_imputation,
    pool_imputations,
    stratum_indicators,
)

KINDS = ("continuous", "continuous", "yes or no")
IMPUTATIONS = 120


@pytest.fixture(scope="module")
def columns(expected):
    """The covariates of the cohort; x1 and x3 miss values, x1 more often without an event."""
    return np.column_stack([
        expected("multiple_imputation", "data", name) for name in ("x1", "x2", "x3")
    ])


@pytest.fixture(scope="module")
def completed(columns, fine):
    outcome = np.column_stack([fine.event, cumulative_hazard(fine)])
    made = multiple_imputation(
        columns, KINDS, outcome, rng=np.random.default_rng(11), n_imputations=IMPUTATIONS
    )
    assert made.status == ""
    return made


def test_cumulative_hazards_equal_mice(fine, tied, expected):
    theirs = expected("multiple_imputation", "hazard", "nelson_aalen")
    np.testing.assert_allclose(cumulative_hazard(fine), theirs, rtol=1e-12)
    theirs = expected("multiple_imputation", "hazard", "tied")
    np.testing.assert_allclose(cumulative_hazard(tied), theirs, rtol=1e-12)


def test_cumulative_hazards_with_strata_and_late_entry_by_hand():
    # Stratum a: deaths on day 2 (2 at risk) and 5 (1 at risk); b: day 3, with one of two entered.
    survival = Survival(
        time=np.array([2.0, 5.0, 3.0, 9.0]),
        event=np.array([True, True, True, False]),
        entry=np.array([0.0, 0.0, 0.0, 4.0]),
    )
    found = cumulative_hazard(survival, np.array(["a", "a", "b", "b"]))
    np.testing.assert_allclose(found, [0.5, 1.5, 1.0, 0.0])
    nobody = Survival(time=np.array([1.0]), event=np.array([False]))
    np.testing.assert_allclose(cumulative_hazard(nobody), [0.0])


def test_what_was_known_stays_and_nothing_is_left_missing(columns, completed):
    assert np.isfinite(completed.completed).all()
    known = ~np.isnan(columns)
    for one in completed.completed[:5]:
        np.testing.assert_array_equal(one[known], columns[known])
    np.testing.assert_array_equal(completed.n_imputed, np.isnan(columns).sum(axis=0))
    assert set(np.unique(completed.completed[:, :, 2])) == {0.0, 1.0}
    # Matching gives values that occur: nobody has a marker that was never measured.
    assert np.isin(completed.completed[0, :, 0], columns[:, 0]).all()


def within_error(ours, theirs, between, theirs_of=400):
    """Four Monte-Carlo standard errors of the difference between two means over imputations."""
    error = np.sqrt(between * (1 / IMPUTATIONS + 1 / theirs_of))
    np.testing.assert_array_less(np.abs(ours - theirs), 4 * error + 1e-12)


def test_means_of_imputed_columns_equal_mice_within_monte_carlo_error(completed, expected):
    one = completed.completed
    ours = [one[:, :, 0].mean(), one[:, :, 0].std(axis=1, ddof=1).mean(), one[:, :, 2].mean()]
    theirs = expected("multiple_imputation", "imputed", "means")
    within_error(ours, theirs, expected("multiple_imputation", "imputed", "means_between"))


def test_cox_coefficients_and_their_variances_equal_mice_within_monte_carlo_error(
    completed, fine, expected
):
    fits = [cox(fine, one) for one in completed.completed]
    estimates = np.array([fit.coefficients for fit in fits])
    between = expected("multiple_imputation", "imputed", "between")
    within_error(
        estimates.mean(axis=0), expected("multiple_imputation", "imputed", "estimates"), between
    )
    # A variance over 120 draws has a relative error of sqrt(2 / 119) = 13 %; theirs 7 %.
    ratio = estimates.var(axis=0, ddof=1)[[0, 2]] / between[[0, 2]]
    assert (np.abs(np.log(ratio)) < 4 * 0.15).all()
    variances = np.array([np.diag(fit.covariance) for fit in fits]).mean(axis=0)
    np.testing.assert_allclose(
        variances, expected("multiple_imputation", "imputed", "within"), rtol=0.02
    )


def test_the_same_seed_gives_the_same_data_and_another_does_not(columns, fine):
    outcome = np.column_stack([fine.event, cumulative_hazard(fine)])
    made = [
        multiple_imputation(
            columns, KINDS, outcome, rng=np.random.default_rng(seed), n_imputations=2
        ).completed
        for seed in (5, 5, 6)
    ]
    np.testing.assert_array_equal(made[0], made[1])
    assert not np.array_equal(made[0], made[2])


def test_undetected_values_end_below_their_own_limits(fine, cohort):
    x = cohort["x1"]
    limit = np.where(np.arange(x.size) % 2, -0.6, -0.2)
    below = x < limit
    value = np.where(below, limit, x)[:, None]
    outcome = np.column_stack([fine.event, cumulative_hazard(fine)])
    made = multiple_imputation(
        value,
        ("left-censored",),
        outcome,
        is_below=below[:, None],
        rng=np.random.default_rng(2),
    )
    drawn = made.completed[:, :, 0]
    assert (drawn[:, below] <= limit[below]).all()
    np.testing.assert_array_equal(drawn[0, ~below], x[~below])
    # The pooled estimate is nearer to that of the full data than the values at their limits give.
    fits = [cox(fine, one) for one in drawn]
    pooled = pool_imputations(
        [fit.coefficients[0] for fit in fits], [fit.covariance[0, 0] for fit in fits]
    )
    truth = cox(fine, x).coefficients[0]
    at_limit = cox(fine, value).coefficients[0]
    assert abs(pooled.estimate - truth) < abs(at_limit - truth)


def test_strata_with_few_known_values_share_a_column():
    strata = np.array(["a"] * 6 + ["b"] * 5 + ["c"] * 3 + ["d"] * 3)
    found = stratum_indicators(strata, np.ones(17, bool))
    # c and d together hold six and are, with a, the largest; the reference has no column.
    assert found.shape == (17, 2)
    assert sorted(found.sum(axis=0).tolist()) == [5.0, 6.0]
    assert stratum_indicators(np.array([1, 1, 2]), np.ones(3, bool)).shape == (3, 0)


@pytest.mark.parametrize(
    ("column", "kind", "below", "words"),
    [
        ([np.nan, np.nan, np.nan, 1.0], "continuous", [0, 0, 0, 0], "more than half"),
        ([np.nan] * 4, "yes or no", [0, 0, 0, 0], "more than half"),
        ([1.0, 1.0, 1.0, 1.0], "left-censored", [1, 1, 1, 1], "more than half"),
        ([1.0, 1.0, 2.0, 2.0], "left-censored", [1, 1, 0, 0], "do not vary"),
    ],
)
def test_what_cannot_be_imputed_has_a_sentence(column, kind, below, words):
    made = multiple_imputation(
        np.array(column)[:, None],
        (kind,),
        np.array([0.0, 1.0, 0.0, 1.0]),
        is_below=np.array(below, dtype=bool)[:, None],
        rng=np.random.default_rng(1),
    )
    assert words in made.status
    assert made.completed.shape[0] == 0


@pytest.mark.parametrize(
    ("column", "kind", "below", "outcome", "words"),
    [
        ([np.nan, 1.0], "left-censored", [0, 0], [0.0, 1.0], "give each undetected value"),
        ([1.0, 2.0], "continuous", [1, 0], [0.0, 1.0], "its kind is left-censored"),
        ([1.0, 2.0], "yes or no", [0, 0], [0.0, 1.0], "holds 1, 0 or nothing"),
        ([1.0, np.inf], "continuous", [0, 0], [0.0, 1.0], "infinite"),
        ([1.0, 2.0], "continuous", [0, 0], [0.0, np.nan], "missing or infinite"),
    ],
)
def test_malformed_columns_and_outcomes_are_refused(column, kind, below, outcome, words):
    with pytest.raises(InputError, match=words):
        multiple_imputation(
            np.array(column)[:, None],
            (kind,),
            np.array(outcome),
            is_below=np.array(below, dtype=bool)[:, None],
            rng=np.random.default_rng(1),
        )


def test_one_imputation_is_refused():
    with pytest.raises(InputError, match="at least two"):
        multiple_imputation(
            np.array([[1.0], [np.nan]]),
            ("continuous",),
            np.array([0.0, 1.0]),
            rng=np.random.default_rng(1),
            n_imputations=1,
        )
