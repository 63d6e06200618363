"""The rows of table `repertoires`: which file is whose, in which format, and what it counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from macroimmune.repertoires.reading.cell_populations import sorted_population
from macroimmune.repertoires.reading.library import Library
from macroimmune.study import Study

__all__ = ["ListedFile", "listed_files"]

_HEADINGS = {
    "count": "count_column",
    "junction": "junction_column",
    "junction_aa": "junction_aa_column",
    "v_gene": "v_column",
    "j_gene": "j_column",
    "population": "population_column",
}


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file of chains.

    Parameters
    ----------
    library : Library
        Whose it is; its `file` is the path from the study's folder.
    layout : {"airr", "10x", "immunoseq", "mixcr", "vdjtools", "table"}
    headings : mapping from field to heading
        Those that the study names.
    labels : str
        Path of a table of cell labels; empty: none.
    label_column : str
        Of that table; empty: the usual one.
    chain : str
        That the study says the file holds; empty where it says nothing, or several.
    source_file, source_row
        Of the list.
    """

    library: Library
    layout: str
    headings: Mapping[str, str] = field(default_factory=dict)
    labels: str = ""
    label_column: str = ""
    chain: str = ""
    source_file: str = ""
    source_row: int | None = None


def listed_files(study: Study) -> tuple[ListedFile, ...]:
    """Return the files of table `repertoires`, in the order of its rows.

    Notes
    -----
    Convention: a file without a format is of 10x where its name says CSV, else AIRR. The contigs
    of cells count cells where nobody says otherwise.
    """
    table = study.tables.get("repertoires")
    if table is None:
        return ()
    batches = dict(study.tables["samples"].select("sample_id", "batch").iter_rows())
    return tuple(_listed(row, batches) for row in table.iter_rows(named=True))


def _listed(row: Mapping[str, Any], batches: Mapping[str, str | None]) -> ListedFile:
    is_csv = ".csv" in Path(row["raw_file"]).suffixes[-2:]
    layout = row["format"] or ("10x" if is_csv else "airr")
    headings = {ours: row[name] for ours, name in _HEADINGS.items() if row[name]}
    if row["labels"]:
        headings.pop("population", None)
    library = Library(
        participant_id=row["participant_id"],
        sample_id=row["sample_id"],
        days_from_treatment_start=row["days_from_treatment_start"],
        compartment=row["compartment"] or "",
        batch=row["batch"] or batches.get(row["sample_id"]) or "",
        population=sorted_population(row["population"] or ""),
        library=row["library"] or "",
        counted=row["counted"] or ("cells" if layout == "10x" else ""),
        file=row["raw_file"],
    )
    return ListedFile(
        library,
        layout,
        headings,
        labels=row["labels"] or "",
        label_column=(row["population_column"] or "") if row["labels"] else "",
        chain="" if row["chain"] in {None, "several"} else row["chain"],
        source_file=row["source_file"] or "",
        source_row=row["source_row"],
    )
