"""The Python API, as a notebook uses it."""

import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import macroimmune as mi
import macroimmune.features
import macroimmune.report  # noqa: F401 (loading it must not hide a verb)
from macroimmune.errors import StudyError
from macroimmune.results import RESULT_TABLES


def test_the_five_calls_give_a_results_folder(frames, tmp_path):
    study = mi.study_from_frames("five", **frames)
    assert mi.check(study).columns == list(RESULT_TABLES["findings"].columns)
    features = mi.compute_features(study)
    found = mi.associate(study, features)
    results = mi.run(study, tmp_path / "out")
    assert_frame_equal(results.table("features"), features.frame)
    assert_frame_equal(results.table("associations"), found.associations)
    assert results.run["command"] == "macroimmune.run"
    assert mi.write_report(tmp_path / "out").is_file()


def test_features_are_computed_where_they_were_not_given(frames):
    study = mi.study_from_frames("five", **frames)
    given = mi.associate(study, mi.compute_features(study))
    assert_frame_equal(mi.associate(study).associations, given.associations)


def test_the_verbs_stay_verbs_after_everything_was_imported():

    assert all(callable(getattr(mi, name)) for name in mi.__all__)
    assert not set(mi.__all__) & {"features", "report", "study", "results"}


@pytest.mark.parametrize("arrow", [False, True], ids=["numpy", "arrow"])
def test_pandas_frames_give_the_same_results_as_polars_frames(frames, arrow):
    pandas = {
        name: frame.to_pandas(use_pyarrow_extension_array=arrow) for name, frame in frames.items()
    }
    assert all(isinstance(frame, pd.DataFrame) for frame in pandas.values())
    first, second = (mi.study_from_frames("x", **some) for some in (frames, pandas))
    for name in first.tables:
        assert_frame_equal(first.tables[name], second.tables[name])
    assert first.findings == second.findings
    for name in ("associations", "ledger", "agreement", "curves"):
        assert_frame_equal(getattr(mi.associate(first), name), getattr(mi.associate(second), name))


@pytest.mark.parametrize("table", ["features", "associations", "ledger", "agreement", "curves"])
def test_results_go_to_pandas(frames, tmp_path, table):
    results = mi.run(mi.study_from_frames("x", **frames), tmp_path / "out")
    polars = results.table(table)
    pandas = polars.to_pandas()
    assert list(pandas.columns) == polars.columns
    assert len(pandas) == polars.height
    assert_frame_equal(pl.from_pandas(pandas, schema_overrides=polars.schema), polars)


@pytest.mark.parametrize("verb", [mi.compute_features, mi.associate])
def test_a_study_with_errors_is_refused(frames, verb):
    outcomes = frames["outcomes"].with_columns(os_time_days=pl.lit(-5.0))
    study = mi.study_from_frames("x", **(frames | {"outcomes": outcomes}))
    assert mi.check(study).filter(severity="error").height
    with pytest.raises(StudyError, match="see macroimmune check"):
        verb(study)
