import numpy as np
import pytest
from scipy.special import expit

from macroimmune.errors import DesignError, EstimationError, InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    auc,
    baseline_hazard,
    cox,
    cross_validate_binary,
    cross_validate_survival,
    logistic,
    participant_folds,
    predicted_survival,
)

HORIZON = 1.0


def by_logistic(x, outcome):
    fit = logistic(outcome, x)
    if fit.status:
        raise EstimationError(fit.status)
    return lambda new: expit(fit.intercept + new @ fit.coefficients)


def by_cox(x, survival):
    fit = cox(survival, x)
    if fit.status:
        raise EstimationError(fit.status)
    baseline = baseline_hazard(survival, x, fit.coefficients)
    return lambda new: predicted_survival(baseline, new, [HORIZON]).risk[:, 0]


def drawn(seed=1, n=90):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    return x, rng.random(n) < expit(x[:, 0]), rng


def binary(x, outcome, recipe, folds, rng, **options):
    return cross_validate_binary(
        x, outcome, recipe, folds, thresholds=[0.5], replicates=0, rng=rng, **options
    )


def survival_of(rng, n=120):
    x = rng.normal(size=(n, 2))
    death, end = rng.exponential(np.exp(-x[:, 0])), rng.uniform(0.5, 3.0, n)
    return x, Survival(time=np.minimum(death, end), event=death <= end)


def line(found, name):
    (one,) = [measure for measure in found.measures if name in measure.name]
    return one


def test_predictions_are_those_of_a_loop_by_hand():
    x, outcome, rng = drawn()
    folds = participant_folds(outcome, n_folds=4, repeats=2, rng=rng)
    found = binary(x, outcome, by_logistic, folds, rng)
    by_hand = np.empty((2, 90))
    for repeat in range(2):
        for number in range(4):
            out = folds[repeat] == number
            by_hand[repeat, out] = by_logistic(x[~out], outcome[~out])(x[out])
    np.testing.assert_allclose(found.predicted_risk, by_hand, rtol=1e-12)
    areas = [auc(risk, outcome).estimate for risk in by_hand]
    area = line(found, "area")
    np.testing.assert_allclose(
        [area.estimate, area.smallest, area.largest], [np.mean(areas), min(areas), max(areas)]
    )
    assert area.apparent == auc(by_logistic(x, outcome)(x), outcome).estimate
    assert found.status == ""
    assert found.n_folds == 4


def test_the_apparent_performance_is_labelled_and_that_of_the_folds_is_not():
    x, outcome, rng = drawn()
    folds = participant_folds(outcome, n_folds=5, repeats=3, rng=rng)
    found = binary(x, outcome, by_logistic, folds, rng)
    assert found.apparent.is_apparent
    assert found.apparent.method.startswith("apparent")
    assert [one.is_apparent for one in found.performances] == [False] * 3
    # Calibration, error and net benefit come along: the area cannot be had alone.
    words = " ".join(measure.name for measure in found.measures)
    assert all(word in words for word in ("slope", "Brier", "net benefit", "observed / expected"))


def test_a_recipe_never_sees_a_row_of_a_participant_that_it_predicts():
    rng = np.random.default_rng(3)
    people = np.repeat(np.arange(20), rng.integers(1, 5, 20))
    outcome = (np.arange(20) % 2 == 0)[people]
    rows = np.arange(people.size, dtype=float)[:, None]
    folds = participant_folds(outcome, n_folds=5, repeats=2, rng=rng, participants=people)
    met = []

    def spy(x, seen):
        assert len(x) == len(seen)

        def predict(new):
            met.append((people[x[:, 0].astype(int)], people[new[:, 0].astype(int)]))
            return np.full(len(new), 0.5)

        return predict

    found = binary(rows, outcome, spy, folds, rng, participants=people)
    assert len(met) == 11
    for trained, predicted in met[:-1]:
        assert not set(trained) & set(predicted)
    # The last fit is the apparent one, to all.
    assert set(met[-1][0]) == set(met[-1][1]) == set(people)
    assert found.n == 20
    assert found.performances[0].n == 20


def test_what_a_recipe_does_to_its_data_stays_in_its_fold():
    x, outcome, rng = drawn()
    kept = x.copy()

    def spoils(train, seen):
        train[:] = 0.0

        def predict(new):
            new[:] = 0.0
            return np.full(len(new), seen.mean())

        return predict

    folds = participant_folds(outcome, n_folds=3, repeats=1, rng=rng)
    binary(x, outcome, spoils, folds, rng)
    np.testing.assert_array_equal(x, kept)


def test_missing_values_are_left_to_the_recipe():
    x, outcome, rng = drawn()
    x[::7, 0] = np.nan

    def imputing(train, seen):
        fill = np.nanmean(train, axis=0)
        inner = by_logistic(np.where(np.isnan(train), fill, train), seen)
        return lambda new: inner(np.where(np.isnan(new), fill, new))

    folds = participant_folds(outcome, n_folds=5, repeats=1, rng=rng)
    found = binary(x, outcome, imputing, folds, rng)
    assert found.status == ""
    assert 0.5 < line(found, "area").estimate < 1.0


def test_survival_is_validated_alike_and_rows_of_a_participant_count_once():
    rng = np.random.default_rng(4)
    x, survival = survival_of(rng)
    people = np.array([f"p{number:03d}" for number in rng.permutation(120)])
    folds = participant_folds(survival.event, n_folds=5, repeats=2, rng=rng, participants=people)
    options = {"horizon_days": HORIZON, "thresholds": [0.5], "replicates": 0, "rng": rng}
    once = cross_validate_survival(x, survival, by_cox, folds, participants=people, **options)
    assert once.status == ""
    by_hand = np.empty(120)
    for number in range(5):
        out = folds[0] == number
        by_hand[out] = by_cox(x[~out], survival.select(~out))(x[out])
    np.testing.assert_allclose(once.predicted_risk[0], by_hand[once.rows], rtol=1e-12)
    # Participants are in the order of their names, their outcomes with them.
    assert people[once.rows].tolist() == sorted(people)
    assert once.n_events == survival.n_events
    area = once.performances[0].area.auc
    plain = cross_validate_survival(x, survival, by_cox, folds, **options)
    np.testing.assert_allclose(plain.performances[0].area.auc, area)
    twice = cross_validate_survival(
        np.tile(x, (2, 1)),
        Survival(time=np.tile(survival.time, 2), event=np.tile(survival.event, 2)),
        lambda train, seen: by_cox(
            train[: len(train) // 2], seen.select(np.arange(seen.n) < seen.n // 2)
        ),
        np.tile(folds, (1, 2)),
        participants=np.tile(people, 2),
        **options,
    )
    assert twice.n == 120
    np.testing.assert_allclose(twice.performances[0].area.auc, area)


def test_cohorts_can_be_the_folds():
    x, outcome, rng = drawn()
    cohorts = np.arange(90) % 3
    found = binary(x, outcome, by_logistic, cohorts, rng)
    assert found.predicted_risk.shape == (1, 90)
    assert found.n_folds == 3


def test_a_model_that_cannot_be_fitted_in_a_fold_gives_a_status_and_no_number():
    x, outcome, rng = drawn()
    folds = participant_folds(outcome, n_folds=3, repeats=1, rng=rng)

    def fails_with_many(train, seen):
        if train[0, 0] == x[folds[0] != 0][0, 0]:
            raise EstimationError("no luck")
        return by_logistic(train, seen)

    found = binary(x, outcome, fails_with_many, folds, rng)
    assert "could not be fitted in" in found.status
    assert "no luck" in found.status
    assert found.performances == ()
    assert found.measures == ()
    assert np.isnan(found.predicted_risk[0, folds[0] == 0]).all()


def test_one_outcome_only_is_told_by_every_measure_that_needs_two():
    x, _, rng = drawn()
    everyone = np.ones(90, bool)
    folds = participant_folds(everyone, n_folds=3, repeats=1, rng=rng)
    failed = binary(x, everyone, by_logistic, folds, rng)
    assert "same outcome" in failed.status
    assert failed.apparent is None
    constant = binary(
        x, everyone, lambda train, seen: lambda new: np.full(len(new), seen.mean()), folds, rng
    )
    assert np.isnan(line(constant, "area").estimate)
    assert "0 controls" in line(constant, "area").status


def test_a_horizon_past_the_follow_up_is_told():
    rng = np.random.default_rng(6)
    x, survival = survival_of(rng, 60)
    folds = participant_folds(survival.event, n_folds=3, repeats=1, rng=rng)
    found = cross_validate_survival(
        x, survival, lambda train, seen: lambda new: np.full(len(new), 0.5), folds,
        horizon_days=99.0, thresholds=[0.5], replicates=0, rng=rng,
    )  # fmt: skip
    assert all("past the last follow-up" in measure.status for measure in found.measures)
    assert np.isnan([measure.estimate for measure in found.measures]).all()


def test_wrong_input_is_refused():
    x, outcome, rng = drawn()
    folds = participant_folds(outcome, n_folds=3, repeats=1, rng=rng)
    with pytest.raises(InputError, match="outside 0 to 1"):
        binary(x, outcome, lambda _x, _y: lambda new: new[:, 0], folds, rng)
    with pytest.raises(InputError, match="one predicted risk per participant"):
        binary(x, outcome, lambda _x, _y: lambda new: np.array([0.5]), folds, rng)
    with pytest.raises(InputError, match="one row of numbers"):
        binary(x[:, 0], outcome, by_logistic, folds, rng)
    with pytest.raises(InputError, match="30 of 30 predicted risks are missing"):
        binary(x, outcome, lambda _x, _y: lambda new: np.full(len(new), np.nan), folds, rng)
    people = np.arange(90) // 2
    with pytest.raises(DesignError, match="different folds"):
        binary(x, outcome, by_logistic, folds, rng, participants=people)
    mixed = np.tile([True, False], 45)
    halves = (people % 2)[None, :]
    with pytest.raises(InputError, match="differs from that of another row"):
        binary(x, mixed, by_logistic, halves, rng, participants=people)
