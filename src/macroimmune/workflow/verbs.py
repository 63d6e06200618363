"""The Python API: a few verbs that take a study and give frames, records and folders."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from macroimmune.association import Associations
from macroimmune.association import associate as associate_features
from macroimmune.features import FeatureTable
from macroimmune.features import compute_features as features_of
from macroimmune.report import write_report as write_page
from macroimmune.results import ResultsFolder, findings_frame, open_results
from macroimmune.study import Study
from macroimmune.workflow.many_results import pool_results
from macroimmune.workflow.opening import open_study
from macroimmune.workflow.pipeline import run_study, stop_on_errors

__all__ = ["associate", "check", "compute_features", "meta_analysis", "run", "write_report"]


def check(study: Study) -> pl.DataFrame:
    """Return all findings of a study, one per row; see the table `findings`."""
    return findings_frame(study.findings)


def compute_features(study: Study) -> FeatureTable:
    """Return every feature that the study allows; `.frame` holds the values.

    Raises
    ------
    StudyError
        If the study has findings that are errors.
    """
    stop_on_errors(study)
    return features_of(study)


def associate(study: Study, table: FeatureTable | None = None, *, seed: int = 2021) -> Associations:
    """Return how every feature goes with every endpoint; `.associations` holds the estimates.

    Raises
    ------
    StudyError
        If the study has findings that are errors.
    """
    stop_on_errors(study)
    return associate_features(study, table if table is not None else features_of(study), seed=seed)


def run(source: Study | str | Path, out: str | Path, *, seed: int = 2021) -> ResultsFolder:
    """Run all stages on a study, or on what `open_study` can open, and write its results."""
    study = source if isinstance(source, Study) else open_study(source)
    return run_study(study, Path(out), command="macroimmune.run", seed=seed)


def meta_analysis(folders: Sequence[str | Path], out: str | Path) -> ResultsFolder:
    """Pool the associations of several results folders and write the pooled results."""
    return pool_results(
        [Path(one) for one in folders], Path(out), command="macroimmune.meta_analysis"
    )


def write_report(folder: str | Path) -> Path:
    """Write the report of a results folder anew and return its path."""
    return write_page(open_results(Path(folder)).path)
