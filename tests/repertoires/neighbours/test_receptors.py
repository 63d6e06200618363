"""What one receptor is, and the clusters that neighbours make."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.repertoires.neighbours import (
    cohort_clusters,
    distinct_receptors,
    neighbour_components,
    receptor_pairs,
    share_with_neighbour_at,
)


def clonotypes(*rows: tuple[str | None, str | None, int]) -> pl.DataFrame:
    schema = {"v_gene": pl.String, "junction_aa": pl.String, "count": pl.Int64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def test_clonotypes_of_one_cdr3_are_one_receptor_and_v_genes_part_them_only_where_asked():
    frame = clonotypes(("TRBV9", "CASSF", 2), ("TRBV9", "CASSF", 1), ("TRBV7-2", "CASSF", 4))
    assert distinct_receptors(frame, same_v_gene=False).frame.rows() == [("", "CASSF", 7)]
    assert distinct_receptors(frame, same_v_gene=True).frame.rows() == [
        ("TRBV7-2", "CASSF", 4),
        ("TRBV9", "CASSF", 3),
    ]


def test_clonotypes_without_a_usable_cdr3_or_gene_are_left_out_and_counted():
    frame = clonotypes(
        ("TRBV9", None, 1),
        ("TRBV9", "", 1),
        ("TRBV9", "CASSÉF", 1),
        (None, "CASSF", 1),
        ("TRAV3;", "CAF;CASSF", 1),
        ("TRBV9", "CASSF", 1),
    )
    assert distinct_receptors(frame, same_v_gene=False).n_without == 3
    found = distinct_receptors(frame, same_v_gene=True)
    assert found.n_without == 5
    assert found.frame.rows() == [("TRBV9", "CASSF", 1)]


def test_receptors_of_two_v_genes_are_no_neighbours():
    receptors = pl.DataFrame({"v_gene": ["a", "b", "a"], "junction_aa": ["CAF", "CAY", "CAW"]})
    first, second = receptor_pairs(receptors, within="one substitution")
    assert (first.tolist(), second.tolist()) == ([0], [2])


def test_ends_of_a_chain_of_neighbours_are_in_one_cluster():
    found = neighbour_components(5, np.array([0, 1]), np.array([1, 3]))
    assert found.degree.tolist() == [1, 2, 0, 1, 0]
    assert found.label[0] == found.label[1] == found.label[3]
    assert sorted(found.size.tolist()) == [1, 1, 3]


def test_clusters_of_a_cohort_have_hub_owners_and_members():
    owned = pl.DataFrame(
        [
            ("", "CASSF", "p1"),
            ("", "CASSY", "p2"),
            ("", "CASAY", "p2"),
            ("", "CASSF", "p3"),
            ("", "CASSF", "p3"),
            ("", "CLLLL", "p1"),
            ("", "CLLLA", "p1"),
            ("", "CWWWWWW", "p9"),
        ],
        schema={"v_gene": pl.String, "junction_aa": pl.String, "participant_id": pl.String},
        orient="row",
    )
    found = cohort_clusters(owned, within="one substitution")
    columns = ["cluster", "n_receptors", "n_participants", "hub", "n_neighbours_hub", "receptors"]
    assert found.select(columns).rows() == [
        (1, 3, 3, "CASSY", 2, "CASSY;CASAY;CASSF"),
        (2, 2, 1, "CLLLA", 1, "CLLLA;CLLLL"),
    ]


def test_no_neighbours_make_no_cluster():
    owned = pl.DataFrame({"v_gene": ["a", "b"], "junction_aa": ["CAF", "CAF"]}).with_columns(
        participant_id=pl.lit("p")
    )
    assert cohort_clusters(owned, within="one edit").is_empty()
    assert cohort_clusters(owned.clear(), within="one edit").is_empty()


def share_over_all_subsets(n: int, edges: list[tuple[int, int]], size: int) -> float:
    shares = []
    for kept in combinations(range(n), size):
        chosen = set(kept)
        joined = {k for edge in edges if set(edge) <= chosen for k in edge}
        shares.append(len(joined) / size)
    return float(np.mean(shares))


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_expected_share_is_the_mean_over_all_subsets(data):
    n = data.draw(st.integers(1, 7))
    every = list(combinations(range(n), 2))
    edges = data.draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    size = data.draw(st.integers(1, n))
    degree = np.bincount(np.array(edges, dtype=np.int64).ravel(), minlength=n)
    expected = share_over_all_subsets(n, edges, size)
    assert share_with_neighbour_at(np.bincount(degree), size) == pytest.approx(expected, abs=1e-12)


def test_expected_share_of_a_large_repertoire_is_that_of_draws():
    rng = np.random.default_rng(5)
    n, size, n_draws = 20_000, 4_000, 60
    first, second = rng.integers(0, n, (2, 15_000))
    packed = np.unique(np.minimum(first, second) * n + np.maximum(first, second))
    first, second = packed // n, packed % n
    first, second = first[first != second], second[first != second]
    histogram = np.bincount(neighbour_components(n, first, second).degree)
    drawn = []
    for _ in range(n_draws):
        kept = np.zeros(n, dtype=bool)
        kept[rng.choice(n, size, replace=False)] = True
        both = kept[first] & kept[second]
        drawn.append(np.unique(np.r_[first[both], second[both]]).size / size)
    error = np.std(drawn, ddof=1) / np.sqrt(n_draws)
    # Four standard errors of the mean of the draws.
    assert share_with_neighbour_at(histogram, size) == pytest.approx(np.mean(drawn), abs=4 * error)
    assert share_with_neighbour_at(histogram, n) == pytest.approx(1 - histogram[0] / n, abs=1e-12)


@pytest.mark.parametrize(
    ("histogram", "size", "said"),
    [([2, 2], 0, "from 1 to 4"), ([2, 2], 5, "from 1 to 4"), ([0, 0, 0, 2], 1, "found 3")],
)
def test_sizes_and_degrees_that_cannot_be_are_refused(histogram, size, said):
    with pytest.raises(InputError, match=said):
        share_with_neighbour_at(np.array(histogram), size)
