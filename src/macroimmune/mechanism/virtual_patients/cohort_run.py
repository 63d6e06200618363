"""Running a cohort into a folder: some patients at a time, resumable, the same for any workers."""

import dataclasses
import hashlib
import json
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from macroimmune.errors import InputError
from macroimmune.mechanism.model import Engine, model_text
from macroimmune.mechanism.virtual_patients.cohort_frame import drawn_patients
from macroimmune.mechanism.virtual_patients.cohort_patients import run_patients
from macroimmune.mechanism.virtual_patients.cohort_plan import CohortPlan
from macroimmune.mechanism.virtual_patients.cohort_tables import (
    arms_frame,
    cohort_flow,
    weights_of,
)
from macroimmune.mechanism.virtual_patients.kept_observables import checked_names
from macroimmune.results.records import RunRecord
from macroimmune.work import WorkTask, run_tasks

__all__ = ["COHORT_FILES", "run_cohort"]

PATIENTS, COURSES, OUTCOMES = "patients.parquet", "courses.parquet", "outcomes.csv"
FLOW, ARMS, RUN_FILE = "flow.csv", "arms.csv", "run.json"
COHORT_FILES = (PATIENTS, COURSES, OUTCOMES, FLOW, ARMS, RUN_FILE)
_UNFINISHED = "unfinished"
_PER_TASK = 25
_PART_OUTCOMES = "outcomes.parquet"


def run_cohort(
    plan: CohortPlan,
    out: Path,
    *,
    workers: int = 1,
    scheduler: str = "",
    progress: Callable[[int, int], None] | None = None,
    command: str = "",
) -> RunRecord:
    """Run a cohort and write its tables.

    Parameters
    ----------
    plan : CohortPlan
    out : Path
        Folder; made if absent. It may hold this very cohort, finished or not: what is there is
        not run again.
    workers : int
        Processes of this machine; the tables are the same for any number.
    scheduler : str
        Address of a Dask scheduler; empty: this machine.
    progress : callable or None
        Called with (done, total) patients.
    command : str
        As typed, for the record.

    Returns
    -------
    run : RunRecord
        Also `run.json`, which is written last: a folder without it is not finished.

    Raises
    ------
    InputError
        If the folder holds other files, or a cohort of another plan; if a name is of nothing.

    Notes
    -----
    Convention: `patients.parquet` has a row per patient that was drawn, with the weight in the
    target population; `courses.parquet` one per patient, arm and kept day; `outcomes.csv` one per
    patient and arm; `flow.csv` who left when and why; `arms.csv` sums up each arm. At no time are
    more than the tables of 25 patients per process, and all patients without their courses, in
    memory.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    key = _key(plan)
    finished = _finished(out, key)
    if finished is not None:
        return finished
    checked_names(
        (*plan.observables, *(target.variable for target in plan.targets)), Engine().columns
    )
    parts = out / _UNFINISHED
    _run_parts(plan, key, parts, workers=workers, scheduler=scheduler, progress=progress)
    found = _write_tables(plan, out, [parts / name for name in _part_names(plan, key)])
    run = RunRecord(
        version=version("macroimmune"),
        command=command,
        started=started.isoformat(timespec="seconds"),
        duration_seconds=round(time.perf_counter() - clock, 3),
        seed=plan.seed,
        study={"cohort": key, **found},
        methods=_methods(plan),
    )
    _whole(out / RUN_FILE, lambda path: path.write_text(json.dumps(run.to_dict(), indent=2) + "\n"))
    shutil.rmtree(parts, ignore_errors=True)
    return run


def _key(plan: CohortPlan) -> str:
    """Return what tells a cohort: its plan, the model, and this version."""
    stated = json.dumps(dataclasses.asdict(plan), sort_keys=True)
    drawn = drawn_patients(dataclasses.replace(plan, patients=1)).write_csv()
    told = "\n".join((version("macroimmune"), stated, drawn, model_text()))
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def _finished(out: Path, key: str) -> RunRecord | None:
    """Return the record of this very cohort if it is whole.

    Raises
    ------
    InputError
        As `run_cohort` says.
    """
    if out.is_file():
        msg = f"{out}: a file; a cohort needs a folder: choose another --out"
        raise InputError(msg)
    names = {path.name for path in out.iterdir()} if out.is_dir() else set()
    ours = {*COHORT_FILES, *(f"{_UNFINISHED}-{name}" for name in COHORT_FILES), _UNFINISHED}
    foreign = sorted(names - ours)
    if foreign:
        msg = f"{out}: holds {foreign[0]}, which is no part of a cohort; choose another --out"
        raise InputError(msg)
    if RUN_FILE not in names:
        return None
    record = json.loads((out / RUN_FILE).read_text(encoding="utf-8"))
    if record["study"].get("cohort") != key:
        msg = f"{out}: holds a cohort of another plan, model or version; choose another --out"
        raise InputError(msg)
    fields: dict[str, Any] = record | {"inputs": (), "methods": tuple(record["methods"])}
    return RunRecord(**fields)


def _part_names(plan: CohortPlan, key: str) -> list[str]:
    return [f"patients-{first + 1:07d}-{key}" for first in range(0, plan.patients, _PER_TASK)]


def _run_parts(
    plan: CohortPlan,
    key: str,
    parts: Path,
    *,
    workers: int,
    scheduler: str,
    progress: Callable[[int, int], None] | None,
) -> None:
    drawn = drawn_patients(plan)
    tasks = [
        WorkTask(name, _run_part, (plan, drawn.slice(number * _PER_TASK, _PER_TASK)))
        for number, name in enumerate(_part_names(plan, key))
    ]

    def say(done: int, total: int) -> None:
        if progress is not None:
            progress(min(done * _PER_TASK, plan.patients), plan.patients)

    run_tasks(tasks, parts, workers=workers, scheduler=scheduler, progress=say)


def _run_part(arguments: tuple[CohortPlan, pl.DataFrame], folder: Path) -> None:
    found = run_patients(*arguments)
    found.patients.write_parquet(folder / PATIENTS)
    found.courses.write_parquet(folder / COURSES)
    found.outcomes.write_parquet(folder / _PART_OUTCOMES)


def _write_tables(plan: CohortPlan, out: Path, parts: list[Path]) -> dict[str, Any]:
    """Write all tables but the record, each whole or not at all; return what the record says."""
    patients = pl.concat(pl.read_parquet(part / PATIENTS) for part in parts)
    outcomes = pl.concat(pl.read_parquet(part / _PART_OUTCOMES) for part in parts)
    weights, told = weights_of(plan, patients)
    patients = patients.with_columns(weights)
    outcomes = outcomes.join(
        patients.select("patient", "weight"), on="patient", how="left", maintain_order="left"
    )
    arms = arms_frame(plan, outcomes)
    _whole(out / PATIENTS, patients.write_parquet)
    courses = pl.scan_parquet([part / COURSES for part in parts])
    _whole(out / COURSES, lambda path: courses.sink_parquet(path))
    _whole(out / OUTCOMES, outcomes.write_csv)
    _whole(out / FLOW, cohort_flow(plan, patients, outcomes).write_csv)
    _whole(out / ARMS, arms.write_csv)
    return {"patients": plan.patients, "arms": arms.to_dicts(), **told}


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file that appears under its name only when it is whole."""
    part = path.with_name(f"{_UNFINISHED}-{path.name}")
    write(part)
    part.replace(path)


def _methods(plan: CohortPlan) -> tuple[str, ...]:
    rules = plan.outcomes
    return (
        f"{plan.patients} virtual patients by a {plan.design.replace('_', ' ')} design over what "
        "differs between people, seed " + f"{plan.seed}.",
        "Who is unlike people before treatment is left out, with the reason.",
        f"Response by RECIST 1.1 from one ball of tumour per place, scans every {rules.scan_every} "
        "days, without confirmation.",
        f"Death at a hazard of {rules.death_hazard:g} x burden / ({rules.half_hazard:g} + burden) "
        f"+ {rules.other_hazard:g} per day, or at {rules.lethal:g} x 10^9 tumour cells.",
    )
