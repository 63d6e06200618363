"""macroimmune simulate cohort: virtual patients from the command line."""

import csv
import io


def test_a_scenario_becomes_a_cohort_with_a_line_per_arm(command):
    asked = ("simulate", "cohort", "human_tumour", "--patients", 4, "--seed", 2, "--out", "out")
    outcome = command(*asked)
    assert outcome.code == 0, outcome.talk
    (arm,) = csv.DictReader(io.StringIO(outcome.data), delimiter="\t")
    assert arm["arm"] == "human_tumour"
    assert "effective sample size" in outcome.talk
    assert command(*asked).data == outcome.data


def test_a_plan_is_told_from_a_scenario(command, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text(
        'scenario = "human_tumour"\nlength = 60\n[[arms]]\nname = "a"\n[[arms]]\nname = "b"\n'
    )
    outcome = command("simulate", "cohort", plan, "--patients", 3, "--out", "out")
    assert [line.split("\t")[0] for line in outcome.data.splitlines()] == ["arm", "a", "b"]
    plan.write_text('scenario = "human_tumour"\npatient = 3\n')
    wrong = command("simulate", "cohort", plan, "--out", "other")
    assert wrong.code == 1
    assert "Did you mean 'patients'" in wrong.talk


def test_a_scenario_that_is_not_there_is_told_in_one_line(command):
    outcome = command("simulate", "cohort", "human_tumor", "--out", "out")
    assert outcome.code == 1
    assert outcome.talk.strip().endswith("Did you mean 'human_tumour'?")
