"""The commands that fit the model and tell its sensitivity leave declared tables."""

import polars as pl


def test_a_fit_prints_losses_and_leaves_its_tables(command, tmp_path):
    out = tmp_path / "fitted"
    few = ("--quantities", "--parameter", "granulopoiesis_GCSF", "--parameter", "release_GCSF")
    asked = ("--starts", "1", "--evaluations", "6", "--ranges", "--workers", "1")
    found = command("simulate", "fit", *few, *asked, "--out", str(out))
    assert found.code == 0
    lines = [line.split("\t") for line in found.data.splitlines()]
    assert lines[0] == ["section", "loss_before", "loss_after"]
    assert lines[-1][0] == "all"
    assert float(lines[-1][2]) < float(lines[-1][1])
    targets = pl.read_csv(out / "model_fit_targets.csv")
    assert targets.filter(pl.col("after").is_null() & pl.col("status").is_null()).is_empty()
    held = {row["name"]: row for row in pl.read_csv(out / "model_identifiability.csv").to_dicts()}
    assert held["granulopoiesis_GCSF"]["low"] < held["granulopoiesis_GCSF"]["high"]
    assert held["granulopoiesis_GCSF"]["joint_sd"] < held["granulopoiesis_GCSF"]["prior_sd"]
    parameters = pl.read_csv(out / "model_fit_parameters.csv")
    assert set(parameters["parameter"]) == {"granulopoiesis_GCSF", "release_GCSF"}
    assert pl.read_csv(out / "model_fit_starts.csv").height == 1


def test_an_unknown_method_of_sensitivity_is_one_line(command, tmp_path):
    found = command("simulate", "sensitivity", "--method", "sobl", "--out", str(tmp_path / "s"))
    assert found.code == 1
    assert found.talk.startswith("error: method 'sobl' is unknown. Did you mean 'sobol'?")


def test_a_fit_that_finds_nothing_better_writes_nothing(command, tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(
        "macroimmune.mechanism.fitting.write_to_model", lambda *told: written.append(told)
    )
    # No quantity is measured under imatinib, and the value is the middle of its range.
    asked = ("--quantities", "--parameter", "kill_imatinib", "--starts", "1", "--evaluations", "3")
    found = command("simulate", "fit", *asked, "--write", "--out", str(tmp_path / "fitted"))
    assert found.code == 0
    assert "it is left as it is" in found.talk
    assert not written
