"""All measures of a study's repertoires: read, then compared within and between samples."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.repertoires.cells import cell_tables
from macroimmune.repertoires.changes import change_tables, sample_pairs
from macroimmune.repertoires.diversity import diversity_tables
from macroimmune.repertoires.library_dispersion import Dispersions, library_dispersions
from macroimmune.repertoires.neighbours import neighbour_tables
from macroimmune.repertoires.reading import read_repertoires
from macroimmune.repertoires.repertoire import Repertoires
from macroimmune.repertoires.sharing import sharing_tables
from macroimmune.repertoires.writing import export_repertoires, stop_export_over_files
from macroimmune.results import Finding
from macroimmune.study import Study

__all__ = ["MeasuredRepertoires", "measure_repertoires"]

Tables = dict[str, pl.DataFrame]
Step = Callable[[Repertoires, Tables, Dispersions], Tables]


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredRepertoires:
    """Tables of repertoires with what was found on the way.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Of the results contract.
    findings : tuple of Finding
    """

    tables: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...]


def measure_repertoires(
    study: Study,
    work: Path,
    *,
    seed: int = 2021,
    workers: int = 1,
    scheduler: str = "",
    export: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> MeasuredRepertoires:
    """Return what the repertoires of a study show.

    Parameters
    ----------
    study : Study
    work : Path
        Folder in which what each file gave is kept; a later call goes on from there.
    seed : int
        Of random draws.
    workers : int
        Processes of this machine that read files.
    scheduler : str
        Address of a Dask scheduler; empty: this machine.
    export : Path or None
        Folder into which every repertoire is written as an AIRR file.
    progress : callable or None
        Called with (done, total): files that were read, and then steps.

    Returns
    -------
    measured : MeasuredRepertoires
        Without repertoires that can be used all tables are empty.

    Raises
    ------
    InputError
        If the folder for AIRR files holds such files already.
    """
    if export is not None:
        stop_export_over_files(export)
    say = progress or (lambda done, total: None)
    steps, files = _steps(study, seed), study.tables["repertoires"].height
    prior = study.analysis.repertoires.overdispersion
    repertoires = read_repertoires(
        study,
        work=work,
        workers=workers,
        scheduler=scheduler,
        progress=lambda done, total: say(done, total + len(steps)),
    )
    if export is not None:
        export_repertoires(repertoires, export)
    tables: Tables = {
        "repertoires": repertoires.listed,
        "repertoire_losses": repertoires.losses,
    }
    dispersions = library_dispersions(repertoires, repertoires.listed, prior=prior)
    for number, step in enumerate(steps, start=1):
        tables |= step(repertoires, tables, dispersions)
        say(files + number, files + len(steps))
    return MeasuredRepertoires(tables, repertoires.findings)


def _steps(study: Study, seed: int) -> tuple[Step, ...]:
    """Return what is computed of repertoires, in order: later ones read tables of earlier."""
    settings, window = study.analysis.repertoires, study.analysis.baseline_window_days

    def diversity(repertoires: Repertoires, _: Tables, known: Dispersions) -> Tables:
        return diversity_tables(repertoires, settings=settings, dispersions=known)

    def changes(repertoires: Repertoires, _: Tables, known: Dispersions) -> Tables:
        rng = _random_numbers(seed, "changes")
        return change_tables(
            repertoires, settings=settings, rng=rng, window=window, dispersions=known
        )

    def sharing(repertoires: Repertoires, tables: Tables, known: Dispersions) -> Tables:
        changed = tables["clone_changes"]
        return sharing_tables(
            repertoires, clone_changes=changed, settings=settings, dispersions=known
        )

    def cells(repertoires: Repertoires, _: Tables, __: Dispersions) -> Tables:
        pairs = sample_pairs(repertoires.listed, window=window)
        return cell_tables(repertoires, rng=_random_numbers(seed, "cells"), pairs=pairs)

    def neighbours(repertoires: Repertoires, _: Tables, __: Dispersions) -> Tables:
        return neighbour_tables(repertoires, settings=settings)

    return (diversity, changes, sharing, cells, neighbours)


def _random_numbers(seed: int, purpose: str) -> np.random.Generator:
    return np.random.default_rng((seed, zlib.crc32(purpose.encode())))
