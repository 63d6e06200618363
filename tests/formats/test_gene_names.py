"""Names of receptor genes: every program's spelling to the one of IMGT."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.formats.gene_names import imgt_gene, imgt_genes, locus_of_gene


@pytest.mark.parametrize(
    ("text", "gene"),
    [
        ("TRBV19", "TRBV19"),
        ("TRBV19*01", "TRBV19"),
        ("TRBV6-2*01,TRBV6-3*01", "TRBV6-2"),
        ("TRBV12-3, or TRBV12-4", "TRBV12-3"),
        ("Homsap TRBV7-9*01 F", "TRBV7-9"),
        ("TRBV15*00(588.3)", "TRBV15"),
        ("TRAV29DV5*00(512.3),TRAV21*00(300)", "TRAV29/DV5"),
        ("TRAV29/DV5*01", "TRAV29/DV5"),
        ("TRAV38-2DV8", "TRAV38-2/DV8"),
        ("TRAV38-1", "TRAV38-1"),
        ("trbj2-7", "TRBJ2-7"),
        ("TRBV20/OR9-2*01", "TRBV20/OR9-2"),
        ("IGHV3-23*01", "IGHV3-23"),
        ("IGHV3-30-3*01", "IGHV3-30-3"),
        ("TRGJP1*01", "TRGJP1"),
        # immunoSEQ
        ("TCRBV05-01*01", "TRBV5-1"),
        ("TCRBV19-01", "TRBV19"),
        ("TCRBV29-01*01", "TRBV29-1"),
        ("TCRBV06-02/06-03*01", "TRBV6-2"),
        ("TCRBV20-or09_02", "TRBV20/OR9-2"),
        ("TCRBJ02-07*01", "TRBJ2-7"),
        ("TCRBD01-01", "TRBD1"),
        ("TCRAV29-01*01", "TRAV29/DV5"),
        ("TCRAJ23-01", "TRAJ23"),
        ("TCRGV09-01", "TRGV9"),
        ("TCRBV30", "TRBV30"),
    ],
)
def test_every_spelling_gives_the_gene(text, gene):
    assert imgt_gene(text) == gene


@pytest.mark.parametrize(
    "text", ["", "unresolved", "TCRBV06", "no data", "None", "TRBV6\u20111", "BTRBV6"]
)
def test_what_names_no_gene_gives_none(text):
    assert imgt_gene(text) is None


def test_a_name_stays_what_it_is_when_it_is_read_again():
    for text in ("TCRBV05-01*01", "TRAV38-2DV8", "TCRBV20-or09_02", "TRBV12-3, or TRBV12-4"):
        gene = imgt_gene(text)
        assert imgt_gene(gene) == gene


def test_thousands_of_scores_are_taken_off():
    cells = pl.Series([f"TRBV{k % 3 + 1}*00({k}.5),TRBV9*00(1)" for k in range(3000)] + [None])
    assert imgt_genes(cells).to_list() == [f"TRBV{k % 3 + 1}" for k in range(3000)] + [None]


@settings(max_examples=40)
@given(st.lists(st.none() | st.text(max_size=12) | st.sampled_from(["TRBV1", "TCRBV05-01"])))
def test_a_column_is_read_cell_by_cell(cells):
    found = imgt_genes(pl.Series(cells, dtype=pl.String)).to_list()
    assert found == [None if one is None else imgt_gene(one) for one in cells]


def test_the_locus_is_that_of_the_gene():
    assert locus_of_gene(pl.Series(["TRBV19", "TRAV29/DV5", None])).to_list() == [
        "TRB",
        "TRA",
        None,
    ]
