import pytest
from tests.repertoires.sharing.small_repertoires import no_changes, repertoires_of

from macroimmune.repertoires.sharing import sharing_tables
from macroimmune.study import RepertoireSettings


def overlap_of(*samples):
    tables = sharing_tables(
        repertoires_of(*samples), clone_changes=no_changes(), settings=RepertoireSettings()
    )
    return tables["repertoire_overlap"]


def test_a_pair_of_repertoires_by_hand():
    (row,) = overlap_of(
        {"id": "tumour", "day": 21, "compartment": "tumour", "counts": {"b": 2, "e": 1, "g": 1}},
        {"id": "blood", "day": 0, "counts": {"a": 4, "b": 1, "e": 1}},
    ).iter_rows(named=True)
    assert (row["one"], row["other"]) == ("blood", "tumour")
    assert (row["compartment_one"], row["compartment_other"]) == ("blood", "tumour")
    assert (row["day_one"], row["day_other"]) == (0, 21)
    assert (row["n_one"], row["n_other"], row["n_shared"]) == (3, 3, 2)
    assert row["jaccard"] == pytest.approx(0.5)
    assert row["morisita_horn"] == pytest.approx(2 * (3 / 24) / (18 / 36 + 6 / 16))
    assert row["absent_percent"] == pytest.approx(100 / 3)
    assert row["morisita_horn_ci_low"] < row["morisita"] < row["morisita_horn_ci_high"]
    assert (row["overdispersion_one"], row["overdispersion_other"]) == (0.05, 0.05)
    assert row["overdispersion_source"] == "the stated prior"
    assert row["status"] == ""


def test_only_repertoires_of_one_person_and_kind_are_compared():
    counts = {"a": 1, "b": 3}
    found = overlap_of(
        {"participant": "P1", "day": 0, "counts": counts},
        {"participant": "P1", "day": 9, "counts": counts},
        {"participant": "P1", "day": 9, "counted": "cells", "counts": counts},
        {"participant": "P1", "day": 9, "population": "cd8_t", "counts": counts},
        {"participant": "P2", "day": 0, "counts": counts},
        {"participant": "P1", "day": 30, "counts": {}},
    )
    assert found.select("one", "other").rows() == [("r0", "r1")]
    assert found["jaccard"].to_list() == [1.0]


def test_reads_have_no_interval_and_say_why():
    counts = {"a": 5, "b": 3}
    (row,) = overlap_of(
        {"day": 0, "counted": "reads", "counts": counts},
        {"day": 1, "counted": "reads", "counts": counts},
    ).iter_rows(named=True)
    assert row["morisita_horn"] == pytest.approx(1.0)
    assert (row["morisita"], row["morisita_horn_ci_low"]) == (None, None)
    assert row["status"].startswith("reads are counted")


def test_the_order_of_clonotypes_in_a_repertoire_does_not_matter():
    first = {"x": 3, "a": 2, "m": 1}
    second = {"m": 9, "x": 1, "z": 1}
    turned = [dict(reversed(counts.items())) for counts in (first, second)]
    there = overlap_of({"day": 0, "counts": first}, {"day": 1, "counts": second})
    assert there.equals(
        overlap_of({"day": 0, "counts": turned[0]}, {"day": 1, "counts": turned[1]})
    )
