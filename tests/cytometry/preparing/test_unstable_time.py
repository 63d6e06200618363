"""Times at which signals moved are found; stable runs and steady drifts stay whole."""

from dataclasses import replace

import numpy as np
import pytest

from macroimmune.cytometry.preparing.flow_rate import odd_stretches
from macroimmune.cytometry.preparing.unstable_time import unstable_time
from macroimmune.simulator.plan import CytometryPlan

N = 10_000
ALL = np.ones(N, bool)
PLAN = CytometryPlan(events_per_file=N)


def moved(events, first, last, shift, columns):
    """Return the events with a shift between two events."""
    values = events.values.copy(order="F")
    values[first:last, columns] += shift
    return replace(events, values=values)


@pytest.mark.parametrize("panel", ["mass_t_cell", "fluorescence_myeloid"])
def test_a_stable_run_stays_whole(virtual_events, panel):
    for seed in range(3):
        step = unstable_time(virtual_events(panel, PLAN, seed=seed)[0], ALL)
        assert step.is_made
        assert step.is_kind.mean() < 0.02
        assert not step.remarks


@pytest.mark.parametrize("panel", ["mass_t_cell", "fluorescence_t_cell"])
def test_a_clog_is_found(virtual_events, panel):
    plan = CytometryPlan(events_per_file=N, clogged_files=1.0)
    events, _ = virtual_events(panel, plan)
    time = events.values[:, events.panel.with_role("time")[0]].astype(float)
    stretches = odd_stretches(time)
    is_slow = np.zeros(N, bool)
    for begin, end in stretches:
        is_slow[begin:end] = True
    step = unstable_time(events, ALL)
    assert is_slow.any()
    assert step.is_kind[is_slow].mean() > 0.9
    assert step.is_kind[~is_slow].mean() < 0.02


@pytest.mark.parametrize(("shift", "columns"), [(1.0, [8]), (-0.25, list(range(4, 20)))])
def test_a_shift_of_one_signal_or_a_small_one_of_many_is_found(virtual_events, shift, columns):
    events = moved(virtual_events("fluorescence_t_cell", PLAN)[0], 4_000, 5_000, shift, columns)
    step = unstable_time(events, ALL)
    assert step.is_kind[4_000:5_000].mean() > 0.95
    assert np.delete(step.is_kind, slice(4_000, 5_000)).mean() < 0.02


def test_a_change_that_stays_to_the_end_takes_out_the_shorter_part(virtual_events):
    events = moved(virtual_events("mass_t_cell", PLAN)[0], 7_500, N, -0.4, list(range(4, 20)))
    step = unstable_time(events, ALL)
    assert step.is_kind[7_500:].mean() > 0.95
    assert step.is_kind[:7_500].mean() < 0.02


def test_a_change_half_way_takes_out_neither_half(virtual_events):
    events = moved(virtual_events("mass_t_cell", PLAN)[0], 5_000, N, -0.5, list(range(4, 20)))
    step = unstable_time(events, ALL)
    assert not step.is_kind.any()
    assert "no part of which is clearly the right one" in step.remarks[-1]


def test_a_steady_drift_is_told_and_nothing_is_taken_out(virtual_events):
    events, _ = virtual_events("mass_t_cell", PLAN)
    values = events.values.copy(order="F")
    values[:, 8] += np.linspace(0, 0.8, N, dtype=np.float32)
    step = unstable_time(replace(events, values=values), ALL)
    assert not step.is_kind.any()
    name = events.panel.channels[8].antigen
    assert step.remarks[0].startswith("signals drifted steadily")
    assert f"{name} +0." in step.remarks[0]


@pytest.mark.parametrize(
    ("time", "why"),
    [
        (np.full(2_000, 5.0), "the time channel is constant"),
        (np.arange(2_000.0)[::-1], "time runs backwards 1999 times"),
        (np.full(2_000, np.nan), "the time channel has missing values"),
    ],
)
def test_a_clock_that_does_not_run_makes_no_step(make_events, time, why):
    signal = ("Yb171Di", "CD3", "lineage", np.random.default_rng(1).normal(2, 1, 2_000))
    step = unstable_time(make_events(("Time", "", "time", time), signal), np.ones(2_000, bool))
    assert not step.is_made
    assert step.told == f"unstable time: not told, {why}"


def test_without_a_clock_the_order_of_events_is_time(make_events):
    values = np.random.default_rng(2).normal(2, 0.5, 4_000)
    values[1_000:1_300] += 3
    step = unstable_time(make_events(("Yb171Di", "CD3", "lineage", values)), np.ones(4_000, bool))
    assert np.array_equal(np.flatnonzero(step.is_kind), np.arange(1_000, 1_300))
    assert "for want of a time channel" in step.told


def test_few_events_and_channels_without_variation_are_said(make_events):
    few = make_events(("Yb171Di", "CD3", "lineage", np.linspace(0, 5, 900)))
    assert "900 events, fewer than 2000" in unstable_time(few, np.ones(900, bool)).told
    for value in (1.0, np.nan):
        flat = make_events(("Yb171Di", "CD3", "lineage", np.full(2_000, value)))
        assert "no channel varies" in unstable_time(flat, np.ones(2_000, bool)).told
