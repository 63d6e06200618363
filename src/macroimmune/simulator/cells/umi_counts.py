"""Counts of genes in cells: negative binomial around sums of up to two cells and free RNA."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from macroimmune.statistics.compiled import compiled

__all__ = ["LEAST_DISPERSION", "CellContents", "draw_umi_counts"]

Values = NDArray[np.float64]
Places = NDArray[np.int64]

# Below, counts are Poisson for every purpose, and the first probability would underflow.
LEAST_DISPERSION = 0.01
_ROWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class CellContents:
    """What is in each droplet.

    Parameters
    ----------
    first, second : int array, shape (cells,)
        Row of the profile of the cell and of a second one; -1 where there is none.
    first_umis, second_umis, ambient_umis : float array, shape (cells,)
        Expected counts from each of them and from free RNA.
    deviation : float array, shape (cells,)
        How much stronger (1 is once more) than its well a cell responds.
    """

    first: Places
    second: Places
    first_umis: Values
    second_umis: Values
    ambient_umis: Values
    deviation: Values


def draw_umi_counts(
    contents: CellContents,
    profiles: Values,
    responses: Values,
    ambient: Values,
    dispersion: Values,
    *,
    rng: np.random.Generator,
) -> sparse.csr_array:
    """Return counts, cells by genes.

    Parameters
    ----------
    contents : CellContents
    profiles : float array, shape (states, genes)
        Shares of the counts of a cell of the well, each row summing to 1.
    responses : float array, shape (states, genes)
        Natural logarithm of the response that `profiles` hold already; a cell deviates by
        `deviation` times it.
    ambient : float array, shape (genes,)
        Shares of the free RNA.
    dispersion : float array, shape (genes,)
        Variance is mean + dispersion * mean^2; at least 0.01.
    rng : numpy Generator

    Returns
    -------
    counts : csr_array of int32, shape (cells, genes)

    Notes
    -----
    Convention: the inverse of the distribution at one uniform number per cell and gene.
    Checked against: `scipy.stats.nbinom`.
    """
    genes = profiles.shape[1]
    phi = np.maximum(dispersion, LEAST_DISPERSION)
    values, columns, lengths = [], [], []
    for start in range(0, contents.first.size, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        chance = rng.random((contents.first[rows].size, genes))
        found = _counts(
            contents.first[rows],
            contents.second[rows],
            contents.first_umis[rows],
            contents.second_umis[rows],
            contents.ambient_umis[rows],
            contents.deviation[rows],
            profiles,
            responses,
            ambient,
            phi,
            chance,
        )
        values.append(found[0])
        columns.append(found[1])
        lengths.append(found[2])
    starts = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
    return sparse.csr_array(
        (np.concatenate(values), np.concatenate(columns), starts),
        shape=(contents.first.size, genes),
    )


@compiled
def _quantile(chance: float, mean: float, phi: float) -> int:
    """Return the smallest count whose cumulative probability reaches `chance`."""
    size = 1.0 / phi
    odds = phi * mean
    probability = math.exp(-math.log1p(odds) * size)
    ratio = odds / (1.0 + odds)
    total = probability
    count = 0
    while total < chance:
        probability *= ratio * (count + size) / (count + 1.0)
        count += 1
        total += probability
        # Rounding can keep the sum below the last numbers before 1.
        if probability < 1e-18 and count > mean:
            break
    return count


@compiled
def _counts(
    first: Places,
    second: Places,
    first_umis: Values,
    second_umis: Values,
    ambient_umis: Values,
    deviation: Values,
    profiles: Values,
    responses: Values,
    ambient: Values,
    phi: Values,
    chance: Values,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Return values, columns and how many there are per row."""
    rows, genes = chance.shape
    values = np.empty(rows * genes, np.int32)
    columns = np.empty(rows * genes, np.int32)
    lengths = np.zeros(rows, np.int64)
    place = 0
    for row in range(rows):
        state, other, before = first[row], second[row], place
        for gene in range(genes):
            mean = first_umis[row] * profiles[state, gene]
            if deviation[row] != 0.0 and responses[state, gene] != 0.0:
                mean *= math.exp(deviation[row] * responses[state, gene])
            if other >= 0:
                mean += second_umis[row] * profiles[other, gene]
            mean += ambient_umis[row] * ambient[gene]
            # A count above zero has at most the probability `mean`: most draws end here.
            if chance[row, gene] < 1.0 - mean:
                continue
            count = _quantile(chance[row, gene], mean, phi[gene])
            if count > 0:
                values[place] = count
                columns[place] = gene
                place += 1
        lengths[row] = place - before
    return values[:place].copy(), columns[:place].copy(), lengths
