"""Events at the end of a light detector are told; where they are many, they are cells."""

import numpy as np
import pytest

from macroimmune.cytometry.preparing.margin import margin_events

ALL = np.ones(1_000, bool)


def scatter(n_top=0, n_zero=0, top=262_143.0):
    values = np.linspace(40_000, 90_000, 1_000)
    values[:n_top] = top
    values[n_top : n_top + n_zero] = -5.0
    return values


def test_events_at_the_top_of_the_range_and_scatter_below_zero_are_margin(make_events):
    column = ("FSC-A", "", "scatter", scatter(n_top=7, n_zero=3))
    step = margin_events(make_events(column, technology="fluorescence", ranges=[262_144]), ALL)
    assert np.flatnonzero(step.is_kind).tolist() == list(range(10))
    assert step.told == "margin: 10 events at the end of a detector (FSC-A)"


def test_a_pile_of_equal_highest_values_is_a_top_below_the_range(make_events):
    column = ("FSC-A", "", "scatter", scatter(n_top=12, top=131_071.0))
    step = margin_events(make_events(column, technology="fluorescence", ranges=[262_144]), ALL)
    assert step.is_kind.sum() == 12


def test_a_highest_value_that_stands_alone_is_no_margin(make_events):
    column = ("FSC-A", "", "scatter", scatter(n_top=1, top=131_071.0))
    step = margin_events(make_events(column, technology="fluorescence", ranges=[262_144]), ALL)
    assert not step.is_kind.any()


def test_many_events_at_the_top_of_a_marker_are_kept_and_told(make_events):
    values = np.linspace(0, 7, 1_000)
    values[:100] = np.arcsinh(262_143 / 150)
    column = ("BV421-A", "CD3", "lineage", values)
    step = margin_events(make_events(column, technology="fluorescence", ranges=[262_144]), ALL)
    assert not step.is_kind.any()
    assert "BV421-A: 10.0 % of events at the end of the detector" in step.remarks[0]


@pytest.mark.parametrize("missing", [0, 1_000])
def test_missing_values_are_no_margin(make_events, missing):
    values = scatter()
    values[:missing] = np.nan
    column = ("FSC-A", "", "scatter", values)
    step = margin_events(make_events(column, technology="fluorescence", ranges=[262_144]), ALL)
    assert not step.is_kind.any()


def test_mass_cytometry_has_no_margin(make_events):
    step = margin_events(make_events(("Yb171Di", "CD3", "lineage", np.full(1_000, 9.0))), ALL)
    assert not step.is_kind.any()
    assert step.is_made
