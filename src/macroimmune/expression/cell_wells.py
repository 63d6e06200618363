"""Which well each cell of a file is of: sample and stimulus, by columns that the study names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.expression.listed_rows import ListedRow
from macroimmune.study import is_stimulated

__all__ = ["CellWells", "Trouble", "cell_wells", "population_labels"]

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a row, or a column of it, cannot be used.

    Parameters
    ----------
    column : str
        Of table `expression`.
    found, advice : str
    """

    column: str
    found: str
    advice: str


@dataclass(frozen=True, slots=True, eq=False)
class CellWells:
    """The wells of a file and the cells of each.

    Parameters
    ----------
    rows : tuple of int
        Of each well, the row that lists it.
    stimuli : tuple of str
        Of each well, as the study or the file names it.
    of_cell : int array, shape (cells,)
        Place of the well of each cell, -1 for cells of none.
    troubles : mapping from row to Trouble
        Rows without a well.
    remarks : mapping from row to str
    """

    rows: tuple[int, ...]
    stimuli: tuple[str, ...]
    of_cell: Whole
    troubles: Mapping[int, Trouble]
    remarks: Mapping[int, str]


def cell_wells(rows: Sequence[ListedRow], obs: pl.DataFrame, n_cells: int) -> CellWells:
    """Return the wells that the rows of one file tell apart.

    Parameters
    ----------
    rows : sequence of ListedRow
        All of one file.
    obs : DataFrame
        A row per cell, or without columns where nothing is known of them.
    n_cells : int

    Returns
    -------
    wells : CellWells

    Notes
    -----
    Convention: a row holds the cells whose `sample_column` is its sample, all where it names none.
    With `stimulus_column` a row that states its stimulus holds the cells with that word, and a row
    that states none is one well per word; cells without a word are of no well. A cell that two
    rows claim is of neither, and both are told.
    """
    made: list[tuple[int, str, NDArray[np.bool_]]] = []
    troubles: dict[int, Trouble] = {}
    remarks: dict[int, str] = {}
    for number, row in enumerate(rows):
        is_of_sample = _of_sample(row, obs, n_cells)
        if isinstance(is_of_sample, Trouble):
            troubles[number] = is_of_sample
            continue
        parts = _by_stimulus(row, obs, is_of_sample)
        if isinstance(parts, Trouble):
            troubles[number] = parts
            continue
        made += [(number, stimulus, cells) for stimulus, cells in parts.items()]
        wordless = int(is_of_sample.sum()) - sum(int(cells.sum()) for cells in parts.values())
        if wordless and not row.stimulus:
            remarks[number] = f"{wordless} cells without a word in {row.stimulus_column} left out"
    claims = sum((cells.astype(np.int64) for _, _, cells in made), np.zeros(n_cells, np.int64))
    for number, _, cells in made:
        if (claims[cells] > 1).any():
            troubles[number] = _claimed_twice(rows[number])
    kept = [one for one in made if one[0] not in troubles]
    of_cell = np.full(n_cells, -1, dtype=np.int64)
    for place, (_, _, cells) in enumerate(kept):
        of_cell[cells] = place
    return CellWells(
        rows=tuple(number for number, _, _ in kept),
        stimuli=tuple(stimulus for _, stimulus, _ in kept),
        of_cell=of_cell,
        troubles=troubles,
        remarks=remarks,
    )


def _words(obs: pl.DataFrame, column: str) -> pl.Series:
    return obs[column].cast(pl.String).fill_null("").str.strip_chars()


def _absent(column: str, name: str, obs: pl.DataFrame) -> Trouble:
    found = f"no column {name!r} among those of the cells"
    return Trouble(column, found, did_you_mean(name, obs.columns))


def _of_sample(row: ListedRow, obs: pl.DataFrame, n_cells: int) -> NDArray[np.bool_] | Trouble:
    if not row.sample_column:
        return np.ones(n_cells, dtype=bool)
    if row.sample_column not in obs.columns:
        return _absent("sample_column", row.sample_column, obs)
    words = _words(obs, row.sample_column)
    cells = (words == row.sample_id).to_numpy()
    if not cells.any():
        found = f"no cell of sample {row.sample_id!r} in column {row.sample_column!r}"
        return Trouble("sample_column", found, did_you_mean(row.sample_id, words.unique()))
    return np.asarray(cells)


def _by_stimulus(
    row: ListedRow, obs: pl.DataFrame, is_of_sample: NDArray[np.bool_]
) -> dict[str, NDArray[np.bool_]] | Trouble:
    """Return the cells of each well of a row, by stimulus."""
    if not row.stimulus_column:
        return {row.stimulus: is_of_sample}
    if row.stimulus_column not in obs.columns:
        return _absent("stimulus_column", row.stimulus_column, obs)
    words = _words(obs, row.stimulus_column)
    present = words.filter(pl.Series(is_of_sample)).unique(maintain_order=True).to_list()
    if not row.stimulus:
        parts = {word: (words == word).to_numpy() & is_of_sample for word in present if word}
        if parts:
            return parts
        return Trouble(
            "stimulus_column",
            f"no word in column {row.stimulus_column!r} for sample {row.sample_id!r}",
            "Name another column, or state the stimulus of the row.",
        )
    fitting = [word for word in present if word and _is_same(word, row.stimulus)]
    if not fitting:
        found = f"no cell with {row.stimulus!r} in column {row.stimulus_column!r}"
        return Trouble("stimulus", found, did_you_mean(row.stimulus, present))
    return {row.stimulus: words.is_in(fitting).to_numpy() & is_of_sample}


def _is_same(word: str, stimulus: str) -> bool:
    """Whether two words name the same stimulus, or both say that there is none."""
    if word.casefold() == stimulus.strip().casefold():
        return True
    return not is_stimulated(word) and not is_stimulated(stimulus)


def _claimed_twice(row: ListedRow) -> Trouble:
    return Trouble(
        "sample_column" if not row.sample_column else "stimulus",
        f"the cells of sample {row.sample_id!r} are also those of another row of this file",
        "Name the columns of obs that tell sample (sample_column) and stimulus (stimulus_column).",
    )


def population_labels(
    row: ListedRow, obs: pl.DataFrame, cells: NDArray[np.bool_]
) -> tuple[list[str], Trouble | None]:
    """Return the population of each cell of a row as the file names it, empty where it does not.

    Parameters
    ----------
    row : ListedRow
    obs : DataFrame
    cells : bool array, shape (cells,)
        Of the row.

    Returns
    -------
    labels : list of str, one per cell of the row
    trouble : Trouble or None
        Where the column is not there, or no cell has a word in it.
    """
    count = int(cells.sum())
    if not row.population_column:
        return [""] * count, None
    if row.population_column not in obs.columns:
        return [""] * count, _absent("population_column", row.population_column, obs)
    labels = _words(obs, row.population_column).filter(pl.Series(cells)).to_list()
    if not any(labels):
        found = f"no word in column {row.population_column!r} for sample {row.sample_id!r}"
        return labels, Trouble("population_column", found, "Name another column of the cells.")
    return labels, None
