"""One antigen under its many names."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.evidence import antigens, find_antigen
from macroimmune.evidence.antigen import _key


def test_the_vocabulary_is_that_of_whole_panels():
    assert len(antigens()) >= 150
    assert len({antigen.id for antigen in antigens()}) == len(antigens())


def test_no_name_belongs_to_two_antigens():
    owners = defaultdict(set)
    for antigen in antigens():
        for name in (antigen.id, *antigen.aliases):
            owners[_key(name)].add(antigen.id)
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_every_name_finds_its_antigen():
    for antigen in antigens():
        for name in (antigen.id, *antigen.aliases):
            assert find_antigen(name) is antigen, name


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("BDCA-2", "CD303"),
        ("CLEC4C", "CD303"),
        ("BDCA3", "CD141"),
        ("BDCA-1", "CD1c"),
        ("CD337", "NKp30"),
        ("NCR3", "NKp30"),
        ("CD314", "NKG2D"),
        ("CD226", "DNAM1"),
        ("CD159a", "NKG2A"),
        ("PD-1", "PD1"),
        ("PDCD1", "PD1"),
        ("Ly6C/Ly6G", "Gr1"),
        ("Gr-1", "Gr1"),
        ("DX5", "CD49b"),
        ("NK1/1", "NK1.1"),
        ("TCRyd", "TCRgd"),
        ("TCRγδ", "TCRgd"),
        ("l/d", "viability"),
        ("GzmB", "GranzymeB"),
        ("MxA", "MX1"),
        ("tetherin", "BST2"),
        ("IL-2Ra", "CD25"),
        ("IFNγ", "IFNg"),
    ],
)
def test_names_that_mean_the_same_are_found(name, identity):
    assert find_antigen(name).id == identity


@pytest.mark.parametrize(
    ("label", "identity"),
    [
        ("145Nd_CD4", "CD4"),
        ("CD4_145Nd", "CD4"),
        ("CD3(110:114)Dd", "CD3"),
        ("CD45(In115)Dd", "CD45"),
        ("DNA-1(Ir191)Dd", "DNA1"),
        ("BC1(La139)Dd", "BC1"),
        ("195Pt_Cisplatin", "viability"),
        ("140Ce_Bead", "bead"),
        ("167Er_CD197_CCR7", "CCR7"),
        ("CD38_HIT2", "CD38"),
        ("CD28_CD28.2", "CD28"),
        ("HLA-DR-FITC", "HLA-DR"),
        ("CD45RA BV421-A", "CD45RA"),
        ("Dump_CD3_CD19", "CD3_CD19"),
        ("CD235ab_CD61", "CD235_CD61"),
        ("Ir191Di", "DNA1"),
    ],
)
def test_what_a_label_says_beside_the_antigen_does_not_matter(label, identity):
    assert find_antigen(label).id == identity


@pytest.mark.parametrize(
    "label", ["", "Nd145Di", "PE-A", "FSC-A", "Time", "beadDist", "CD14_CD15", "CD4/CD8", "Y89Di"]
)
def test_labels_without_an_antigen_or_with_two_mean_none(label):
    assert find_antigen(label) is None


def test_what_a_stimulus_moves_is_a_state_marker():
    moved = ["pSTAT1", "MX1", "ISG15", "IFIT3", "BST2", "PD1", "PDL1", "Ki67", "CD38", "CXCR5"]
    moved += ["GranzymeB", "IL2", "IFNg", "NKp30", "Sca-1", "CD69"]
    assert {find_antigen(name).role for name in moved} == {"state"}
    fixed = ["CD3", "CD25", "CD127", "FOXP3", "CCR7", "CD45RA", "CD27", "CD57", "HLA-DR", "CD11b"]
    assert {find_antigen(name).role for name in fixed} == {"lineage"}


MARKERS = st.sampled_from([one for one in antigens() if one.role in {"lineage", "state"}])


@given(MARKERS, st.sampled_from(["145Nd_{}", "{}_145Nd", "{} (In115)Dd"]))
def test_a_metal_never_changes_what_a_label_means(antigen, form):
    assert find_antigen(form.format(antigen.id)) is antigen


@given(st.text(max_size=30))
def test_any_text_is_answered(text):
    found = find_antigen(text)
    assert found is None or found in antigens()
