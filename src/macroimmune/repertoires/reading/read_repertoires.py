"""All T cell receptor repertoires of a study, by one definition of clonotypes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from macroimmune.repertoires.reading.assembled import (
    grouped_parts,
    listed_repertoires,
    repertoire_of,
)
from macroimmune.repertoires.reading.clonotype_table import libraries_of_table
from macroimmune.repertoires.reading.counted_clonotypes import count_chains
from macroimmune.repertoires.reading.kept_parts import (
    Part,
    TemporaryFolder,
    keep_parts,
    load_parts,
)
from macroimmune.repertoires.reading.library import Library
from macroimmune.repertoires.reading.listed_files import ListedFile, listed_files
from macroimmune.repertoires.reading.reading_task import load_file_parts, reading_task
from macroimmune.repertoires.reading.several_files import files_to_read
from macroimmune.repertoires.reading.told import (
    file_findings,
    repertoires_without_clonotypes,
)
from macroimmune.repertoires.repertoire import Repertoire, Repertoires
from macroimmune.results import Finding, conform, empty
from macroimmune.study import Study
from macroimmune.work import run_tasks

__all__ = ["has_repertoires", "read_repertoires"]

Progress = Callable[[int, int], None]
_TABLES = ("repertoires", "clonotypes")


def has_repertoires(study: Study) -> bool:
    """Whether a study lists files of repertoires, or holds a table of clonotypes."""
    return any(name in study.tables and study.tables[name].height for name in _TABLES)


def read_repertoires(
    study: Study,
    *,
    work: Path | None = None,
    workers: int = 1,
    scheduler: str = "",
    progress: Progress | None = None,
) -> Repertoires:
    """Return the repertoires of a study.

    Parameters
    ----------
    study : Study
        `study.analysis.repertoires` says what a clonotype is.
    work : Path or None
        Folder in which what each file gave is kept; a later call with the same files goes on
        there. None: a temporary one, which goes with the repertoires.
    workers : int
        Processes of this machine.
    scheduler : str
        Address of a Dask scheduler, which needs `work`; empty: this machine.
    progress : callable or None
        Called with (done, total) files.

    Returns
    -------
    repertoires : Repertoires

    Notes
    -----
    Convention: a repertoire is a sample, chain, population and what is counted; several libraries
    of it are put together and kept beside. Cells with labels give repertoires of populations too,
    parents such as CD8 T cells included. What cannot be used is told and left out, and the rest
    goes on; a sample of which no clonotype is left is not listed.
    """
    holder = TemporaryFolder() if work is None else None
    folder = holder.path if holder is not None else Path(str(work))
    settings = study.analysis.repertoires
    files = _files(study, folder, workers=workers, scheduler=scheduler, progress=progress)
    tables = _tables(study, folder)
    groups = grouped_parts([*files.parts, *tables.parts], settings.chain)
    losses = conform("repertoire_losses", pl.concat([files.losses, tables.losses]))
    usable = {name: some for name, some in groups.items() if any(p.n_clonotypes for p in some)}

    def read(name: str) -> Repertoire:
        # The folder lives as long as this function does.
        _ = holder
        return repertoire_of(name, usable[name])

    return Repertoires(
        listed_repertoires(usable, settings, read),
        losses,
        read,
        (*files.findings, *tables.findings, *repertoires_without_clonotypes(groups, losses)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    parts: tuple[Part, ...]
    losses: pl.DataFrame
    findings: tuple[Finding, ...] = ()


def _files(
    study: Study, folder: Path, *, workers: int, scheduler: str, progress: Progress | None
) -> _Found:
    """Read the files that a study lists."""
    settings = study.analysis.repertoires
    wanted = [one for one in listed_files(study) if _is_wanted(one, settings.chain)]
    listed = files_to_read(wanted)
    tasks = [reading_task(study.folder, one, settings) for one in listed]
    run_tasks(
        list({task.key: task for task in tasks}.values()),
        folder,
        workers=workers,
        scheduler=scheduler,
        progress=progress,
    )
    parts: list[Part] = []
    losses = [empty("repertoire_losses")]
    findings = [*_other_chains(study)]
    for one, task in zip(listed, tasks, strict=True):
        found = load_file_parts(folder / task.key, one)
        findings += file_findings(one, found, settings.chain)
        if found.parts:
            parts += found.parts
            losses.append(_losses(found.losses, one.library, settings.chain))
    return _Found(tuple(parts), pl.concat(losses), tuple(findings))


def _is_wanted(listed: ListedFile, chain: str) -> bool:
    return chain == "paired" or listed.chain in {"", chain}


def _other_chains(study: Study) -> tuple[Finding, ...]:
    """Tell of files that hold another chain than the one that is read."""
    chain = study.analysis.repertoires.chain
    others = [one for one in listed_files(study) if not _is_wanted(one, chain)]
    if not others:
        return ()
    found = ", ".join(sorted({one.chain for one in others}))
    return (
        Finding(
            "note",
            "repertoires-of-other-chains",
            others[0].source_file,
            None,
            "chain",
            f"{len(others)} files of {found}, which were not read",
            f"{chain}, as [analysis.repertoires] says",
            f'Nothing to do, or write chain = "{others[0].chain}" there.',
        ),
    )


def _tables(study: Study, folder: Path) -> _Found:
    """Count the clonotypes of the table that holds them all."""
    settings = study.analysis.repertoires
    parts: list[Part] = []
    losses = [empty("repertoire_losses")]
    for number, (library, chains) in enumerate(libraries_of_table(study)):
        place = folder / f"table-{number}"
        place.mkdir(parents=True, exist_ok=True)
        found = count_chains(chains, settings, counted=library.counted)
        keep_parts(found, library, place)
        parts += load_parts(place, library)
        losses.append(_losses(found.losses, library, settings.chain))
    return _Found(tuple(parts), pl.concat(losses))


def _losses(losses: pl.DataFrame, library: Library, chain: str) -> pl.DataFrame:
    return losses.select(
        pl.lit(library.repertoire_id(chain, library.population)).alias("repertoire_id"),
        pl.lit(library.file).alias("file"),
        "reason",
        "n_rows",
        "n_counted",
    )
