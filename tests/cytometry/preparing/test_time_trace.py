"""The trace of a file is small and shows what moved and what was taken out."""

import numpy as np

from macroimmune.cytometry.preparing import classify_events, time_trace

RNG = np.random.default_rng(7)


def test_the_trace_shows_the_channel_that_moved_and_the_bins_that_were_taken_out(make_events):
    signals = [RNG.normal(2, 0.5, 6_000) for _ in range(6)]
    signals[3][1_200:1_800] += 2
    columns = [(f"{k}Di", f"M{k}", "lineage", one) for k, one in enumerate(signals)]
    events = make_events(("Time", "", "time", np.arange(6_000.0) / 2), *columns)
    trace = time_trace(events, classify_events(events))
    assert "M3" in trace.channels
    assert trace.means.shape == (100, 4)
    assert np.flatnonzero(trace.unstable).tolist() == list(range(20, 30))
    assert trace.means[20:30, trace.channels.index("M3")].mean() > 3.8
    assert np.allclose(trace.rate[:-1], 2)
    assert trace.time[:2].tolist() == [0.0, 30.0]


def test_few_events_no_clock_and_no_events_have_a_trace(make_events):
    for n_events in (0, 1, 37):
        values = np.linspace(0, 1, n_events)
        events = make_events(("Yb171Di", "CD3", "lineage", values))
        trace = time_trace(events, classify_events(events))
        assert trace.means.shape == (n_events, 1)
        assert np.isnan(trace.time).all()


def test_the_columns_may_be_chosen(make_events):
    columns = [(f"{k}Di", f"M{k}", "lineage", RNG.normal(size=500)) for k in range(3)]
    events = make_events(*columns)
    assert time_trace(events, classify_events(events), (2,)).channels == ("M2",)
