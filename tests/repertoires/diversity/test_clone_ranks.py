import math

import polars as pl
import pytest

from macroimmune.repertoires.diversity.clone_ranks import clone_ranks, convergence, gene_usage


def test_the_first_hundred_ranks_are_all_there_and_the_last_one():
    counts = list(range(5000, 0, -1))
    found = clone_ranks(pl.DataFrame({"count": counts}))
    assert found["rank"].to_list()[:100] == list(range(1, 101))
    assert found["rank"].max() == 5000
    assert found.height <= 200
    assert found["count"].to_list() == [counts[rank - 1] for rank in found["rank"]]


def test_an_empty_repertoire_has_no_ranks_and_no_genes():
    empty = pl.DataFrame(schema={"v_gene": pl.String, "j_gene": pl.String, "count": pl.Int64})
    assert clone_ranks(empty).is_empty()
    assert gene_usage(empty).is_empty()


def test_genes_are_counted_by_clonotypes_and_by_counts():
    one = pl.DataFrame({
        "v_gene": ["TRBV2", "TRBV2", "TRBV3", None],
        "j_gene": ["TRBJ1-1", "TRBJ1-1", "TRBJ1-2", "TRBJ1-2"],
        "count": [1, 1, 8, 90],
    })
    found = gene_usage(one).filter(segment="V")
    assert found["gene"].to_list() == ["TRBV2", "TRBV3"]
    assert found["share_of_clonotypes"].to_list() == pytest.approx([2 / 3, 1 / 3])
    assert found["share_of_counts"].to_list() == pytest.approx([0.2, 0.8])


def test_both_chains_of_a_pair_are_counted():
    one = pl.DataFrame({"v_gene": ["TRAV1;TRBV2"], "j_gene": ["TRAJ3;TRBJ1-1"], "count": [4]})
    found = gene_usage(one)
    assert found["gene"].to_list() == ["TRAV1", "TRBV2", "TRAJ3", "TRBJ1-1"]
    assert found["share_of_counts"].to_list() == [1.0] * 4


def test_sequences_that_are_not_known_have_no_convergence():
    one = pl.DataFrame({"junction": [""], "junction_aa": ["CA"]})
    assert math.isnan(convergence(one))
