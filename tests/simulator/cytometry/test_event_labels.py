"""What events are: numbers by kind and leaf, in an order without meaning."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.simulator.cytometry.event_labels import KINDS, draw_labels
from macroimmune.simulator.cytometry.event_types import BEAD, DEBRIS, N_LEAVES

SHARES = np.array([0.8, 0.08, 0.06, 0.04, 0.02])


@given(st.integers(1, 500), st.integers(0, 1000))
def test_cells_have_a_leaf_doublets_two_and_the_rest_none(n_events, seed):
    fractions = np.full(N_LEAVES, 1 / N_LEAVES)
    labels = draw_labels(n_events, SHARES, fractions, 0.0, np.random.default_rng(seed))
    kind = np.array(KINDS)[labels.kind]
    is_cell = np.isin(kind, ["live", "dead", "doublet"])
    assert ((labels.leaf >= 0) == is_cell).all()
    assert ((labels.second_leaf >= 0) == (kind == "doublet")).all()
    rows = labels.types
    assert (rows[kind == "debris"] == DEBRIS).all()
    assert (rows[kind == "bead"] == BEAD).all()
    assert (rows[kind == "dead"] == labels.leaf[kind == "dead"] + N_LEAVES).all()


def test_the_order_of_events_tells_nothing_of_what_they_are(fractions):
    labels = draw_labels(40_000, SHARES, fractions, 0.0, np.random.default_rng(1))
    half = 20_000
    for values in (labels.kind == 0, labels.leaf == 0):
        apart = values[:half].mean() - values[half:].mean()
        assert abs(apart) < 5 * np.sqrt(2 * values.mean() / half)


def test_a_leaf_without_a_fraction_has_no_event(fractions):
    none = fractions.copy()
    none[0] = 0
    labels = draw_labels(5_000, SHARES, none / none.sum(), 0.01, np.random.default_rng(1))
    assert not (labels.leaf == 0).any()


def test_overdispersion_is_the_intra_class_correlation(fractions):
    rho, n, place = 0.05, 400, int(np.argmax(fractions))
    shares = np.array([1.0, 0, 0, 0, 0])
    found = [
        (draw_labels(n, shares, fractions, rho, np.random.default_rng(k)).leaf == place).mean()
        for k in range(1500)
    ]
    p = fractions[place]
    expected = p * (1 - p) * (1 / n + rho * (n - 1) / n)
    # The standard error of a variance of 1,500 is 3.7 %.
    assert np.var(found) == pytest.approx(expected, rel=0.15)
