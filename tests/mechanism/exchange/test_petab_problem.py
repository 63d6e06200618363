import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import petab.v1 as petab_v1
import petab.v2 as petab_v2
import pytest

from macroimmune.mechanism.exchange import PlannedRun, petab_files, run_sbml
from macroimmune.mechanism.model import Engine, parameters


@pytest.fixture
def problem_file(dosed: PlannedRun, engine: Engine, tmp_path: Path) -> Path:
    files = petab_files(dosed, dosed.course(engine), engine.populations)
    for name, text in {**files, "model.xml": run_sbml(dosed)}.items():
        (tmp_path / name).write_text(text)
    return tmp_path / "problem.yaml"


def test_petab_finds_nothing_wrong(problem_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert not petab_v1.lint_problem(petab_v1.Problem.from_yaml(str(problem_file)))
    assert "completed successfully" in caplog.text


def test_it_can_be_read_as_version_2_too(problem_file: Path) -> None:
    assert list(petab_v2.Problem.from_yaml(str(problem_file)).validate()) == []


def test_immune_parameters_have_the_bounds_of_the_table(problem_file: Path) -> None:
    table = petab_v1.Problem.from_yaml(str(problem_file)).parameter_df
    immune = {name: p for name, p in parameters().items() if p.role == "immune"}
    assert set(table.index) == set(immune)
    assert table["lowerBound"].to_dict() == {name: p.low for name, p in immune.items()}
    assert table["upperBound"].to_dict() == {name: p.high for name, p in immune.items()}
    assert table["nominalValue"].to_dict() == {name: p.value for name, p in immune.items()}


def test_what_the_scenario_sets_is_the_condition(problem_file: Path, dosed: PlannedRun) -> None:
    conditions = petab_v1.Problem.from_yaml(str(problem_file)).condition_df
    assert conditions.index.tolist() == ["doses___more"]
    assert conditions.drop(columns="conditionName").iloc[0].to_dict() == dosed.values


def test_measurements_are_the_run_every_week(
    problem_file: Path, dosed: PlannedRun, engine: Engine
) -> None:
    table = petab_v1.Problem.from_yaml(str(problem_file)).measurement_df
    tumour = table[table["observableId"] == "observable_Tum"]
    course = dosed.course(engine)
    assert tumour["time"].tolist() == [*range(0, 60, 7), 60]
    assert np.array_equal(
        tumour["measurement"], course.values[[*range(0, 60, 7), 60], course.columns.index("Tum")]
    )


def test_populations_that_stay_at_zero_are_not_observed(dosed: PlannedRun, engine: Engine) -> None:
    bare = replace(dosed, actions=[])
    files = petab_files(bare, bare.course(engine), engine.populations)
    assert "observable_Neu_bl" in files["observables.tsv"]
    assert "observable_Tum" not in files["observables.tsv"]


def test_an_immune_value_of_a_run_is_the_nominal_value(dosed: PlannedRun, engine: Engine) -> None:
    drawn = replace(dosed, values={**dosed.values, "stay_HSC": 25.0})
    files = petab_files(drawn, drawn.course(engine), engine.populations)
    assert "stay_HSC" not in files["conditions.tsv"]
    row = next(r for r in files["parameters.tsv"].splitlines() if r.startswith("stay_HSC\t"))
    assert row.split("\t")[5] == "25.0"
