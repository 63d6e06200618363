"""The receptors that are compared: distinct CDR3s of clonotypes, with the V gene where asked."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from macroimmune.repertoires.neighbours.neighbour_pairs import Within, neighbour_pairs

__all__ = ["Receptors", "distinct_receptors", "receptor_pairs"]


@dataclass(frozen=True, slots=True, eq=False)
class Receptors:
    """Distinct receptors of one repertoire.

    Parameters
    ----------
    frame : polars DataFrame
        v_gene (empty where genes are not compared), junction_aa and count, each receptor once,
        largest first, then in alphabetical order.
    n_without : int
        Clonotypes that are left out: without amino acids of the CDR3, with letters that are not
        ASCII, or without a V gene where V genes are compared.
    """

    frame: pl.DataFrame
    n_without: int


def distinct_receptors(clonotypes: pl.DataFrame, *, same_v_gene: bool) -> Receptors:
    """Return the receptors of clonotypes: what differs in nucleotides or J gene alone is one.

    Parameters
    ----------
    clonotypes : polars DataFrame
        Columns v_gene, junction_aa and count.
    same_v_gene : bool
        Whether the V gene belongs to a receptor.

    Examples
    --------
    >>> clonotypes = pl.DataFrame({
    ...     "v_gene": ["TRBV9", "TRBV9", None],
    ...     "junction_aa": ["CASSF", "CASSF", "CASSY"],
    ...     "count": [3, 2, 1],
    ... })
    >>> found = distinct_receptors(clonotypes, same_v_gene=True)
    >>> found.frame.rows(), found.n_without
    ([('TRBV9', 'CASSF', 5)], 1)
    """
    aa = pl.col("junction_aa").fill_null("")
    is_usable = (aa != "") & (aa.str.len_bytes() == aa.str.len_chars())
    if same_v_gene:
        # Genes of several chains are joined by ";"; each must be known.
        gene = pl.col("v_gene").fill_null("")
        is_usable &= (gene != "") & ~gene.str.contains("^;|;;|;$")
    usable = clonotypes.filter(is_usable)
    frame = (
        usable
        .group_by(
            (pl.col("v_gene") if same_v_gene else pl.lit("", pl.String)).alias("v_gene"),
            "junction_aa",
        )
        .agg(pl.col("count").sum())
        .sort("count", "junction_aa", "v_gene", descending=[True, False, False])
    )
    return Receptors(frame, clonotypes.height - usable.height)


def receptor_pairs(receptors: pl.DataFrame, *, within: Within) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of neighbours among distinct receptors, as numbers of their rows.

    Parameters
    ----------
    receptors : polars DataFrame
        Columns v_gene and junction_aa, as of `Receptors`; of two V genes none are neighbours.
    within : {"one substitution", "one edit"}

    Returns
    -------
    first, second : int64 arrays, shape (pairs,)
        As of `neighbour_pairs`.
    """
    words = receptors["junction_aa"]
    letters = np.frombuffer("".join(words).encode("ascii"), dtype=np.uint8)
    starts = np.zeros(words.len() + 1, dtype=np.int64)
    np.cumsum(words.str.len_bytes().to_numpy(), out=starts[1:])
    genes = receptors["v_gene"].rank("dense").cast(pl.Int64).to_numpy()
    return neighbour_pairs(letters, starts, groups=genes, within=within)
