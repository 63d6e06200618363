import numpy as np

from macroimmune.statistics import corrected_change


def test_optimism_and_interval_by_hand():
    # Smaller model: 0.62, 0.60, 0.64 in three samples, 0.60 three times outside: optimism 0.02.
    # Larger model: 0.70, 0.72, 0.74 in them, 0.66, 0.65, 0.67 outside: optimism 0.06.
    samples = np.array([
        [[0.62, 0.60], [0.70, 0.66]],
        [[0.60, 0.60], [0.72, 0.65]],
        [[0.64, 0.60], [0.74, 0.67]],
    ])
    found = corrected_change(np.array([0.61, 0.71]), samples)
    np.testing.assert_allclose((found.base, found.with_marker), (0.59, 0.65))
    np.testing.assert_allclose((found.apparent_change, found.change), (0.10, 0.06))
    # Changes inside 0.08, 0.12, 0.10; percentiles 0.081 and 0.119, moved by 0.06 - 0.02.
    np.testing.assert_allclose((found.ci_low, found.ci_high), (0.041, 0.079))


def test_many_failed_samples_leave_the_apparent_values_only():
    samples = np.full((10, 2, 2), 0.6)
    samples[:2] = np.nan
    found = corrected_change(np.array([0.6, 0.7]), samples)
    assert found.status.startswith("2 of 10 bootstrap samples gave no number")
    assert np.isnan([found.change, found.ci_low, found.base]).all()
    assert found.apparent_with == 0.7


def test_one_failed_sample_of_ten_is_left_out_and_counted():
    samples = np.full((10, 2, 2), 0.6)
    samples[0] = np.nan
    found = corrected_change(np.array([0.6, 0.7]), samples)
    assert (found.n_failed, found.status) == (1, "")
    np.testing.assert_allclose(found.change, 0.1)


def test_a_measure_without_a_value_has_a_status():
    found = corrected_change(np.array([0.6, np.nan]), np.full((4, 2, 2), 0.5))
    assert found.status
    assert np.isnan(found.apparent_base)
