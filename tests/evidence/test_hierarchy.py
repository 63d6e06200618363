"""A panel gets the populations that its markers can show, and no others."""

import pytest

from macroimmune.evidence import gating_hierarchy


def test_parents_and_excluded_populations_come_before_those_that_need_them():
    nodes = gating_hierarchy(
        {"CD45", "CD3", "CD19", "CD4", "CD8", "CCR7", "CD25", "CD127", "CD14", "CD56"}, "human"
    ).nodes
    seen = {""}
    for node in nodes:
        assert {node.parent, *node.excluding, *node.union} <= seen, node.population
        seen.add(node.population)
    assert "effector_cd4" in seen


def test_what_a_panel_lacks_is_said():
    hierarchy = gating_hierarchy({"CD45", "CD3", "CD19"}, "human")
    assert "cd4_t" not in hierarchy.names
    assert hierarchy.missing["cd4_t"] == "the panel lacks CD4"


@pytest.mark.parametrize("species", ["human", "mouse"])
def test_a_panel_without_markers_shows_live_leukocytes_alone(species):
    hierarchy = gating_hierarchy((), species)
    assert hierarchy.names == ("leukocytes",)
    assert all(hierarchy.missing.values())
