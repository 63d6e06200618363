"""All cells with a clonotype of one participant, as codes, with the populations of their labels."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.evidence import populations_of_label
from macroimmune.repertoires.repertoire import CELL_COLUMNS, Repertoires

__all__ = ["ALL_CELLS", "ParticipantCells", "participants_with_cells"]

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

# The population of all cells, whether they have a label or not.
ALL_CELLS = ""
_T_CELLS = "t_cell"


@dataclass(frozen=True, slots=True, eq=False)
class ParticipantCells:
    """Cells of one participant.

    Parameters
    ----------
    samples : polars DataFrame
        Their rows of table `repertoires`, in order of day and compartment.
    clones, strata, labels : int array, shape (cells,)
        Codes of the clonotype, of the sample (row of `samples`), and of the label; the code beyond
        the last label stands for none.
    names : tuple of str
        The labels, by code: those that mean one population of the vocabulary are one.
    """

    samples: pl.DataFrame
    clones: Whole
    strata: Whole
    labels: Whole
    names: tuple[str, ...]

    def populations(self) -> dict[str, Flags]:
        """Return of each population which codes of labels belong to it, all cells first.

        The wider populations of the vocabulary hold the narrower ones; the shape is (labels + 1,).
        T cells are one only as a label: all cells with a clonotype are T cells.
        """
        found = {ALL_CELLS: np.ones(len(self.names) + 1, dtype=np.bool_)}
        for code, name in enumerate(self.names):
            for population in populations_of_label(name):
                if population == _T_CELLS and name != _T_CELLS:
                    continue
                nothing = np.zeros(len(self.names) + 1, dtype=np.bool_)
                found.setdefault(population, nothing)[code] = True
        return found

    def compartments(self) -> tuple[tuple[str, ...], Whole]:
        """Return the compartments with cells, and the place of each sample among them."""
        of_sample = self.samples["compartment"].to_list()
        names = tuple(dict.fromkeys(of_sample))
        return names, np.array([names.index(one) for one in of_sample], dtype=np.int64)


def participants_with_cells(repertoires: Repertoires) -> Iterator[ParticipantCells]:
    """Yield the cells of each participant and chain; of those whose repertoires hold cells.

    Notes
    -----
    Convention: repertoires of all cells (population empty) that count cells; those of populations
    are parts of them.
    """
    of_cells = repertoires.listed.filter(
        (pl.col("counted") == "cells") & (pl.col("population") == ALL_CELLS)
    ).sort("participant_id", "chain", "days_from_treatment_start", "compartment", "repertoire_id")
    for _, samples in of_cells.group_by("participant_id", "chain", maintain_order=True):
        yield from _read(samples, repertoires)


def _read(samples: pl.DataFrame, repertoires: Repertoires) -> Iterator[ParticipantCells]:
    frames: list[pl.DataFrame] = []
    kept: list[int] = []
    for row, repertoire_id in enumerate(samples["repertoire_id"]):
        cells = repertoires.read(repertoire_id).cells
        if cells is not None and not cells.is_empty():
            stratum = pl.lit(len(frames), dtype=pl.Int64).alias("stratum")
            frames.append(cells.select(*CELL_COLUMNS, stratum))
            kept.append(row)
    if frames:
        yield _coded(samples[kept], pl.concat(frames))


def _coded(samples: pl.DataFrame, cells: pl.DataFrame) -> ParticipantCells:
    written = [one for one in cells["label"].unique().sort().to_list() if one]
    # The narrowest population of a label, or the label where the vocabulary lacks it.
    meaning = {label: populations_of_label(label)[0] for label in written}
    names = tuple(sorted(set(meaning.values())))
    codes = {label: names.index(name) for label, name in meaning.items()}
    labels = cells["label"].replace_strict(codes, default=len(names), return_dtype=pl.Int64)
    return ParticipantCells(
        samples=samples,
        clones=cells["clonotype"].rank("dense").cast(pl.Int64).to_numpy() - 1,
        strata=cells["stratum"].to_numpy(),
        labels=labels.to_numpy(),
        names=names,
    )
