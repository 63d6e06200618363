"""Columns are found by their roles, else by what their detectors say."""

from macroimmune.cytometry.preparing.panel_columns import (
    bead_metals,
    dna_columns,
    followed_columns,
    forward_scatter,
)

ZERO = [0.0, 1.0]


def test_metals_tell_dna_and_beads_where_no_role_does(make_events):
    events = make_events(
        ("Ir191Di", "", "other", ZERO),
        ("CD123(Eu151)Dd", "CD123", "lineage", ZERO),
        ("Ce140Di", "", "other", ZERO),
        ("Yb171Di", "CD3", "lineage", ZERO),
    )
    assert dna_columns(events) == (0,)
    assert bead_metals(events) == ((1, 2), True)


def test_a_marker_on_cerium_is_no_channel_for_beads(make_events):
    events = make_events(("Ce140Di", "CD3", "lineage", ZERO))
    assert bead_metals(events) == ((0,), False)


def test_forward_scatter_is_found_whatever_its_punctuation(make_events):
    events = make_events(
        ("fsc_a", "", "scatter", ZERO), ("FS TOF", "", "scatter", ZERO), technology="fluorescence"
    )
    assert forward_scatter(events) == (0, None, 1)


def test_time_length_and_empty_channels_are_not_followed(make_events):
    events = make_events(
        ("Time", "", "time", ZERO),
        ("Event_length", "", "event_length", ZERO),
        ("I127Di", "", "other", ZERO),
        ("Yb171Di", "CD3", "lineage", ZERO),
        ("Yb172Di", "a clone", "other", ZERO),
    )
    assert followed_columns(events) == (3, 4)
