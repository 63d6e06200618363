from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics import DatedValues, cox, landmark_effect, landmark_sets

LANDMARKS = [50, 100, 150, 250]

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="module")
def marker():
    table = pl.read_csv(REFERENCE / "time_dependent" / "marker.csv")
    return DatedValues(*(table[:, column].to_numpy() for column in range(3)))


@pytest.mark.parametrize("window", ["200", "Inf"])
@pytest.mark.parametrize("case", ["plain", "late entry"])
def test_stacked_landmarks_equal_r(case, window, tied, late, cohort, marker, expected):
    survival = tied if case == "plain" else late
    sets = landmark_sets(survival, marker, landmarks=LANDMARKS, window_days=float(window))
    effect = landmark_effect(sets)
    adjusted = landmark_effect(sets, adjusted_for=cohort["x1"], strata=cohort["stratum"])
    key = f"landmarks/{case}/{window}"
    counts = (effect.n_rows, effect.n, effect.n_events)
    np.testing.assert_array_equal(counts, expected("time_dependent", key, "n"))
    for name, fit in (
        ("common", effect.common),
        ("adjusted", adjusted.common),
        ("drifting", effect.drifting),
    ):
        for column in ("coefficients", "standard_errors"):
            answer = expected("time_dependent", key, f"{name}/{column}")
            np.testing.assert_allclose(getattr(fit, column), answer, rtol=1e-6, atol=1e-9)
    answer = expected("time_dependent", key, "log_hazard_ratio")
    np.testing.assert_allclose(effect.log_hazard_ratio, answer, rtol=1e-6, atol=1e-9)
    answer = expected("time_dependent", key, "error")
    np.testing.assert_allclose(effect.standard_error, answer, rtol=1e-6)


def test_sets_by_hand():
    # On day 5: 0 has died, 1 and 2 are at risk, 3 has no value yet. On day 10: 3 has, 2 is gone.
    survival = Survival(
        time=np.array([5.0, 30.0, 8.0, 12.0]), event=np.array([True, True, True, True])
    )
    seen = DatedValues(
        np.array([0, 1, 1, 2, 3]), np.array([0.0, 1, 10, 5, 6]), np.array([9.0, 1, 2, 3, 4])
    )
    sets = landmark_sets(survival, seen, landmarks=[5, 10], window_days=10)
    np.testing.assert_array_equal(sets.participant, [1, 2, 1, 3])
    np.testing.assert_array_equal(sets.landmark_day, [5, 5, 10, 10])
    np.testing.assert_array_equal(sets.value, [1, 3, 2, 4])
    np.testing.assert_array_equal(sets.survival.time, [15, 8, 20, 12])
    np.testing.assert_array_equal(sets.survival.event, [False, True, False, True])
    np.testing.assert_array_equal(sets.n_at_risk, [3, 2])
    np.testing.assert_array_equal(sets.n_without_value, [1, 0])


def test_one_landmark_is_the_model_from_there_with_a_cluster_variance(tied, marker):
    sets = landmark_sets(tied, marker, landmarks=[100], window_days=np.inf)
    effect = landmark_effect(sets)
    since, _ = tied.select(np.isin(np.arange(tied.n), sets.participant)).landmark(100)
    alone = cox(since, sets.value, cluster=np.arange(since.n))
    np.testing.assert_allclose(effect.common.hazard_ratios, alone.hazard_ratios, rtol=1e-9)
    np.testing.assert_allclose(effect.common.standard_errors, alone.standard_errors, rtol=1e-9)
    assert "one landmark" in effect.status
    assert np.isnan(effect.change_p_value)


def test_values_after_a_landmark_do_not_enter_its_set(tied, marker):
    sets = landmark_sets(tied, marker, landmarks=[50, 100], window_days=200)
    later = np.where(marker.day > 50, 99.0, marker.value)
    moved = landmark_sets(
        tied,
        DatedValues(marker.participant, marker.day, later),
        landmarks=[50, 100],
        window_days=200,
    )
    first = sets.landmark_day == 50
    np.testing.assert_array_equal(sets.value[first], moved.value[first])
    assert (sets.value[~first] != moved.value[~first]).any()


def test_nobody_at_risk_is_a_status(tied, marker):
    effect = landmark_effect(landmark_sets(tied, marker, landmarks=[5000], window_days=9))
    assert "no events" in effect.status
    assert effect.n == 0


@pytest.mark.parametrize("days", [[], [100, 50], [50, 50], [-1], [np.nan]])
def test_landmarks_that_are_no_ascending_days_are_refused(days, tied, marker):
    with pytest.raises(InputError, match="ascending days"):
        landmark_sets(tied, marker, landmarks=days, window_days=9)


def test_a_window_without_length_and_a_stranger_are_refused(tied, marker):
    with pytest.raises(InputError, match="window"):
        landmark_sets(tied, marker, landmarks=[50], window_days=0)
    with pytest.raises(InputError, match="names participant"):
        landmark_sets(tied.select(np.arange(tied.n) < 9), marker, landmarks=[50], window_days=9)
