"""What the raw files of a study give: populations of cells, scores of gene sets, responses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import polars as pl

from macroimmune.cytometry import MeasuredCytometry, has_cytometry, measure_cytometry
from macroimmune.expression import has_expression, measure_expression
from macroimmune.features import (
    FeatureDefinition,
    expression_features,
    responsiveness_features,
)
from macroimmune.results import Finding
from macroimmune.study import Study
from macroimmune.workflow.measured_responses import measure_responses

__all__ = ["RawMeasurements", "measure_raw_files"]

Feature = tuple[FeatureDefinition, pl.DataFrame]
Progress = Callable[[str, int, int], None]


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
        Responses and scores of gene sets, with the values of each sample.
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
    only_populations: bool = False,
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
        Folder into which FCS files are written with their labels.
    only_populations : bool
        Whether nothing is asked for but the populations of FCS files.
    progress : callable or None
        Called with (stage, done, total).

    Raises
    ------
    InputError
        If FCS files cannot be exported where they are to be.
    """
    say = progress or (lambda stage, done, total: None)
    cytometry = None
    if has_cytometry(study):
        cytometry = measure_cytometry(
            study,
            work,
            seed=seed,
            workers=workers,
            scheduler=scheduler,
            export=export,
            progress=lambda done, total: say("gates", done, total),
        )
    tables = dict(cytometry.tables) if cytometry else {}
    findings = cytometry.findings if cytometry else ()
    if only_populations:
        return RawMeasurements(cytometry, tables, (), findings)
    expression: Mapping[str, pl.DataFrame] = {}
    if has_expression(study):
        counted = measure_expression(
            study,
            work,
            seed=seed,
            workers=workers,
            scheduler=scheduler,
            progress=lambda done, total: say("expression", done, total),
        )
        expression = counted.tables
        findings += counted.findings
    if not tables and not expression and study.tables["stimulated_levels"].is_empty():
        return RawMeasurements(findings=findings)
    say("responses", 0, 1)
    responses = measure_responses(study, tables, expression, seed=seed)
    say("responses", 1, 1)
    tables |= {**expression, **responses.tables}
    features = responsiveness_features(
        tables["responsiveness"], tables["stimulation_responses"], study=study
    )
    if expression:
        features += expression_features(expression["expression_scores"], study=study)
    return RawMeasurements(cytometry, tables, tuple(features), findings + responses.findings)
