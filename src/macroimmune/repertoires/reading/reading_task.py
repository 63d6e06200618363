"""One file of chains is read as a task that can be gone on with, and leaves its parts."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from macroimmune.errors import FormatError, InputError, ResultsError
from macroimmune.formats.receptor_layouts import usual_counts
from macroimmune.repertoires.reading.cell_labels import labelled_chains
from macroimmune.repertoires.reading.chain_cache import chain_cache_folder, read_cached_chains
from macroimmune.repertoires.reading.chains import ReadChains
from macroimmune.repertoires.reading.counted_clonotypes import count_chains
from macroimmune.repertoires.reading.kept_parts import Part, keep_parts, load_parts
from macroimmune.repertoires.reading.listed_files import ListedFile
from macroimmune.study import RepertoireSettings
from macroimmune.work import WorkTask, file_state, task_key

__all__ = ["FileParts", "load_file_parts", "reading_task"]

_TOLD, _LOSSES, _FAULTS = "told.json", "losses.parquet", "faults.parquet"
_ANY_COUNT = ("templates", "umis", "reads")
# Rows that the reader could not use, in the words of the table of losses.
_UNUSABLE = {
    "row-shape": "row of another shape than the heading",
    "no-count": "no usable count",
    "not-a-count": "no usable count",
    "not-a-truth-value": "no truth value where one belongs",
    "not-ascii": "letters that are no gene or sequence",
    "not-a-sequence": "letters that are no gene or sequence",
    "chains-differ": "V and J genes of two loci, or of another locus than stated",
}


@dataclass(frozen=True, slots=True)
class _Reading:
    folder: Path
    listed: ListedFile
    settings: RepertoireSettings


@dataclass(frozen=True, slots=True, eq=False)
class FileParts:
    """What one file gave.

    Parameters
    ----------
    parts : tuple of Part
        Empty where the file could not be read.
    losses : DataFrame
        reason, n_rows, n_counted.
    faults : DataFrame
        Columns of `FAULT_COLUMNS`, or none.
    trouble : str
        Why the file could not be read; empty where it was.
    label_trouble : str
        Why its cells have no labels, or how many have none.
    loci : mapping from locus to rows
    """

    parts: tuple[Part, ...]
    losses: pl.DataFrame
    faults: pl.DataFrame
    trouble: str
    label_trouble: str
    loci: Mapping[str, int]


def reading_task(folder: Path, listed: ListedFile, settings: RepertoireSettings) -> WorkTask:
    """Return the task of reading one file.

    Parameters
    ----------
    folder : Path
        Of the study.
    listed : ListedFile
    settings : RepertoireSettings
        What a clonotype is; how clonotypes are compared later is no part of the task.
    """
    told: Mapping[str, object] = {
        "listed": asdict(listed),
        "labels": file_state(folder / listed.labels) if listed.labels else None,
        "definition": {
            name: value
            for name, value in asdict(settings).items()
            if name not in {"coverage", "overdispersion"}
        },
    }
    key = task_key("repertoire", folder / listed.library.file, told)
    return WorkTask(key, _read, _Reading(folder, listed, settings))


def _read(reading: _Reading, target: Path) -> None:
    told: dict[str, Any] = {"trouble": "", "labels": "", "loci": {}}
    try:
        found = _chains(reading.folder / reading.listed.library.file, reading.listed)
    except (FormatError, InputError, OSError) as error:
        told["trouble"] = " ".join(str(error).split())
    else:
        chains, told["labels"] = _labelled(found.table, reading)
        told["loci"] = dict(chains["locus"].fill_null("").value_counts(sort=True).iter_rows())
        counted = count_chains(chains, reading.settings, counted=reading.listed.library.counted)
        keep_parts(counted, reading.listed.library, target, n_rows=found.n_rows)
        pl.concat([_unusable(found.faults), counted.losses]).write_parquet(target / _LOSSES)
        found.faults.write_parquet(target / _FAULTS)
    (target / _TOLD).write_text(json.dumps(told, ensure_ascii=True), encoding="utf-8")


def _chains(path: Path, listed: ListedFile) -> ReadChains:
    """Return the chains of a file; where nobody says what is counted, its first usual counts.

    Raises
    ------
    FormatError, InputError, OSError
        If it cannot be read.
    """
    counted, layout, cache = listed.library.counted, listed.layout, chain_cache_folder()
    if counted or "count" in listed.headings:
        return read_cached_chains(
            path,
            layout=layout,
            counted=counted or _ANY_COUNT[0],
            headings=listed.headings,
            folder=cache,
        )
    first: FormatError | None = None
    usual = [name for one in _ANY_COUNT for name in usual_counts(layout, one)]
    for name in dict.fromkeys(usual):
        try:
            return read_cached_chains(
                path,
                layout=layout,
                counted=_ANY_COUNT[0],
                headings={**listed.headings, "count": name},
                folder=cache,
            )
        except FormatError as error:
            first = first or error
    msg = f"{path.name}: nothing says what is counted; write counted and count_column"
    raise first or FormatError(msg)


def _labelled(chains: pl.DataFrame, reading: _Reading) -> tuple[pl.DataFrame, str]:
    if not reading.listed.labels:
        return chains, ""
    path = reading.folder / reading.listed.labels
    try:
        return labelled_chains(chains, path, column=reading.listed.label_column)
    except FormatError as error:
        return chains, str(error)


def _unusable(faults: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that the reader could not use, by reason."""
    once = faults.filter(~pl.col("is_kept")).unique(["kind", "column"], maintain_order=True)
    reason = pl.col("kind").replace_strict(_UNUSABLE, default=pl.col("kind"))
    return (
        once
        .with_columns(reason.alias("reason"))
        .group_by("reason", maintain_order=True)
        .agg(
            pl.col("n_rows").sum(),
            pl
            .when(pl.col("n_counted").count() > 0)
            .then(pl.col("n_counted").sum())
            .cast(pl.Float64)
            .alias("n_counted"),
        )
    )


def load_file_parts(folder: Path, listed: ListedFile) -> FileParts:
    """Return what the task of a file left.

    Parameters
    ----------
    folder : Path
        Of the task.
    listed : ListedFile

    Raises
    ------
    ResultsError
        If the folder holds nothing of the kind.
    """
    try:
        told = json.loads((folder / _TOLD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{folder}: no repertoire ({error}); delete the folder and run again"
        raise ResultsError(msg) from error
    if told["trouble"]:
        none = pl.DataFrame()
        return FileParts((), none, none, told["trouble"], "", {})
    return FileParts(
        load_parts(folder, listed.library),
        pl.read_parquet(folder / _LOSSES),
        pl.read_parquet(folder / _FAULTS),
        "",
        told["labels"],
        told["loci"],
    )
