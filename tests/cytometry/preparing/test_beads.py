"""Beads shine in all of their metals and have no DNA."""

import numpy as np

from macroimmune.cytometry.preparing.beads import beads

RNG = np.random.default_rng(3)
ALL = np.ones(1_000, bool)
IS_BEAD = np.arange(1_000) < 30
LOW, HIGH = RNG.normal(0.3, 0.2, 1_000), RNG.normal(6, 0.15, 1_000)
BEAD_METAL = np.where(IS_BEAD, HIGH, LOW)
DNA = np.where(IS_BEAD, LOW, RNG.normal(5.5, 0.2, 1_000))


def test_events_high_in_all_bead_metals_are_beads_also_where_cells_stain_for_one(make_events):
    stained = np.where(IS_BEAD | (np.arange(1_000) > 600), HIGH, LOW)
    step = beads(
        make_events(
            ("Ce140Di", "", "other", BEAD_METAL),
            ("Eu151Di", "CD4", "lineage", stained),
            ("Ir191Di", "", "other", DNA),
        ),
        ALL,
    )
    assert np.array_equal(step.is_kind, IS_BEAD)


def test_bright_cells_with_dna_are_no_beads(make_events):
    step = beads(
        make_events(
            ("Eu151Di", "CD4", "lineage", BEAD_METAL),
            ("Eu153Di", "CD8", "lineage", BEAD_METAL),
            ("Ir191Di", "DNA1", "dna", np.full(1_000, 5.5)),
        ),
        ALL,
    )
    assert not step.is_kind.any()


def test_without_a_channel_for_beads_they_are_not_told(make_events):
    step = beads(make_events(("Eu151Di", "CD4", "lineage", BEAD_METAL)), ALL)
    assert not step.is_made
    assert step.told == "beads: not told, no channel for beads (Ce140 or role bead)"


def test_a_bead_channel_that_is_constant_or_missing_tells_nothing(make_events):
    for value in (0.0, np.nan):
        step = beads(make_events(("Ce140Di", "", "bead", np.full(1_000, value))), ALL)
        assert not step.is_made
        assert not step.is_kind.any()
