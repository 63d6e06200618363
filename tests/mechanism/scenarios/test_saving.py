import json
from pathlib import Path

import polars as pl
import pytest

from macroimmune.errors import ResultsError
from macroimmune.mechanism.scenarios import (
    Scenario,
    read_scenario,
    run_scenario,
    save_scenario_run,
    tidy_course,
)
from macroimmune.results import RESULT_TABLES


@pytest.fixture
def run():
    scenario = Scenario("x", settle_days=0, days=2, host={"more_GCSF": 3.0})
    return run_scenario(scenario, observables=[("blood", "G-CSF concentration")])


def test_what_is_saved_gives_the_run_again(run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    save_scenario_run(run, out, command="simulate run x")
    assert {path.name for path in out.iterdir()} == {"course.csv", "scenario.toml", "run.json"}
    again = run_scenario(read_scenario(out / "scenario.toml"))
    assert again.course.equals(run.course)
    saved = pl.read_csv(out / "course.csv", schema_overrides=RESULT_TABLES["model_course"].schema)
    assert saved["value"].equals(tidy_course(run)["value"], null_equal=True)
    record = json.loads((out / "run.json").read_text())
    assert record["command"] == "simulate run x"
    assert record["study"]["values"] == {"more_GCSF": 3.0}


def test_earlier_results_are_replaced_and_other_files_never(run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    save_scenario_run(run, out)
    save_scenario_run(run, out)
    (out / "mine.txt").write_text("mine")
    with pytest.raises(ResultsError, match=r"mine\.txt"):
        save_scenario_run(run, out)
    assert (out / "mine.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
