"""Expansion of populations of cells becomes a feature, at the depth of its own sample."""

import polars as pl
import pytest

from macroimmune.features import cell_features
from macroimmune.results import conform, empty

NAMES = ("clone_populations", "startrac", "novel_phenotypes")
POPULATION = {
    "participant_id": "P1",
    "days_from_treatment_start": 0.0,
    "n_cells": 40,
    "n_clonotypes": 30,
    "mean_clone_size": 1.3,
    "largest_share": 0.1,
    "expanded_share": 0.2,
    "status": "",
}
INDEX = {
    "participant_id": "P1",
    "index": "expansion",
    "of": "",
    "other": "",
    "n_cells": 40,
    "n_clonotypes": 30,
    "value": 0.30,
    "ci_low": 0.22,
    "ci_high": 0.36,
    "expected": 0.10,
    "p_value": 0.01,
    "status": "",
}


NOVEL = {
    "participant_id": "P1",
    "compartment": "tumour",
    "chain": "TRB",
    "population": "",
    "counted": "cells",
    "pair": "baseline",
    "before": "b",
    "after": "t",
    "day_before": 0.0,
    "day_after": 0.0,
    "of_population": "cd8_t",
    "n_clonotypes": 40,
    "n_novel": 20,
    "n_novel_expected": 12.0,
    "novel_excess": 0.2,
    "ci_low": 0.1,
    "ci_high": 0.3,
    "status": "",
}


def tables(
    *rows: dict[str, object], novel: tuple[dict[str, object], ...] = ()
) -> dict[str, pl.DataFrame]:
    samples = {"b": "blood", "t": "tumour"}
    sizes = [
        POPULATION
        | {"repertoire_id": name, "sample_id": f"{name}-s", "compartment": where, "population": ""}
        for name, where in samples.items()
    ]
    return {
        "clone_populations": conform("clone_populations", pl.DataFrame(sizes)),
        "startrac": conform("startrac", pl.DataFrame([INDEX | row for row in rows])),
        "novel_phenotypes": conform(
            "novel_phenotypes", pl.DataFrame([NOVEL | row for row in novel])
        )
        if novel
        else empty("novel_phenotypes"),
    }


def test_the_value_is_the_index_above_that_of_as_many_cells_of_the_sample():
    ((definition, rows),) = cell_features(tables({"population": "treg", "repertoire_id": "b"}))
    assert definition.id == "treg_expansion_excess"
    assert definition.timing == "baseline"
    (row,) = rows.to_dicts()
    assert (row["participant_id"], row["sample_id"]) == ("P1", "b-s")
    assert row["value"] == pytest.approx(0.20)
    assert (row["ci_low"], row["ci_high"]) == (pytest.approx(0.12), pytest.approx(0.26))


def test_cells_of_the_tumour_are_another_feature_and_migration_is_none():
    found = cell_features(
        tables(
            {"population": "cd8_t", "repertoire_id": "t"},
            {"population": "cd8_t", "repertoire_id": "b"},
            {"population": "cd8_t", "repertoire_id": "", "index": "migration"},
            {"population": "cluster 7", "repertoire_id": "b"},
        )
    )
    assert [definition.id for definition, _ in found] == [
        "cd8_t_expansion_excess",
        "cd8_t_expansion_excess_tumour",
    ]
    assert all(rows.height == 1 for _, rows in found)


def test_few_cells_and_a_sample_of_one_population_have_a_status_and_no_value():
    found = cell_features(
        tables(
            {
                "population": "treg",
                "repertoire_id": "b",
                "n_cells": 19,
                "status": "fewer than 20 cells",
            },
            {
                "population": "cd8_t",
                "repertoire_id": "b",
                "expected": None,
                "status": "nothing is expected",
            },
        )
    )
    for _, rows in found:
        assert rows["value"].to_list() == [None]
        assert rows["status"][0]


def test_novel_clones_beyond_depth_are_a_feature_on_treatment():
    some = tables(
        {"population": "cluster 7", "repertoire_id": "b"},
        novel=({}, {"pair": "neighbouring"}, {"n_clonotypes": 19, "of_population": "cd4_t"}),
    )
    found = {definition.id: (definition, rows) for definition, rows in cell_features(some)}
    assert set(found) == {"cd8_t_novel_excess_tumour", "cd4_t_novel_excess_tumour"}
    definition, rows = found["cd8_t_novel_excess_tumour"]
    assert definition.timing == "on treatment"
    (row,) = rows.to_dicts()
    assert row["sample_id"] == "t-s"
    assert [row[name] for name in ("value", "ci_low", "ci_high")] == pytest.approx([20, 10, 30])
    _, few = found["cd4_t_novel_excess_tumour"]
    assert few["value"].to_list() == [None]
    assert few["status"].to_list() == ["fewer than 20 clonotypes"]


def test_a_study_without_cells_has_no_such_feature():
    assert cell_features({name: empty(name) for name in NAMES}) == []
