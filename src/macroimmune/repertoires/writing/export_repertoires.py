"""All repertoires of a study as AIRR files, with the list that reads them again."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from macroimmune.errors import InputError
from macroimmune.repertoires.repertoire import Repertoire, Repertoires
from macroimmune.repertoires.writing.airr_repertoire import LABEL_COLUMN, write_repertoire_airr

__all__ = ["EXPORT_LIST", "export_repertoires", "stop_export_over_files"]

EXPORT_LIST = "files.csv"
_ENDING = ".airr.tsv.gz"
_LISTED = (
    "participant_id",
    "sample_id",
    "days_from_treatment_start",
    "compartment",
    "population",
    "counted",
    "batch",
)
_COLUMNS = {
    "raw_file": pl.String(),
    "format": pl.String(),
    **{name: pl.String() for name in _LISTED},
    "days_from_treatment_start": pl.Float64(),
    "chain": pl.String(),
    "library": pl.String(),
    "population_column": pl.String(),
}


def stop_export_over_files(folder: Path) -> None:
    """Refuse a folder that holds an export, before anything is read.

    Parameters
    ----------
    folder : Path
        Need not be there.

    Raises
    ------
    InputError
        If it holds an AIRR file or a list of files, or is a file itself.
    """
    if folder.exists() and not folder.is_dir():
        msg = f"{folder}: is a file; expected a folder for the AIRR files; name another"
        raise InputError(msg)
    there = sorted(folder.glob(f"*{_ENDING}")) + sorted(folder.glob(EXPORT_LIST))
    if there:
        msg = (
            f"{folder}: holds {there[0].name} already; expected a folder without exported files, "
            "as none is replaced; name another folder, or delete it"
        )
        raise InputError(msg)


def export_repertoires(repertoires: Repertoires, folder: Path) -> pl.DataFrame:
    """Write every repertoire as AIRR into a folder, and return the list of the files.

    Parameters
    ----------
    repertoires : Repertoires
    folder : Path
        Made where it is not there; `stop_export_over_files` says whether it is free.

    Returns
    -------
    listed : DataFrame
        A row per file, columns as in table `repertoires` of a study; also written as
        ``files.csv``. Listed in a study with the same definition of clonotypes, the files give
        the same repertoires.

    Notes
    -----
    Convention: a file per library, where a sample has several. Populations that were made of
    labelled cells have no file of their own: the labels stand beside the cells.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    names: set[str] = set()
    labelled: set[tuple[str, str, str]] = set()
    # Those of all cells come first, so that populations of their labels are known.
    for row in repertoires.listed.sort("population").iter_rows(named=True):
        whose = (row["sample_id"], row["chain"], row["counted"])
        if row["population"] and whose in labelled:
            continue
        repertoire = repertoires.read(row["repertoire_id"])
        has_labels = _has_labels(repertoire)
        if has_labels and not row["population"]:
            labelled.add(whose)
        parts = _parts(repertoire, row["counted"])
        for library, part in parts:
            stem = _free(_safe(f"{row['repertoire_id']} {library}".strip()), names)
            file = f"{stem}{_ENDING}"
            write_repertoire_airr(
                folder / file, part, counted=row["counted"], sample_id=row["sample_id"]
            )
            rows.append({
                **{name: row[name] for name in _LISTED},
                "raw_file": file,
                "format": "airr",
                "chain": "several" if row["chain"] == "paired" else row["chain"],
                "library": library,
                "population_column": LABEL_COLUMN if has_labels else "",
            })
    listed = pl.DataFrame(rows, schema=_COLUMNS)
    listed.write_csv(folder / EXPORT_LIST)
    return listed


def _has_labels(repertoire: Repertoire) -> bool:
    cells = repertoire.cells
    return cells is not None and bool(cells["label"].is_not_null().any())


def _parts(repertoire: Repertoire, counted: str) -> Iterator[tuple[str, Repertoire]]:
    """Yield each library by its number; cells know no libraries and stay together."""
    if counted == "cells" or not repertoire.libraries:
        yield "", repertoire
        return
    told = repertoire.clonotypes.drop("count")
    for number, library in enumerate(repertoire.libraries, start=1):
        clonotypes = library.join(told, on="clonotype", how="left", maintain_order="left")
        yield str(number), Repertoire(repertoire.repertoire_id, clonotypes)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.@-]+", "_", name)


def _free(stem: str, names: set[str]) -> str:
    """Return a name that no other file has, in any case of letters."""
    free, number = stem, 2
    while free.casefold() in names:
        free, number = f"{stem}_{number}", number + 1
    names.add(free.casefold())
    return free
