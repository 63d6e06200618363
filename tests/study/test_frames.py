"""A study can be made from the data frames of a notebook."""

import pandas as pd
import polars as pl
import pytest

from macroimmune.errors import SchemaError, StudyError
from macroimmune.study import AnalysisSettings, study_from_frames

PEOPLE = {"participant_id": ["a", "b"], "age_years": [50.0, 61.5]}
OUTCOMES = {"participant_id": ["a", "b"], "os_time_days": [10, 20], "os_event": [True, False]}


@pytest.mark.parametrize("kind", [pl.DataFrame, pd.DataFrame])
def test_polars_and_pandas_frames_make_the_same_study(kind):
    study = study_from_frames(
        "two",
        participants=kind(PEOPLE),
        outcomes=kind(OUTCOMES),
        blood_counts=kind({"participant_id": ["a", "b"], "nlr": [2.5, None], "ldh": [200, 300]}),
    )
    assert study.errors == ()
    assert study.participants["age_years"].to_list() == [50.0, 61.5]
    assert study.tables["outcomes"]["os_event"].to_list() == [True, False]
    counts = study.tables["blood_counts"]
    assert counts.select("analyte", "value").rows() == [
        ("nlr", 2.5),
        ("ldh", 200.0),
        ("ldh", 300.0),
    ]


def test_pandas_missing_values_are_missing():
    people = pd.DataFrame({
        "participant_id": ["a", "b", "c"],
        "arm": pd.Categorical(["x", None, "y"]),
        "age_years": pd.array([1, None, 3], dtype="Int64"),
        "sex": ["female", float("nan"), None],
    })
    study = study_from_frames("three", participants=people)
    assert study.participants["arm"].to_list() == ["x", None, "y"]
    assert study.participants["age_years"].to_list() == [1.0, None, 3.0]
    assert study.participants["sex"].to_list() == ["female", None, None]


def test_pandas_columns_of_the_same_name_are_refused():
    people = pd.DataFrame([["a", 1, 2]], columns=["participant_id", "age_years", "age_years"])
    with pytest.raises(SchemaError, match="'age_years'.*more than once"):
        study_from_frames("one", participants=people)


def test_pandas_cells_of_several_kinds_are_read_as_in_a_workbook():
    people = pd.DataFrame({"participant_id": [1, "b"], "age_years": [50, 61.5]}, dtype=object)
    study = study_from_frames("two", participants=people)
    assert study.participants["participant_id"].to_list() == ["1", "b"]
    assert study.participants["age_years"].to_list() == [50.0, 61.5]


def test_long_tables_keep_their_days_and_units():
    proteins = pl.DataFrame({
        "participant_id": ["a", "a"],
        "days_from_treatment_start": [0, 14],
        "analyte": ["IL6", "IL6"],
        "value": [1.0, 2.0],
        "unit": ["ng/mL", "ng/mL"],
    })
    study = study_from_frames("one", participants=pl.DataFrame(PEOPLE), proteins=proteins)
    assert study.findings == ()
    assert study.tables["proteins"]["value"].to_list() == [1000.0, 2000.0]
    assert study.tables["samples"]["sample_id"].to_list() == ["a@0", "a@14"]


def test_undeclared_columns_are_left_out_with_a_note():
    people = pl.DataFrame({"participant_id": ["a"], "age_year": [5]})
    (finding,) = study_from_frames("one", participants=people).findings
    assert (finding.severity, finding.code) == ("note", "unknown-column")
    assert "age_years" in finding.advice


def test_analysis_settings_are_kept():
    analysis = AnalysisSettings(landmarks_days=(42.0,))
    study = study_from_frames("one", analysis=analysis, participants=pl.DataFrame(PEOPLE))
    assert study.analysis == analysis
    default = study_from_frames("one", participants=pl.DataFrame(PEOPLE)).analysis
    assert default == AnalysisSettings()


def test_other_tables_and_other_objects_are_refused():
    with pytest.raises(SchemaError, match="Did you mean 'participants'"):
        study_from_frames("one", participant=pl.DataFrame(PEOPLE))
    with pytest.raises(SchemaError, match="participants: dict"):
        study_from_frames("one", participants=PEOPLE)
    with pytest.raises(StudyError, match="no participants"):
        study_from_frames("one")
