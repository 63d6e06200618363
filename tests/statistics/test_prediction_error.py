import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    auc,
    brier_score,
    censoring_curve,
    kaplan_meier,
    time_dependent_auc,
)


def drawn(seed, n=40):
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 20, n).astype(float)
    return Survival(time=time, event=rng.random(n) < 0.6), rng.uniform(size=n), rng


def censoring_by_hand(survival, day, *, including):
    """Return G just before a day, or at it, as a product over the days of censoring."""
    probability = 1.0
    for at in np.unique(survival.time[~survival.event]):
        if at < day or (including and at == day):
            there = (survival.time >= at).sum() - ((survival.time == at) & survival.event).sum()
            gone = ((survival.time == at) & ~survival.event).sum()
            probability *= 1 - gone / there
    return probability


HORIZONS = np.array([90.0, 180.0, 270.0, 365.0])
# The same sums in another order.
SAME = {"rtol": 1e-9, "atol": 1e-12}


def rule(cohort, horizons):
    """Return the predicted survival of the fixed rule of the reference, shape (n, horizons)."""
    hazard = np.exp(0.9 * cohort["x1"] + 0.3 * cohort["x3"])
    return np.exp(-horizons / 400.0 * hazard[:, None])


@pytest.mark.parametrize("case", ["ties", "no ties"])
def test_score_null_score_and_index_equal_r(case, cohort, tied, fine, expected):
    survival = tied if case == "ties" else fine
    found = brier_score(survival, rule(cohort, HORIZONS), HORIZONS)
    for name, values in (
        ("brier", found.scores),
        ("null", found.null_scores),
        ("ipa", found.accuracy),
        ("mean_brier", [found.integrated]),
        ("mean_null", [found.null_integrated]),
    ):
        np.testing.assert_allclose(values, expected("prediction_error", case, name), **SAME)
    # R divides the variance by n - 1. Without ties that is all; under ties R's weights of the
    # censoring curve are another approximation, which moves the error by up to 0.4 %.
    error = found.standard_errors * np.sqrt(survival.n / (survival.n - 1))
    limit = 0.005 if case == "ties" else 5e-5
    np.testing.assert_allclose(error, expected("prediction_error", case, "brier_se"), rtol=limit)


def test_the_integral_over_a_fine_grid_equals_r(cohort, tied, expected):
    grid = np.arange(5.0, 501.0, 5.0)
    found = brier_score(tied, rule(cohort, grid), grid)
    for name, values in (("brier", found.scores), ("null", found.null_scores)):
        np.testing.assert_allclose(values, expected("prediction_error", "grid", name), **SAME)
    # R's integral is of steps from each horizon to the next, over the time from zero.
    steps = np.append(0.0, np.cumsum(found.scores[:-1] * np.diff(grid))) / grid
    np.testing.assert_allclose(steps, expected("prediction_error", "grid", "ibs"), **SAME)
    trapezoid = expected("prediction_error", "grid", "mean_brier")[0]
    np.testing.assert_allclose(found.integrated, trapezoid, **SAME)
    assert abs(steps[-1] * 500.0 / 495.0 - found.integrated) < 0.002


def test_weights_at_the_day_of_the_event_would_be_another_number_than_r(cohort, expected):
    days = np.array([90.0, 180.0, 270.0, 360.0])
    survival = Survival(time=np.ceil(cohort["time"] / 90) * 90, event=cohort["event"])
    predicted = rule(cohort, days)
    right = expected("prediction_error", "quarters", "brier")
    np.testing.assert_allclose(brier_score(survival, predicted, days).scores, right, **SAME)
    curve = censoring_curve(survival)
    for k, day in enumerate(days):
        died, later = survival.event & (survival.time <= day), survival.time > day
        fault = np.sum(predicted[died, k] ** 2 / curve.at(survival.time[died]))
        fault += np.sum((1 - predicted[later, k]) ** 2) / curve.at(np.array([day]))[0]
        assert fault / survival.n - right[k] > 0.004


@given(st.integers(0, 40))
@settings(max_examples=20)
def test_the_error_is_that_of_moving_each_participant_a_little(seed):
    survival, predicted, _ = drawn(seed, 12)
    found = brier_score(survival, predicted, [8.0])
    area = time_dependent_auc(survival, predicted, horizon_days=8.0)
    if found.status or area.status:
        return
    # 400 copies of all and 2 more of one: a derivative by its quotient.
    moved = []
    for who in range(12):
        rows = np.append(np.repeat(np.arange(12), 400), np.repeat(who, 2))
        copy = Survival(time=survival.time[rows], event=survival.event[rows])
        moved.append((
            brier_score(copy, predicted[rows], [8.0]).scores[0] - found.scores[0],
            time_dependent_auc(copy, predicted[rows], horizon_days=8.0).auc - area.auc,
        ))
    errors = np.sqrt(np.sum((np.array(moved) * 200) ** 2, axis=0))
    ours = [found.standard_errors[0], area.standard_error]
    np.testing.assert_allclose(ours, errors, rtol=0.01, atol=1e-6)


@given(st.integers(0, 300), st.integers(3, 15))
def test_the_scores_are_those_of_a_loop_over_participants(seed, horizon):
    survival, predicted, _ = drawn(seed)
    found = brier_score(survival, predicted, [float(horizon)])
    area = time_dependent_auc(survival, 1 - predicted, horizon_days=float(horizon))
    if found.status:
        assert np.isnan(found.scores).all()
        return
    total, pairs, wins = 0.0, 0.0, 0.0
    at_horizon = censoring_by_hand(survival, horizon, including=True)
    for i in range(survival.n):
        if survival.time[i] > horizon:
            total += (1 - predicted[i]) ** 2 / at_horizon
        elif survival.event[i]:
            weight = 1 / censoring_by_hand(survival, survival.time[i], including=False)
            total += weight * predicted[i] ** 2
            for j in np.flatnonzero(survival.time > horizon):
                pairs += weight
                wins += weight * (predicted[i] < predicted[j])
    np.testing.assert_allclose(found.scores[0], total / survival.n)
    if not area.status:
        np.testing.assert_allclose(area.auc, wins / pairs)


def test_the_weight_of_an_event_is_taken_just_before_it():
    # One event and one censoring on day 2 of four: G(2-) = 1, while G(2) = 2/3.
    survival = Survival(
        time=np.array([1.0, 2.0, 2.0, 4.0, 5.0]), event=np.array([True, True, False, True, True])
    )
    found = brier_score(survival, np.full(5, 0.5), [3.0])
    by_hand = (0.25 + 0.25 + 2 * 0.25 / (2 / 3)) / 5
    np.testing.assert_allclose(found.scores[0], by_hand)
    with_the_fault = (0.25 + 0.25 / (2 / 3) + 2 * 0.25 / (2 / 3)) / 5
    assert abs(found.scores[0] - with_the_fault) > 0.02


def test_without_censoring_they_are_the_squared_error_and_the_ordinary_area():
    _, predicted, rng = drawn(3, 200)
    time = rng.exponential(np.exp(predicted))
    survival = Survival(time=time, event=np.ones(200, bool))
    both = np.column_stack([predicted, predicted])
    found = brier_score(survival, both, [0.5, 1.0])
    np.testing.assert_allclose(found.scores[0], np.mean((predicted - (time > 0.5)) ** 2))
    area = time_dependent_auc(survival, -predicted, horizon_days=1.0)
    np.testing.assert_allclose(area.auc, auc(-predicted, time <= 1.0).estimate)
    share = np.mean(time > 1.0)
    np.testing.assert_allclose(found.null_scores[1], share * (1 - share))
    np.testing.assert_allclose(found.integrated, found.scores.mean())


def test_censoring_does_not_bias_the_score():
    rng = np.random.default_rng(2)
    n = 60_000
    marker = rng.normal(size=n)
    death, end = rng.exponential(np.exp(-marker)), rng.exponential(1.5, n)
    predicted = np.exp(-1.0 * np.exp(marker))
    whole = brier_score(Survival(time=death, event=np.ones(n, bool)), predicted, [1.0]).scores[0]
    censored = Survival(time=np.minimum(death, end), event=death <= end)
    found = brier_score(censored, predicted, [1.0])
    # Squared errors spread by less than 0.3: weighted up by at most 2, 5 errors of the mean.
    assert abs(found.scores[0] - whole) < 5 * 0.6 / np.sqrt(n)
    assert found.scores[0] < found.null_scores[0]


def test_the_model_of_nothing_is_the_curve_of_the_training_cohort():
    survival, _, _ = drawn(8)
    training, _, _ = drawn(9)
    level = kaplan_meier(training).at([6.0])[0][0]
    found = brier_score(survival, np.full(40, level), [6.0], training=training)
    assert found.scores[0] == found.null_scores[0]


def test_what_cannot_be_scored_is_said_and_bad_input_refused():
    survival, predicted, _ = drawn(4)
    late = brier_score(survival, predicted, [500.0])
    assert "past the last follow-up" in late.status
    assert np.isnan(late.scores).all()
    assert np.isnan(late.accuracy_ci_low).all()
    alive = Survival(time=np.arange(1.0, 9.0), event=np.zeros(8, bool))
    nobody = brier_score(alive, np.full(8, 0.8), [4.0])
    # Nobody had the event: the squared error is known, but there is nothing to explain.
    np.testing.assert_allclose(nobody.scores, 0.04)
    assert np.isnan(nobody.accuracy[0])
    empty = brier_score(Survival(time=np.empty(0), event=np.empty(0, bool)), np.empty(0), [4.0])
    assert "past the last follow-up" in empty.status
    with pytest.raises(InputError, match="between 0 and 1"):
        brier_score(survival, predicted + 3, [5.0])
    with pytest.raises(InputError, match="ascending"):
        brier_score(survival, np.column_stack([predicted, predicted]), [5.0, 4.0])
