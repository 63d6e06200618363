"""Expected expression of every population at rest, and how interferon moves it."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.evidence import find_gene_set
from macroimmune.simulator.cells.cell_classes import CLASS_OF_LEAF, MYELOID_CLASSES
from macroimmune.simulator.leaves import LEAVES

__all__ = [
    "EXHAUSTED_LEAVES",
    "STATES",
    "ExpressionProfiles",
    "cell_table",
    "expression_profiles",
    "interferon_alpha_genes",
    "sex_linked_genes",
]

Values = NDArray[np.float64]

EXHAUSTED_LEAVES = ("em_cd8", "temra_cd8", "cd8_senescent")
STATES = (*LEAVES, *(f"{leaf}, cytolytic and exhausted" for leaf in EXHAUSTED_LEAVES))
# Counts per million of a marker in cells that are not known to have it: assumed.
_BACKGROUND = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ExpressionProfiles:
    """Shares of the counts of a cell, by state and gene.

    Parameters
    ----------
    genes : tuple of str
        In alphabetical order.
    levels : float array, shape (states, genes)
        At rest, in the order of `STATES`; each row sums to 1.
    responses : float array, shape (states, genes)
        Natural logarithm of the change after 6 hours of interferon-beta; 0 where there is none.
    """

    genes: tuple[str, ...]
    levels: Values
    responses: Values


def cell_table(name: str) -> pl.DataFrame:
    """Return a table of this package; `data/SOURCES.md` tells where it comes from."""
    folder = files("macroimmune.simulator.cells") / "data"
    return pl.read_csv((folder / name).read_bytes(), infer_schema_length=None)


def interferon_alpha_genes() -> tuple[str, ...]:
    """Return the genes of the Hallmark interferon alpha response."""
    return find_gene_set("hallmark_ifn_alpha").genes


def sex_linked_genes(*, is_female: bool) -> tuple[str, ...]:
    """Return the genes that people of this sex transcribe and others do not."""
    return tuple(cell_table("sex_linked_genes.csv").filter(is_of_women=is_female)["gene"])


@cache
def expression_profiles(count: int) -> ExpressionProfiles:
    """Return the profiles of `count` genes.

    Markers, genes of one sex, interferon-stimulated genes and genes that respond are always among
    them; the most expressed of the others fill up.

    Notes
    -----
    Convention: a population has the measured profile of its class, in which the levels of its own
    marker genes are set to assumed ones. Genes of one sex have the level of that sex.
    """
    table = cell_table("genes.csv")
    markers = cell_table("leaf_markers.csv")
    exhausted = cell_table("cytolytic_exhausted_genes.csv")
    of_sex = cell_table("sex_linked_genes.csv")
    genes = _chosen(table, (*markers["gene"], *exhausted["gene"], *of_sex["gene"]), count)
    place = {gene: number for number, gene in enumerate(genes)}
    known = table.filter(pl.col("gene").is_in(genes))
    columns = [place[gene] for gene in known["gene"]]
    levels = np.full((len(STATES), len(genes)), _BACKGROUND)
    responses = np.zeros_like(levels)
    leaf_of_state = (*LEAVES, *EXHAUSTED_LEAVES)
    for row, leaf in enumerate(leaf_of_state):
        kind = CLASS_OF_LEAF[leaf]
        levels[row, columns] = known[kind]
        group = "myeloid" if kind in MYELOID_CLASSES else "lymphoid"
        responses[row, columns] = known[f"response_{group}"]
        for gene, per_10k in markers.filter(leaf=leaf).select("gene", "per_10k").iter_rows():
            levels[row, place[gene]] = 100.0 * per_10k
    levels[:, [place[gene] for gene in of_sex["gene"]]] = 100.0 * of_sex["per_10k"].to_numpy()
    for row in range(len(LEAVES), len(STATES)):
        levels[row, [place[gene] for gene in exhausted["gene"]]] = 100.0 * exhausted["per_10k"]
    return ExpressionProfiles(genes, levels / levels.sum(axis=1, keepdims=True), responses)


def _chosen(table: pl.DataFrame, markers: tuple[str, ...], count: int) -> tuple[str, ...]:
    responds = (pl.col("response_myeloid") != 0) | (pl.col("response_lymphoid") != 0)
    wanted = {*markers, *interferon_alpha_genes(), *table.filter(responds)["gene"]}
    # The table is sorted by mean expression.
    for gene in table["gene"]:
        if len(wanted) >= count:
            break
        wanted.add(gene)
    return tuple(sorted(wanted))
