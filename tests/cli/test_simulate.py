"""macroimmune simulate: plans and virtual studies from the command line."""

import tomllib

import polars as pl
import pytest

from macroimmune.simulator import StudyPlan, plan_text, read_plan

FAST = "truth_patients = 1000\n"


@pytest.fixture
def plan_file(tmp_path):
    """Return the path of a plan of 20 patients whose truth is made of few."""
    path = tmp_path / "mine.toml"
    path.write_text(f"patients = 20\n{FAST}", encoding="utf-8")
    return path


def test_the_plan_that_is_printed_is_the_default_one_and_can_be_read(command, tmp_path):
    outcome = command("simulate", "plan")
    assert (outcome.code, outcome.talk) == (0, "")
    (tmp_path / "plan.toml").write_text(outcome.data, encoding="utf-8")
    assert read_plan(tmp_path / "plan.toml") == StudyPlan()


def test_a_plan_of_some_settings_is_printed_whole(command, plan_file):
    printed = command("simulate", "plan", "--plan", plan_file).data
    assert printed == plan_text(StudyPlan(patients=20, truth_patients=1000))


def test_options_override_the_plan(command, plan_file, tmp_path):
    outcome = command(
        *("simulate", "study", "out", "--plan", plan_file, "--patients", 9, "--healthy", 2),
        *("--seed", 3, "--arms", "chemotherapy, anti-PD1 + anti-CTLA4", "--workers", 1),
        *("--trouble", "line-endings", "--with", "microbiome"),
    )
    assert (outcome.code, outcome.data) == (0, "")
    assert "9 patients, 2 healthy people in" in outcome.talk
    stated = read_plan(tmp_path / "out" / "plan.toml")
    assert (stated.patients, stated.healthy, stated.seed) == (9, 2, 3)
    assert [arm.name for arm in stated.arms] == ["chemotherapy", "anti-PD1 + anti-CTLA4"]
    assert stated.troubles == ("line-endings",)
    assert stated.microbiome.is_written
    assert not stated.cytometry.is_written
    settings = tomllib.loads((tmp_path / "out" / "study.toml").read_text(encoding="utf-8"))
    assert settings["analysis"]["control_arms"] == ["chemotherapy"]


def test_options_given_several_times_add_up(command, plan_file, tmp_path):
    outcome = command(
        *("simulate", "study", "out", "--plan", plan_file, "--arms", "a", "--arms", "b"),
        *("--trouble", "line-endings", "--trouble", "reversed-events"),
    )
    assert outcome.code == 0
    stated = read_plan(tmp_path / "out" / "plan.toml")
    assert [arm.name for arm in stated.arms] == ["a", "b"]
    assert stated.troubles == ("line-endings", "reversed-events")


def test_the_same_command_goes_on_and_another_one_is_refused(command, plan_file):
    study = ("simulate", "study", "out", "--plan", plan_file)
    assert command(*study).code == 0
    assert command(*study).code == 0
    outcome = command(*study, "--seed", 4)
    assert outcome.code == 1
    assert "another plan or version (there seed = 2021, now seed = 4); choose" in outcome.talk
    assert len(outcome.talk.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "plan", "said"),
    [
        (("--with", "citometry"), "", "'citometry': no such kind of files. Did you mean"),
        (("--trouble", "reversed-event"), "", "Did you mean 'reversed-events'?"),
        (("--arms", "a,a"), "", "'a' stands there twice"),
        ((), '[[effects]]\nfeature = "serum_ldl"', "Did you mean 'serum_ldh'?"),
        (
            (),
            "[[effects]]\nhazard_ratio = 2.0",
            "effects[1].feature: must be given; which",
        ),
        ((), "[proteins]\nnoize = 1", "mine.toml.proteins.noize: no such setting. Did you mean"),
        ((), "[outcomes]\nresponse = 130", "response = 130: outside 0.001 to 0.999"),
        ((), "[outcomes]\nlost_per_year = -1", "lost_per_year = -1: outside 0 to 10"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(command, tmp_path, options, plan, said):
    (tmp_path / "mine.toml").write_text(FAST + plan, encoding="utf-8")
    outcome = command("simulate", "study", "out", "--plan", "mine.toml", *options)
    assert outcome.code == 1
    assert outcome.talk.startswith("error: ")
    assert len(outcome.talk.splitlines()) == 1
    assert said in outcome.talk
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "options",
    [(), ("out", "--patients", "0"), ("out", "--seed", "-1"), ("out", "--workers", "none")],
)
def test_wrong_usage_exits_with_2(command, options):
    assert command("simulate", "study", *options).code == 2


def test_a_plan_that_is_not_there_is_told_with_its_name(command):
    outcome = command("simulate", "study", "out", "--plan", "nowhere.toml")
    assert outcome.code == 1
    assert "nowhere.toml: cannot be read (No such file or directory); correct" in outcome.talk


@pytest.mark.parametrize("option", ["--arms", "--with", "--trouble"])
def test_an_option_without_a_name_is_refused(command, option, tmp_path):
    outcome = command("simulate", "study", "out", option, " , ")
    assert outcome.code == 2
    assert f"'{option}'" in outcome.talk.replace('"', "'") or option in outcome.talk
    assert "holds no name" in outcome.talk
    assert not (tmp_path / "out").exists()


def test_what_is_taken_of_new_arms_is_said(command, plan_file):
    outcome = command("simulate", "study", "out", "--plan", plan_file, "--arms", "chemo,anti-PD1")
    assert outcome.code == 0
    assert "arms 'chemo': taken as immunotherapy without an effect" in outcome.talk
    assert "generated patients" not in outcome.talk


def test_a_truth_that_takes_a_while_is_announced(command, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "macroimmune.simulator.write_virtual_study",
        lambda folder, *_, **__: folder / "study.toml",
    )
    (tmp_path / "mine.toml").write_text("[outcomes]\nos_median_months = 12.0", encoding="utf-8")
    said = command("simulate", "study", "out", "--plan", "mine.toml").talk
    assert "fitted to 1,000,000 generated patients" in said
    assert "generated patients" not in command("simulate", "study", "out").talk


def test_whoever_stops_it_is_told_how_it_goes_on(command, plan_file, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("macroimmune.simulator.write_virtual_study", stop)
    outcome = command("simulate", "study", "out", "--plan", plan_file)
    assert outcome.code == 130
    assert outcome.talk == "stopped; the same command goes on with what out lacks\n"


def test_the_files_can_be_checked_as_they_are(command, plan_file, tmp_path):
    command("simulate", "study", "out", "--plan", plan_file)
    outcome = command("check", "out")
    assert outcome.code == 0
    assert "20 participants; 0 errors" in outcome.talk
    assert pl.read_csv(tmp_path / "out" / "patients.csv").height == 20


def test_a_comparison_without_cohorts_says_why_it_prints_nothing(command, tmp_path, monkeypatch):
    monkeypatch.setenv("MACROIMMUNE_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    outcome = command("simulate", "compare", "--out", "realism", "--people", 200)
    assert (outcome.code, outcome.data) == (0, "")
    assert "no cohort is on this machine, so no distances" in outcome.talk
