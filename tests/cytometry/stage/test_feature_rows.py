import polars as pl

from macroimmune.cytometry.stage.feature_rows import (
    feature_rows,
    mark_features,
    mark_ratios,
    ratio_rows,
)

_FILE = {"participant_id": "P1", "sample_id": "S1", "stimulus": "none", "status": ""}


def _frequencies(*rows: dict[str, object]) -> pl.DataFrame:
    columns = {"way": "automatic", "parent": "leukocytes", "n_parent": 1000, "percent": 10.0}
    columns |= {"panel": "T", "n_cells": 100, "same_as": ""}
    shown = {"ci_low": 8.0, "ci_high": 12.0, "raw_file": "a.fcs", "population": "t_cell"}
    return pl.DataFrame([_FILE | columns | shown | row for row in rows])


def test_labels_go_before_a_workspace_and_that_before_automatic_gates() -> None:
    marked = mark_features(
        _frequencies({}, {"way": "workspace", "percent": 11.0}, {"way": "labels", "percent": 12.0})
    )
    assert marked["is_feature"].to_list() == [False, False, True]
    assert marked["status"].to_list() == [
        "not the feature of its sample: labels of a.fcs is",
        "not the feature of its sample: labels of a.fcs is",
        "",
    ]


def test_of_two_files_that_with_more_cells_of_the_parent_is_the_feature() -> None:
    marked = mark_features(
        _frequencies({"n_parent": 500}, {"raw_file": "b.fcs", "status": "no CD62L"})
    )
    assert marked["is_feature"].to_list() == [False, True]
    assert marked["status"].to_list() == [
        "not the feature of its sample: automatic of b.fcs is",
        "no CD62L",
    ]


def test_stimulated_wells_controls_and_shares_without_a_number_are_no_features() -> None:
    marked = mark_features(
        _frequencies(
            {"stimulus": "IFN-I"}, {"participant_id": "", "sample_id": ""}, {"percent": None}
        )
    )
    assert marked["is_feature"].to_list() == [False, False, False]
    assert marked["status"].to_list() == ["", "", ""]


def test_the_share_other_shares_is_the_feature_where_the_file_shows_it() -> None:
    marked = mark_features(
        _frequencies({}, {"parent": "lymphocytes", "n_parent": 700, "percent": 14.0})
    )
    assert marked["is_feature"].to_list() == [False, True]


def test_a_biomarker_is_the_share_in_which_it_was_published() -> None:
    own = {"population": "m_mdsc", "parent": "cd14_myeloid", "n_parent": 200, "percent": 30.0}
    marked = mark_features(_frequencies(own, {"population": "m_mdsc", "percent": 6.0}))
    assert marked["is_feature"].to_list() == [False, True]


def test_rows_have_names_for_people_days_and_intervals() -> None:
    marked = mark_features(
        _frequencies(
            {"parent": "lymphocytes"},
            {"population": "leukocytes", "parent": "", "percent": 97.0},
            {"population": "b_cell", "parent": ""},
        )
    )
    days = pl.DataFrame({"sample_id": ["S1", "S1"], "days_from_treatment_start": [-3.0, -3.0]})
    rows = feature_rows(marked, days)
    assert rows.select("population", "parent", "value", "ci_low", "unit").rows() == [
        ("T cells", "lymphocytes", 10.0, 8.0, "percent"),
        ("B cells", "live single cells", 10.0, 8.0, "percent"),
    ]
    assert rows["days_from_treatment_start"].to_list() == [-3.0, -3.0]


def test_populations_that_are_the_same_cells_in_every_file_are_one_feature() -> None:
    treg, other = {"population": "treg"}, {"population": "treg_naive_effector"}
    same = other | {"same_as": "treg"}
    second = {"raw_file": "b.fcs", "sample_id": "S2"}
    marked = mark_features(_frequencies(treg, same, treg | second, same | second))
    assert marked["is_feature"].to_list() == [True, False, True, False]
    assert marked["status"].unique().sort().to_list() == [
        "",
        "the same cells as treg in every file: one feature stands for both",
    ]
    rows = feature_rows(marked, pl.DataFrame({"sample_id": ["S1"], "days_from_treatment_start": 0}))
    assert rows["also"].to_list() == ["treg_naive_effector"] * 2
    apart = mark_features(_frequencies(treg, same, treg | second, other | second))
    assert apart["is_feature"].to_list() == [True] * 4


def test_of_a_ratio_the_file_with_most_cells_is_the_feature() -> None:
    row = _FILE | {"ratio": "CD4:CD8 ratio", "n_denominator": 100, "ci_low": 1.0, "ci_high": 3.0}
    marked = mark_ratios(
        pl.DataFrame([
            row | {"raw_file": "a.fcs", "n_numerator": 200, "value": 2.0},
            row | {"raw_file": "b.fcs", "n_numerator": 210, "value": 2.1},
            row | {"raw_file": "c.fcs", "n_numerator": 900, "value": 9.0, "stimulus": "PMA"},
        ])
    )
    assert marked["is_feature"].to_list() == [False, True, False]
    days = pl.DataFrame({"sample_id": ["S1"], "days_from_treatment_start": [-3.0]})
    rows = ratio_rows(marked, days).select("population", "parent", "value", "unit").rows()
    assert rows == [("CD4:CD8 ratio", "", 2.1, "ratio")]
