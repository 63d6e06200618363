import dataclasses
import json

import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import Scenario
from macroimmune.mechanism.virtual_patients import (
    CohortArm,
    CohortPlan,
    OutcomeRules,
    Target,
    cohort_run,
    run_cohort,
)

SCENARIO = Scenario(
    "generic tumour",
    species="human",
    tumour="pancreatic_human",
    tumour_days=200,
    settle_days=5,
    days=60,
)
PLAN = CohortPlan(
    SCENARIO,
    arms=(CohortArm("a"), CohortArm("b")),
    allocation="randomised",
    patients=30,
    observables=("Neu_bl", "G-CSF concentration in blood"),
    days=(30,),
    outcomes=OutcomeRules(scan_every=20, scan_error=0.1),
)
TABLES = ("patients.parquet", "courses.parquet", "outcomes.csv", "flow.csv", "arms.csv")


def bytes_of(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("cohort") / "whole"
    told = []
    run_cohort(PLAN, out, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 30), (25, 30), (30, 30)]
    return out


def test_the_tables_hold_every_patient(whole):
    patients = pl.read_parquet(whole / "patients.parquet")
    outcomes = pl.read_csv(whole / "outcomes.csv")
    courses = pl.read_parquet(whole / "courses.parquet")
    assert patients["patient"].to_list() == list(range(1, 31))
    stays = patients.filter(pl.col("status") == "")
    assert outcomes["patient"].to_list() == stays["patient"].to_list()
    assert stays["weight"].sum() == pytest.approx(1.0)
    assert courses["day"].unique().sort().to_list() == [-1.0, 30.0]
    assert courses.height == 2 * stays.height
    assert "G-CSF concentration in blood" in courses.columns


def test_the_flow_accounts_for_every_patient(whole):
    flow = pl.read_csv(whole / "flow.csv")
    before = flow.filter(~pl.col("step").str.contains(":"))
    treated = flow.filter(pl.col("step").str.starts_with("treated"))
    assert before["n"][0] == 30
    assert before["n"][-1] == 30 - before["n_excluded"].sum() == treated["n"].sum()
    assert all(before.filter(pl.col("n_excluded") > 0)["reason"].str.len_chars() > 0)


def test_a_stopped_run_goes_on_and_the_tables_are_the_same(whole, tmp_path, monkeypatch):
    out = tmp_path / "stopped"
    ran = []
    real = cohort_run.run_patients

    def stopping(plan, drawn):
        if len(ran) == 1:
            raise KeyboardInterrupt
        ran.append(drawn["patient"][0])
        return real(plan, drawn)

    monkeypatch.setattr(cohort_run, "run_patients", stopping)
    with pytest.raises(KeyboardInterrupt):
        run_cohort(PLAN, out)
    assert not (out / "run.json").exists()
    monkeypatch.setattr(
        cohort_run,
        "run_patients",
        lambda plan, drawn: (ran.append(drawn["patient"][0]), real(plan, drawn))[1],
    )
    run_cohort(PLAN, out)
    assert ran == [1, 26]
    assert bytes_of(out) == bytes_of(whole)
    assert sorted(path.name for path in out.iterdir()) == sorted((*TABLES, "run.json"))


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(whole, tmp_path):
    run_cohort(PLAN, tmp_path / "two", workers=2)
    assert bytes_of(tmp_path / "two") == bytes_of(whole)


def test_a_finished_cohort_is_not_run_again(whole, monkeypatch):
    monkeypatch.setattr(cohort_run, "run_patients", None)
    record = run_cohort(PLAN, whole)
    assert record.to_dict() == json.loads((whole / "run.json").read_text()) | {
        "inputs": (),
        "methods": record.methods,
    }


def test_another_plan_or_other_files_are_refused(whole, tmp_path):
    with pytest.raises(InputError, match="holds a cohort of another plan"):
        run_cohort(dataclasses.replace(PLAN, seed=2), whole)
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match=r"holds letter\.txt"):
        run_cohort(PLAN, tmp_path)
    with pytest.raises(InputError, match="a file"):
        run_cohort(PLAN, tmp_path / "letter.txt")


def test_an_unknown_observable_stops_before_anything_is_run(tmp_path):
    wrong = dataclasses.replace(PLAN, observables=("G-CSF concentration in blod",))
    with pytest.raises(InputError, match="Did you mean 'G-CSF concentration in blood'"):
        run_cohort(wrong, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_patients_are_weighted_to_the_target_population(whole, tmp_path):
    before = pl.read_parquet(whole / "patients.parquet").filter(pl.col("status") == "")["Neu_bl"]
    wanted = float(before.mean()) * 1.1
    plan = dataclasses.replace(PLAN, targets=(Target("Neu_bl", "mean", wanted),))
    run = run_cohort(plan, tmp_path / "out")
    patients = pl.read_parquet(tmp_path / "out" / "patients.parquet")
    found = patients.filter(pl.col("status") == "")
    assert (found["Neu_bl"] * found["weight"]).sum() == pytest.approx(wanted, rel=1e-4)
    assert 1 < run.study["effective_sample_size"] < found.height
    assert patients["weight"].null_count() == patients.height - found.height


def test_a_target_out_of_reach_is_told_and_weights_are_equal(tmp_path):
    targets = (Target("Neu_bl", "mean", 1e6),)
    plan = dataclasses.replace(PLAN, patients=5, ranges=(), targets=targets)
    run = run_cohort(plan, tmp_path / "out")
    assert "cannot be met" in run.study["weights_status"]
    assert run.study["effective_sample_size"] == 5.0
