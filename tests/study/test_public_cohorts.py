"""The public cohorts load as their registry says (MACROIMMUNE_DATA)."""

import os
from pathlib import Path

import pytest

from macroimmune.inputs import read_raw_table
from macroimmune.study import load_study

DATA = os.environ.get("MACROIMMUNE_DATA", "")
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA, reason="MACROIMMUNE_DATA does not name the public cohorts"),
]

PRINCE = """
name = "PRINCE"
file = "${MACROIMMUNE_DATA}/prince/PICI0002_ph2_clinical.csv"
participant_id = "Deidentified.ID"
[participants]
arm = "Arm"
[outcomes]
os_time_days = "clinical.observation.os"
os_event = "clinical.observation.os.event"
[samples]
file = "${MACROIMMUNE_DATA}/prince/NatureMed_Olink_metadata.csv"
sample_id = "sample.id"
compartment = { constant = "blood" }
[samples.days_from_treatment_start]
column = "timepoint.id"
values = { C1D1 = 0, C1D15 = 14, C2D1 = 28, C3D1 = 56, C4D1 = 84 }
[proteins]
file = "${MACROIMMUNE_DATA}/prince/NatureMed_Olink_select_proteins.csv"
sample_id = "sample.id"
analyte = "paper.name"
value = { column = "value", unit = "NPX" }
[selection]
"Efficacy population" = { column = "Efficacy Population Flag", keep = ["Y"] }
"""
LORIS = """
participant_id = "SAMPLE_ID"
"""
LORIS_SOURCE = """
[[participants]]
file = "${{MACROIMMUNE_DATA}}/loris/{file}"
prefix = "{prefix}-"
age_years = "Age"
cancer_type = "CancerType"
arm = {{ constant = "{arm}" }}
[[outcomes]]
file = "${{MACROIMMUNE_DATA}}/loris/{file}"
prefix = "{prefix}-"
os_time_days = {{ column = "OS_Months", unit = "month" }}
os_event = "OS_Event"
[[blood_counts]]
file = "${{MACROIMMUNE_DATA}}/loris/{file}"
prefix = "{prefix}-"
wide = {{ nlr = "NLR", albumin = {{ column = "Albumin", unit = "g/dL" }} }}
"""


def load(tmp_path, text):
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    return load_study(tmp_path)


def test_old_mac_line_ends_and_mac_roman_are_read_without_help():
    raw = read_raw_table(Path(DATA) / "hammerlab_urothelial" / "clinical_updated.csv")
    assert raw.frame.height == 29
    assert [finding.code for finding in raw.findings] == ["encoding", "line-endings"]
    assert {finding.severity for finding in raw.findings} == {"note"}
    assert any("progression ≤12 months" in heading for heading in raw.frame.columns)
    assert raw.frame["OS in days"].null_count() == 0


def test_prince_has_303_duplicate_rows_and_105_participants(tmp_path):
    study = load(tmp_path, PRINCE)
    duplicates = [finding for finding in study.findings if finding.code == "duplicate-rows"]
    assert len(duplicates) == 303
    assert all(finding.row is not None for finding in duplicates)
    assert [step.n for step in study.flow[1:]] == [105, 105]
    assert study.participants["arm"].value_counts().height == 3
    proteins = study.tables["proteins"]
    assert proteins.select("sample_id", "analyte").is_unique().all()
    assert proteins.select("participant_id", "days_from_treatment_start").null_count().row(0) == (
        0,
        0,
    )
    assert study.errors == ()


def test_loris_sheets_stack_to_2320_participants(tmp_path):
    sheets = [
        ("Chowell_train.csv", "train", "ICI"),
        ("Chowell_test.csv", "test", "ICI"),
        ("MSK_nonICB.csv", "no-ici", "no ICI"),
    ]
    text = LORIS + "".join(
        LORIS_SOURCE.format(file=file, prefix=prefix, arm=arm) for file, prefix, arm in sheets
    )
    study = load(tmp_path, text)
    assert study.participants.height == 2320
    assert study.participants["participant_id"].is_unique().all()
    assert study.errors == ()
    assert len(study.files) == 3
    nlr = study.tables["blood_counts"].filter(analyte="nlr")
    assert nlr.height == 2320
    albumin = study.tables["blood_counts"].filter(analyte="albumin")["value"]
    assert 30 < albumin.median() < 50


def test_loris_sheets_without_prefix_are_one_error_per_repeated_person(tmp_path):
    text = LORIS + "".join(
        LORIS_SOURCE.format(file=file, prefix="x", arm="ICI")
        for file in ["Chowell_train.csv", "Chowell_test.csv"]
    )
    study = load(tmp_path, text)
    assert any(finding.code == "duplicate-participant" for finding in study.errors)
    assert study.participants.height == 964
