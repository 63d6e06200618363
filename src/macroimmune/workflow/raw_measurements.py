"""What the raw files of a study give: populations of cells, responses, T cell repertoires."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import polars as pl

from macroimmune.cytometry import MeasuredCytometry, has_cytometry, measure_cytometry
from macroimmune.expression import has_expression, measure_expression
from macroimmune.features import (
    FeatureDefinition,
    expression_features,
    repertoire_features,
    responsiveness_features,
)
from macroimmune.repertoires import has_repertoires, measure_repertoires
from macroimmune.results import Finding
from macroimmune.study import Study
from macroimmune.workflow.measured_responses import measure_responses

__all__ = ["RawKind", "RawMeasurements", "measure_raw_files"]

Feature = tuple[FeatureDefinition, pl.DataFrame]
Progress = Callable[[str, int, int], None]
RawKind = Literal["cytometry", "repertoires"]


@dataclass(frozen=True, slots=True, eq=False)
class RawMeasurements:
    """What raw files gave, and levels of stimulated cells that were measured elsewhere.

    Parameters
    ----------
    cytometry : MeasuredCytometry or None
        Where FCS files are listed.
    tables : mapping from name to polars DataFrame
        Tables of the results folder, those of cytometry among them.
    features : tuple of (FeatureDefinition, polars DataFrame)
        Responses, scores of gene sets and measures of repertoires, with the values of each sample.
    findings : tuple of Finding
    """

    cytometry: MeasuredCytometry | None = None
    tables: Mapping[str, pl.DataFrame] = field(default_factory=lambda: MappingProxyType({}))
    features: tuple[Feature, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def populations(self) -> pl.DataFrame | None:
        """Rows as table `populations` has them; None without cytometry."""
        return self.cytometry.populations if self.cytometry is not None else None


def measure_raw_files(
    study: Study,
    work: Path,
    *,
    seed: int = 2021,
    workers: int = 1,
    scheduler: str = "",
    export: Path | None = None,
    only: RawKind | None = None,
    progress: Progress | None = None,
) -> RawMeasurements:
    """Return what the raw files of a study give.

    Parameters
    ----------
    study : Study
    work : Path
        Folder in which each file's part is kept; a later call goes on from there.
    seed : int
    workers : int
        Processes of this machine.
    scheduler : str
        Address of a Dask scheduler; empty: this machine.
    export : Path or None
        Folder into which FCS files are written with their labels; where only repertoires are
        read, these as AIRR files.
    only : {"cytometry", "repertoires"} or None
        Nothing else is read: the populations of FCS files, or repertoires; None: all there is.
    progress : callable or None
        Called with (stage, done, total).

    Raises
    ------
    InputError
        If files cannot be exported where they are to be.
    """
    how = _How(
        work, seed, workers, scheduler, export, progress or (lambda stage, done, total: None)
    )
    found = RawMeasurements() if only == "repertoires" else _cells(study, how)
    if only is None:
        found = _with_responses(found, study, how)
    if only != "cytometry" and has_repertoires(study):
        found = _with_repertoires(found, study, how, exports=only is not None)
    return found


@dataclass(frozen=True, slots=True)
class _How:
    work: Path
    seed: int
    workers: int
    scheduler: str
    export: Path | None
    say: Progress

    def counting(self, stage: str) -> Callable[[int, int], None]:
        """Return what is called with the files of a stage that are done, and all."""
        return lambda done, total: self.say(stage, done, total)


def _cells(study: Study, how: _How) -> RawMeasurements:
    """Return the populations of FCS files."""
    if not has_cytometry(study):
        return RawMeasurements()
    cytometry = measure_cytometry(
        study,
        how.work,
        seed=how.seed,
        workers=how.workers,
        scheduler=how.scheduler,
        export=how.export,
        progress=how.counting("gates"),
    )
    return RawMeasurements(cytometry, dict(cytometry.tables), (), cytometry.findings)


def _with_responses(found: RawMeasurements, study: Study, how: _How) -> RawMeasurements:
    """Return single-cell RNA and all answers to stimuli beside what was found."""
    expression: Mapping[str, pl.DataFrame] = {}
    findings = found.findings
    if has_expression(study):
        counted = measure_expression(
            study,
            how.work,
            seed=how.seed,
            workers=how.workers,
            scheduler=how.scheduler,
            progress=how.counting("expression"),
        )
        expression, findings = counted.tables, findings + counted.findings
    if not found.tables and not expression and study.tables["stimulated_levels"].is_empty():
        return replace(found, findings=findings)
    how.say("responses", 0, 1)
    responses = measure_responses(study, found.tables, expression, seed=how.seed)
    how.say("responses", 1, 1)
    tables = {**found.tables, **expression, **responses.tables}
    features = responsiveness_features(
        tables["responsiveness"], tables["stimulation_responses"], study=study
    )
    if expression:
        features += expression_features(expression["expression_scores"], study=study)
    return RawMeasurements(found.cytometry, tables, tuple(features), findings + responses.findings)


def _with_repertoires(
    found: RawMeasurements, study: Study, how: _How, *, exports: bool
) -> RawMeasurements:
    """Return the measures of repertoires beside what was found."""
    measured = measure_repertoires(
        study,
        how.work,
        seed=how.seed,
        workers=how.workers,
        scheduler=how.scheduler,
        export=how.export if exports else None,
        progress=how.counting("repertoires"),
    )
    return replace(
        found,
        tables={**found.tables, **measured.tables},
        features=found.features + tuple(repertoire_features(measured.tables, study=study)),
        findings=found.findings + measured.findings,
    )
