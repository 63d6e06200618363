"""A study is loaded from its folder; one bad table does not stop the others."""

import hashlib

import pytest

from macroimmune.errors import StudyError
from macroimmune.results import FlowStep
from macroimmune.schema import TABLES
from macroimmune.study import load_study


def codes(study):
    return [(finding.severity, finding.code) for finding in study.findings]


def test_a_clean_study_loads_in_silence(study, tmp_path):
    loaded = study()
    assert loaded.findings == ()
    assert set(loaded.tables) == set(TABLES)
    for name, frame in loaded.tables.items():
        assert dict(frame.schema) == TABLES[name].schema
    assert loaded.participants["participant_id"].to_list() == ["p1", "p2", "p3"]
    assert loaded.flow == (
        FlowStep("in the files", 3, 0, ""),
        FlowStep("with an outcome", 3, 0, ""),
    )
    assert [endpoint.id for endpoint in loaded.endpoints()] == ["os"]
    assert loaded.settings_text == (tmp_path / "study.toml").read_text()


def test_each_file_is_read_once_and_known_by_its_checksum(study, tmp_path):
    (file,) = study().files
    data = (tmp_path / "people.csv").read_bytes()
    assert (file.name, file.n_bytes) == ("people.csv", len(data))
    assert file.sha256 == hashlib.sha256(data).hexdigest()


def test_a_file_that_cannot_be_read_is_an_error_and_its_table_empty(study):
    loaded = study('[blood_counts]\nfile = "lost.csv"\nwide = { nlr = "NLR" }\n')
    assert codes(loaded) == [("error", "unreadable-file")]
    assert loaded.tables["blood_counts"].is_empty()
    assert loaded.participants.height == 3


def test_errors_come_first_and_settings_errors_are_among_them(study):
    loaded = study('[blood_counts]\nwide = { nlr = "Age" }\n[analysis]\nendpoint = ["os"]\n')
    assert codes(loaded) == [("error", "unknown-key"), ("note", "no-day")]


def test_a_study_without_anybody_is_refused(study):
    with pytest.raises(
        StudyError, match=r"no participants can be read\. The tables of \[participants\]"
    ):
        study(text="name = 'x'\n")
    with pytest.raises(StudyError, match=r"gone\.csv"):
        study(text='file = "gone.csv"\nparticipant_id = "ID"\n[participants]\n')


def test_participants_may_come_from_outcomes_alone(study):
    text = (
        'file="people.csv"\nparticipant_id="ID"\n[outcomes]\nos_time_days="OS"\nos_event="dead"\n'
    )
    loaded = study(text=text)
    assert loaded.participants["participant_id"].to_list() == ["p1", "p2", "p3"]
    assert codes(loaded) == [("note", "participants-assumed")]


def test_a_duplicated_participant_is_an_error(study):
    people = "ID,Age,OS,dead\np1,61,400,1\np1,61,400,1\np2,70,1,0\n"
    loaded = study(files={"people.csv": people})
    assert codes(loaded) == [("error", "duplicate-participant")] * 2
    assert {finding.row for finding in loaded.findings} == {3}
    assert loaded.participants.height == 2


def test_stacked_sources_with_restarting_ids_stay_apart_by_prefix(study):
    sheet = "ID,Age,OS,dead\n1,50,10,1\n2,60,20,0\n"
    text = "participant_id = 'ID'\n" + "".join(
        f"[[{table}]]\nfile='{name}.csv'\nprefix='{name}-'\n{columns}\n"
        for table, columns in [
            ("participants", "age_years='Age'"),
            ("outcomes", "os_time_days='OS'\nos_event='dead'"),
        ]
        for name in ["a", "b"]
    )
    loaded = study(text=text, files={"a.csv": sheet, "b.csv": sheet})
    assert loaded.findings == ()
    assert loaded.participants["participant_id"].to_list() == ["a-1", "a-2", "b-1", "b-2"]
    assert loaded.flow[-1].n == 4


def test_without_prefix_restarting_ids_are_errors(study):
    sheet = "ID,Age\n1,50\n2,60\n"
    text = "participant_id='ID'\n[[participants]]\nfile='a.csv'\n[[participants]]\nfile='b.csv'\n"
    loaded = study(text=text, files={"a.csv": sheet, "b.csv": sheet})
    assert codes(loaded) == [("error", "duplicate-participant")] * 2
    assert "prefix" in loaded.findings[0].advice


def test_people_in_measured_tables_alone_are_counted_and_left_out(study):
    files = {"counts.csv": "ID,NLR\np1,2\np8,3\np9,4\n"}
    loaded = study('[blood_counts]\nfile="counts.csv"\nwide={nlr="NLR"}\n', files)
    unknown = [finding for finding in loaded.findings if finding.code == "participant-unknown"]
    assert {finding.found.split()[0] for finding in unknown} == {"p8", "p9"}
    assert loaded.tables["blood_counts"]["participant_id"].to_list() == ["p1"]
    assert loaded.tables["samples"]["participant_id"].to_list() == ["p1"]


def test_people_without_outcome_stay_and_are_counted(study):
    people = "ID,Age,OS,dead\np1,61,400,1\np2,70,,\n"
    loaded = study(files={"people.csv": people})
    assert loaded.participants.height == 2
    assert loaded.flow[-1] == FlowStep("with an outcome", 1, 1, "no outcome")


def test_a_path_to_a_toml_file_works_too(study, tmp_path):
    study()
    assert load_study(tmp_path / "study.toml").participants.height == 3
