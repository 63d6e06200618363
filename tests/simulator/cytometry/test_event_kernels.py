"""The loops over events, against numpy."""

import numpy as np
import pytest

from macroimmune.simulator.cytometry.event_kernels import (
    count_ions,
    detect_light,
    draw_values,
    signals_of,
)

N, CHANNELS, FACTORS = 60_000, 4, 4
LOADINGS = np.zeros((FACTORS, CHANNELS), np.float32)
LOADINGS[:2, :2] = [[0.6, 0.6], [0.0, 0.5]]
SKEW = -0.2
# One column per channel: mean, spread, skew, share, those of the positive part, answer.
DISTRIBUTIONS = (
    np
    .array(
        [
            [3.0, 0.5, 0.0, 0.0, 3.0, 0.5, 0.0, 1.0],
            [2.0, 0.4 / np.sqrt(1 + 2 * SKEW**2), SKEW, 0.0, 2.0, 0.4, SKEW, 0.0],
            [0.5, 0.2, 0.0, 0.3 * 65_536, 4.0, 0.3, 0.0, 0.0],
            [11.0, 0.1, 0.0, 0.0, 11.0, 0.1, 0.0, 0.0],
        ],
        np.float32,
    )
    .T[None]
    .copy()
)


@pytest.fixture(scope="module")
def values():
    """Give the values of many events of one type; the first half answers."""
    rng = np.random.default_rng(8)
    drawn = np.empty((N, CHANNELS), np.float32)
    answers = np.zeros(N, np.float32)
    answers[: N // 2] = 1
    draw_values(
        np.zeros(N, np.int64),
        answers,
        rng.standard_normal((N, CHANNELS + FACTORS), np.float32),
        rng.integers(0, 65_536, (N, CHANNELS), dtype=np.uint16),
        DISTRIBUTIONS,
        LOADINGS,
        np.sqrt(1 - (LOADINGS**2).sum(axis=0)),
        drawn,
    )
    return drawn


def test_mean_spread_and_correlation_are_those_asked_for(values):
    later = values[N // 2 :]
    assert later[:, 0].mean() == pytest.approx(3.0, abs=0.02)
    assert later[:, 0].std() == pytest.approx(0.5, abs=0.01)
    assert values[:, 1].mean() == pytest.approx(2.0, abs=0.02)
    assert values[:, 1].std() == pytest.approx(0.4, abs=0.01)
    # 0.6 x 0.6 of the common factor; skewing the second marker takes a little away.
    assert np.corrcoef(later[:, 0], later[:, 1])[0, 1] == pytest.approx(0.36, abs=0.03)
    assert abs(np.corrcoef(values[:, 1], values[:, 2])[0, 1]) < 0.02


def test_a_negative_skew_has_its_long_tail_below(values):
    apart = values[:, 1] - values[:, 1].mean()
    assert (apart**3).mean() / apart.std() ** 3 < -0.5


def test_cells_that_answer_are_moved_by_their_shift(values):
    moved = values[: N // 2, 0].mean() - values[N // 2 :, 0].mean()
    assert moved == pytest.approx(1.0, abs=0.02)


def test_the_positive_part_has_its_share_and_its_mean(values):
    is_positive = values[:, 2] > 2
    assert is_positive.mean() == pytest.approx(0.3, abs=0.01)
    assert values[is_positive, 2].mean() == pytest.approx(4.0, abs=0.02)
    assert values[~is_positive, 2].mean() == pytest.approx(0.5, abs=0.02)


def test_values_become_signals_by_sinh_exp_or_as_they_are_with_drift_and_dimming():
    drawn = np.array([[1.5, 1.5, 1.5, 1.5], [0.7, 0.7, 0.7, 0.7]], np.float32)
    signals = drawn.copy()
    weights = np.array([[2.5, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], np.float32)
    signals_of(
        signals,
        np.exp(drawn),
        np.array([-0.5, 0.5], np.float32),
        np.array([1.0, 0.75], np.float32),
        weights,
        np.array([0.2, 0, 0, 0], np.float32),
    )
    first, second = 5 * np.sinh(1.5) * 0.9, 5 * np.sinh(0.7) * 1.1 * 0.75
    assert signals[:, 0] == pytest.approx([first, second], rel=1e-5)
    assert signals[:, 1] == pytest.approx(np.exp([1.5, 0.7]), rel=1e-5)
    assert signals[:, 2].tolist() == drawn[:, 2].tolist()
    assert (signals[:, 3] == 0).all()


def test_no_ion_is_a_zero_as_often_as_a_poisson_count_has_none():
    rng = np.random.default_rng(2)
    signals = np.tile(np.array([-3.0, 1.0, 50.0, 0.5], np.float32), (N, 1))
    chances = rng.integers(0, 65_536, signals.shape, dtype=np.uint16)
    no_ion = np.exp(-np.maximum(signals, 0))
    count_ions(signals, no_ion, chances, np.array([True, True, True, False]))
    assert (signals[:, 0] == 0).all()
    assert (signals[:, 1] == 0).mean() == pytest.approx(np.exp(-1), abs=0.01)
    assert (signals[:, 2] == 50).all()
    assert (signals[:, 3] == 0.5).all()


def test_detectors_see_the_spilled_light_with_noise_that_grows_with_it_up_to_the_largest():
    light = np.tile(np.array([1000.0, 7.0, 0.0], np.float32), (N, 1))
    light[0, 0] = 1e9
    matrix = np.array([[1.0, 0.2], [0.0, 1.0]], np.float32)
    noise = np.random.default_rng(3).standard_normal((N, 2), np.float32)
    detect_light(
        light, noise, matrix, np.array([0, 2]), np.float32(30), np.float32(4), np.float32(262143)
    )
    assert light[0, 0] == 262143
    seen = light[1:, [0, 2]]
    assert seen.mean(axis=0) == pytest.approx([1000, 200], rel=0.01)
    assert seen.std(axis=0) == pytest.approx([np.sqrt(900 + 4000), np.sqrt(900 + 800)], rel=0.02)
    assert (light[:, 1] == 7).all()
