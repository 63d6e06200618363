"""Tables of labelled cells: populations and their parents, tissues, days, and what is missing."""

import numpy as np
import polars as pl
import pytest

from macroimmune.repertoires import CELL_COLUMNS, Repertoire, Repertoires
from macroimmune.repertoires.cells import cell_tables
from macroimmune.results import RESULT_TABLES, empty

NO_CLONOTYPES = pl.DataFrame()


def repertoires(*samples: tuple[str, str, float, list[tuple[str, str | None]]]) -> Repertoires:
    """Repertoires of cells: (id, compartment, day, [(clonotype, label)])."""
    listed = pl.DataFrame(
        [
            {
                "repertoire_id": name,
                "participant_id": name.split("-")[0],
                "sample_id": f"{name}-s",
                "days_from_treatment_start": day,
                "compartment": compartment,
                "chain": "TRB",
                "population": "",
                "counted": "cells",
            }
            for name, compartment, day, _ in samples
        ],
        schema={
            name: kind
            for name, kind in RESULT_TABLES["repertoires"].schema.items()
            if name
            in {
                "repertoire_id",
                "participant_id",
                "sample_id",
                "days_from_treatment_start",
                "compartment",
                "chain",
                "population",
                "counted",
            }
        },
    )
    cells = {
        name: pl.DataFrame(
            [(f"c{k}", clone, label) for k, (clone, label) in enumerate(rows)],
            schema=dict(CELL_COLUMNS),
            orient="row",
        )
        for name, _, _, rows in samples
    }
    return Repertoires(
        listed=listed,
        losses=empty("repertoire_losses"),
        read=lambda one: Repertoire(one, NO_CLONOTYPES, cells=cells[one]),
    )


BLOOD = [
    *[("A", "CD8 TEM")] * 20,
    *[("B", "Treg")] * 4,
    ("B", "CD4 TCM"),
    *[(f"t{k}", "CD4 TCM") for k in range(20)],
    ("D", None),
]
TUMOUR = [
    *[("A", "CD8 TEM")] * 5,
    *[("A", "exhausted CD8 T cells")] * 5,
    *[(f"r{k}", "Treg") for k in range(5)],
]


def rows(frame: pl.DataFrame, **words: str) -> list[dict[str, object]]:
    return frame.filter(**words).to_dicts()


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    of_cells = repertoires(("P1-b", "blood", -3.0, BLOOD), ("P1-t", "tumour", 0.0, TUMOUR))
    return cell_tables(of_cells, rng=np.random.default_rng(1))


def test_clones_are_counted_in_the_label_and_in_the_wider_populations(tables):
    sizes = tables["clone_populations"].filter(repertoire_id="P1-b")
    found = {row["population"]: row for row in sizes.iter_rows(named=True)}
    assert found["treg"]["n_cells"] == 4
    assert found["cd4_t"]["n_cells"] == 25
    assert found["cd4_t"]["n_clonotypes"] == 21
    assert found["cd4_t"]["expanded_share"] == 5 / 25
    assert found["em_cd8"]["largest_share"] == 1.0
    assert found[""]["n_cells"] == 46
    assert found["treg"]["status"] == "fewer than 20 cells"
    assert found["cd4_t"]["status"] == ""
    assert (sizes["sample_id"] == "P1-b-s").all()


def test_expansion_stands_for_each_sample_and_population(tables):
    (of_cd4,) = rows(tables["startrac"], population="cd4_t", index="expansion", of="blood")
    share = np.array([5, *[1] * 20]) / 25
    assert of_cd4["value"] == pytest.approx(
        1 + (share * np.log(share)).sum() / np.log(21), rel=1e-12
    )
    assert of_cd4["repertoire_id"] == "P1-b"
    assert of_cd4["ci_low"] <= of_cd4["value"] <= of_cd4["ci_high"]
    (of_cd8,) = rows(tables["startrac"], population="em_cd8", index="expansion", of="blood")
    assert of_cd8["value"] is None
    assert of_cd8["status"] == "one clonotype alone has no evenness"


def test_migration_is_over_compartments_and_between_two(tables):
    everywhere = rows(tables["startrac"], population="em_cd8", index="migration")
    (over,) = [row for row in everywhere if not row["other"]]
    share = np.array([20, 10]) / 30
    assert over["of"] == "blood, tumour"
    assert over["value"] == pytest.approx(-(share * np.log2(share)).sum(), rel=1e-12)
    (between,) = [row for row in everywhere if row["other"]]
    share = np.array([20, 5]) / 25
    assert (between["of"], between["other"]) == ("blood", "tumour")
    # Between two, the cells of the population alone.
    assert between["value"] == pytest.approx(-(share * np.log2(share)).sum(), rel=1e-12)
    assert over["status"] == "cells of days -3, 0 together"
    (treg,) = rows(tables["startrac"], population="treg", index="migration", other="tumour")
    assert treg["value"] == 0.0
    (of_all,) = rows(tables["startrac"], population="", index="migration", other="")
    assert of_all["expected"] is None
    assert "shuffled labels change nothing" in of_all["status"]


def test_transition_is_between_the_narrowest_populations_in_one_order(tables):
    pairs = tables["startrac"].filter(pl.col("other") != "", index="transition")
    names = {frozenset(pair) for pair in pairs.select("population", "other").rows()}
    assert len(names) == pairs.height == 6
    (pair,) = rows(pairs, population="em_cd8", other="exhausted_cd8")
    share = np.array([25, 5]) / 30
    assert pair["value"] == pytest.approx(-(share * np.log2(share)).sum(), rel=1e-12)
    assert 0.0 < pair["p_value"] <= 1.0


def test_one_compartment_or_population_has_a_status_in_place_of_an_index():
    alone = repertoires(("P1-b", "blood", 0.0, [("A", "Treg"), ("A", "Tregs"), ("B", "Treg")]))
    startrac = cell_tables(alone, rng=np.random.default_rng(1))["startrac"]
    for index, word in (("migration", "compartment"), ("transition", "population")):
        (row,) = rows(startrac, population="treg", index=index)
        assert row["value"] is None
        assert f"cells of one {word} alone" in row["status"]


def test_cells_without_labels_have_all_indices_but_no_expectation():
    plain = [(clone, None) for clone in "AAABBCDEFG" * 3]
    of_cells = repertoires(("P1-b", "blood", 0.0, plain), ("P1-t", "tumour", 0.0, plain[:20]))
    startrac = cell_tables(of_cells, rng=np.random.default_rng(1))["startrac"]
    assert startrac["population"].unique().to_list() == [""]
    assert set(startrac["index"]) == {"expansion", "migration"}
    assert startrac["value"].is_not_null().all()
    assert startrac["p_value"].is_null().all()


def test_repertoires_without_cells_give_empty_tables():
    none = repertoires(("P1-b", "blood", 0.0, []))
    tables = cell_tables(none, rng=np.random.default_rng(1))
    assert {name: frame.height for name, frame in tables.items()} == {
        "clone_populations": 0,
        "startrac": 0,
        "novel_phenotypes": 0,
    }
    assert tables["startrac"].columns == list(RESULT_TABLES["startrac"].schema)


def test_novel_clones_by_population_stand_for_pairs_of_one_compartment():
    day_0 = [("A", "Treg")] * 3 + [("B", "CD8 TEM")] * 3 + [("C", "CD8 TEM")]
    day_21 = [("A", "Treg"), ("B", "CD8 TEM"), ("N", "CD8 TEM"), ("N", "CD8 TEM")]
    serial = repertoires(
        ("P1-a", "blood", 0.0, day_0),
        ("P1-b", "blood", 21.0, day_21),
        ("P1-t", "tumour", 21.0, day_21),
    )
    found = cell_tables(serial, rng=np.random.default_rng(1))["novel_phenotypes"]
    assert set(found["after"]) == {"P1-b"}
    assert set(found["pair"]) == {"baseline", "neighbouring"}
    (row,) = rows(found, pair="baseline", of_population="em_cd8")
    assert (row["n_clonotypes"], row["n_novel"]) == (2, 1)
    assert row["ci_low"] < row["novel_excess"] < row["ci_high"]
    assert row["counted"] == "cells"
