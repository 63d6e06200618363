"""Dead cells are a bright population of the viability stain; without one, none is taken out."""

import numpy as np
import pytest

from macroimmune.cytometry.preparing.dead import dead_cells

RNG = np.random.default_rng(6)
ALL = np.ones(2_000, bool)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.7])
def test_the_bright_population_is_dead_however_large_it_is(make_events, share):
    is_dead = np.arange(2_000) < 2_000 * share
    stain = np.where(is_dead, RNG.normal(5, 0.4, 2_000), RNG.normal(1, 0.4, 2_000))
    step = dead_cells(make_events(("Pt195Di", "viability", "viability", stain)), ALL)
    assert (step.is_kind == is_dead).mean() > 0.998


def test_the_dead_above_two_live_populations_alone_are_taken_out(make_events):
    place = np.arange(2_000)
    middle = np.select([place < 60, place < 700], [6.5, 2.4], 0.8)
    stain = middle + RNG.normal(0, 0.3, 2_000)
    column = ("BV510-A", "viability", "viability", stain)
    step = dead_cells(make_events(column, technology="fluorescence"), ALL)
    assert np.array_equal(step.is_kind, place < 60)


def test_a_tail_of_bright_cells_is_not_taken_out(make_events):
    stain = RNG.gamma(2.0, 0.6, 2_000)
    step = dead_cells(make_events(("Pt195Di", "viability", "viability", stain)), ALL)
    assert step.is_kind.mean() < 0.005


def test_two_dim_populations_are_both_alive(make_events):
    stain = np.where(np.arange(2_000) < 900, 0.0, 1.8) + RNG.normal(0, 0.2, 2_000)
    column = ("BV510-A", "viability", "viability", stain)
    assert not dead_cells(make_events(column, technology="fluorescence"), ALL).is_kind.any()


@pytest.mark.parametrize("value", [1.0, np.nan])
def test_a_stain_that_does_not_vary_tells_nothing(make_events, value):
    step = dead_cells(
        make_events(("Pt195Di", "viability", "viability", np.full(2_000, value))), ALL
    )
    assert not step.is_made
    assert step.told == "dead cells: not told, Pt195Di does not vary"
