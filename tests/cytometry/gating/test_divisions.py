import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.cytometry.gating.binned_values import bin_values
from macroimmune.cytometry.gating.divisions import divisions


def binned(values: np.ndarray, resolution: float = 0.0):
    result = bin_values(values.astype(np.float32), resolution)
    assert result is not None
    return result


def test_two_peaks_are_parted_in_the_valley_between_them() -> None:
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(0, 0.5, 6000), rng.normal(4, 0.5, 4000)])
    bins = binned(values)
    (one,) = divisions(bins.counts, bins.blur)
    assert 1.5 < bins.value(one.place) < 2.5
    assert one.share_above == pytest.approx(0.4, abs=0.005)
    assert one.dip > 0.9


def test_a_rare_group_far_above_is_seen() -> None:
    rng = np.random.default_rng(2)
    values = np.concatenate([rng.normal(0, 0.5, 19_900), rng.normal(4, 0.4, 100)])
    bins = binned(values)
    (one,) = divisions(bins.counts, bins.blur)
    assert one.share_above == pytest.approx(0.005, abs=0.0005)


@pytest.mark.parametrize("n_cells", [200, 5000, 100_000])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: rng.normal(size=n),
        lambda rng, n: rng.exponential(size=n),
        lambda rng, n: rng.uniform(size=n),
        lambda rng, n: np.log(rng.gamma(1.0, size=n)),
        lambda rng, n: np.abs(rng.normal(size=n)),
        lambda rng, n: rng.standard_t(4, size=n),
    ],
    ids=["normal", "exponential", "uniform", "log-gamma", "half-normal", "heavy tails"],
)
def test_one_population_of_whatever_shape_is_not_divided(draw, n_cells) -> None:
    for seed in range(4):
        bins = binned(draw(np.random.default_rng(seed), n_cells))
        assert divisions(bins.counts, bins.blur) == ()


def test_single_ions_are_no_populations() -> None:
    rng = np.random.default_rng(3)
    bins = binned(np.arcsinh(rng.poisson(1.0, 20_000) / 5), resolution=0.12)
    assert divisions(bins.counts, bins.blur) == ()


@given(shift=st.floats(-3, 3), scale=st.floats(0.2, 5))
@settings(max_examples=20, deadline=None)
def test_a_division_moves_with_the_values(shift: float, scale: float) -> None:
    rng = np.random.default_rng(4)
    values = np.concatenate([rng.normal(0, 0.6, 2000), rng.normal(3, 0.6, 1000)])
    before, after = binned(values), binned(values * scale + shift)
    (one,), (other,) = divisions(before.counts, before.blur), divisions(after.counts, after.blur)
    moved = before.value(one.place) * scale + shift
    # Rounding to single precision moves a few cells to the next bin.
    assert after.value(other.place) == pytest.approx(moved, abs=2 * after.width)
