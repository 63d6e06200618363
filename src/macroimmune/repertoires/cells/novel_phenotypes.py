"""Novel clones by the population of their cells, against what the depth of both samples gives."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.repertoires.cells.participant_cells import ParticipantCells
from macroimmune.statistics import novel_kinds

__all__ = ["novel_rows"]

Whole = NDArray[np.int64]


def novel_rows(cells: ParticipantCells, pairs: pl.DataFrame) -> list[dict[str, object]]:
    """Return the rows of table `novel_phenotypes` of one participant.

    Parameters
    ----------
    cells : ParticipantCells
    pairs : polars DataFrame
        As from `sample_pairs`: the pairs of repertoires of one compartment.

    Returns
    -------
    rows : list of dict
        A row per pair whose samples both hold cells, and population with a clone in the later one.

    Notes
    -----
    Convention: a clone is of a population with one cell of it in the later sample, and is not
    novel with any cell in the earlier one; a clone of several populations counts in each. Cells
    are drawn one by one and need no over-dispersion.
    """
    rank = {name: k for k, name in enumerate(cells.samples["repertoire_id"])}
    n_clones = int(cells.clones.max()) + 1
    rows: list[dict[str, object]] = []
    for pair in pairs.iter_rows(named=True):
        if pair["before"] not in rank or pair["after"] not in rank:
            continue
        earlier, later = (cells.strata == rank[pair[name]] for name in ("before", "after"))
        before, after = (
            np.bincount(cells.clones[here], minlength=n_clones) for here in (earlier, later)
        )
        for population, is_of in cells.populations().items():
            own = cells.clones[later & is_of[cells.labels]]
            if own.size:
                among = np.bincount(own, minlength=n_clones)
                rows.append({**pair, "of_population": population} | _novel(before, after, among))
    return rows


def _novel(before: Whole, after: Whole, among: Whole) -> dict[str, object]:
    found = novel_kinds(before, after, among=among)
    n_after = int((among > 0).sum())
    return {
        "n_clonotypes": n_after,
        "n_novel": found.observed,
        "n_novel_expected": found.expected,
        "novel_excess": found.excess / n_after,
        "ci_low": found.ci_low / n_after,
        "ci_high": found.ci_high / n_after,
        "status": found.status,
    }
