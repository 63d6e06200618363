"""Genes of sets are found by symbol, and nowhere guessed."""

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from macroimmune.errors import FormatError
from macroimmune.evidence import find_gene_set
from macroimmune.expression.gene_columns import gene_columns

SETS = (find_gene_set("ncr1_3"), find_gene_set("isg_rs"))
NONE = pl.DataFrame()


def test_the_columns_of_a_symbol_that_stands_twice_are_added():
    found = gene_columns(("ISG15", "ACTB", "ISG15", "NCR1"), NONE, SETS)
    assert found.symbols == ("ISG15", "NCR1")
    counts = sparse.csr_array(np.array([[1.0, 50.0, 2.0, 4.0]])) @ found.gather
    assert counts.toarray().tolist() == [[3.0, 4.0]]
    assert found.members.tolist() == [[False, True], [True, False]]
    assert found.sizes == (3, 38)
    assert "ISG15 stand in several columns" in found.remarks[0]


def test_identifiers_are_read_by_the_column_that_holds_symbols():
    names = ("ENSG00000187608", "ENSG00000075624.17")
    var = pl.DataFrame({"chromosome": ["1", "7"], "gene_symbols": ["ISG15", "ACTB"]})
    found = gene_columns(names, var, SETS)
    assert found.symbols == ("ISG15",)
    assert "gene_symbols" in found.remarks[0]


def test_identifiers_without_symbols_are_told_with_what_was_expected():
    with pytest.raises(FormatError, match="'ENSG00000187608': identifiers.*expected symbols"):
        gene_columns(("ENSG00000187608", "ENSG00000075624"), NONE, SETS)


def test_genes_of_mice_are_told():
    with pytest.raises(FormatError, match="look like those of mice"):
        gene_columns(("Isg15", "Actb", "Ncr1"), NONE, SETS)


def test_antibodies_are_no_genes():
    kinds = pl.DataFrame({"feature_types": ["Gene Expression", "Antibody Capture"]})
    found = gene_columns(("ISG15", "NCR1"), kinds, SETS)
    assert found.symbols == ("ISG15",)
    assert found.is_gene.tolist() == [True, False]
