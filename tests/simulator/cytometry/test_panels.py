"""Panels: channels, names as laboratories write them, and tables that fit together."""

import numpy as np
import pytest

from macroimmune.evidence import find_population
from macroimmune.simulator.cytometry import panel_of
from macroimmune.simulator.cytometry.cytometry_tables import cytometry_table
from macroimmune.simulator.cytometry.event_types import event_types
from macroimmune.simulator.cytometry.panels import ANTIGENS
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan.cytometry_plan import PANEL_NAMES, STIMULUS_NAMES

every_panel = pytest.mark.parametrize("name", PANEL_NAMES)


def test_the_plan_names_exactly_the_panels_and_stimuli_that_there_are():
    assert {row["panel"] for row in cytometry_table("panels")} == set(PANEL_NAMES)
    assert tuple(row["stimulus"] for row in cytometry_table("stimuli")) == STIMULUS_NAMES


def test_the_mass_panel_has_35_channels_or_more_and_what_gating_needs():
    panel = panel_of("mass_t_cell")
    assert len(panel.channels) >= 35
    roles = {channel.role for channel in panel.channels}
    assert roles == {"time", "event_length", "marker", "bead", "dna_1", "dna_2", "viability"}


def test_fluorescence_panels_have_scatter_a_viability_dye_and_15_to_19_colours():
    for name in ("fluorescence_t_cell", "fluorescence_myeloid"):
        panel = panel_of(name)
        roles = {channel.role for channel in panel.channels}
        assert roles >= {"fsc_a", "fsc_h", "fsc_w", "ssc_a", "viability", "time"}
        assert 15 <= len(panel.dyes) <= 19


@every_panel
def test_names_and_labels_of_a_panel_are_all_different_and_fit_into_a_file(name):
    panel = panel_of(name)
    for texts in ([channel.name for channel in panel.channels], *map(panel.labels, range(3))):
        assert len(set(texts)) == len(texts)
        assert not any("," in text or not text for text in texts)


def test_labels_are_written_as_laboratories_do_and_vary_only_when_asked():
    panel = panel_of("mass_t_cell")
    place = next(k for k, item in enumerate(panel.channels) if item.antigen == "PD1")
    assert [panel.labels(version)[place] for version in (0, 1, 2, 3)] == [
        "155Gd_CD279_PD1",
        "155Gd_PD-1",
        "155Gd_CD279",
        "155Gd_CD279_PD1",
    ]


@every_panel
def test_every_antigen_of_a_panel_is_known_in_every_leaf(name):
    asked = {channel.antigen for channel in panel_of(name).channels if channel.antigen}
    assert asked <= set(ANTIGENS)
    levels = {row["level"] for row in cytometry_table("levels")}
    phenotypes = {row["leaf"]: row for row in cytometry_table("phenotypes")}
    assert list(phenotypes) == list(LEAVES) == [row["leaf"] for row in cytometry_table("bodies")]
    for row in phenotypes.values():
        for antigen in asked:
            level, _, percent = row[antigen].partition(":")
            assert level in levels
            assert not percent or 0 < float(percent) < 100


def test_leaves_and_populations_of_responses_are_those_of_the_evidence():
    lineages = {leaf.lineage for leaf in LEAVES.values()} | {"all"}
    for row in cytometry_table("responses"):
        assert row["population"] in lineages or find_population(row["population"]) is not None
        assert row["antigen"] in ANTIGENS
        assert row["stimulus"] in STIMULUS_NAMES
    assert all(find_population(leaf).id == leaf for leaf in LEAVES)


@every_panel
def test_correlations_within_a_population_leave_room_for_the_markers_own_spread(name):
    loadings = event_types(panel_of(name)).loadings
    assert ((loadings**2).sum(axis=1) < 1).all()


def test_the_myeloid_panel_records_one_in_ten_lymphocytes(fractions):
    recorded = panel_of("fluorescence_myeloid").recorded(fractions)
    assert recorded.sum() == pytest.approx(1)
    leaves = list(LEAVES)
    naive, monocyte = leaves.index("naive_cd4"), leaves.index("classical_monocyte")
    before = fractions[naive] / fractions[monocyte]
    assert recorded[naive] / recorded[monocyte] == pytest.approx(before / 10)
    assert np.array_equal(panel_of("mass_t_cell").recorded(fractions), fractions / fractions.sum())
