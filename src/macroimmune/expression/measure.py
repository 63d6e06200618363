"""Expression of a study: from its files of counts to scores, responses and findings."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.expression.counted_file import CountedFile
from macroimmune.expression.counting_task import counting_task, load_counted
from macroimmune.expression.expression_wells import (
    expression_pairs,
    expression_wells,
    well_response,
)
from macroimmune.expression.listed_rows import ListedRow, listed_rows
from macroimmune.expression.score_tables import expression_quality, expression_scores
from macroimmune.expression.specificity import with_specificity
from macroimmune.expression.told import expression_findings
from macroimmune.response import paired_responses
from macroimmune.results import Finding
from macroimmune.study import Study
from macroimmune.work import run_tasks

__all__ = ["MeasuredExpression", "has_expression", "measure_expression"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredExpression:
    """What the files of counts of a study gave.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        `expression_quality`, `expression_scores`, `stimulation_pairs`, `stimulation_responses`,
        `response_densities`.
    findings : tuple of Finding
        Files, rows and columns that could not be used.
    """

    tables: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...]


def has_expression(study: Study) -> bool:
    """Whether a study lists files of gene counts."""
    return bool(listed_rows(study))


def measure_expression(
    study: Study,
    work: Path,
    *,
    seed: int = 2021,
    workers: int = 1,
    scheduler: str = "",
    progress: Progress | None = None,
) -> MeasuredExpression:
    """Return the scores of gene sets in every population of every well of a study.

    Parameters
    ----------
    study : Study
    work : Path
        Folder in which each file's part is kept; a later call with the same files goes on there.
    seed : int
    workers : int
        Processes of this machine.
    scheduler : str
        Address of a Dask scheduler; empty: this machine.
    progress : callable or None
        Called with (done, total) files.

    Returns
    -------
    measured : MeasuredExpression

    Notes
    -----
    Convention: each file is read once, in blocks; the donor is the unit, so groups are compared by
    pseudobulk, and intervals over cells are those of measurement. A file that cannot be used is
    told and left out, and the others go on.
    """
    by_file: dict[str, list[ListedRow]] = {}
    for row in listed_rows(study):
        by_file.setdefault(row.raw_file, []).append(row)
    tasks = {name: counting_task(study.folder, rows) for name, rows in by_file.items()}
    run_tasks(tuple(tasks.values()), work, workers=workers, scheduler=scheduler, progress=progress)
    files = {
        name: (tuple(rows), load_counted(work / tasks[name].key)) for name, rows in by_file.items()
    }
    counted: dict[str, tuple[Sequence[ListedRow], CountedFile]] = {
        name: (rows, file) for name, (rows, file) in files.items() if isinstance(file, CountedFile)
    }
    wells = expression_wells(counted)
    pairs = expression_pairs(wells, study.analysis.stimulation)
    by_name = {one.name: one for one in wells}
    rng = np.random.default_rng((seed, zlib.crc32(b"expression")))
    found = paired_responses(
        pairs,
        lambda name: well_response(by_name[name]),
        settings=study.analysis.stimulation,
        rng=rng,
    )
    return MeasuredExpression(
        tables={
            "expression_quality": expression_quality(files, wells),
            "expression_scores": expression_scores(wells),
            "stimulation_pairs": pairs,
            "stimulation_responses": with_specificity(found.responses, by_name, pairs, rng=rng),
            "response_densities": found.densities,
        },
        findings=expression_findings(files, pairs),
    )
