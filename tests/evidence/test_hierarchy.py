"""A panel gets the populations that its markers can show, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.evidence import antigens, find_antigen, gating_hierarchy, population_definitions
from macroimmune.simulator.cytometry.panels import panel_of

# Labels of public files: mouse spleen, human mononuclear cells, human whole blood.
MOUSE = "CD8;TCRyd;CD45;TCRb;NK1/1;CD4;CD19;CD3"
BCR = "CD3;CD45;CD4;CD20;CD33;CD123;CD14;IgM;HLA-DR;CD7"
BLOOD = (
    "CD235ab_CD61;CD45;CD66;CD7;CD19;CD45RA;CD11b;CD4;CD8a;CD11c;CD123;TCRgd;CD161;CD33;FoxP3;"
    "CD16;CD25;CD3;CCR7;CD15;HLADR;CD14;CD56"
)
LINEAGE = {antigen.id for antigen in antigens() if antigen.role == "lineage"}
STATE = {antigen.id for antigen in antigens() if antigen.role == "state"}


def known(labels):
    return {find_antigen(label).id for label in labels.split(";")}


def virtual(name):
    found = {find_antigen(label) for label in panel_of(name).labels()} - {None}
    return {one.id for one in found if one.role == "lineage"}, {
        one.id for one in found if one.role == "state"
    }


def told(hierarchy):
    """Give each population as one reads it: parent, signs, excluded and united populations."""
    return {
        node.population: " ".join([
            node.parent,
            *map(str, node.signs),
            *(f"not:{name}" for name in node.excluding),
            *(f"or:{name}" for name in node.union),
        ])
        for node in hierarchy.nodes
    }


def test_a_mouse_panel_without_cd11b_shows_lymphocytes():
    hierarchy = gating_hierarchy(known(MOUSE), "mouse")
    assert told(hierarchy) == {
        "leukocytes": " CD45+",
        "t_cell": "leukocytes CD3+ CD19-",
        "gamma_delta_t": "leukocytes CD3+ TCRgd+ TCRb- CD19-",
        "nkt": "t_cell NK1.1+ not:gamma_delta_t",
        "cd4_t": "t_cell CD4+ CD8- NK1.1- TCRb+ TCRgd-",
        "cd8_t": "t_cell CD8+ CD4- NK1.1- TCRb+ TCRgd-",
        "b_cell": "leukocytes CD19+ CD3- TCRb- NK1.1-",
        "nk": "leukocytes CD3- NK1.1+ CD19- TCRb- TCRgd-",
        "lymphocytes": "leukocytes or:t_cell or:b_cell or:nk",
    }


def test_a_human_panel_without_cd8_cd19_and_cd56_falls_back():
    hierarchy = gating_hierarchy(known(BCR), "human", material="PBMC")
    assert told(hierarchy) == {
        "leukocytes": " CD45+",
        "t_cell": "leukocytes CD3+ CD20- CD14- CD33-",
        "b_cell": "leukocytes CD20+ CD3lo CD14-",
        "nk": "leukocytes CD3- CD7+ CD33- CD123- CD20- CD14-",
        "cd4_t": "t_cell CD4+",
        "cd8_t": "t_cell CD4- CD7+",
        "lymphocytes": "leukocytes or:t_cell or:b_cell or:nk",
        "cd14_myeloid": "leukocytes CD14+ CD33+ CD20-",
        "m_mdsc": "cd14_myeloid HLA-DRlo",
        "monocyte": "leukocytes not:m_mdsc or:cd14_myeloid",
        "myeloid_cells": "leukocytes CD33+ CD3- CD20-",
        "dendritic_cell": "leukocytes HLA-DR+ CD14- CD20- not:t_cell not:b_cell not:nk",
        "pdc": "dendritic_cell CD123+",
        "cdc": "dendritic_cell CD123-",
        "basophils": "leukocytes CD123+ HLA-DR- CD3- CD20- CD14-",
    }
    notes = {node.population: node.note for node in hierarchy.nodes}
    assert notes["cd8_t"].startswith("without CD8")
    assert "no CD16" in notes["dendritic_cell"]


def test_whole_blood_has_neutrophils_and_is_not_asked_for_cd45():
    cells = told(gating_hierarchy(known(BLOOD), "human", material="whole blood"))
    expected = {
        "leukocytes": " CD235_CD61-",
        "granulocytes": "leukocytes CD66+ CD3- CD19- CD14-",
        "eosinophils": "granulocytes CD16-",
        "neutrophils": "leukocytes not:eosinophils or:granulocytes",
        "t_cell": "leukocytes CD3+ CD19- CD14- CD33- CD66-",
        "b_cell": "leukocytes CD19+ CD3lo CD14- CD66-",
        "nk": "leukocytes CD3- CD56+ CD19- CD14- CD66-",
        "gamma_delta_t": "t_cell TCRgd+",
        "cd4_t": "t_cell CD4+ CD8- not:gamma_delta_t",
        "treg": "cd4_t FOXP3+ CD25hi",
        "effector_cd4": "cd4_t CCR7- not:treg",
        "temra_cd8": "cd8_t CCR7- CD45RA+",
        "nk_mature": "nk CD56lo CD16+",
        "nk_cd56_bright": "nk CD56hi CD16lo",
        "classical_monocyte": "cd14_myeloid CD16- not:m_mdsc",
        "intermediate_monocyte": "cd14_myeloid CD16+ not:m_mdsc",
        "pdc": "dendritic_cell CD123+ CD11c-",
        "cdc": "dendritic_cell CD11c+ CD123-",
    }
    assert {name: cells[name] for name in expected} == expected
    assert "pmn_mdsc" not in cells
    assert "mait" not in cells


def test_granulocytes_among_mononuclear_cells_are_suppressor_cells():
    in_pbmc = gating_hierarchy(known(BLOOD), "human", material="PBMC")
    assert {"pmn_mdsc", "mdsc"} <= set(in_pbmc.names)
    assert told(in_pbmc)["pmn_mdsc"] == "leukocytes or:granulocytes"
    assert told(in_pbmc)["leukocytes"] == " CD45+ CD235_CD61-"
    assert in_pbmc.missing["neutrophils"] == "in PBMC these markers mean other cells"
    unsaid = gating_hierarchy(known(BLOOD), "human")
    assert {"pmn_mdsc", "neutrophils"} <= set(unsaid.names)
    assert told(unsaid)["leukocytes"] == " CD235_CD61-"


def test_the_virtual_t_cell_panels_show_memory_and_regulatory_cells():
    lineage, state = virtual("mass_t_cell")
    cells = told(gating_hierarchy(lineage, "human", state_antigens=state, material="PBMC"))
    expected = {
        "mait": "t_cell TCRVa7.2+ not:gamma_delta_t",
        "cd4_t": "t_cell CD4+ CD8- not:gamma_delta_t not:mait",
        "cd8_t": "t_cell CD8+ CD4- not:gamma_delta_t not:mait",
        "naive_cd4": "cd4_t CCR7+ CD45RA+ not:treg",
        "em_cd4": "cd4_t CCR7- CD45RA- not:treg",
        "cd8_senescent": "cd8_t CD28- CD57+ KLRG1+",
        "ki67_pd1_cd8": "cd8_t Ki67+ PD1+",
        "cd127lo_pd1lo_cd4": "cd4_t CD127lo PD1lo",
        "memory_b": "b_cell CD27+",
        "m_mdsc": "cd14_myeloid HLA-DRlo",
    }
    assert {name: cells[name] for name in expected} == expected
    lineage, state = virtual("fluorescence_t_cell")
    cells = told(gating_hierarchy(lineage, "human", state_antigens=state, material="PBMC"))
    assert cells["leukocytes"] == ""
    assert cells["treg"] == "cd4_t CD25hi CD127lo"
    assert "mait" not in cells


def test_the_virtual_myeloid_panel_keeps_t_and_b_cells_out_by_one_channel():
    lineage, state = virtual("fluorescence_myeloid")
    cells = told(gating_hierarchy(lineage, "human", state_antigens=state, material="PBMC"))
    expected = {
        "nk": "leukocytes CD3_CD19- CD56+ CD14-",
        "nk_nkp30": "nk NKp30+",
        "dendritic_cell": "leukocytes HLA-DR+ CD14- CD16- CD3_CD19- CD56- CD15-",
        "cdc1": "cdc CD141hi CD1c-",
        "cdc2": "cdc CD1c+ not:cdc1",
        "pdc": "dendritic_cell CD123+ CD303+",
        "granulocytes": "leukocytes CD15+ CD14- CD11b+ HLA-DR- CD3_CD19-",
        "pmn_mdsc": "leukocytes or:granulocytes",
        "non_classical_monocyte": ("leukocytes CD16+ CD14- HLA-DR+ CD3_CD19- CD56- CD15-"),
    }
    assert {name: cells[name] for name in expected} == expected
    assert {"t_cell", "b_cell", "lymphocytes"}.isdisjoint(cells)


@pytest.mark.parametrize("species", ["human", "mouse"])
def test_stimulated_wells_show_no_population_of_kind_state(species):
    rested = gating_hierarchy(LINEAGE, species, state_antigens=STATE)
    stimulated = gating_hierarchy(LINEAGE, species)
    assert {node.kind for node in stimulated.nodes} == {"lineage"}
    assert [one for one in rested.nodes if one.kind == "lineage"] == list(stimulated.nodes)
    assert {"ki67_cd8", "exhausted_cd8"} <= set(rested.names) - set(stimulated.names)


@pytest.mark.parametrize("species", ["human", "mouse"])
def test_a_state_marker_that_is_given_as_lineage_types_no_lineage(species):
    names = {one.population for one in population_definitions(species) if one.kind == "lineage"}
    with_state = gating_hierarchy(LINEAGE | STATE, species)
    for node in with_state.nodes:
        if node.population in names:
            assert {sign.antigen for sign in node.signs}.isdisjoint(STATE)


@pytest.mark.parametrize("species", ["human", "mouse"])
@given(st.sets(st.sampled_from(sorted(LINEAGE | STATE))))
def test_whatever_the_panel_parents_come_first_and_signs_are_measured(species, panel):
    hierarchy = gating_hierarchy(panel, species)
    seen = {""}
    for node in hierarchy.nodes:
        assert {node.parent, *node.excluding, *node.union} <= seen, node.population
        assert {sign.antigen for sign in node.signs} <= panel
        assert not any(sign.is_optional for sign in node.signs)
        seen.add(node.population)
    defined = {one.population for one in population_definitions(species)}
    assert {*hierarchy.names, *hierarchy.missing} == defined
    assert all(hierarchy.missing.values())


@pytest.mark.parametrize("species", ["human", "mouse"])
@given(st.sets(st.sampled_from(sorted(LINEAGE))), st.sampled_from(sorted(LINEAGE)))
def test_one_more_marker_never_takes_a_population_away(species, panel, marker):
    fewer = set(gating_hierarchy(panel, species).names)
    assert fewer <= set(gating_hierarchy(panel | {marker}, species).names)


def test_what_a_panel_lacks_is_said():
    hierarchy = gating_hierarchy({"CD45", "CD3", "CD19", "CD8"}, "human")
    assert hierarchy.missing["gamma_delta_t"] == "the panel lacks TCRgd"
    assert hierarchy.missing["cm_cd4"] == "the panel lacks CCR7, CD45RA"


@pytest.mark.parametrize("species", ["human", "mouse"])
def test_a_panel_without_markers_shows_live_cells_alone(species):
    assert gating_hierarchy((), species).names == ("leukocytes",)
