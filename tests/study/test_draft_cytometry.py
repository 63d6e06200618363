"""Drafting finds FCS files, their list and their panel, and writes what is not there."""

import csv
import io
import tomllib

import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.formats import FcsHeading, read_fcs_head, write_fcs
from macroimmune.study import checked, load_study
from macroimmune.study.draft import draft_settings
from macroimmune.study.panels import panel_of
from macroimmune.workflow import draft_study

NAMES, LABELS = ("Time", "V450-A", "B525-A", "R660-A"), ("", "CD3", "pSTAT1", "my word")
PEOPLE = "Patient ID,Age,OS_days,OS_event\nP1,60,400,1\nP2,61,300,0\nP10,62,200,1\n"


def fcs(path, names=NAMES, labels=LABELS, n=5):
    path.parent.mkdir(parents=True, exist_ok=True)
    number = sum(map(ord, path.name))
    write_fcs(path, np.full((n, len(names)), number, np.float32), FcsHeading(names, labels))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    for name in ("P1_rest", "P1_ifn", "P2_rest", "P10-rest"):
        fcs(tmp_path / "raw" / f"{name}.fcs")
    return tmp_path


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_list_and_a_panel_are_written_where_there_are_none(folder):
    path, findings = draft_study(folder)
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    assert settings["cytometry"]["file"] == "cytometry_files.csv"
    assert settings["panels"]["file"] == "panels.csv"
    listed = rows((folder / "cytometry_files.csv").read_text(encoding="utf-8"))
    assert [(row["raw_file"], row["participant_id"]) for row in listed] == [
        ("raw/P10-rest.fcs", "P10"), ("raw/P1_ifn.fcs", "P1"), ("raw/P1_rest.fcs", "P1"),
        ("raw/P2_rest.fcs", "P2"),
    ]  # fmt: skip
    panel = rows((folder / "panels.csv").read_text(encoding="utf-8"))
    assert [(row["antigen"], row["role"]) for row in panel] == [
        ("", "time"), ("CD3", "lineage"), ("pSTAT1", "state"), ("my word", "other"),
    ]  # fmt: skip
    assert [bool(row["confirm"]) for row in panel] == [False, False, False, True]
    said = {one.code: one for one in findings}
    assert said["list-written"].severity == "note"
    assert "to be said: my word" in said["panel-written"].found
    study = checked(load_study(folder))
    assert study.errors == ()
    assert study.tables["cytometry"].height == 4
    assert study.tables["panels"].height == 4


def test_files_that_no_table_names_are_left_to_the_user_and_it_is_said(folder):
    fcs(folder / "raw" / "blank.fcs")
    draft = draft_settings(folder)
    (said,) = [one for one in draft.findings if one.code == "list-written"]
    assert (said.severity, "1 of 5 files of nobody yet" in said.found) == ("warning", True)
    assert "# open: 'participant_id': 1 of 5 files of nobody yet" in draft.text
    (row,) = [one for one in rows(draft.files["cytometry_files.csv"]) if "blank" in one["raw_file"]]
    assert row["participant_id"] == ""


def test_a_folder_of_fcs_files_alone_is_drafted_and_loads_once_it_is_filled_in(tmp_path):
    fcs(tmp_path / "a.fcs")
    fcs(tmp_path / "b.fcs")
    draft_study(tmp_path)
    path = tmp_path / "cytometry_files.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("a.fcs,", "a.fcs,p1").replace("b.fcs,", "b.fcs,p1"),
                    encoding="utf-8")  # fmt: skip
    study = load_study(tmp_path)
    assert study.errors == ()
    assert study.participants["participant_id"].to_list() == ["p1"]
    assert study.tables["cytometry"].height == 2


def test_files_of_several_panels_are_told_apart(folder):
    fcs(folder / "raw" / "P2_b.fcs", NAMES, ("", "CD14", "CD16", "CD56"))
    draft = draft_settings(folder)
    panels = {row["raw_file"]: row["panel"] for row in rows(draft.files["cytometry_files.csv"])}
    assert panels["raw/P2_b.fcs"] != panels["raw/P2_rest.fcs"] != ""
    assert len(rows(draft.files["panels.csv"])) == 8


def test_a_list_that_is_there_is_read_wherever_it_lies(folder):
    text = (
        "File,Patient ID,Stim,Minutes,Batch,Tube\nP1_rest.fcs,P1,none,0,A,T\n"
        "P1_ifn.fcs,P1,IFN,15,A,T\nP2_rest.fcs,P2,none,0,B,T\n"
    )
    (folder / "raw" / "list.csv").write_text(text, encoding="utf-8")
    draft = draft_settings(folder)
    section = tomllib.loads(draft.text)["cytometry"]
    assert section == {
        "file": "raw/list.csv", "folder": "raw", "raw_file": "File", "stimulus": "Stim",
        "panel": "Tube", "batch": "Batch",
        "stimulus_minutes": {"column": "Minutes", "unit": "minute"},
    }  # fmt: skip
    assert list(draft.files) == ["panels.csv"]
    assert {row["panel"] for row in rows(draft.files["panels.csv"])} == {"T", ""}
    assert any("1 FCS files in no list: raw/P10-rest.fcs" in one.found for one in draft.findings)


def test_wells_that_are_called_samples_are_no_samples(folder):
    text = (
        "file,sample_id,condition,Patient ID\nraw/P1_rest.fcs,R1,Ref,P1\n"
        "raw/P1_ifn.fcs,S1,IFN,P1\nraw/P2_rest.fcs,R2,Ref,P2\n"
    )
    (folder / "metadata.csv").write_text(text, encoding="utf-8")
    draft = draft_settings(folder)
    section = tomllib.loads(draft.text)["cytometry"]
    assert "sample_id" not in section
    assert section["stimulus"] == {"column": "condition", "values": {"Ref": "none"}}
    assert "'sample_id': another one for each well" in draft.text


def test_controls_have_their_own_list_without_beads(folder):
    fcs(folder / "raw" / "C1.fcs")
    fcs(folder / "raw" / "beads.fcs")
    text = "File,Control,Batch\nC1.fcs,donor,1\nbeads.fcs,Compensation beads,1\n"
    (folder / "raw" / "controls.csv").write_text(text, encoding="utf-8")
    draft = draft_settings(folder)
    controls = tomllib.loads(draft.text)["cytometry_controls"]
    assert controls["keep"] == {"Control": ["donor"]}
    assert (controls["control"], controls["folder"]) == ("Control", "raw")
    listed = {row["raw_file"] for row in rows(draft.files["cytometry_files.csv"])}
    assert listed.isdisjoint({"raw/C1.fcs", "raw/beads.fcs"})


def test_a_panel_that_is_there_is_read_with_its_words_for_roles(folder):
    text = (
        "fcs_colname,antigen,marker_class\nV450-A,CD3,type\nB525-A,pSTAT1,state\n"
        "R660-A,CD4,marker\nTime,,none\n"
    )
    (folder / "panel.csv").write_text(text, encoding="utf-8")
    draft = draft_settings(folder)
    assert tomllib.loads(draft.text)["panels"] == {
        "file": "panel.csv", "channel": "fcs_colname", "antigen": "antigen",
        "role": {"column": "marker_class", "values": {"type": "lineage"}, "missing": ["marker"]},
    }  # fmt: skip


def test_a_workspace_and_labels_beside_the_files_are_named(tmp_path):
    fcs(tmp_path / "a.fcs", n=300)
    (tmp_path / "gates.wsp").write_text("<Workspace/>", encoding="utf-8")
    (tmp_path / "cells.csv").write_text("B\nT\n" + "NK\n" * 298, encoding="utf-8")
    draft = draft_settings(tmp_path)
    assert tomllib.loads(draft.text)["cytometry"]["workspace"] == {"constant": "gates.wsp"}
    (row,) = rows(draft.files["cytometry_files.csv"])
    assert row["labels"] == "cells.csv"


def test_what_was_filled_in_is_never_written_over(folder):
    draft_study(folder)
    (folder / "study.toml").unlink()
    (folder / "cytometry_files.csv").write_text("mine\n", encoding="utf-8")
    with pytest.raises(InputError, match="already there"):
        draft_study(folder)
    assert (folder / "cytometry_files.csv").read_text(encoding="utf-8") == "mine\n"
    assert not (folder / "study.toml").exists()


def test_a_damaged_fcs_file_does_not_stop_the_others(folder):
    (folder / "raw" / "bad.fcs").write_text("no fcs", encoding="utf-8")
    draft = draft_settings(folder)
    assert [one.file for one in draft.findings if one.code == "left-out"] == ["bad.fcs"]
    assert len(rows(draft.files["cytometry_files.csv"])) == 4


@pytest.mark.data
def test_the_paired_cohort_is_drafted_into_a_study_that_loads(public_data, tmp_path):
    for path in (public_data / "bcrxl_paired").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    draft_study(tmp_path)
    study = checked(load_study(tmp_path))
    assert study.errors == ()
    wells = study.tables["cytometry"]
    assert wells["participant_id"].n_unique() == 4
    assert set(wells["stimulus"]) == {"none", "BCRXL"}
    head = read_fcs_head(tmp_path / wells["raw_file"][0])
    panel = panel_of(None, study.tables["panels"], head)
    assert len(panel.with_role("lineage")) == 10
    assert len(panel.with_role("state")) == 14
    assert not [one for one in study.findings if one.code == "no-unstimulated-well"]
