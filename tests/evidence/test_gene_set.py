"""Gene sets are published lists or say that they are not."""

import re

import pytest

from macroimmune.errors import InputError
from macroimmune.evidence import find_gene_set, gene_sets, lookup, populations, search, sources

PUBLIC = "SLC6A15;ROBO1;TIMP3;HSD17B1;ISG15;IFI44L;MX1"


def test_the_sets_have_as_many_genes_as_their_sources_say():
    sizes = {one.id: len(one.genes) for one in gene_sets()}
    assert sizes["hallmark_ifn_alpha"] == 97
    assert sizes["isg_rs"] == 38
    assert all(len(set(one.genes)) == len(one.genes) for one in gene_sets())


def test_genes_are_symbols_and_populations_are_those_of_the_vocabulary():
    known = {one.id for one in populations()}
    for one in gene_sets():
        assert all(re.fullmatch(r"[A-Z0-9][A-Za-z0-9.-]*", gene) for gene in one.genes), one.id
        assert set(one.populations) <= known, one.id


def test_a_list_that_is_no_published_one_says_so():
    for one in gene_sets():
        assert one.licence
        assert one.source in sources()
        if one.is_operational:
            assert "operational" in one.sentence
    assert not find_gene_set("isg_rs").is_operational
    assert set(PUBLIC.split(";")) <= set(find_gene_set("isg_rs").genes)


def test_a_set_is_shown_by_its_id_and_found_by_a_gene():
    assert lookup("hallmark_ifn_alpha") is find_gene_set("hallmark_ifn_alpha")
    assert "CC BY 4.0" in find_gene_set("hallmark_ifn_alpha").citation
    assert {hit.evidence_id for hit in search("IFI44L", kinds=["gene set"])} == {
        "hallmark_ifn_alpha",
        "isg_rs",
    }


def test_an_unknown_set_is_refused_with_those_that_there_are():
    with pytest.raises(InputError, match="expected one of hallmark_ifn_alpha"):
        find_gene_set("hallmark")
