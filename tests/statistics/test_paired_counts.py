from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics import changed_counts, replicate_dispersion

FOLDER = Path(__file__).parents[2] / "reference" / "paired_counts"


@pytest.fixture(scope="module")
def counts():
    return pl.read_csv(FOLDER / "counts.csv")


def test_the_dispersion_of_repeats_equals_edger(counts, expected):
    found = replicate_dispersion(counts["first"], counts["second"])
    # Both search for the maximum of one function; edgeR stops at about six digits.
    answer = expected("paired_counts", "replicates", "dispersion")
    np.testing.assert_allclose(found.dispersion, answer, rtol=1e-5)
    assert found.n_kinds == expected("paired_counts", "replicates", "n_kinds")


def test_the_test_of_each_kind_equals_edger(counts, expected):
    found = changed_counts(counts["first"], counts["after"], dispersion=0.2, is_measured=True)
    answer = expected("paired_counts", "changed", "p_values")
    seen = (counts["first"] + counts["after"] > 0).to_numpy()
    np.testing.assert_allclose(found.p_values[seen], answer[seen], rtol=1e-9)
    assert np.isnan(found.p_values[~seen]).all()
    assert not found.status


def test_without_over_dispersion_it_is_the_binomial_test_by_hand():
    # 3 of 12 in samples of equal size: tail of at most 3 = (1 + 12 + 66 + 220) / 2^12.
    found = changed_counts([3, 97], [9, 91], dispersion=0.0, is_measured=True)
    assert found.p_values[0] == pytest.approx(2 * 299 / 4096, rel=1e-6)
    assert found.log2_ratios[0] == pytest.approx(np.log2(3))
    assert found.ci_high[0] == pytest.approx(
        np.log2(3) + 1.959964 * np.sqrt(1 / 3 + 1 / 9) / np.log(2), rel=1e-6
    )


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=2, max_size=20),
    st.floats(0.001, 2.0),
)
def test_tails_are_those_of_the_beta_binomial_law_and_samples_can_be_swapped(pairs, dispersion):
    one, two = np.array(pairs, dtype=float).T
    if not one.sum() or not two.sum():
        return
    found = changed_counts(one, two, dispersion=dispersion, is_measured=True)
    share = one.sum() / (one.sum() + two.sum())
    c = 1 / (2 * dispersion * share * (1 - share))
    law = stats.betabinom(one + two, c * share, c * (1 - share))
    by_hand = np.minimum(1, 2 * np.minimum(law.cdf(one), law.sf(one - 1)))
    seen = one + two > 0
    np.testing.assert_allclose(found.p_values[seen], by_hand[seen], rtol=1e-5, atol=1e-9)
    assert np.isnan(found.p_values[~seen]).all()
    swapped = changed_counts(two, one, dispersion=dispersion, is_measured=True)
    np.testing.assert_allclose(swapped.p_values, found.p_values, rtol=1e-9)
    np.testing.assert_allclose(swapped.log2_ratios, -found.log2_ratios, rtol=1e-9, atol=1e-12)


def test_repeats_that_vary_by_chance_alone_have_no_dispersion():
    rng = np.random.default_rng(1)
    mu = np.exp(rng.normal(2, 1, 2000))
    found = replicate_dispersion(rng.poisson(mu), rng.poisson(mu))
    assert found.dispersion < 0.01


def test_what_cannot_be_told_is_said():
    few = replicate_dispersion([1, 2, 3], [2, 2, 2])
    assert np.isnan(few.dispersion)
    assert "10 are needed" in few.status
    empty = changed_counts([0, 0], [3, 4], dispersion=0.1, is_measured=True)
    assert empty.status == "a sample is empty"
    assert np.isnan(empty.p_values).all()
    stated = changed_counts([3, 3], [3, 4], dispersion=0.1, is_measured=False)
    assert stated.status.startswith("exploratory")
    absent = changed_counts([0, 9], [5, 4], dispersion=0.1, is_measured=True)
    assert np.isnan(absent.log2_ratios[0])
    assert absent.p_values[0] < 1


def test_what_is_no_count_is_refused():
    with pytest.raises(InputError, match="give counts, not shares"):
        replicate_dispersion([0.5, 1.0], [1.0, 2.0])
    with pytest.raises(InputError, match="one count of each kind"):
        replicate_dispersion([1, 2], [1, 2, 3])
    with pytest.raises(InputError, match="zero or more"):
        changed_counts([1, 2], [1, 2], dispersion=-1.0, is_measured=True)
