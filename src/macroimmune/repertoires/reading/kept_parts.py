"""Parts of repertoires kept as Parquet, so that memory holds one repertoire at a time."""

import json
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from macroimmune.errors import ResultsError
from macroimmune.repertoires.reading.cell_populations import t_cell_populations
from macroimmune.repertoires.reading.counted_clonotypes import CountedChains, clonotypes_of
from macroimmune.repertoires.reading.library import Library
from macroimmune.repertoires.repertoire import CELL_COLUMNS

__all__ = ["Part", "TemporaryFolder", "joined_cells", "keep_parts", "load_parts"]

_PARTS, _CELLS = "parts.json", "cells.parquet"


@dataclass(frozen=True, slots=True)
class Part:
    """What one library adds to one repertoire.

    Parameters
    ----------
    library : Library
    population : str
        Id; empty: all T cells.
    path : str
        Of its clonotypes.
    cells : str
        Of the cells of the library, empty where they are not known.
    labels : tuple of str
        Of the cells that belong to the population; empty: all.
    n_rows, n_counted, n_clonotypes, n_singletons : int
    """

    library: Library
    population: str
    path: str
    cells: str
    labels: tuple[str, ...]
    n_rows: int
    n_counted: int
    n_clonotypes: int
    n_singletons: int

    def clonotypes(self) -> pl.DataFrame:
        """Return its clonotypes."""
        return pl.read_parquet(self.path)

    def known_cells(self) -> pl.DataFrame | None:
        """Return its cells, None where they are not known."""
        if not self.cells:
            return None
        cells = pl.read_parquet(self.cells)
        if self.labels:
            return cells.filter(pl.col("label").is_in(list(self.labels)))
        return cells


def keep_parts(
    found: CountedChains, library: Library, folder: Path, *, n_rows: int | None = None
) -> None:
    """Write what a library gave: all its cells or rows, and each population of labelled ones.

    Parameters
    ----------
    found : CountedChains
    library : Library
    folder : Path
        That exists and is empty.
    n_rows : int or None
        Rows of the source, with those that could not be read; None: the chains.

    Notes
    -----
    Convention: populations by label are made only of a library that was not sorted itself.
    """
    cells = found.cells()
    if cells is not None:
        cells.write_parquet(folder / _CELLS)
    groups: dict[str, tuple[str, ...]] = {library.population: ()}
    labels = found.units["population"].unique().drop_nulls()
    if not library.population:
        groups |= dict(t_cell_populations(labels.to_list()))
    told = []
    for number, (population, ones) in enumerate(groups.items()):
        units = found.units.filter(pl.col("population").is_in(list(ones))) if ones else found.units
        clonotypes = clonotypes_of(units)
        clonotypes.write_parquet(folder / f"{number}.parquet")
        told.append({
            "population": population,
            "path": f"{number}.parquet",
            "cells": "" if cells is None else _CELLS,
            "labels": list(ones),
            "n_rows": found.n_rows if n_rows is None else n_rows,
            "n_counted": int(clonotypes["count"].sum()),
            "n_clonotypes": clonotypes.height,
            "n_singletons": int((clonotypes["count"] == 1).sum()),
        })
    words = json.dumps({"library": asdict(library), "parts": told}, ensure_ascii=True)
    (folder / _PARTS).write_text(words, encoding="utf-8")


def load_parts(folder: Path, library: Library) -> tuple[Part, ...]:
    """Return the parts that a library left in a folder.

    Parameters
    ----------
    folder : Path
    library : Library
        Whose parts they are.

    Raises
    ------
    ResultsError
        If the folder holds none.
    """
    try:
        told = json.loads((folder / _PARTS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{folder}: no parts of repertoires ({error}); delete the folder and run again"
        raise ResultsError(msg) from error
    return tuple(
        Part(**{
            **part,
            "library": library,
            "path": str(folder / part["path"]),
            "cells": str(folder / part["cells"]) if part["cells"] else "",
            "labels": tuple(part["labels"]),
        })
        for part in told["parts"]
    )


class TemporaryFolder:
    """A folder that goes when nothing holds it any more."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="macroimmune-repertoires-"))
        self._gone = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def joined_cells(parts: Sequence[Part]) -> pl.DataFrame | None:
    """Return the cells of several libraries, None where some are not known.

    Notes
    -----
    Convention: one barcode in two libraries is two cells, so ids get the number of the library.
    """
    known = [part.known_cells() for part in parts]
    cells = [one for one in known if one is not None]
    if len(cells) < len(known):
        return None
    if len(cells) == 1:
        return cells[0]
    named = [
        one.with_columns(pl.format("{}:{}", pl.lit(str(number)), "cell_id").alias("cell_id"))
        for number, one in enumerate(cells, start=1)
    ]
    return pl.concat(named) if named else pl.DataFrame(schema=CELL_COLUMNS)
