"""Find lines of the evidence by words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.evidence import lookup, search

WORDS = ["nlr", "il-6", "treg", "melanoma", "anti-PD1", "blood", "NK", "low"]


def ids(words, **options):
    return [hit.evidence_id for hit in search(words, **options)]


def test_an_id_is_found_first():
    assert ids("nlr")[:3] == ["nlr-1", "nlr-2", "nlr-3"]
    assert ids("NLR-2")[0] == "nlr-2"
    assert ids("C123")[0] == "C123"
    assert ids("T1-07") == ["T1-07"]


def test_words_in_what_is_measured_go_before_words_elsewhere():
    found = ids("eosinophil", kinds=["biomarker", "claim"])
    assert found[0] == "rel_eosinophils-1"
    assert "C026" in found
    of_nlr = ids("nlr", kinds=["claim"])
    assert of_nlr
    assert all("nlr" in lookup(name).condition.lower() for name in of_nlr)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("il-6", "IL6"),
        ("il-6", "interleukin 6"),
        ("CXCL8", "IL-8"),
        ("treg", "regulatory T cells"),
        ("Tregs", "T regulatory cells"),
        ("nlr", "neutrophil to lymphocyte ratio"),
        ("LDH", "lactate dehydrogenase"),
        ("PD-1", "PD1"),
        ("IFN-gamma", "IFNγ"),
    ],
)
def test_names_that_mean_the_same_find_the_same(one, other):
    assert ids(one) == ids(other) != []


def test_treg_finds_lines_that_write_it_out():
    assert {f"T1-{number}" for number in range(30, 36)} <= set(ids("treg"))


def test_neutrophil_lymphocyte_finds_the_ratio():
    assert ids("neutrophil lymphocyte", limit=3) == ["nlr-1", "nlr-2", "nlr-3"]


def test_all_words_must_be_there():
    both = set(ids("ldh melanoma"))
    assert both == set(ids("ldh")) & set(ids("melanoma"))
    assert "serum_ldh-1" in both
    assert "serum_ldh-2" not in both
    assert search("ldh glioblastoma unobtainium") == ()


def test_kinds_and_limit_narrow_the_search():
    assert {hit.kind for hit in search("treg", kinds={"claim"})} == {"claim"}
    assert {hit.kind for hit in search("treg")} >= {"biomarker", "perturbation", "claim"}
    assert ids("treg", limit=5) == ids("treg")[:5]
    assert search("treg", limit=0) == ()
    assert search("  ") == ()


def test_a_hit_carries_the_sentence_and_source_of_its_line():
    hit = search("nlr")[0]
    line = lookup(hit.evidence_id)
    assert (hit.sentence, hit.citation) == (line.sentence, line.citation)
    assert "Table 2" in hit.citation
    assert "references 132, 133, 136, 137 and 138" in hit.citation


def test_unknown_kinds_and_negative_limits_are_refused():
    with pytest.raises(InputError, match="choose from biomarker"):
        search("nlr", kinds=["biomarkers"])
    with pytest.raises(InputError, match="0 or more"):
        search("nlr", limit=-1)


def test_an_unknown_id_is_refused_with_its_neighbours():
    with pytest.raises(InputError, match="did you mean nlr-"):
        lookup("nlr-9")


@given(st.lists(st.sampled_from(WORDS), max_size=3))
def test_more_words_never_find_more_lines_and_order_does_not_matter(words):
    found = ids(" ".join(words))
    assert sorted(found) == sorted(ids(" ".join(reversed(words))))
    if words:
        assert set(found) <= set(ids(words[0]))


@given(st.text(max_size=30))
def test_any_text_can_be_searched(text):
    assert len(ids(text, limit=3)) <= 3


def test_american_spellings_and_plurals_find_the_same_lines() -> None:
    for own, other in (("tumour", "tumor"), ("antibiotic", "antibiotics")):
        found = {hit.evidence_id for hit in search(own)}
        assert found
        assert {hit.evidence_id for hit in search(other)} == found
