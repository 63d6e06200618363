"""Lines of the evidence by id, populations and antigens by any name too."""

import pytest

from macroimmune.errors import InputError
from macroimmune.evidence import lookup, population_definitions, search


def test_populations_and_antigens_are_found_by_their_other_names():
    assert lookup("regulatory T cells") is lookup("treg")
    assert lookup("BDCA-2") is lookup("clec4c") is lookup("CD303")
    assert lookup("CD279").role == "state"
    assert lookup("T1-07").evidence_id == "T1-07"


def test_a_label_of_a_channel_is_no_line():
    with pytest.raises(InputError, match="no line of the evidence has the id '145Nd_CD4'"):
        lookup("145Nd_CD4")


def test_a_population_has_its_definitions_human_before_mouse():
    definitions = lookup("treg").definitions
    assert [one.species for one in definitions] == ["human"] * 3 + ["mouse"] * 2
    assert [one.preference for one in definitions] == [1, 2, 3, 1, 2]
    assert lookup("pbmc").definitions == ()


def test_a_sentence_tells_the_definition_of_choice_of_each_species():
    sentence = lookup("pd1_cd8").sentence
    assert sentence.endswith("human: PD1+ of cd8_t; mouse: PD1+ of cd8_t.")


@pytest.mark.parametrize(
    ("population", "phrase"),
    [
        ("cd8_senescent", "CD28- CD57+ KLRG1+ of cd8_t"),
        ("effector_cd4", "CCR7- of cd4_t, without treg"),
        ("naive_cd4", "CCR7+ CD45RA+ of cd4_t, without treg?"),
        ("lymphocytes", "t_cell or b_cell or nk, of leukocytes"),
        ("pmn_mdsc", "granulocytes, of leukocytes, in PBMC"),
        (
            "leukocytes",
            "CD235ab-? CD235_CD61-? of live single cells, in whole blood, if the panel has CD66b",
        ),
    ],
)
def test_a_definition_reads_as_a_phrase(population, phrase):
    first = next(one for one in population_definitions("human") if one.population == population)
    assert first.phrase == phrase


def test_markers_find_the_populations_that_they_tell():
    found = [hit.evidence_id for hit in search("KLRG1", kinds=["population"])]
    assert found == ["cd8_senescent"]
    assert "treg" in [hit.evidence_id for hit in search("CD127lo", kinds=["population"])]
    assert [hit.evidence_id for hit in search("BDCA-2", kinds=["antigen"])] == ["CD303"]
