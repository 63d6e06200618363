"""Matched sets are other genes, expressed alike, and call a chance set a chance set."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.expression.matched_sets import matched_gene_sets, set_specificity


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 40), count=st.integers(100, 400))
def test_no_gene_stands_twice_and_none_is_a_member_or_excluded(seed, size, count):
    rng = np.random.default_rng(seed)
    levels = rng.gamma(0.5, 2.0, count)
    members = rng.choice(count, size, replace=False)
    excluded = rng.random(count) < 0.1
    sets = matched_gene_sets(levels, members, 20, excluded=excluded, rng=rng)
    assert sets.shape == (20, size)
    for row in sets:
        assert len(set(row)) == size
        assert not set(row) & set(members)
        assert not excluded[row].any()


def test_matched_genes_are_expressed_as_the_set_is(rng):
    levels = np.sort(rng.gamma(0.5, 2.0, 2000))
    members = np.arange(1200, 1990, 20)
    sets = matched_gene_sets(levels, members, 200, excluded=np.zeros(2000, dtype=bool), rng=rng)
    # Within a bin, one twenty-fifth of the genes.
    assert levels[sets].mean() == pytest.approx(levels[members].mean(), rel=0.1)
    assert abs(levels.mean() - levels[members].mean()) > 0.5 * levels[members].mean()


def test_a_set_that_was_drawn_by_chance_is_as_high_as_half_of_the_matched_ones(rng):
    levels = rng.gamma(0.5, 2.0, 1500)
    # The more a gene is expressed, the more it changes: without matching every high set stands out.
    values = 0.2 * levels + rng.normal(0, 0.2, 1500)
    shares = []
    for _ in range(60):
        members = rng.choice(np.argsort(levels)[-500:], 30, replace=False)
        sets = matched_gene_sets(levels, members, 99, excluded=np.zeros(1500, bool), rng=rng)
        shares.append((set_specificity(values, members, sets).n_as_high + 1) / 100)
    # The mean of 60 uniform numbers has a standard error of 0.037.
    assert np.mean(shares) == pytest.approx(0.5, abs=0.12)
    assert np.mean(np.array(shares) <= 0.05) < 0.2


def test_too_few_other_genes_are_refused(rng):
    with pytest.raises(InputError, match="2 genes outside the set for 3 in it"):
        matched_gene_sets(
            np.arange(5.0), np.arange(3), 10, excluded=np.zeros(5, dtype=bool), rng=rng
        )
