"""Cytometry of a study: from its FCS files to populations, features and findings."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from macroimmune.cytometry.alignment import (
    BatchedFile,
    FileQuantiles,
    MeasuredBatches,
    measure_and_align,
)
from macroimmune.cytometry.response import donor_pairs, well_pairs
from macroimmune.cytometry.stage.comparisons import compared_abundance
from macroimmune.cytometry.stage.confounders import labels_of_files
from macroimmune.cytometry.stage.exported_files import export_paths, refuse_loss
from macroimmune.cytometry.stage.feature_rows import feature_rows, ratio_rows
from macroimmune.cytometry.stage.first_look import (
    LEFT_OUT,
    QUANTILES,
    random_numbers,
)
from macroimmune.cytometry.stage.listed_files import ListedFile, listed_files
from macroimmune.cytometry.stage.looks import (
    first_tasks,
    second_task,
)
from macroimmune.cytometry.stage.measured_tables import measured_tables
from macroimmune.cytometry.stage.moved_lineage import moved_lineage
from macroimmune.cytometry.stage.paired_look import LEVELS
from macroimmune.cytometry.stage.panel_cohort import PanelCohort, panel_cohort
from macroimmune.cytometry.stage.responses import (
    drawn_populations,
    measured_responses,
    response_findings,
)
from macroimmune.cytometry.stage.told import left_out_findings, no_cluster_findings
from macroimmune.results import Finding
from macroimmune.study import CytometrySettings, StimulationSettings, Study
from macroimmune.work import WorkTask, load_record, run_tasks

__all__ = ["MeasuredCytometry", "has_cytometry", "measure_cytometry", "work_beside"]

Progress = Callable[[int, int], None]
_Used = list[tuple[ListedFile, WorkTask]]


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredCytometry:
    """What the FCS files of a study gave.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Tables of the results folder; `cell_frequencies` without its columns per uL, for which
        blood counts are needed.
    populations : polars DataFrame
        Rows as table `populations` has them, with `ci_low`, `ci_high` and `status`.
    findings : tuple of Finding
        Files and gates that were left out.
    """

    tables: Mapping[str, pl.DataFrame]
    populations: pl.DataFrame
    findings: tuple[Finding, ...]


def has_cytometry(study: Study) -> bool:
    """Whether a study lists FCS files of participants."""
    return not study.tables["cytometry"].is_empty()


def work_beside(out: Path) -> Path:
    """Return where work is kept until a results folder is whole, so that a killed run goes on."""
    return out.parent / f".{out.name}.cytometry"


def measure_cytometry(
    study: Study,
    work: Path,
    *,
    seed: int = 2021,
    workers: int = 1,
    scheduler: str = "",
    export: Path | None = None,
    progress: Progress | None = None,
) -> MeasuredCytometry:
    """Return the cell populations of every FCS file of a study.

    Parameters
    ----------
    study : Study
    work : Path
        Folder in which each file's part is kept; a later call with the same files and settings
        goes on from there.
    seed : int
    workers : int
        Processes of this machine.
    scheduler : str
        Address of a Dask scheduler; empty: this machine.
    export : Path or None
        Folder into which every used file is written with labels, and our gates beside it.
    progress : callable or None
        Called with (done, total) looks at files; each file is looked at twice, and three times
        where batches are aligned.

    Returns
    -------
    measured : MeasuredCytometry

    Raises
    ------
    InputError
        If the folder of exports holds one of their names.

    Notes
    -----
    Convention: files are read one by one and only their summaries are kept; thresholds are shrunk
    to those of the other files of panel and species; a file that cannot be used is told and left
    out, and the others go on.
    """
    listed = listed_files(study)
    readable = [one for one in listed if one.panel is not None]
    exports = _exports(export, readable, work)
    settings = study.analysis.cytometry
    looks = 2 if settings.align == "none" else 3
    total, done = looks * len(readable), 0

    def run(tasks: Sequence[WorkTask]) -> None:
        nonlocal done
        base = done
        say = progress or (lambda done, total: None)
        run_tasks(
            tasks,
            work,
            workers=workers,
            scheduler=scheduler,
            progress=lambda part, _: say(base + part, total),
        )
        done = base + len(readable)

    first = first_tasks(readable, settings, None, seed)
    run(first)
    batches = _batches(study, _used(readable, first, work), work, seed)
    if batches.alignment is not None:
        first = first_tasks(readable, settings, batches.alignment, seed)
        run(first)
    elif settings.align != "none":
        total -= len(readable)
    used = _used(readable, first, work)
    pairs = _pairs(listed, used, study.analysis.stimulation)
    drawn = drawn_populations(pairs, study.analysis.stimulation)
    cohorts = _cohorts(used, settings, work, seed)
    second = _second_tasks(study, used, cohorts, drawn, exports)
    _forget_lost_exports(second, exports, work)
    run(tuple(second.values()))
    maps = {name: one.cell_map for name, one in cohorts.items() if one.cell_map is not None}
    tables = measured_tables(listed, dict(_keys(readable, first)), second, maps, work)
    tables |= {"batch_effects": batches.effects, "batch_densities": batches.densities}
    levels = {name: work / second[name].key / LEVELS for name in drawn}
    tables["lineage_invariance"] = moved_lineage(donor_pairs(pairs), levels)
    tables["stimulation_pairs"] = pairs
    tables |= measured_responses(study, listed, second, tables, work, seed)
    tables |= compared_abundance(study, [one.file for one, _ in used], tables)
    days = study.tables["cytometry"].select("sample_id", "days_from_treatment_start")
    return MeasuredCytometry(
        tables=tables,
        populations=pl.concat([
            feature_rows(tables["cell_frequencies"], days),
            ratio_rows(tables["cell_ratios"], days),
        ]),
        findings=(
            *left_out_findings(tables["cytometry_quality"], second, work),
            *no_cluster_findings({name: one.trouble for name, one in cohorts.items()}),
            *response_findings(pairs, tables["stimulation_responses"], study.analysis.stimulation),
        ),
    )


def _exports(folder: Path | None, readable: Sequence[ListedFile], work: Path) -> Mapping[str, Path]:
    if folder is None:
        return {}
    paths = export_paths(folder.resolve(), [one.file.raw_file for one in readable])
    refuse_loss(paths, work)
    return paths


def _forget_lost_exports(
    second: Mapping[str, WorkTask], exports: Mapping[str, Path], work: Path
) -> None:
    """Forget work that was done before its export was taken away."""
    for name, path in exports.items():
        if name in second and not path.exists():
            shutil.rmtree(work / second[name].key, ignore_errors=True)


def _pairs(
    listed: Sequence[ListedFile], used: _Used, settings: StimulationSettings
) -> pl.DataFrame:
    names = {one.file.raw_file for one, _ in used}
    files = [one.file for one in listed]
    return well_pairs(files, settings=settings, left_out={file.raw_file for file in files} - names)


def _cohorts(
    used: _Used, settings: CytometrySettings, work: Path, seed: int
) -> dict[str, PanelCohort]:
    """Return what the files of each panel give together."""
    n_clusters = settings.n_clusters if settings.uses("clusters") else 0
    return {
        panel: panel_cohort(
            [pair for pair in used if pair[0].file.panel == panel], work, n_clusters, seed
        )
        for panel in dict.fromkeys(one.file.panel for one, _ in used)
    }


def _second_tasks(
    study: Study,
    used: _Used,
    cohorts: Mapping[str, PanelCohort],
    drawn: Mapping[str, tuple[str, ...]],
    exports: Mapping[str, Path],
) -> dict[str, WorkTask]:
    """Return the second look at each file, with what its panel told."""
    settings = study.analysis.cytometry
    return {
        one.file.raw_file: second_task(
            one,
            task,
            cohorts[one.file.panel],
            settings,
            study.folder,
            is_paired=one.file.raw_file in drawn,
            drawn=drawn.get(one.file.raw_file, ()),
            export=exports.get(one.file.raw_file),
        )
        for one, task in used
    }


def _keys(listed: Sequence[ListedFile], tasks: Sequence[WorkTask]) -> list[tuple[str, WorkTask]]:
    return [(one.file.raw_file, task) for one, task in zip(listed, tasks, strict=True)]


def _used(listed: Sequence[ListedFile], tasks: Sequence[WorkTask], work: Path) -> _Used:
    """Return the files that a first look could use, with that look."""
    pairs = zip(listed, tasks, strict=True)
    return [(one, task) for one, task in pairs if not (work / task.key / LEFT_OUT).exists()]


def _batches(study: Study, used: _Used, work: Path, seed: int) -> MeasuredBatches:
    labels = labels_of_files(study)
    files = [
        BatchedFile(
            quantiles=load_record(work / task.key / QUANTILES, FileQuantiles),
            batch=one.file.batch,
            donor=one.file.control or one.file.participant_id,
            is_control=bool(one.file.control),
            is_stimulated=one.file.is_stimulated,
            labels=labels.get(one.file.raw_file, {}),
        )
        for one, task in used
    ]
    rng = random_numbers(seed, "batches")
    return measure_and_align(files, align=study.analysis.cytometry.align, rng=rng)
