"""Nested ridge regression: against scikit-learn, and silent on noise."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from macroimmune.errors import DesignError, InputError
from macroimmune.statistics import nested_ridge, ridge_penalties


class WithinTraining(TransformerMixin, BaseEstimator):
    """Values beyond those of the training rows become the nearest of them."""

    def fit(self, x, y=None):
        self.low_, self.high_ = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
        return self

    def transform(self, x):
        return np.clip(x, self.low_, self.high_)


def drawn(seed, n, columns, *, missing=0.0):
    rng = np.random.default_rng(seed)
    x = 3.0 + rng.normal(size=(n, columns)) * rng.uniform(0.1, 10.0, columns)
    y = x[:, 0] / x[:, 0].std() + rng.normal(size=n)
    x[rng.random(x.shape) < missing] = np.nan
    return x, y, rng


def fitted(x, y, rng, groups=None, **options):
    return nested_ridge(
        x, y, groups, **{"permutations": 0, "interval": False, "rng": rng, **options}
    )


@pytest.mark.parametrize(("n", "columns"), [(30, 6), (24, 60)])
def test_predictions_are_those_of_scikit_learn(n, columns):
    x, y, rng = drawn(1, n, columns, missing=0.05)
    ours = fitted(x, y, rng)
    peer = make_pipeline(
        WithinTraining(),
        SimpleImputer(),
        StandardScaler(),
        RidgeCV(alphas=ridge_penalties(n, columns)),
    )
    expected = cross_val_predict(peer, x, y, cv=LeaveOneGroupOut(), groups=np.arange(n))
    np.testing.assert_allclose(ours.predicted, expected, rtol=0, atol=1e-8)


def test_penalties_chosen_with_several_rows_of_a_group_are_those_of_a_loop():
    x, y, rng = drawn(2, 21, 30)
    groups = np.repeat(np.arange(9), [1, 1, 1, 2, 2, 3, 3, 4, 4])
    grid = ridge_penalties(21, 30)[::3]
    ours = fitted(x, y, rng, groups, penalties=grid)
    for fold in (0, 4, 8):
        train = groups != fold
        scaler = StandardScaler().fit(x[train])
        z, outcome, inner = scaler.transform(x[train]), y[train], groups[train]
        errors = [
            sum(
                np.sum(
                    (
                        outcome[inner == left]
                        - Ridge(alpha=penalty)
                        .fit(z[inner != left], outcome[inner != left])
                        .predict(z[inner == left])
                    )
                    ** 2
                )
                for left in np.unique(inner)
            )
            for penalty in grid
        ]
        best = grid[int(np.argmin(errors))]
        assert ours.penalties[fold] == best
        inside = WithinTraining().fit(x[train]).transform(x[~train])
        expected = Ridge(alpha=best).fit(z, outcome).predict(scaler.transform(inside))
        np.testing.assert_allclose(ours.predicted[~train], expected, rtol=0, atol=1e-8)


def test_the_fit_does_not_know_whom_it_predicts():
    x, y, rng = drawn(3, 20, 5)
    changed = y.copy()
    changed[4] += 100.0
    before, after = fitted(x, y, rng), fitted(x, changed, rng)
    assert before.predicted[4] == pytest.approx(after.predicted[4], abs=1e-12)
    assert before.training_means[4] == pytest.approx(after.training_means[4], abs=1e-12)


def test_r_squared_is_against_the_means_of_the_training_rows():
    x, y, rng = drawn(4, 25, 4)
    found = fitted(x, y, rng)
    means = (y.sum() - y) / 24
    np.testing.assert_allclose(found.training_means, means)
    expected = 1 - np.sum((y - found.predicted) ** 2) / np.sum((y - means) ** 2)
    assert found.r_squared == pytest.approx(expected)


def test_importance_is_the_mean_over_every_exchange_of_rows():
    x, y, rng = drawn(5, 15, 3)
    found = fitted(x, y, rng)
    grid = ridge_penalties(15, 3)
    spread = np.sum((y - found.training_means) ** 2)
    falls = np.zeros(3)
    for row in range(15):
        train = np.arange(15) != row
        scaler = StandardScaler().fit(x[train])
        model = Ridge(alpha=found.penalties[row]).fit(scaler.transform(x[train]), y[train])
        assert found.penalties[row] in grid
        for column in range(3):
            exchanged = np.tile(x[row], (15, 1))
            exchanged[:, column] = x[:, column]
            exchanged = np.clip(exchanged, x[train].min(axis=0), x[train].max(axis=0))
            errors = (y[row] - model.predict(scaler.transform(exchanged))) ** 2
            falls[column] += errors.mean() - (y[row] - found.predicted[row]) ** 2
    np.testing.assert_allclose(found.importance, falls / spread, atol=1e-10)
    assert int(np.argmax(found.importance)) == 0


def test_a_scale_or_a_shift_of_a_predictor_changes_nothing():
    x, y, rng = drawn(6, 20, 4, missing=0.1)
    moved = x * [1.0, -3.0, 1e3, 0.2] + [0.0, 5.0, -7.0, 1.0]
    np.testing.assert_allclose(
        fitted(x, y, rng).predicted, fitted(moved, y, rng).predicted, atol=1e-9
    )


def test_one_far_from_all_others_is_not_predicted_beyond_any_response():
    x, y, rng = drawn(12, 20, 4)
    x[:, 3] = 1e-3 * rng.normal(size=20)
    x[7, 3] = 50.0
    found = fitted(x, y, rng)
    assert np.abs(found.predicted[7] - y.mean()) < 3.0 * y.std()


def test_predictors_that_say_nothing_count_for_nothing():
    x, y, rng = drawn(7, 20, 3)
    more = np.column_stack([x, np.full(20, 0.1), np.full(20, np.nan)])
    grid = ridge_penalties(20, 3)
    found = fitted(more, y, rng, penalties=grid)
    np.testing.assert_allclose(
        fitted(x, y, rng, penalties=grid).predicted, found.predicted, atol=1e-9
    )
    assert (found.importance[3:] == 0).all()


def test_noise_is_not_predicted_however_many_predictors_there_are():
    rng = np.random.default_rng(8)
    best, chosen = [], []
    for _ in range(5):
        x, y = rng.normal(size=(60, 1000)), rng.normal(size=60)
        found = fitted(x, y, rng, folds=np.arange(60) % 10)
        best.append(found.r_squared)
        # Selected with a look at everyone, the same noise is predicted.
        looked = np.argsort(-np.abs((x - x.mean(0)).T @ (y - y.mean())))[:10]
        chosen.append(fitted(x[:, looked], y, rng, folds=np.arange(60) % 10).r_squared)
    assert np.mean(best) < 0.02
    assert np.mean(chosen) > 0.3


def test_p_is_small_for_a_signal_and_one_plus_b_over_one_plus_count():
    x, y, rng = drawn(9, 40, 3)
    found = fitted(x, 3.0 * y, rng, permutations=99)
    assert found.p_value == 0.01
    assert found.null_r_squared < 0.05
    noise = fitted(x, rng.normal(size=40), rng, permutations=99)
    assert noise.p_value * 100 == pytest.approx(round(noise.p_value * 100))


def test_rows_of_a_participant_in_two_folds_are_refused():
    x, y, rng = drawn(10, 12, 2)
    with pytest.raises(DesignError, match="participant 0"):
        fitted(x, y, rng, np.repeat(np.arange(6), 2), folds=np.arange(12) % 2)


def test_what_cannot_be_estimated_says_why():
    x, y, rng = drawn(11, 12, 2)
    same = fitted(x, np.ones(12), rng)
    assert np.isnan(same.r_squared)
    assert same.status == "the response is the same in all rows"
    few = fitted(x, y, rng, np.repeat(np.arange(3), 4))
    assert np.isnan(few.p_value)
    assert few.status == "3 groups; at least 4 are needed"
    sizes = np.repeat(np.arange(5), [1, 2, 2, 3, 4])
    alone = fitted(x, y, rng, sizes, permutations=9)
    assert np.isfinite(alone.r_squared)
    assert alone.status.startswith("no p-value")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"y": [1.0, np.nan, 2.0, 3.0, 4.0]}, "missing or infinite"),
        ({"y": [1.0, 2.0]}, "one row of one or more"),
        ({"x": [["a"]] * 5}, "expected numbers"),
        ({"penalties": [1.0, 0.0]}, "above zero"),
    ],
)
def test_wrong_input_is_refused(wrong, says):
    x = wrong.pop("x", np.arange(10.0).reshape(5, 2))
    y = wrong.pop("y", np.arange(5.0))
    with pytest.raises(InputError, match=says):
        fitted(x, y, np.random.default_rng(1), **wrong)
