"""The cells of one well: which they are, what their droplets hold, and their counts."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import ndtr, ndtri

from macroimmune.simulator.cells.cell_classes import CLASS_OF_LEAF, GROUP_OF_LEAF, LABEL_OF_LEAF
from macroimmune.simulator.cells.expression_profiles import (
    EXHAUSTED_LEAVES,
    STATES,
    cell_table,
    expression_profiles,
    sex_linked_genes,
)
from macroimmune.simulator.cells.umi_counts import CellContents, draw_umi_counts
from macroimmune.simulator.cells.wells import Well
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import ExpressionPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["WellCells", "draw_well_cells", "gene_dispersion"]

Values = NDArray[np.float64]
Places = NDArray[np.int64]

_LEAVES = tuple(LEAVES)
_CLASSES = tuple(dict.fromkeys(CLASS_OF_LEAF.values()))
_LEAF_OF_STATE = np.array([*range(len(_LEAVES)), *map(_LEAVES.index, EXHAUSTED_LEAVES)])
_CLASS_OF_STATE = np.array([
    _CLASSES.index(CLASS_OF_LEAF[_LEAVES[leaf]]) for leaf in _LEAF_OF_STATE
])
_NK = tuple(row for row, leaf in enumerate(_LEAVES) if LEAVES[leaf].lineage == "nk")
_NCR = ("NCR1", "NCR2", "NCR3")
# SD of the natural logarithm of free RNA between droplets of a well: assumed.
_AMBIENT_SPREAD = 0.3
_DISPERSION_POWER, _LEAST_MEAN = -0.55, 0.01
_BASES = np.array(list("ACGT"))
_BARCODE_LENGTH = 16


@dataclass(frozen=True, slots=True, eq=False)
class WellCells:
    """What was counted in one well, and what is true of it.

    Parameters
    ----------
    barcodes : tuple of str
        Unique in the study.
    counts : csr_array of int32, shape (cells, genes)
    labels : DataFrame
        `cell_type` and `cell_group` as the laboratory sees them.
    truth : DataFrame
        A row per cell.
    """

    barcodes: tuple[str, ...]
    counts: sparse.csr_array
    labels: pl.DataFrame
    truth: pl.DataFrame


def draw_well_cells(seed: int, plan: ExpressionPlan, well: Well) -> WellCells:
    """Return the cells of a well; the same seed and well give the same cells, in whichever file."""
    rng = random_stream(seed, "expression", "cells", well.sample_id, well.condition)
    known = expression_profiles(plan.genes)
    responses = known.responses * well.response[_LEAF_OF_STATE][:, None]
    profiles = _profiles_of_well(seed, plan, well, responses)
    contents = _contents(plan, well, rng)
    cells = np.bincount(contents.first, weights=contents.first_umis, minlength=len(STATES))
    ambient = cells @ profiles / cells.sum()
    dispersion = gene_dispersion(plan, ambient)
    counts = draw_umi_counts(contents, profiles, responses, ambient, dispersion, rng=rng)
    leaf = _LEAF_OF_STATE[contents.first]
    return WellCells(
        _barcodes(contents.first.size, well.number, rng),
        counts,
        _labels(leaf, plan.label_errors, rng),
        _truth(contents, leaf, well),
    )


def gene_dispersion(plan: ExpressionPlan, shares: Values) -> Values:
    """Return the over-dispersion of each gene between cells.

    Parameters
    ----------
    plan : ExpressionPlan
    shares : float array, shape (genes,)
        Of the counts of the well.

    Returns
    -------
    dispersion : float array, shape (genes,)

    Notes
    -----
    Convention: a power of the mean, chosen so that the squared coefficient of variation beyond
    Poisson of all unstimulated cells follows that of `kang_ifnb` over the mean.
    """
    mean = np.maximum(plan.umis * shares, _LEAST_MEAN)
    dispersion: Values = plan.dispersion * mean**_DISPERSION_POWER
    return dispersion


def _profiles_of_well(seed: int, plan: ExpressionPlan, well: Well, responses: Values) -> Values:
    """Return shares of counts: at rest, moved by donor, sex, cell class, batch and interferon."""
    known = expression_profiles(plan.genes)
    genes = len(known.genes)
    donor = random_stream(seed, "expression", "donor", well.participant_id)
    batch = random_stream(seed, "expression", "batch", well.batch)
    shift = plan.donor_spread * donor.standard_normal(genes)
    shift = shift + plan.batch_spread * batch.standard_normal(genes)
    own = plan.donor_type_spread * donor.standard_normal((len(_CLASSES), genes))
    levels = known.levels * np.exp(shift + own[_CLASS_OF_STATE] + responses)
    ncr = [known.genes.index(gene) for gene in _NCR]
    levels[np.ix_(_NK, ncr)] *= well.ncr
    of_others = sex_linked_genes(is_female=not well.is_female)
    levels[:, [known.genes.index(gene) for gene in of_others]] = 0.0
    return np.asarray(levels / levels.sum(axis=1, keepdims=True))


def _contents(plan: ExpressionPlan, well: Well, rng: np.random.Generator) -> CellContents:
    """Return what each droplet holds."""
    count = max(1, int(rng.poisson(plan.cells_per_well)))
    depth = plan.umis * np.exp(plan.umis_between_wells * rng.standard_normal())
    weights = well.fractions / well.fractions.sum()
    first = _states(rng.choice(weights.size, count, p=weights), well.exhausted, rng)
    is_doublet = rng.random(count) < plan.doublets
    partner = _states(rng.choice(weights.size, count, p=weights), well.exhausted, rng)
    first_umis = _depths(plan, depth, first, rng)
    second_umis = np.where(is_doublet, _depths(plan, depth, partner, rng), 0.0)
    ambient = plan.ambient * depth * np.exp(_AMBIENT_SPREAD * rng.standard_normal(count))
    deviation = plan.response_cell_spread * rng.standard_normal(count)
    return CellContents(
        first, np.where(is_doublet, partner, -1), first_umis, second_umis, ambient, deviation
    )


def _states(leaf: Places, exhausted: float, rng: np.random.Generator) -> Places:
    """Return the state of each cell: its population, or the exhausted form of it."""
    chance = rng.random(leaf.size)
    state = leaf.copy()
    for number, name in enumerate(EXHAUSTED_LEAVES):
        state[(leaf == _LEAVES.index(name)) & (chance < exhausted)] = len(_LEAVES) + number
    return state


def _depths(plan: ExpressionPlan, median: float, state: Places, rng: np.random.Generator) -> Values:
    """Return log-normal counts around the median of the class, none below the least called."""
    relative = _relative_depth()[_CLASS_OF_STATE[state]]
    expected = np.log(median * relative)
    chance = rng.random(state.size)
    if plan.umis_spread == 0.0:
        return np.asarray(np.maximum(np.exp(expected), plan.umis_least))
    least = np.log(plan.umis_least) if plan.umis_least > 0.0 else -np.inf
    below = ndtr((least - expected) / plan.umis_spread)
    # Far above the median nearly nothing is left to draw from: such cells stand at the least.
    place = np.minimum(below + chance * (1.0 - below), 1.0 - 1e-12)
    return np.asarray(np.exp(np.maximum(expected + plan.umis_spread * ndtri(place), least)))


def _relative_depth() -> Values:
    """Return the median counts of each class, relative to that of all cells."""
    table = cell_table("library.csv")
    wide = {
        name: dict(table.filter(pl.col("quantity") == name).select("class", "value").iter_rows())
        for name in ("median_umis", "share_unstimulated")
    }
    medians = np.array([wide["median_umis"][name] for name in _CLASSES])
    share = np.array([wide["share_unstimulated"][name] for name in _CLASSES])
    return np.asarray(medians / np.exp(np.log(medians) @ share / share.sum()))


def _barcodes(count: int, number: int, rng: np.random.Generator) -> tuple[str, ...]:
    # Distinct by construction: odd steps through all barcodes of this length.
    space = 4**_BARCODE_LENGTH
    start, step = rng.integers(space), 2 * rng.integers(space // 2) + 1
    numbers = (int(start) + int(step) * np.arange(count, dtype=np.int64) % space) % space
    digits = (numbers[:, None] >> (2 * np.arange(_BARCODE_LENGTH))) & 3
    return tuple("".join(row) + f"-{number}" for row in _BASES[digits])


def _labels(leaf: Places, errors: float, rng: np.random.Generator) -> pl.DataFrame:
    """Return the names that the laboratory gives; some are those of a neighbour."""
    lineages = np.array([LEAVES[name].lineage for name in _LEAVES])
    is_wrong = rng.random(leaf.size) < errors
    chance = rng.random(leaf.size)
    named = leaf.copy()
    for lineage in dict.fromkeys(lineages):
        members = np.flatnonzero(lineages == lineage)
        rows = np.flatnonzero(is_wrong & (lineages[leaf] == lineage))
        named[rows] = members[(chance[rows] * members.size).astype(int)]
    labels = np.array([LABEL_OF_LEAF[name] for name in _LEAVES])[named]
    groups = np.array([GROUP_OF_LEAF[name] for name in _LEAVES])[named]
    return pl.DataFrame({"cell_type": labels, "cell_group": groups})


def _truth(contents: CellContents, leaf: Places, well: Well) -> pl.DataFrame:
    names = np.array(_LEAVES)
    second = np.where(contents.second < 0, 0, contents.second)
    total = contents.first_umis + contents.second_umis + contents.ambient_umis
    is_doublet = contents.second >= 0
    return pl.DataFrame({
        "library": np.full(leaf.size, well.library),
        "leaf": names[leaf],
        "is_exhausted": contents.first >= len(_LEAVES),
        "is_doublet": is_doublet,
        "second_leaf": np.where(is_doublet, names[_LEAF_OF_STATE[second]], ""),
        "expected_umis": np.round(total, 2),
        "ambient_share": np.round(contents.ambient_umis / total, 6),
        "response": np.round(well.response[leaf] * (1.0 + contents.deviation), 6),
    })
