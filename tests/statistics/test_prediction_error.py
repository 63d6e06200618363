import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import auc, brier_score, kaplan_meier, time_dependent_auc


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
    assert (
        "past the last follow-up"
        in time_dependent_auc(survival, predicted, horizon_days=500.0).status
    )
    alive = Survival(time=np.arange(1.0, 9.0), event=np.zeros(8, bool))
    nobody = time_dependent_auc(alive, np.arange(8.0), horizon_days=4.0)
    assert "0 participants had the event" in nobody.status
    assert np.isnan(nobody.auc)
    with pytest.raises(InputError, match="between 0 and 1"):
        brier_score(survival, predicted + 3, [5.0])
    with pytest.raises(InputError, match="ascending"):
        brier_score(survival, np.column_stack([predicted, predicted]), [5.0, 4.0])
    with pytest.raises(InputError, match="horizon"):
        time_dependent_auc(survival, predicted, horizon_days=-1.0)
