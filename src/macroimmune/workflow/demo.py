"""The demo: a virtual study with known truth, written as ordinary files and run like any study."""

import dataclasses
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from macroimmune.results import RESULT_TABLES, ResultsFolder, conform
from macroimmune.simulator import StudyPlan, available_workers, write_virtual_study
from macroimmune.simulator.truth import EFFECTS_FILE
from macroimmune.simulator.virtual_study import raw_kinds
from macroimmune.workflow.opening import open_study
from macroimmune.workflow.pipeline import Progress, run_study

__all__ = ["demo_plan", "run_demo"]

# Raw files are of so many patients: enough to look at, small enough to be written in seconds.
_WITH_RAW_FILES = 2
# What a package that may be absent is needed for.
_NEEDS = {"expression": "h5py", "chromatin": "h5py"}


def demo_plan(participants: int, seed: int) -> StudyPlan:
    """Return the plan of the demo.

    Parameters
    ----------
    participants : int
        Patients with tables.
    seed : int

    Returns
    -------
    plan : StudyPlan
        The default one, with raw files of the first two patients: of every kind, but of those that
        need h5py only where that is installed.
    """
    plan = StudyPlan(name="Virtual study, anti-PD1", patients=participants, seed=seed)
    can_be = [kind for kind in raw_kinds() if kind not in _NEEDS or find_spec(_NEEDS[kind])]
    few = {
        kind: dataclasses.replace(
            getattr(plan, kind), is_written=True, participants=_WITH_RAW_FILES
        )
        for kind in can_be
    }
    return dataclasses.replace(plan, **few)


def run_demo(
    out: Path, *, participants: int, seed: int, command: str, progress: Progress | None = None
) -> ResultsFolder:
    """Write a virtual study into `out/study`, run it into `out/results` and return the results.

    Parameters
    ----------
    out : Path
    participants : int
    seed : int
        The same seed gives the same files and the same numbers.
    command : str
        As typed, for `run.json`.
    progress : callable or None
        As in `run_study`.

    Returns
    -------
    results : ResultsFolder
        The report there shows truth beside estimate.

    Raises
    ------
    InputError
        If `out/study` holds other files or another study.
    """
    plan = demo_plan(participants, seed)

    def written(done: int, total: int) -> None:
        if progress is not None:
            progress("study", done, total)

    path = write_virtual_study(out / "study", plan, workers=available_workers(), progress=written)
    return run_study(
        open_study(path.parent),
        out / "results",
        command=command,
        truth=_truth(path.parent),
        seed=seed,
        progress=progress,
    )


def _truth(study: Path) -> pl.DataFrame:
    """Return the true effects that were written beside a study."""
    declared = RESULT_TABLES["truth"].schema
    return conform("truth", pl.read_csv(study / EFFECTS_FILE, schema_overrides=declared))
