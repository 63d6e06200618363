"""Doublets: wide pulses of light; twice the DNA and a longer event in mass cytometry."""

import numpy as np
import pytest

from macroimmune.cytometry.preparing.doublets import doublets

RNG = np.random.default_rng(5)
ALL = np.ones(2_000, bool)
IS_DOUBLET = np.arange(2_000) < 80
HEIGHT = 55_000 * np.exp(RNG.normal(0, 0.15, 2_000))
WIDTH = np.where(IS_DOUBLET, 1.5, 1.0) * np.exp(RNG.normal(0, 0.03, 2_000))
AREA = HEIGHT * WIDTH


@pytest.mark.parametrize("names", [("FSC-H", "FSC-W"), ("FSC-W", "FSC-H")])
def test_wide_pulses_are_doublets_also_where_height_and_width_are_exchanged(make_events, names):
    step = doublets(
        make_events(
            ("FSC-A", "", "scatter", AREA),
            (names[0], "", "scatter", HEIGHT),
            (names[1], "", "scatter", 65_536 * WIDTH),
            technology="fluorescence",
        ),
        ALL,
    )
    assert np.array_equal(step.is_kind, IS_DOUBLET)
    assert f"FSC-A / {names[0]}" in step.told


def test_the_width_alone_tells_doublets(make_events):
    column = ("FSC-W", "", "scatter", 65_536 * WIDTH)
    step = doublets(make_events(column, technology="fluorescence"), ALL)
    assert np.array_equal(step.is_kind, IS_DOUBLET)


def test_events_twice_as_rich_in_dna_and_longer_are_doublets(make_events):
    content = 5.3 + RNG.normal(0, 0.12, 2_000) + np.log(2) * IS_DOUBLET
    length = RNG.normal(24, 3, 2_000) * np.where(IS_DOUBLET, 1.75, 1.0)
    step = doublets(
        make_events(
            ("Ir191Di", "DNA1", "dna", content), ("Event_length", "", "event_length", length)
        ),
        ALL,
    )
    assert step.is_kind[IS_DOUBLET].mean() > 0.97
    assert step.is_kind[~IS_DOUBLET].mean() < 0.005


def test_a_second_population_in_the_residual_of_the_ion_cloud_is_taken_out(make_events):
    residual = np.where(IS_DOUBLET, 200.0, 60.0) + RNG.normal(0, 10, 2_000)
    step = doublets(make_events(("Residual", "Residual", "other", residual)), ALL)
    assert np.array_equal(step.is_kind, IS_DOUBLET)


def test_single_cells_alone_have_no_doublets(make_events):
    step = doublets(
        make_events(
            ("FSC-A", "", "scatter", HEIGHT * np.exp(RNG.normal(0, 0.03, 2_000))),
            ("FSC-H", "", "scatter", HEIGHT),
            technology="fluorescence",
        ),
        ALL,
    )
    assert step.is_made
    assert step.is_kind.mean() < 0.002


def test_what_is_lacking_is_said(make_events):
    light = make_events(("FSC-A", "", "scatter", AREA), technology="fluorescence")
    assert doublets(light, ALL).told == "doublets: not told, no height or width of forward scatter"
    mass = make_events(("Yb171Di", "CD3", "lineage", HEIGHT))
    assert doublets(mass, ALL).told == "doublets: not told, no DNA channel"
