import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from macroimmune.errors import InputError
from macroimmune.simulator.calibration.distances import (
    correlation_distances,
    distance,
    rank_correlations,
    variable_distances,
)


def test_a_shift_by_one_sd_is_told_on_every_scale():
    first = np.array([-1.0, 0.0, 1.0])
    found = distance(first, first + 1.0)
    assert found.standardised_difference == pytest.approx(1.0)
    assert found.wasserstein == pytest.approx(1.0)
    assert found.sd_ratio == pytest.approx(1.0)
    assert found.ks == pytest.approx(1 / 3)


def test_the_largest_difference_of_distribution_functions_is_that_of_scipy():
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=80), rng.normal(0.4, 1.5, size=130)
    assert distance(first, second).ks == pytest.approx(ks_2samp(first, second).statistic)


@given(st.integers(0, 10_000), st.floats(0.1, 50.0), st.floats(-100.0, 100.0))
def test_distances_know_no_unit(seed, factor, shift):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=30), rng.normal(1.0, 2.0, size=40)
    as_is, other = (
        distance(first, second),
        distance(first * factor + shift, second * factor + shift),
    )
    assert other.standardised_difference == pytest.approx(as_is.standardised_difference, abs=1e-6)
    assert other.wasserstein == pytest.approx(as_is.wasserstein, abs=1e-6)
    assert other.sd_ratio == pytest.approx(as_is.sd_ratio)


def test_a_single_value_is_refused():
    with pytest.raises(InputError, match="two values or more"):
        distance(np.array([1.0]), np.array([1.0, 2.0]))


def test_samples_of_one_distribution_lie_within_halves_and_others_beyond():
    rng = np.random.default_rng(2)
    real = pl.DataFrame({"same": np.exp(rng.normal(size=600)), "other": rng.normal(size=600)})
    virtual = pl.DataFrame({"same": np.exp(rng.normal(size=4000)), "other": rng.normal(1, 1, 4000)})
    found = variable_distances(real, virtual, frozenset({"same"}), rng=rng)
    same, other = found.rows(named=True)
    assert same["scale"] == "log"
    assert same["ks"] < same["ks_halves_95"]
    assert other["ks"] > 2 * other["ks_halves_95"]
    assert other["standardised_difference"] == pytest.approx(1.0, abs=0.12)


def test_zeros_of_a_logarithmic_column_keep_a_place():
    rng = np.random.default_rng(3)
    values = np.r_[np.zeros(10), np.exp(rng.normal(size=90))]
    frame = pl.DataFrame({"x": values})
    found = variable_distances(frame, frame, frozenset({"x"}), rng=rng).row(0, named=True)
    assert found["ks"] == 0.0
    assert found["wasserstein"] == 0.0


def test_correlations_that_differ_are_beyond_those_of_halves():
    rng = np.random.default_rng(4)

    def pair(r: float, n: int) -> pl.DataFrame:
        scores = rng.standard_normal((n, 2)) @ np.linalg.cholesky([[1, r], [r, 1]]).T
        return pl.DataFrame({"a": scores[:, 0], "b": scores[:, 1]})

    row = correlation_distances(pair(0.6, 500), pair(0.0, 5000), rng=rng).row(0, named=True)
    assert row["difference"] == pytest.approx(-0.58, abs=0.08)
    assert abs(row["difference"]) > row["halves_95"]
    row = correlation_distances(pair(0.6, 500), pair(0.6, 5000), rng=rng).row(0, named=True)
    assert abs(row["difference"]) < row["halves_95"]


def test_columns_of_one_table_alone_do_not_count():
    frame = pl.DataFrame({"a": np.arange(30.0), "b": np.arange(30.0)})
    other = frame.select("a")
    assert correlation_distances(frame, other, rng=np.random.default_rng(5)).is_empty()
    assert rank_correlations(frame)["rho_virtual"].to_list() == [1.0]
