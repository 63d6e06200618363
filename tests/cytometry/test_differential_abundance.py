"""Clusters and populations between groups, donors counted."""

import csv
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.cytometry.differential_abundance import (
    AbundanceCounts,
    cluster_counts,
    differential_abundance,
    differential_abundance_frame,
    population_counts,
)
from macroimmune.errors import InputError
from macroimmune.results.contract import RESULT_TABLES
from macroimmune.statistics import overdispersed_logistic, paired_share_difference, q_values

AB = ("A", "B")
KANG = (
    Path(os.environ.get("MACROIMMUNE_DATA", "no folder named"))
    / "kang_ifnb"
    / "kang_cell_counts_8_donors.csv"
)


def of_files(counts, totals=None, names=None):
    counts = np.array(counts).reshape(len(counts), -1)
    totals = np.full(counts.shape, 1000) if totals is None else np.array(totals)
    files = tuple(f"f{place}" for place in range(len(counts)))
    return AbundanceCounts(files, names or tuple("xyz"[: counts.shape[1]]), counts, totals)


def compare(counts, donors, groups, compared=AB):
    return differential_abundance(
        counts,
        dict(zip(counts.files, donors, strict=True)),
        dict(zip(counts.files, groups, strict=True)),
        compared,
    )


CELLS = [20, 31, 25, 28, 60, 40, 55, 71]


def test_groups_of_different_donors_are_compared_by_overdispersed_logistic_regression():
    (found,) = compare(of_files(CELLS), "abcdefgh", "AAAABBBB")
    model = overdispersed_logistic(CELLS, [1000] * 8, [0] * 4 + [1] * 4)
    assert found.odds_ratio == model.odds_ratios[1]
    assert found.p_value == model.p_values[1]
    assert (found.n, found.status) == (8, "")


def test_groups_of_the_same_donors_are_compared_within_them():
    (found,) = compare(of_files(CELLS), "abcddbca", "AAAABBBB")
    pairs = paired_share_difference(CELLS[:4], [1000] * 4, [71, 40, 55, 60], [1000] * 4)
    assert found.odds_ratio == pairs.odds_ratio
    assert found.n == 4


def test_files_of_one_donor_are_added_up_so_that_they_do_not_count_as_donors():
    split = of_files([10, 10, *CELLS[1:]], [[500]] * 2 + [[1000]] * 7)
    (found,) = compare(split, "aabcdefgh", "AAAAABBBB")
    (whole,) = compare(of_files(CELLS), "abcdefgh", "AAAABBBB")
    assert found == whole


def test_donors_without_a_partner_are_left_out_and_told_where_there_are_pairs():
    (found,) = compare(of_files([*CELLS, 5, 500]), "abcddbcaxy", "AAAABBBBAB")
    assert found.n == 4
    assert found.status == "2 donors in one group only left out"


def test_two_donors_in_both_groups_are_no_pairs_and_do_not_count_twice():
    (found,) = compare(of_files([*CELLS, 5, 6, 7, 8]), "abcdefghxyyx", "AAAABBBBAABB")
    assert found.n == 8
    assert found.status == "2 donors in both groups, too few for pairs, left out"


def test_a_cluster_that_a_group_lacks_has_a_finite_ratio_that_says_so():
    (found,) = compare(of_files([0, 0, 0, 0, 60, 40, 55, 71]), "abcdefgh", "AAAABBBB")
    assert found.odds_ratio > 30
    assert found.p_value < 0.001
    assert found.status.startswith("no cell in group A: half a cell per sample was added")


def test_too_few_donors_and_no_cells_have_a_status_and_no_number():
    few = compare(of_files([20, 30, 60, 40, 50]), "abcde", "AABBB")[0]
    assert few.status == "2 and 3 donors are too few, 3 are needed in each group"
    none = compare(of_files([0] * 8), "abcdefgh", "AAAABBBB")[0]
    assert none.status == "no donor has a cell of the population"
    assert np.isnan([few.p_value, few.odds_ratio, none.p_value, none.q_value]).all()


def test_files_without_the_population_or_without_a_group_do_not_count():
    counts = of_files([*CELLS, 0, 9], [[1000]] * 8 + [[0], [1000]])
    (found,) = compare(counts, "abcdefghij", [*"AAAABBBBB", "other"])
    assert found.n == 8


def test_q_values_are_over_all_names_of_the_comparison():
    cells = np.column_stack([CELLS, CELLS[::-1], [9] * 8])
    found = compare(of_files(cells), "abcdefgh", "AAAABBBB")
    np.testing.assert_array_equal(
        [one.q_value for one in found], q_values([one.p_value for one in found])
    )


def test_a_group_against_itself_is_refused():
    with pytest.raises(InputError, match="found 'A' twice"):
        compare(of_files(CELLS), "abcdefgh", "AAAABBBB", ("A", "A"))


def test_the_result_tables_are_read_and_written():
    abundance = pl.DataFrame({
        "raw_file": ["a", "a", "b", "b"],
        "cluster": ["1", "2", "1", "2"],
        "n_cells": [3, 7, 4, 6],
        "n_parent": [10, 10, 10, 10],
    })
    counts = cluster_counts(abundance)
    assert counts.counts.tolist() == [[3, 7], [4, 6]]
    assert counts.files == ("a", "b")
    frequencies = pl.DataFrame({
        "raw_file": ["a", "a", "b"],
        "population": ["nk", "nk", "treg"],
        "n_cells": [3, 3, None],
        "n_parent": [10, 50, None],
    })
    of_populations = population_counts(frequencies)
    assert of_populations.totals.tolist() == [[10]]
    found = compare(of_files(CELLS), "abcdefgh", "AAAABBBB")
    frame = differential_abundance_frame("P", "clusters", AB, found)
    assert frame.schema == RESULT_TABLES["differential_abundance"].schema
    assert frame["comparison"].to_list() == ["B v A"]
    assert differential_abundance_frame("P", "clusters", AB, ()).height == 0


def test_without_a_difference_between_donors_few_p_values_are_small():
    rng = np.random.default_rng(5)
    cells = rng.binomial(5000, rng.beta(2, 98, (12, 150)))
    names = tuple(map(str, range(150)))
    counts = of_files(cells, np.full(cells.shape, 5000), names)
    p = np.array([one.p_value for one in compare(counts, "abcdefghijkl", "A" * 6 + "B" * 6)])
    # Standard error of the rate: 0.018.
    assert (p < 0.05).mean() < 0.1
    # Cells as the unit would call nearly all of them different.
    assert abs((p < 0.5).mean() - 0.5) < 0.12


@pytest.mark.data
@pytest.mark.skipif(
    not KANG.is_file(), reason="MACROIMMUNE_DATA names no folder with the cohort of kang_ifnb/"
)
def test_eight_people_with_and_without_interferon_are_pairs_and_shares_move_as_in_most_of_them():
    with KANG.open(newline="") as file:
        rows = list(csv.DictReader(file))
    kinds = [name for name in rows[0] if name not in {"ind", "stim", "multiplets", "StimStatus"}]
    cells = np.array([[int(row[kind]) for kind in kinds] for row in rows])
    totals = np.repeat(cells.sum(axis=1)[:, None], len(kinds), axis=1)
    sides = [row["stim"] for row in rows]
    found = compare(
        of_files(cells, totals, tuple(kinds)), [row["ind"] for row in rows], sides, ("ctrl", "stim")
    )
    assert {one.n for one in found} == {8}
    shares = {
        side: {
            row["ind"]: cells[k] / totals[k] for k, row in enumerate(rows) if row["stim"] == side
        }
        for side in ("ctrl", "stim")
    }
    rises = sum(shares["stim"][donor] > shares["ctrl"][donor] for donor in shares["ctrl"])
    for one, n_rising in zip(found, rises.tolist(), strict=True):
        if one.q_value < 0.05:
            assert (one.odds_ratio > 1) == (n_rising > 4), one.name
    # Of 8 donors; the others are no more than chance.
    named = {one.name: round(one.odds_ratio, 2) for one in found if one.q_value < 0.05}
    assert named == {"CD8 T cells": 0.79, "Dendritic cells": 1.64, "FCGR3A+ Monocytes": 1.17}
