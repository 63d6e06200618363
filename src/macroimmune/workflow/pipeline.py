"""From a study to a results folder: the stages in order, written whole or not at all."""

import shutil
import time
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import polars as pl

from macroimmune.association import Associations, associate, study_summary
from macroimmune.cytometry import work_beside
from macroimmune.errors import InputError
from macroimmune.features import FeatureTable, compute_features, feature_list
from macroimmune.report import write_report
from macroimmune.results import (
    RESULT_TABLES,
    ResultsFolder,
    RunRecord,
    findings_frame,
    flow_frame,
    open_results,
    save_run,
    save_table,
    writing_results,
)
from macroimmune.study import Study
from macroimmune.workflow.cytometry_methods import cytometry_methods
from macroimmune.workflow.frequencies_per_microlitre import with_cells_per_microlitre
from macroimmune.workflow.raw_measurements import RawKind, RawMeasurements, measure_raw_files
from macroimmune.workflow.refusals import stop_on_errors, stop_without_outcome
from macroimmune.workflow.repertoire_methods import repertoire_methods
from macroimmune.workflow.response_methods import response_methods
from macroimmune.workflow.true_frequencies import truth_frequencies

__all__ = ["Progress", "Stage", "run_study"]

Stage = Literal["gates", "responses", "repertoires", "features", "associate", "report"]
Progress = Callable[[str, int, int], None]
STAGES: tuple[Stage, ...] = (
    "gates",
    "responses",
    "repertoires",
    "features",
    "associate",
    "report",
)
# Stages that test nothing, so that no outcome is needed.
_WITHOUT_TESTS = ("gates", "responses", "repertoires", "features")
_WITH_REPORT = ("gates", "responses", "repertoires", "report")
# Of stages that look at one kind of raw file alone, that kind; all others read every kind.
_ONLY: MappingProxyType[Stage, RawKind] = MappingProxyType({
    "gates": "cytometry",
    "repertoires": "repertoires",
})
# Written also without rows; the other tables only where a study has what they need.
_ALWAYS = ("associations", "predictive", "agreement", "ledger", "curves")


def run_study(
    study: Study,
    out: Path,
    *,
    command: str,
    last_stage: Stage = "report",
    truth: pl.DataFrame | None = None,
    true_fractions: pl.DataFrame | None = None,
    seed: int = 2021,
    workers: int = 1,
    scheduler: str = "",
    export: Path | None = None,
    progress: Progress | None = None,
) -> ResultsFolder:
    """Run the stages up to `last_stage` and write the results folder.

    Parameters
    ----------
    study : Study
    out : Path
        The results folder; replaced whole when all is written, untouched on an error.
    command : str
        As typed, for `run.json`.
    last_stage : {"gates", "responses", "repertoires", "features", "associate", "report"}
        The first four test no outcome; the first three write the report all the same, and `gates`
        and `repertoires` read no raw files but their own.
    truth : polars DataFrame or None
        Of a virtual study, table `truth` of the results contract.
    true_fractions : polars DataFrame or None
        Of a virtual study's FCS files: file, leaf, fraction.
    seed : int
        Of every random draw of the run; of a virtual study too.
    workers : int
        Processes that read raw files.
    scheduler : str
        Address of a Dask scheduler that they run on; empty: this machine.
    export : Path or None
        Folder into which FCS files are written with their labels.
    progress : callable or None
        Called with (stage, done, total).

    Returns
    -------
    results : ResultsFolder

    Raises
    ------
    StudyError
        If the study has findings that are errors, or is to be tested and nobody has an endpoint.
    InputError
        If FCS files cannot be exported where they are to be.
    ResultsError
        If `out` holds something other than results.
    """
    stop_on_errors(study)
    _stop_export_inside(export, out)
    if last_stage not in _WITHOUT_TESTS:
        stop_without_outcome(study)
    started, clock = datetime.now(UTC), time.monotonic()
    say = progress or (lambda stage, done, total: None)
    # The place is asked for first: nobody should wait for results that cannot be written.
    with writing_results(out) as folder:
        measured = measure_raw_files(
            study,
            work_beside(out),
            seed=seed,
            workers=workers,
            scheduler=scheduler,
            export=export,
            only=_ONLY.get(last_stage),
            progress=say,
        )
        study = replace(study, findings=study.findings + measured.findings)
        say("features", 0, 1)
        features = compute_features(study, measured.populations, measured.features)
        say("features", 1, 1)
        found = None
        if last_stage not in _WITHOUT_TESTS:
            found = associate(
                study,
                features,
                seed=seed,
                progress=lambda done, total: say("associate", done, total),
            )
            study = replace(study, findings=study.findings + found.refusals)
        _save(folder, study, features, found)
        _save_measured(folder, measured, features)
        if true_fractions is not None and measured.cytometry is not None:
            beside = truth_frequencies(measured.tables["cell_frequencies"], true_fractions)
            if beside.height:
                save_table(folder, "truth_frequencies", beside)
        if truth is not None:
            save_table(folder, "truth", truth)
        record = RunRecord(
            version=version("macroimmune"),
            command=command,
            started=started.isoformat(timespec="seconds"),
            duration_seconds=round(time.monotonic() - clock, 2),
            seed=seed if found is not None or measured.tables else None,
            study=_described(study, features, found),
            inputs=study.files,
            methods=(
                *(cytometry_methods(measured.tables, seed) if measured.cytometry else ()),
                *response_methods(measured.tables, seed),
                *repertoire_methods(measured.tables, study.analysis.repertoires),
                *(found.methods if found is not None else ()),
            ),
        )
        save_run(folder, record)
        if last_stage in _WITH_REPORT:
            say("report", 0, 1)
            write_report(folder)
            say("report", 1, 1)
    shutil.rmtree(work_beside(out), ignore_errors=True)
    return open_results(out)


def _stop_export_inside(export: Path | None, out: Path) -> None:
    """Refuse to export into the results folder, which is replaced whole.

    Raises
    ------
    InputError
        With what to do.
    """
    if export is not None and export.resolve().is_relative_to(out.resolve()):
        msg = (
            f"{export}: lies in the results folder {out}, which is replaced whole; expected "
            "another folder"
        )
        raise InputError(msg)


def _described(
    study: Study, features: FeatureTable, found: Associations | None
) -> dict[str, object]:
    counts = {
        "n_features": len(features.computed),
        "n_tests": found.ledger.height if found is not None else 0,
    }
    return study_summary(study) | counts


def _save(folder: Path, study: Study, features: FeatureTable, found: Associations | None) -> None:
    save_table(folder, "findings", findings_frame(study.findings))
    save_table(folder, "participant_flow", flow_frame(study.flow))
    save_table(folder, "features", features.frame)
    save_table(folder, "feature_list", feature_list(features))
    (folder / "study.toml").write_text(study.settings_text, encoding="utf-8")
    if found is None:
        return
    for field in fields(found):
        frame = getattr(found, field.name)
        if field.name in _ALWAYS or (field.name in RESULT_TABLES and not frame.is_empty()):
            save_table(folder, field.name, frame)


def _save_measured(folder: Path, measured: RawMeasurements, features: FeatureTable) -> None:
    for name, frame in measured.tables.items():
        if name == "cell_frequencies":
            frame = with_cells_per_microlitre(frame, features.frame)
        if not frame.is_empty():
            save_table(folder, name, frame)
