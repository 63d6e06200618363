"""Labels of real files say what channels measure; what is no marker is told by its detector."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.formats import read_fcs_head
from macroimmune.study.panels import channel_from_label, panel_from_head


@pytest.mark.parametrize(
    ("detector", "label", "antigen", "role"),
    [
        ("Nd145Di", "145Nd_CD4", "CD4", "lineage"),
        ("Nd145Di", "CD4_145Nd", "CD4", "lineage"),
        ("CD3(110:114)Dd", "CD3", "CD3", "lineage"),
        ("PE-A", "hla dr", "HLA-DR", "lineage"),
        ("FJComp-PE-A", "CD8", "CD8", "lineage"),
        ("Eu153Di", "pStat1", "pSTAT1", "state"),
        ("Ir191Di", "DNA1", "DNA1", "dna"),
        ("AmCyan-A", "l/d", "viability", "viability"),
        ("I127Di", "127I", "", "other"),
        ("Pb208Di", "208Pb", "", "other"),
        ("Xe131Di", "131Xe_conta", "", "other"),
        ("Qdot 605-A", "", "", "other"),
        ("PI-A", "", "", "other"),
        ("FJComp-PE-A", "PE-A", "", "other"),
        ("AF-A", "AF", "", "other"),
        ("CD3-FITC", "", "CD3", "lineage"),
        ("Pt198Di", "198Pt_Cisplatin", "viability", "viability"),
        ("Ce140Di", "140Ce_EQ4", "bead", "bead"),
        ("Pd105Di", "105Pd_CD45", "CD45", "lineage"),
        ("beadDist", "beadDist", "", "other"),
        ("Residual", "Residual", "", "other"),
        ("Width", "", "", "other"),
        ("Time", "Time", "", "time"),
        ("Event_length", "", "", "event_length"),
        ("Cell_length", "Cell_length", "", "event_length"),
        ("FSC-H", "", "", "scatter"),
        ("SSC-B-A", "SSC-B", "", "scatter"),
        ("SS INT LIN", "", "", "scatter"),
        ("Sm154Di", "154Sm_an unknown thing", "an unknown thing", "other"),
    ],
)
def test_a_channel_measures_what_its_label_says(detector, label, antigen, role):
    channel = channel_from_label(detector, label)
    assert (channel.channel, channel.antigen, channel.role) == (detector, antigen, role)


def test_short_names_of_antigens_are_no_metals():
    for label in ("p38", "IL10", "S6", "IFIT1", "TCF1"):
        assert channel_from_label("Nd144Di", label).antigen != ""


def test_heights_and_widths_beside_an_area_measure_nothing_of_their_own():
    panel = panel_from_head("a", ["PE-A", "PE-H", "PE-W", "FITC-H"], ["CD3", "CD3", "CD3", "CD4"])
    assert [one.antigen for one in panel.channels] == ["CD3", "", "", "CD4"]


def test_a_channel_beside_its_compensated_one_measures_nothing_of_its_own():
    panel = panel_from_head("a", ["PE-A", "FJComp-PE-A", "FITC-A"], ["CD3", "CD3", "CD4"])
    assert [(one.channel, one.antigen) for one in panel.channels] == [
        ("PE-A", ""), ("FJComp-PE-A", "CD3"), ("FITC-A", "CD4"),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=6))
def test_any_names_make_a_panel_of_as_many_channels(pairs):
    names, labels = [name for name, _ in pairs], [label for _, label in pairs]
    panel = panel_from_head("any", names, labels)
    assert [one.channel for one in panel.channels] == names


@pytest.mark.data
def test_markers_of_public_files_are_found(public_data):
    def panel(name):
        head = read_fcs_head(public_data / name)
        return panel_from_head(name, head.names, head.antigens)

    mouse = panel("flowsom_wsp/68983.fcs")
    wanted = {"CD3", "CD4", "CD8", "CD19", "CD45", "TCRb", "TCRgd", "NK1.1"}
    assert mouse.lineage_antigens == wanted
    assert mouse.with_role("viability") == (9,)
    blood = panel("cytonorm_fcs/Gates_PTLG021_Unstim_Control_1.fcs")
    assert {"CD3", "CD4", "CD8", "CD14", "CD16", "CD19", "CD56"} <= blood.lineage_antigens
    assert len(blood.with_role("dna")) == 2
    paired = panel("bcrxl_paired/PBMC_patient1_Ref.fcs")
    assert paired.index("CD3") == 0
    assert {"CD4", "CD7", "CD14", "CD20", "CD33", "CD45", "CD123", "HLA-DR"} <= (
        paired.lineage_antigens
    )
    assert not any(one.startswith("p") for one in paired.lineage_antigens)
