"""The command line run in this process or in one of its own, and studies to run it on."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import macroimmune
from macroimmune.simulator import StudyPlan, write_virtual_study

SOURCE = Path(macroimmune.__file__).parents[1]


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code and what it said."""

    code: int
    data: str
    talk: str


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Return a function that runs a command line in `tmp_path`, in this process."""
    from macroimmune.cli import main
    from macroimmune.cli.talk import set_debug

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["macroimmune", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    yield run
    set_debug(on=False)


@pytest.fixture
def process(tmp_path):
    """Return a function that runs Python code in a process of its own."""

    def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(SOURCE), "COLUMNS": "80"}
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def virtual_study(tmp_path) -> Path:
    """Return a study folder of 60 virtual patients."""
    plan = StudyPlan(patients=60, seed=5, truth_patients=1000)
    return write_virtual_study(tmp_path / "my_study", plan).parent


@pytest.fixture
def cohort() -> pl.DataFrame:
    """Return one wide sheet, as people have it."""
    rng, n = np.random.default_rng(6), 80
    death, end = rng.exponential(400.0, n), rng.uniform(100.0, 900.0, n)
    return pl.DataFrame({
        "ID": [f"P{number:03d}" for number in range(n)],
        "Age": rng.integers(35, 85, n),
        "Sex": rng.choice(["F", "M"], n),
        "OS_days": np.ceil(np.minimum(death, end)).astype(int),
        "OS_event": (death <= end).astype(int),
        "BOR": rng.choice(["CR", "PR", "SD", "PD"], n),
        "ANC": np.round(rng.lognormal(1.4, 0.4, n), 2),
        "ALC": np.round(rng.lognormal(0.4, 0.3, n), 2),
        "LDH": np.round(rng.lognormal(5.4, 0.3, n), 1),
    })


SHEET = ("cohort.csv", "--os-time", "OS_days", "--os-event", "OS_event=1")


@pytest.fixture
def sheet(cohort, tmp_path) -> tuple[str, ...]:
    """Return the arguments that name one sheet and its outcome; it runs in a second."""
    cohort.write_csv(tmp_path / SHEET[0])
    return SHEET
