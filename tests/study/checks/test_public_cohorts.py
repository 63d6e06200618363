"""The checks on public cohorts: silent where nothing is wrong, and what is wrong is found."""

import os
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from macroimmune.inputs import map_table, read_raw_table
from macroimmune.schema import TABLES
from macroimmune.study import AnalysisSettings, parse_settings, study_from_settings
from macroimmune.study.checks import check_tables
from macroimmune.study.draft import draft_settings

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif("MACROIMMUNE_DATA" not in os.environ, reason="MACROIMMUNE_DATA is not set"),
]


def folder(name: str) -> Path:
    return Path(os.environ["MACROIMMUNE_DATA"]) / name


def found_in(name: str) -> Counter:
    path = folder(name)
    study = study_from_settings(parse_settings(draft_settings(path).text, path))
    return Counter(one.code for one in check_tables(study.tables, study.analysis))


def test_three_cohorts_kept_apart_by_prefixes_have_no_findings() -> None:
    assert found_in("loris") == {}


def test_sample_ids_that_restart_in_each_sheet_are_found() -> None:
    path = folder("loris")
    settings = parse_settings(draft_settings(path).text, path)
    frames = []
    for source in settings.sources:
        if source.table == "participants":
            bare = source.spec.__class__({}, participant_column="SAMPLE_ID")
            frame, _ = map_table(read_raw_table(source.path), TABLES["participants"], bare)
            frames.append(frame)
    found = check_tables({"participants": pl.concat(frames)}, AnalysisSettings())
    restarts = [one for one in found if one.code == "ids-restart"]
    assert [one.found.split(" ids")[0] for one in restarts] == ["515", "841"]


def test_progression_after_the_last_contact_and_changed_arms_are_found_in_prince() -> None:
    found = found_in("prince")
    assert found["impossible-times"] == 5
    assert found["arm-as-treated-differs"] == 1
    assert "reversed-events" not in found
