from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.statistics import diversity_at_coverage, sample_coverage
from macroimmune.statistics.rarefaction import _hill

# Spiders of girdled and logged hemlock, as R iNEXT prints them in its introduction: n, kinds,
# frequency counts f1 to f10; the rest is printed by `str(spider)`.
GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4, *[2] * 4, *[1] * 12]
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, *[7] * 3, 5, *[4] * 3, *[3] * 4, *[2] * 4, *[1] * 14]
counted = st.lists(st.integers(1, 30), min_size=2, max_size=30)


@pytest.fixture(scope="module")
def clones():
    folder = Path(__file__).parents[2] / "reference" / "rarefaction"
    return pl.read_csv(folder / "clones.csv")["count"].to_numpy()


def test_the_printed_example_of_inext_comes_out():
    assert (sum(GIRDLED), len(GIRDLED), sum(LOGGED), len(LOGGED)) == (168, 26, 252, 37)
    assert sample_coverage(GIRDLED) == pytest.approx(0.9289, abs=5e-5)
    assert sample_coverage(LOGGED) == pytest.approx(0.9446, abs=5e-5)
    assert sample_coverage(GIRDLED, 1) == pytest.approx(0.122, abs=5e-4)
    assert sample_coverage(GIRDLED, 84) == pytest.approx(0.900, abs=5e-4)
    whole = diversity_at_coverage(GIRDLED)
    np.testing.assert_allclose(whole.hill_numbers, [26, 12.060, 7.840], atol=5e-4)
    np.testing.assert_allclose(
        diversity_at_coverage(LOGGED).hill_numbers, [37, 14.421, 6.761], atol=5e-4
    )
    half = diversity_at_coverage(GIRDLED, sample_coverage(GIRDLED, 84))
    assert half.size == pytest.approx(84, abs=1e-6)
    assert half.hill_numbers[0] == pytest.approx(18.912, abs=5e-4)


def test_expected_kinds_and_hill_numbers_equal_vegan(clones, expected):
    sizes = expected("rarefaction", "subsamples", "size")
    kinds = [_hill(clones, size)[0] for size in sizes]
    # Logarithms of factorials of 2,291 carry ten digits.
    np.testing.assert_allclose(kinds, expected("rarefaction", "subsamples", "kinds"), rtol=1e-8)
    whole = expected("rarefaction", "whole", "hill")
    np.testing.assert_allclose(diversity_at_coverage(clones).hill_numbers, whole, rtol=1e-12)


def test_the_formula_is_the_average_of_subsamples():
    rng = np.random.default_rng(2)
    individuals = np.repeat(np.arange(len(GIRDLED)), GIRDLED)
    found = []
    for _ in range(4000):
        sample = np.bincount(rng.choice(individuals, 84, replace=False))
        p = sample[sample > 0] / 84
        found.append((p.size, -(p * np.log(p)).sum(), (p**2).sum()))
    kinds, entropy, concentration = np.mean(found, axis=0)
    errors = np.std(found, axis=0) / np.sqrt(len(found))
    hill = _hill(np.array(GIRDLED), 84.0)
    assert abs(hill[0] - kinds) < 4 * errors[0]
    assert abs(np.log(hill[1]) - entropy) < 4 * errors[1]
    assert abs(1 / hill[2] - concentration) < 4 * errors[2]


@given(counted, st.integers(0, 2**16))
def test_order_of_kinds_and_unseen_kinds_change_nothing(counts, seed):
    mixed = np.random.default_rng(seed).permutation([*counts, 0, 0])
    one, other = diversity_at_coverage(counts), diversity_at_coverage(mixed)
    np.testing.assert_allclose(one.hill_numbers, other.hill_numbers, rtol=1e-12)
    assert one.observed_coverage == pytest.approx(other.observed_coverage, rel=1e-12)


@given(counted)
def test_less_coverage_never_holds_more_diversity(counts):
    own = sample_coverage(counts)
    levels = [level for level in (0.3, 0.6, 0.9) if level < own]
    rows = [diversity_at_coverage(counts, level) for level in levels]
    hills = np.array([row.hill_numbers for row in rows if not row.status])
    assert (np.diff(hills, axis=0) >= -1e-9).all()
    for row in rows:
        if not row.status:
            assert (np.diff(row.hill_numbers) <= 1e-9).all()


def test_a_coverage_that_the_sample_does_not_reach_has_no_number():
    found = diversity_at_coverage([3, 1, 1, 1, 1], 0.99)
    assert np.isnan(found.hill_numbers).all()
    assert found.status.startswith("the sample covers")
    assert diversity_at_coverage([0, 0]).status == "the sample is empty"
    assert "one individual" in diversity_at_coverage([1000], 0.5).status


@pytest.mark.parametrize("bad", [[1.5, 2], [-1, 2], [np.nan, 2], [[1, 2]]])
def test_what_is_no_count_is_refused(bad):
    with pytest.raises(InputError, match="count"):
        sample_coverage(bad)
    with pytest.raises(InputError, match="coverage lies between"):
        diversity_at_coverage([1, 2], 1.0)
    with pytest.raises(InputError, match="1 to 3 individuals"):
        sample_coverage([1, 2], 4)
