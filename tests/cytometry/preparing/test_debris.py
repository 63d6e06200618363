"""Debris is a population far below the cells; cells of two sizes are no debris."""

import numpy as np

from macroimmune.cytometry.preparing.debris import debris

RNG = np.random.default_rng(4)
ALL = np.ones(2_000, bool)
IS_DEBRIS = np.arange(2_000) < 150


def test_events_with_little_dna_are_debris(make_events):
    dna = np.where(IS_DEBRIS, RNG.normal(2, 0.4, 2_000), RNG.normal(5.5, 0.25, 2_000))
    columns = [(metal, "", "dna", dna + RNG.normal(0, 0.05, 2_000)) for metal in ("a", "b")]
    step = debris(make_events(*columns), ALL)
    assert np.array_equal(step.is_kind, IS_DEBRIS)


def test_events_of_a_fifth_of_the_scatter_are_debris(make_events):
    size = np.where(IS_DEBRIS, 14_000, 70_000) * np.exp(RNG.normal(0, 0.12, 2_000))
    step = debris(make_events(("FSC-A", "", "scatter", size), technology="fluorescence"), ALL)
    assert np.array_equal(step.is_kind, IS_DEBRIS)


def test_lymphocytes_beside_larger_granulocytes_are_no_debris(make_events):
    size = np.where(np.arange(2_000) < 700, 50_000, 110_000) * np.exp(RNG.normal(0, 0.1, 2_000))
    step = debris(make_events(("FSC-A", "", "scatter", size), technology="fluorescence"), ALL)
    assert not step.is_kind.any()


def test_a_long_lower_tail_is_no_debris(make_events):
    dna = 5.5 - RNG.gamma(2.0, 0.3, 2_000)
    step = debris(make_events(("Ir191Di", "DNA1", "dna", dna)), ALL)
    assert step.is_kind.mean() < 0.005


def test_without_dna_debris_is_not_told(make_events):
    step = debris(make_events(("Yb171Di", "CD3", "lineage", np.linspace(0, 5, 2_000))), ALL)
    assert not step.is_made
