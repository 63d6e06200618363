"""All T cell receptor repertoires of a study, by one definition of clonotypes."""

from collections.abc import Callable
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
from macroimmune.repertoires.reading.told import repertoires_without_clonotypes
from macroimmune.repertoires.repertoire import Repertoire, Repertoires
from macroimmune.results import Finding, conform, empty
from macroimmune.study import Study

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
    parts: list[Part] = []
    losses: list[pl.DataFrame] = [empty("repertoire_losses")]
    findings: list[Finding] = []
    for number, (library, chains) in enumerate(libraries_of_table(study)):
        place = folder / f"table-{number}"
        place.mkdir(parents=True, exist_ok=True)
        found = count_chains(chains, settings, counted=library.counted)
        keep_parts(found, library, place)
        parts += load_parts(place, library)
        losses.append(_losses(found.losses, library, settings.chain))
    if progress is not None:
        progress(len(parts), len(parts))
    groups = grouped_parts(parts, settings.chain)
    lost = conform("repertoire_losses", pl.concat(losses))
    findings += repertoires_without_clonotypes(groups, lost)
    usable = {name: some for name, some in groups.items() if any(p.n_clonotypes for p in some)}

    def read(name: str) -> Repertoire:
        # The folder lives as long as this function does.
        _ = holder
        return repertoire_of(name, usable[name])

    listed = listed_repertoires(usable, settings, read)
    return Repertoires(listed, lost, read, tuple(findings))


def _losses(losses: pl.DataFrame, library: Library, chain: str) -> pl.DataFrame:
    return losses.select(
        pl.lit(library.repertoire_id(chain, library.population)).alias("repertoire_id"),
        pl.lit(library.file).alias("file"),
        "reason",
        "n_rows",
        "n_counted",
    )
