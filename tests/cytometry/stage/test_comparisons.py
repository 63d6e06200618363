from dataclasses import replace

import polars as pl

from macroimmune.cytometry import MeasuredCytometry
from macroimmune.cytometry.stage.comparisons import compared_abundance
from macroimmune.cytometry.stage.files import cytometry_files
from macroimmune.results import empty
from macroimmune.study import Study


def test_a_stimulus_is_compared_within_donors_and_its_files_are_listed(
    measured: MeasuredCytometry,
) -> None:
    tables = measured.tables
    rows = tables["differential_abundance"].filter(
        pl.col("comparison").str.ends_with("v unstimulated")
    )
    assert set(rows["of"]) == {"clusters", "populations"}
    told = rows.filter(pl.col("odds_ratio").is_not_null())
    assert set(told["n"]) == {3}
    sides = tables["compared_files"].filter(pl.col("comparison") == rows["comparison"][0])
    assert sides.group_by("group").len()["len"].to_list() == [3, 3]


def test_gated_populations_are_not_tested_against_response_here(
    measured: MeasuredCytometry,
) -> None:
    rows = measured.tables["differential_abundance"]
    of_response = rows.filter(pl.col("comparison") == "responders v no responders")
    assert "populations" not in set(of_response["of"])


def test_controls_of_a_stimulus_are_of_its_day_and_the_healthy_are_never_on_treatment(
    virtual_study: Study,
) -> None:
    files = {
        ("P1", None, "none"): "healthy.fcs",
        ("P2", -3.0, "none"): "before.fcs",
        ("P2", -3.0, "IFN-I"): "acted.fcs",
        ("P2", 21.0, "none"): "later.fcs",
    }
    people = pl.DataFrame({"participant_id": ["P1", "P2"], "group": ["healthy", "patient"]})
    tables = dict(virtual_study.tables) | {"participants": people}
    study = replace(virtual_study, tables=tables)
    example = cytometry_files(virtual_study)[0]
    listed = [
        replace(
            example,
            raw_file=name,
            participant_id=who,
            days_from_treatment_start=day,
            stimulus=stimulus,
            stimulus_minutes=None,
        )
        for (who, day, stimulus), name in files.items()
    ]
    abundance = pl.DataFrame([
        {"raw_file": name, "panel": example.panel, "cluster": "1", "n_cells": 10, "n_parent": 100}
        for name in files.values()
    ])
    frequencies = empty("cell_frequencies")
    made = compared_abundance(
        study, listed, {"cluster_abundance": abundance, "cell_frequencies": frequencies}
    )["compared_files"]
    sides = made.select("comparison", "raw_file").rows()
    assert ("IFN-I v unstimulated", "before.fcs") in sides
    assert ("IFN-I v unstimulated", "later.fcs") not in sides
    assert ("on treatment v baseline", "later.fcs") in sides
    assert ("on treatment v baseline", "healthy.fcs") not in sides
