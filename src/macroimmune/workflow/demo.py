"""The demo: a virtual study with known truth, written as ordinary files and run like any study."""

import dataclasses
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

import polars as pl

from macroimmune.results import RESULT_TABLES, ResultsFolder, conform
from macroimmune.simulator import StudyPlan, available_workers, write_virtual_study
from macroimmune.simulator.truth import EFFECTS_FILE
from macroimmune.workflow.opening import open_study
from macroimmune.workflow.pipeline import Progress, run_study

__all__ = ["demo_plan", "run_demo"]

# Raw files are of the first few patients: enough to look at, small enough to be written in seconds.
# Of cytometry and gene activity more than 20, without whom responsiveness has no reference.
_RAW_FILES: MappingProxyType[str, Mapping[str, object]] = MappingProxyType({
    "cytometry": {
        "participants": 26,
        "visits": ("baseline",),
        "stimuli": ("unstimulated", "ifn_late"),
        "events_per_file": 3_000,
        "bridging_control": False,
    },
    "repertoires": {
        "participants": 24,
        "visits": ("baseline", "week 6"),
        "clones": 20_000,
        "naive_clones": 2_000_000,
        "blood_cells": 10_000,
        "tumour_cells": 2_000,
        "single_cell_participants": 2,
        "single_cells": 800,
        "compressed": True,
    },
    "expression": {"participants": 2},
    "chromatin": {"participants": 26},
    "microbiome": {"participants": 60},
})
_FRACTIONS = "truth/cytometry_fractions.csv"
# Single-cell RNA is written as h5ad, for which a package is needed that may be absent.
_NEEDS_H5PY = "expression"


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
        The default one, with raw files of the first few patients: of every kind, but single-cell
        RNA only where h5py is installed.
    """
    plan = StudyPlan(name="Virtual study, anti-PD1", patients=participants, seed=seed)
    changes = {
        kind: dataclasses.replace(getattr(plan, kind), is_written=True, **settings)
        for kind, settings in _RAW_FILES.items()
        if kind != _NEEDS_H5PY or find_spec("h5py")
    }
    return dataclasses.replace(plan, **changes)


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
        true_fractions=pl.read_csv(path.parent / _FRACTIONS),
        seed=seed,
        workers=available_workers(),
        progress=progress,
    )


def _truth(study: Path) -> pl.DataFrame:
    """Return the true effects that were written beside a study."""
    declared = RESULT_TABLES["truth"].schema
    return conform("truth", pl.read_csv(study / EFFECTS_FILE, schema_overrides=declared))
