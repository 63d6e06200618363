"""The Python API: a few verbs that take a study and give frames, records and folders."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from macroimmune.association import Associations
from macroimmune.association import associate as associate_features
from macroimmune.cytometry import MeasuredCytometry, measure_cytometry
from macroimmune.features import FeatureTable
from macroimmune.features import compute_features as features_of
from macroimmune.report import write_report as write_page
from macroimmune.results import ResultsFolder, findings_frame, open_results
from macroimmune.study import Study
from macroimmune.workflow.many_results import pool_results
from macroimmune.workflow.opening import open_study
from macroimmune.workflow.pipeline import run_study
from macroimmune.workflow.raw_measurements import RawMeasurements, measure_raw_files
from macroimmune.workflow.refusals import (
    stop_on_errors,
    stop_without_cytometry,
    stop_without_repertoires,
    stop_without_stimulus,
)

__all__ = [
    "associate",
    "check",
    "compute_features",
    "gate",
    "measure_repertoires",
    "measure_responses",
    "meta_analysis",
    "run",
    "write_report",
]


def check(study: Study) -> pl.DataFrame:
    """Return all findings of a study, one per row; see the table `findings`."""
    return findings_frame(study.findings)


def compute_features(study: Study, *, workers: int = 1) -> FeatureTable:
    """Return every feature that the study allows; `.frame` holds the values.

    Its FCS files, if it lists any, are gated by `workers` processes.

    Raises
    ------
    StudyError
        If the study has findings that are errors.
    """
    stop_on_errors(study)
    return _features(study, workers)


def _features(study: Study, workers: int) -> FeatureTable:
    with TemporaryDirectory(prefix="macroimmune-") as work:
        measured = measure_raw_files(study, Path(work), workers=workers)
    return features_of(study, measured.populations, measured.features)


def gate(
    source: Study | str | Path,
    *,
    workers: int = 1,
    seed: int = 2021,
    export: str | Path | None = None,
) -> MeasuredCytometry:
    """Return the cell populations of a study's FCS files; `.tables` holds what was measured.

    With `export`, a folder, every file is also written there with a channel for each population.

    Raises
    ------
    StudyError
        If the study has findings that are errors, or lists no FCS file.
    """
    study = source if isinstance(source, Study) else open_study(source)
    stop_on_errors(study)
    stop_without_cytometry(study)
    with TemporaryDirectory(prefix="macroimmune-") as work:
        return measure_cytometry(
            study,
            Path(work),
            workers=workers,
            seed=seed,
            export=None if export is None else Path(export),
        )


def measure_responses(
    source: Study | str | Path, *, workers: int = 1, seed: int = 2021
) -> RawMeasurements:
    """Return how a study's cells answer stimuli; `.tables` holds responses, scores and checks.

    Raises
    ------
    StudyError
        If the study has findings that are errors, or no cells were stimulated.
    """
    study = source if isinstance(source, Study) else open_study(source)
    stop_on_errors(study)
    stop_without_stimulus(study)
    with TemporaryDirectory(prefix="macroimmune-") as work:
        return measure_raw_files(study, Path(work), workers=workers, seed=seed)


def measure_repertoires(
    source: Study | str | Path, *, workers: int = 1, seed: int = 2021
) -> RawMeasurements:
    """Return a study's T cell repertoires; `.tables` holds diversity, changes and sharing.

    Raises
    ------
    StudyError
        If the study has findings that are errors, or lists no repertoire.
    """
    study = source if isinstance(source, Study) else open_study(source)
    stop_on_errors(study)
    stop_without_repertoires(study)
    with TemporaryDirectory(prefix="macroimmune-") as work:
        return measure_raw_files(study, Path(work), workers=workers, seed=seed, only="repertoires")


def associate(study: Study, table: FeatureTable | None = None, *, seed: int = 2021) -> Associations:
    """Return how every feature goes with every endpoint; `.associations` holds the estimates.

    Raises
    ------
    StudyError
        If the study has findings that are errors.
    """
    stop_on_errors(study)
    return associate_features(study, table if table is not None else _features(study, 1), seed=seed)


def run(
    source: Study | str | Path, out: str | Path, *, seed: int = 2021, workers: int = 1
) -> ResultsFolder:
    """Run all stages on a study, or on what `open_study` can open, and write its results."""
    study = source if isinstance(source, Study) else open_study(source)
    return run_study(study, Path(out), command="macroimmune.run", seed=seed, workers=workers)


def meta_analysis(folders: Sequence[str | Path], out: str | Path) -> ResultsFolder:
    """Pool the associations of several results folders and write the pooled results."""
    return pool_results(
        [Path(one) for one in folders], Path(out), command="macroimmune.meta_analysis"
    )


def write_report(folder: str | Path) -> Path:
    """Write the report of a results folder anew and return its path."""
    return write_page(open_results(Path(folder)).path)
