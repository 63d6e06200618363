"""Tables of similar receptors: common size, what is said of a repertoire, bounded cohorts."""

import numpy as np
import polars as pl
import pytest

from macroimmune.repertoires import CLONOTYPE_COLUMNS, Repertoire, Repertoires
from macroimmune.repertoires.neighbours import neighbour_tables, share_with_neighbour_at
from macroimmune.results import RESULT_TABLES, empty
from macroimmune.study import RepertoireSettings

LETTERS = "ACDEFGHIKLMNPQRSTVWY"


def repertoire(words: list[str], counts: list[int] | None = None, gene: str = "TRBV9"):
    n = len(words)
    return pl.DataFrame(
        {
            "clonotype": words,
            "v_gene": [gene] * n,
            "j_gene": [None] * n,
            "junction": [None] * n,
            "junction_aa": words,
            "count": counts or [1] * n,
        },
        schema=dict(CLONOTYPE_COLUMNS),
    )


def repertoires(frames: dict[str, pl.DataFrame], counted: str = "templates") -> Repertoires:
    listed = pl.DataFrame(
        [
            {
                "repertoire_id": name,
                "participant_id": name.split("-")[0],
                "sample_id": f"{name}-s",
                "days_from_treatment_start": -1.0,
                "compartment": "blood",
                "chain": "TRB",
                "population": "",
                "counted": counted,
            }
            for name in frames
        ],
        schema={
            name: RESULT_TABLES["repertoires"].schema[name]
            for name in (
                "repertoire_id",
                "participant_id",
                "sample_id",
                "days_from_treatment_start",
                "compartment",
                "chain",
                "population",
                "counted",
            )
        },
    )
    return Repertoires(
        listed=listed,
        losses=empty("repertoire_losses"),
        read=lambda name: Repertoire(name, frames[name]),
    )


def random_words(n: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    drawn = ("C" + "".join(rng.choice(list(LETTERS), 4)) + "F" for _ in range(2 * n))
    return list(dict.fromkeys(drawn))[:n]


def tables(frames, counted="templates", **options):
    settings = options.pop("settings", RepertoireSettings())
    return neighbour_tables(repertoires(frames, counted), settings=settings, **options)


def test_shares_stand_at_the_size_of_the_smallest_repertoire_that_has_enough():
    frames = {
        "p1-a": repertoire(random_words(600, 1)),
        "p2-a": repertoire(random_words(150, 2)),
        "p3-a": repertoire(["CASSF", "CASSY", "CLLLLF"], [5, 3, 2]),
    }
    found = tables(frames)["receptor_neighbours"]
    assert found["common_size"].to_list() == [150, 150, 150]
    large, small, few = found.rows(named=True)
    assert large["share_with_neighbour"] > large["share_at_common_size"] > 0
    assert small["share_with_neighbour"] == pytest.approx(small["share_at_common_size"])
    assert few["share_at_common_size"] is None
    assert few["status"] == "3 receptors: fewer than 100"
    assert (few["n_with_neighbour"], few["n_clusters"], few["largest_cluster"]) == (2, 1, 2)
    assert few["share_of_counts"] == pytest.approx(0.8)


def test_one_small_repertoire_does_not_set_the_size_of_all_others():
    letters = np.array(list(LETTERS))
    rng = np.random.default_rng(3)
    words = ["CAS" + "".join(one) + "F" for one in rng.choice(letters, (5_000, 6))]
    sizes = {"P1": 2_000, "P2": 3_000, "P3": 120}
    frames = {name: repertoire(list(dict.fromkeys(words[:n]))) for name, n in sizes.items()}
    tables = neighbour_tables(repertoires(frames), settings=RepertoireSettings())
    found = {row["participant_id"]: row for row in tables["receptor_neighbours"].to_dicts()}
    assert found["P1"]["common_size"] == found["P1"]["n_receptors"]
    assert found["P3"]["share_at_common_size"] is None
    assert found["P3"]["status"].startswith("120 receptors: fewer than the ")


def test_a_part_of_a_repertoire_has_its_share_at_their_common_size():
    words = random_words(900, 4)
    rng = np.random.default_rng(2)
    part = rng.permutation(words)[:450].tolist()
    found = tables({"p1-a": repertoire(words), "p2-a": repertoire(part)})["receptor_neighbours"]
    whole, half = found.rows(named=True)
    # The raw share follows the number of receptors, the other does not.
    assert whole["share_with_neighbour"] > 1.3 * half["share_with_neighbour"]
    assert whole["share_at_common_size"] == pytest.approx(half["share_at_common_size"], rel=0.12)


def test_rule_and_v_gene_are_those_of_the_settings():
    frames = {
        "p1-a": pl.concat([
            repertoire(["CASSF"], gene="TRBV9"),
            repertoire(["CASSY"], gene="TRBV5-1"),
            repertoire(["CASSFF"], gene="TRBV9"),
        ])
    }
    for options, n_with, rule in (
        ({}, 2, "one substitution, any V gene"),
        ({"same_v_gene": True}, 0, "one substitution, same V gene"),
        ({"neighbours": "one edit"}, 3, "one edit, any V gene"),
        ({"neighbours": "one edit", "same_v_gene": True}, 2, "one edit, same V gene"),
    ):
        found = tables(frames, settings=RepertoireSettings(**options))
        row = found["receptor_neighbours"].row(0, named=True)
        assert (row["n_with_neighbour"], row["rule"]) == (n_with, rule)
        assert found["receptor_clusters"]["rule"].unique().to_list() == ([rule] if n_with else [])


def test_clusters_go_over_participants():
    frames = {"p1-a": repertoire(["CASSF"]), "p2-a": repertoire(["CASSY"])}
    found = tables(frames)
    assert found["receptor_neighbours"]["n_with_neighbour"].to_list() == [0, 0]
    row = found["receptor_clusters"].row(0, named=True)
    assert (row["n_receptors"], row["n_participants"], row["chain"]) == (2, 2, "TRB")


def test_a_cohort_too_large_gives_the_largest_receptors_of_each_and_says_so():
    frames = {
        "p1-a": repertoire(["CASSF", "CASSY", "CASSW"], [9, 5, 1]),
        "p2-a": repertoire(["CASSH"]),
    }
    found = tables(frames, most_in_cohort=4)
    assert found["receptor_clusters"].row(0, named=True)["receptors"] == "CASSF;CASSH;CASSY"
    told = found["receptor_neighbours"]["status"].to_list()
    assert "clusters of the cohort are of the 2 largest receptors" in told[0]
    assert "largest" not in told[1]


def test_what_is_left_out_and_what_reads_do_is_said():
    frames = {"p1-a": repertoire(["CASSF", "CASSÉ"])}
    (status,) = tables(frames, "reads")["receptor_neighbours"]["status"].to_list()
    assert "1 clonotypes without a CDR3 in ASCII letters" in status
    assert "sequencing errors" in status


def test_a_repertoire_without_receptors_has_no_share_and_no_study_has_empty_tables():
    found = tables({"p1-a": repertoire([])})["receptor_neighbours"].row(0, named=True)
    assert (found["n_receptors"], found["share_with_neighbour"]) == (0, None)
    assert found["status"].startswith("0 receptors")
    assert {name: frame.height for name, frame in tables({}).items()} == {
        "receptor_clusters": 0,
        "receptor_neighbours": 0,
    }


def test_expected_share_does_not_depend_on_what_is_beside():
    words = random_words(300, 6)
    alone = tables({"p1-a": repertoire(words)})["receptor_neighbours"].row(0, named=True)
    assert alone["share_at_common_size"] == pytest.approx(alone["share_with_neighbour"])
    assert share_with_neighbour_at(np.array([300]), 10) == 0
