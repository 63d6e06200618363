"""Agreement of ways of gating."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.cytometry.concordance import WayMembers, way_concordance, way_differences
from macroimmune.errors import InputError
from macroimmune.results import RESULT_TABLES, conform, empty


def members(**populations):
    return {name: np.array(told, dtype=bool) for name, told in populations.items()}


def test_cells_of_two_ways_are_compared_one_by_one():
    rows = way_concordance([
        WayMembers("labels", members(nk=[1, 1, 0, 0, 1])),
        WayMembers("automatic", members(nk=[1, 0, 1, 0, 1], b_cell=[0, 0, 0, 1, 0])),
    ])
    one = rows[0]
    assert (one.population, one.way, one.other_way) == ("nk", "automatic", "labels")
    assert (one.n_cells, one.n_other, one.n_both) == (3, 3, 2)
    assert one.precision == one.recall == one.f1 == pytest.approx(2 / 3)
    assert (rows[1].population, rows[1].n_cells, rows[1].n_other) == ("b_cell", 1, None)
    assert rows[1].status == "not told by labels"


def test_notes_and_empty_populations_stand_in_the_status():
    rows = way_concordance([
        WayMembers("automatic", members(nk=[0, 0], t_cell=[0, 0])),
        WayMembers("labels", members(nk=[1, 0], t_cell=[0, 0]), {"nk": "sum of the labels a, b"}),
    ])
    assert rows[0].status == "labels: sum of the labels a, b; no cells by automatic"
    assert (rows[0].recall, rows[0].f1) == (0.0, 0.0)
    assert np.isnan(rows[0].precision)
    assert np.isnan(rows[1].f1)
    assert rows[1].status == "no cells by automatic; no cells by labels"


def test_three_ways_make_three_pairs_with_automatic_ways_first():
    told = members(nk=[1, 0])
    rows = way_concordance([WayMembers(way, told) for way in ("labels", "clusters", "automatic")])
    assert [(row.way, row.other_way) for row in rows] == [
        ("automatic", "clusters"),
        ("automatic", "labels"),
        ("clusters", "labels"),
    ]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_a_way_agrees_with_itself_and_f1_lies_between_precision_and_recall(pairs):
    a, b = np.array(pairs).T
    same = way_concordance([WayMembers("automatic", {"nk": a}), WayMembers("labels", {"nk": a})])
    [row] = way_concordance([WayMembers("automatic", {"nk": a}), WayMembers("labels", {"nk": b})])
    if a.any():
        assert same[0].f1 == 1.0
    if row.n_cells and row.n_other:
        low, high = sorted([row.precision, row.recall])
        assert low - 1e-12 <= row.f1 <= high + 1e-12


def test_ways_of_other_files_or_names_that_repeat_are_refused():
    with pytest.raises(InputError, match=r"ways of \[1, 2\] events"):
        way_concordance([WayMembers("a", members(nk=[1])), WayMembers("b", members(nk=[1, 0]))])
    with pytest.raises(InputError, match="expected each once"):
        way_concordance([WayMembers("a", {}), WayMembers("a", {})])


def frequencies(*rows):
    """Return the table from (participant, file, way, population, parent, percent)."""
    names = ("participant_id", "raw_file", "way", "population", "parent", "percent")
    columns = RESULT_TABLES["cell_frequencies"].schema
    filled = [dict.fromkeys(columns) | dict(zip(names, row, strict=True)) for row in rows]
    return conform("cell_frequencies", pl.DataFrame(filled, schema=columns))


def test_differences_over_files_are_of_participants_and_of_shared_parents():
    rows = []
    for k, (person, auto, manual) in enumerate([
        ("p1", 10, 11),
        ("p1", 12, 13),
        ("p2", 20, 22),
        ("p3", 30, 33),
        ("", 40, 40),
    ]):
        rows += [
            (person, f"{k}.fcs", "labels", "nk", "lymphocytes", manual),
            (person, f"{k}.fcs", "automatic", "nk", "lymphocytes", auto),
            (person, f"{k}.fcs", "automatic", "nk", "leukocytes", auto / 2),
        ]
    found = way_differences(frequencies(*rows), empty("concordance"))
    [row] = conform("way_differences", found).rows(named=True)
    assert (row["population"], row["parent"], row["way"]) == ("nk", "lymphocytes", "automatic")
    assert (row["n_files"], row["n"]) == (5, 4)
    # Participants and the control: -1, -2, -3, 0.
    assert row["mean_difference"] == pytest.approx(-1.5)
    assert row["status"] == ""


def test_two_files_have_a_status_and_one_way_has_no_rows():
    two = [
        ("p1", "1.fcs", "labels", "nk", "", 1.0),
        ("p1", "1.fcs", "workspace", "nk", "", 2.0),
    ]
    [row] = way_differences(frequencies(*two), empty("concordance")).rows(named=True)
    assert row["status"] == "measured both ways: 1; at least 3 are needed"
    assert way_differences(frequencies(*two[:1]), empty("concordance")).is_empty()
    assert way_differences(frequencies(), empty("concordance")).is_empty()


def test_shares_of_parents_that_are_other_cells_are_not_compared():
    rows = [
        (f"p{k}", f"{k}.fcs", way, population, parent, 10.0 + k + shift)
        for k in range(3)
        for way, shift in (("labels", 0), ("automatic", 1))
        for population, parent in (("nk", "leukocytes"), ("cd4_t", "t_cell"), ("nk", ""))
    ]
    pairs = {"leukocytes": (100, 70, 70), "t_cell": (50, 49, 48)}
    columns = RESULT_TABLES["concordance"].schema
    agreed = pl.DataFrame(
        [
            dict.fromkeys(columns)
            | {"population": name, "way": "automatic", "other_way": "labels"}
            | dict(zip(("n_cells", "n_other", "n_both"), counts, strict=True))
            for name, counts in pairs.items()
        ],
        schema=columns,
    )
    found = way_differences(frequencies(*rows), agreed)
    status = {(row["population"], row["parent"]): row["status"] for row in found.to_dicts()}
    assert status["nk", "leukocytes"] == "the two ways mean other cells by leukocytes (F1 0.82)"
    kept = found.filter(pl.col("mean_difference").is_not_null())
    assert kept.select("population", "parent").rows() == [("cd4_t", "t_cell"), ("nk", "")]
    assert kept["mean_difference"].to_list() == [1.0, 1.0]
