"""A study.toml is read whole; every wrong key or value is an error at its key path."""

from pathlib import Path

import pytest

from macroimmune.errors import StudyError
from macroimmune.study import AnalysisSettings, parse_settings, read_settings

FOLDER = Path("/data/study")


def problems(text):
    findings = parse_settings(text, FOLDER).findings
    assert all(finding.severity == "error" for finding in findings)
    return [(finding.code, finding.column) for finding in findings]


def test_defaults_reach_every_table():
    settings = parse_settings(
        'file = "a.xlsx"\nsheet = "one"\nparticipant_id = "ID"\nmissing = ["ND", -9]\n'
        '[participants]\nage_years = "Age"\n[outcomes]\nfile = "b.csv"\n',
        FOLDER,
    )
    people, outcomes = settings.sources
    assert settings.findings == ()
    assert settings.name == "study"
    assert (people.table, people.path, people.sheet) == ("participants", FOLDER / "a.xlsx", "one")
    assert (outcomes.path, outcomes.sheet) == (FOLDER / "b.csv", None)
    assert people.spec.missing == ("ND", "-9")
    assert people.spec.participant_column == "ID"
    assert people.spec.columns["age_years"].column == "Age"


def test_an_array_of_sections_is_several_sources():
    text = '[[samples]]\nfile = "a"\nprefix = "x-"\n[[samples]]\nfile = "b"\n'
    settings = parse_settings(text, FOLDER)
    assert [(source.file, source.spec.prefix) for source in settings.sources] == [
        ("a", "x-"),
        ("b", ""),
    ]


def test_everything_that_a_column_can_say_is_read():
    text = """
file = "a.csv"
[participants]
sex = { column = "S", values = { 0 = "female", "1" = "male" }, missing = 9 }
prior_therapy = { column = "P", true = ["Y", 1], false = [false] }
arm = { constant = "ICI" }
[populations.wide]
treg = { column = "T", unit = "%", parent = "CD4" }
"""
    people, populations = parse_settings(text, FOLDER).sources
    sex, prior, arm = people.spec.columns.values()
    assert (dict(sex.values), sex.missing) == ({"0": "female", "1": "male"}, ("9",))
    assert (prior.true, prior.false) == (("Y", "1"), ("false",))
    assert (arm.column, arm.constant) == ("", "ICI")
    treg = populations.spec.wide["treg"]
    assert (treg.unit, dict(treg.constants)) == ("%", {"parent": "CD4"})


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("nmae = 'x'", "unknown-key", "nmae"),
        ("name = 3", "wrong-type", "name"),
        ("participants = 3", "wrong-type", "participants"),
        ("[participants]\nage_years = 'A'", "file", "participants"),
        ("file = 'a'\n[participants]\nage = 'A'", "unknown-key", "participants.age"),
        ("file = 'a'\n[participants]\narm = 3", "wrong-type", "participants.arm"),
        ("file = 'a'\n[participants]\narm = {unit='x'}", "column", "participants.arm"),
        ("file='a'\n[participants]\narm={column='x',untis='y'}", "unknown-key",
         "participants.arm.untis"),
        ("file='a'\n[participants]\narm={column='x',values=3}", "wrong-type",
         "participants.arm.values"),
        ("file='a'\n[participants]\nwide={a='b'}", "unknown-key", "participants.wide"),
        ("file='a'\n[[samples]]\nx='y'", "unknown-key", "samples[1].x"),
        ("file='a'\n[proteins]\nkeep=3", "wrong-type", "proteins.keep"),
        ("file='../a'\n[participants]", "file", "participants.file"),
        ("file='b/../../a'\n[participants]", "file", "participants.file"),
        ("[selection]\nx={column='a'}", "wrong-type", "selection.x"),
        ("[analysis]\nlandmark_days=[42]", "unknown-key", "analysis.landmark_days"),
        ("[analysis]\nlandmarks_days=['x']", "wrong-type", "analysis.landmarks_days"),
        ("[analysis]\nbaseline_window_days=[0,-42]", "wrong-type",
         "analysis.baseline_window_days"),
        ("[analysis]\nendpoints=['oss']", "unknown-key", "analysis.endpoints"),
        ("[analysis]\nstrata=['cancer']", "unknown-key", "analysis.strata"),
        ("[analysis]\nevent_kinds_from_os=['os']", "unknown-key", "analysis.event_kinds_from_os"),
        ("[analysis]\nsearch_cut_points=[['nlr']]", "wrong-type", "analysis.search_cut_points"),
        ("[analysis]\nsearch_cut_points=['nlr']\ncut_points={nlr=3}", "cut-fixed-and-searched",
         "analysis.search_cut_points"),
        ("[analysis]\nrandomised='no'", "wrong-type", "analysis.randomised"),
        ("[analysis]\ntime_dependent=1", "wrong-type", "analysis.time_dependent"),
        ("[analysis]\nadjust_for=['age']", "unknown-key", "analysis.adjust_for"),
        ("[analysis]\nadjust_for=['participant_id']", "unknown-key", "analysis.adjust_for"),
        ("[analysis]\nmultiple_imputation=1", "wrong-type", "analysis.multiple_imputation"),
        ("[analysis]\nmultiple_imputation=true", "wrong-type", "analysis.multiple_imputation"),
        ("[analysis]\nmultiple_imputation=-5", "wrong-type", "analysis.multiple_imputation"),
        ("[analysis]\nrestricted_mean_days=365", "wrong-type", "analysis.restricted_mean_days"),
        ("[analysis]\nrestricted_mean_days={os=0}", "wrong-type",
         "analysis.restricted_mean_days.os"),
        ("[analysis]\nrestricted_mean_days={os=inf}", "wrong-type",
         "analysis.restricted_mean_days.os"),
        ("[analysis]\nrestricted_mean_days={response=90}", "unknown-key",
         "analysis.restricted_mean_days.response"),
        ("[analysis]\nhorizon_days=365", "wrong-type", "analysis.horizon_days"),
        ("[analysis]\nhorizon_days={os=-1}", "wrong-type", "analysis.horizon_days.os"),
        ("[analysis]\nhorizon_days={response=365}", "unknown-key", "analysis.horizon_days"),
        ("[analysis]\ndecision_thresholds={os=40}", "wrong-type",
         "analysis.decision_thresholds.os"),
    ],
)  # fmt: skip
def test_each_fault_is_one_error_at_its_key_path(text, code, key):
    assert problems(text) == [(code, key)]


def test_the_closest_word_is_offered():
    (finding,) = parse_settings("file='a'\n[participants]\nage_year='A'", FOLDER).findings
    assert finding.advice == "Did you mean 'age_years'?"


def test_several_faults_are_found_at_once():
    text = "nmae = 1\nfile = 'a'\n[participants]\nagee = 'A'\n[analysis]\nrandomised = 1\n"
    assert len(problems(text)) == 3


def test_analysis_settings_are_read():
    text = """
[analysis]
baseline_window_days = [-28, 1]
landmarks_days = [42, 84.5]
strata = ["cancer_type"]
endpoints = ["os"]
control_arms = ["chemotherapy"]
treated_arms = ["ICI"]
randomised = true
"""
    assert parse_settings(text, FOLDER).analysis == AnalysisSettings(
        (-28.0, 1.0), (42.0, 84.5), ("cancer_type",), ("os",), ("chemotherapy",), ("ICI",), True
    )


@pytest.mark.parametrize(
    ("given", "read"), [("'all'", ("all",)), ("['nlr', 'ldh']", ("nlr", "ldh"))]
)
def test_features_whose_cut_is_searched_are_a_list_or_all(given, read):
    text = f"[analysis]\nsearch_cut_points = {given}\ncut_points = {{ plr = 150 }}\n"
    analysis = parse_settings(text, FOLDER).analysis
    assert analysis.search_cut_points == read
    assert dict(analysis.cut_points) == {"plr": 150.0}


def test_time_dependent_models_are_asked_for():
    assert parse_settings("[analysis]\ntime_dependent = true\n", FOLDER).analysis.time_dependent
    assert not parse_settings("[analysis]\n", FOLDER).analysis.time_dependent


def test_horizons_of_restricted_means_are_read():
    text = "[analysis]\nrestricted_mean_days = { os = 365, pfs = 180.5 }\n"
    found = parse_settings(text, FOLDER).analysis.restricted_mean_days
    assert dict(found) == {"os": 365.0, "pfs": 180.5}


def test_absolute_paths_and_the_data_variable_are_allowed(monkeypatch):
    monkeypatch.setenv("MACROIMMUNE_DATA", "/public")
    text = 'file="${MACROIMMUNE_DATA}/loris/a.csv"\n[participants]\n[outcomes]\nfile="/x/b.csv"\n'
    first, second = parse_settings(text, FOLDER).sources
    assert (first.path, second.path) == (Path("/public/loris/a.csv"), Path("/x/b.csv"))


def test_the_data_variable_must_be_set(monkeypatch):
    monkeypatch.delenv("MACROIMMUNE_DATA", raising=False)
    text = 'file="${MACROIMMUNE_DATA}/loris/a.csv"\n[participants]\n'
    (finding,) = parse_settings(text, FOLDER).findings
    assert "MACROIMMUNE_DATA is not set" in finding.found


def test_other_variables_and_home_are_not_expanded():
    text = 'file="$HOME/~/a.csv"\n[participants]\n'
    assert parse_settings(text, FOLDER).sources[0].path == FOLDER / "$HOME/~/a.csv"


def test_text_that_is_not_toml_is_refused_with_its_line():
    with pytest.raises(StudyError, match=r"study\.toml: not TOML .*line 2"):
        parse_settings("name = 'x'\n[participants\n", FOLDER)


def test_a_folder_without_settings_is_refused(tmp_path):
    with pytest.raises(StudyError, match=r"study\.toml: cannot be read"):
        read_settings(tmp_path)


def test_settings_are_read_from_a_folder_or_a_file(tmp_path):
    (tmp_path / "study.toml").write_text("name = 'a'\n", encoding="utf-8-sig")
    (tmp_path / "other.toml").write_text("name = 'b'\n", encoding="utf-8")
    assert read_settings(tmp_path).name == "a"
    assert read_settings(tmp_path / "other.toml").name == "b"


def test_adjustment_and_imputations_are_read():
    text = "file='a'\n[participants]\n[analysis]\nadjust_for=['age_years','sex']\n"
    settings = parse_settings(text + "multiple_imputation=20", FOLDER)
    assert settings.analysis.adjust_for == ("age_years", "sex")
    assert settings.analysis.multiple_imputation == 20
    assert parse_settings(text, FOLDER).analysis.multiple_imputation == 0
