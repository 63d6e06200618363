"""Counting cells in a tube: what repeated tubes of one blood differ by."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.simulator.tables.gated_counts import gated_counts

FRACTIONS = np.array([0.02, 0.08, 0.30, 0.45, 0.15])
GROUPS = ((1, 2), (3,))


def tubes(overdispersion, *, n=20_000, cells=2000, seed=1):
    rows = np.tile(FRACTIONS, (n, 1))
    return gated_counts(
        rows,
        GROUPS,
        cells=cells,
        overdispersion=overdispersion,
        rng=np.random.default_rng(seed),
    )


def correlation_of(part, whole, probability):
    """Return the intra-class correlation of beta-binomial counts by the method of moments."""
    excess = (part - whole * probability) ** 2 - whole * probability * (1 - probability)
    return excess.sum() / (whole * (whole - 1.0) * probability * (1 - probability)).sum()


@pytest.mark.parametrize("overdispersion", [0.0, 0.002, 0.05])
def test_the_stated_overdispersion_is_found_in_tubes_at_every_gate(overdispersion):
    counts = tubes(overdispersion)
    parent = counts[:, 1] + counts[:, 2]
    everything = counts.sum(axis=1)
    found = (
        correlation_of(counts[:, 0], everything, 0.02),
        correlation_of(parent, everything, 0.38),
        correlation_of(counts[:, 2], parent, 0.30 / 0.38),
    )
    assert np.array(found) == pytest.approx(overdispersion, rel=0.06, abs=5e-5)


def test_counts_are_right_on_average():
    mean = tubes(0.002).mean(axis=0)
    assert mean == pytest.approx(2000 * FRACTIONS, rel=0.01)


@given(
    st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4).filter(lambda row: sum(row) > 0),
    st.integers(0, 5000),
    st.sampled_from([0.0, 0.001, 0.4]),
)
def test_all_cells_are_counted_once_and_none_where_there_are_none(row, cells, overdispersion):
    fractions = np.array([row]) / sum(row)
    counts = gated_counts(
        fractions,
        ((0, 2),),
        cells=cells,
        overdispersion=overdispersion,
        rng=np.random.default_rng(3),
    )
    assert counts.sum() == cells
    assert (counts >= 0).all()
    assert (counts[fractions == 0.0] == 0).all()
