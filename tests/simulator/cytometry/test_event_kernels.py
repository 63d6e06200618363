"""The loops over events, against numpy."""

import numpy as np
import pytest

from macroimmune.simulator.cytometry.event_kernels import count_ions, detect_light, draw_signals

N, CHANNELS, FACTORS = 60_000, 4, 2
LOADINGS = np.array([[0.6, 0.0], [0.6, 0.5], [0.0, 0.0], [0.0, 0.0]], np.float32)
#          mean spread skew share  positive part      answer
ROW = [
    [3.0, 0.5, 0.0, 0.0, 3.0, 0.5, 0.0, 1.0],
    [2.0, 0.4, -0.2, 0.0, 2.0, 0.4, -0.2, 0.0],
    [0.5, 0.2, 0.0, 0.3, 4.0, 0.3, 0.0, 0.0],
    [11.0, 0.1, 0.0, 0.0, 11.0, 0.1, 0.0, 0.0],
]


@pytest.fixture(scope="module")
def drawn():
    """Give signals and left-over uniform numbers; the last channel is logarithmic."""
    rng = np.random.default_rng(8)
    signals = np.empty((N, CHANNELS), np.float32)
    uniforms = rng.random((N, CHANNELS), np.float32)
    answers = np.zeros(N, np.float32)
    answers[: N // 2] = 1
    draw_signals(
        np.zeros(N, np.int64),
        answers,
        np.linspace(-0.5, 0.5, N, dtype=np.float32),
        np.ones(N, np.float32),
        rng.standard_normal((N, CHANNELS + FACTORS), np.float32),
        uniforms,
        np.array([ROW], np.float32),
        LOADINGS,
        np.sqrt(1 - (LOADINGS**2).sum(axis=1)),
        np.array([0, 0, 0, 1]),
        np.array([1.0, 1.0, 2.0, 1.0], np.float32),
        np.zeros(CHANNELS, np.float32),
        np.float32(5),
        signals,
    )
    return signals, uniforms


def test_mean_spread_and_correlation_are_those_asked_for(drawn):
    values = np.arcsinh(drawn[0] / 5)
    later = slice(N // 2, None)
    assert values[later, 0].mean() == pytest.approx(3.0, abs=0.02)
    assert values[later, 0].std() == pytest.approx(0.5, abs=0.01)
    assert values[:, 1].mean() == pytest.approx(2.0, abs=0.02)
    assert values[:, 1].std() == pytest.approx(0.4, abs=0.01)
    # 0.6 x 0.6 of the common factor; skewing the second marker takes a little away.
    assert np.corrcoef(values[later, 0], values[later, 1])[0, 1] == pytest.approx(0.36, abs=0.03)
    assert abs(np.corrcoef(values[:, 1], values[:, 2])[0, 1]) < 0.02


def test_a_negative_skew_has_its_long_tail_below(drawn):
    values = np.arcsinh(drawn[0][:, 1] / 5)
    assert ((values - values.mean()) ** 3).mean() / values.std() ** 3 < -0.5


def test_cells_that_answer_are_moved_by_their_shift(drawn):
    values = np.arcsinh(drawn[0][:, 0] / 5)
    assert values[: N // 2].mean() - values[N // 2 :].mean() == pytest.approx(1.0, abs=0.02)


def test_the_positive_part_has_its_share_and_gain_multiplies_the_signal(drawn):
    values = np.arcsinh(drawn[0][:, 2] / 2 / 5)
    assert (values > 2).mean() == pytest.approx(0.3, abs=0.01)
    assert values[values > 2].mean() == pytest.approx(4.0, abs=0.02)


def test_logarithmic_channels_are_log_normal(drawn):
    assert np.log(drawn[0][:, 3]).mean() == pytest.approx(11.0, abs=0.01)


def test_uniform_numbers_left_over_are_uniform_in_both_parts(drawn):
    signals, uniforms = drawn
    for part in (signals[:, 2] > 40, signals[:, 2] < 40):
        left = uniforms[part, 2]
        assert left.mean() == pytest.approx(0.5, abs=0.01)
        assert left.std() == pytest.approx(np.sqrt(1 / 12), abs=0.01)


def test_no_ion_is_a_zero_as_often_as_a_poisson_count_has_none():
    rng = np.random.default_rng(2)
    signals = np.tile(np.array([-3.0, 1.0, 50.0], np.float32), (N, 1))
    count_ions(signals, rng.random(signals.shape, np.float32), np.array([0, 1, 2]))
    assert (signals[:, 0] == 0).all()
    assert (signals[:, 1] == 0).mean() == pytest.approx(np.exp(-1), abs=0.01)
    assert (signals[:, 2] == 50).all()


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
