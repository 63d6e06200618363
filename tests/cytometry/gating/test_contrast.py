import numpy as np
import pytest

from macroimmune.cytometry.gating.contrast import contrast_cut
from macroimmune.cytometry.gating.marker_thresholds import MarkerScale

SCALE = MarkerScale(resolution=0.12, noise=0.7, highest_negative=2.0)


def drawn(told: float, rest: float, n_told: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    values = np.concatenate([rng.normal(told, 0.5, n_told), rng.normal(rest, 0.5, 5000)])
    return values.astype(np.float32), np.arange(len(values)) < n_told


def test_told_cells_that_have_less_are_parted_from_the_rest() -> None:
    values, is_told = drawn(1.0, 2.6, 300, 1)
    cut = contrast_cut(values, is_told, SCALE, np.random.default_rng(1), is_above=False, least=0.4)
    assert cut is not None
    # Nearly all told cells are kept, as they are all of the population.
    assert np.mean(values[is_told] <= cut.value) == pytest.approx(0.99, abs=0.015)
    assert cut.standard_error > 0


def test_told_cells_that_are_like_the_rest_give_no_threshold() -> None:
    values, is_told = drawn(2.6, 2.6, 300, 2)
    for is_above in (True, False):
        rng = np.random.default_rng(2)
        assert contrast_cut(values, is_told, SCALE, rng, is_above=is_above, least=0.4) is None


def test_told_cells_of_which_half_are_like_the_rest_are_cut_between_both() -> None:
    values, is_told = drawn(1.0, 3.0, 400, 3)
    is_told[-400:] = True
    cut = contrast_cut(values, is_told, SCALE, np.random.default_rng(3), is_above=False, least=0.4)
    assert cut is not None
    assert 1.5 < cut.value < 2.5
