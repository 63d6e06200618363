"""Rank and abundance of clonotypes, and the V and J genes that they use."""

import numpy as np
import polars as pl

__all__ = ["clone_ranks", "convergence", "gene_usage"]

_FIRST = 100
_LATER = 100


def clone_ranks(clonotypes: pl.DataFrame) -> pl.DataFrame:
    """Return rank, count and share: of all of the first 100, then evenly on the logarithm.

    Parameters
    ----------
    clonotypes : polars DataFrame
        Of a repertoire: a row per clonotype with its `count`.

    Examples
    --------
    >>> clone_ranks(pl.DataFrame({"count": [1, 3]})).rows()
    [(1, 3, 0.75), (2, 1, 0.25)]
    """
    counts = clonotypes["count"].sort(descending=True).to_numpy()
    last = counts.size
    ranks = np.arange(1, min(last, _FIRST) + 1)
    if last > _FIRST:
        later = np.geomspace(_FIRST, last, _LATER + 1)
        ranks = np.unique(np.concatenate([ranks, np.round(later).astype(np.int64)]))
    shown = counts[ranks - 1]
    share = shown / counts.sum() if last else shown.astype(float)
    return pl.DataFrame({"rank": ranks, "count": shown, "share": share})


def gene_usage(clonotypes: pl.DataFrame) -> pl.DataFrame:
    """Return the V and J genes of a repertoire, by clonotypes and by counts.

    Parameters
    ----------
    clonotypes : polars DataFrame
        Columns v_gene, j_gene, count; clonotypes without a named gene are left out of the shares.

    Returns
    -------
    usage : polars DataFrame
        segment, gene, n_clonotypes, share_of_clonotypes, share_of_counts; by gene.

    Notes
    -----
    Convention: a clonotype of both chains, whose genes are written "TRAV1;TRBV2", counts in each
    of them, so that the shares of one chain add up to the share of clonotypes that have it.

    Examples
    --------
    >>> one = pl.DataFrame({"v_gene": ["TRBV2", ""], "j_gene": ["TRBJ1-1"] * 2, "count": [3, 1]})
    >>> gene_usage(one).select("segment", "gene", "share_of_counts").rows()
    [('V', 'TRBV2', 1.0), ('J', 'TRBJ1-1', 1.0)]
    """
    return pl.concat([
        _segment(clonotypes, column, segment)
        for column, segment in (("v_gene", "V"), ("j_gene", "J"))
    ])


def _segment(clonotypes: pl.DataFrame, column: str, segment: str) -> pl.DataFrame:
    named = clonotypes.select(pl.col(column).fill_null("").alias("gene"), "count").filter(
        pl.col("gene") != ""
    )
    kinds, total = named.height, named["count"].sum()
    return (
        named
        .group_by("gene")
        .agg(pl.len().cast(pl.Int64).alias("n_clonotypes"), pl.col("count").sum().alias("_n"))
        .with_columns(pl.col("gene").str.split(";"))
        .explode("gene", empty_as_null=False, keep_nulls=False)
        .filter(pl.col("gene") != "")
        .group_by("gene")
        .agg(pl.col("n_clonotypes").sum(), pl.col("_n").sum())
        .sort("gene")
        .select(
            pl.lit(segment).alias("segment"),
            "gene",
            "n_clonotypes",
            (pl.col("n_clonotypes") / max(kinds, 1)).alias("share_of_clonotypes"),
            (pl.col("_n") / max(total, 1)).alias("share_of_counts"),
        )
    )


def convergence(clonotypes: pl.DataFrame) -> float:
    """Return the nucleotide CDR3s per amino-acid CDR3; NaN where either is not known.

    Parameters
    ----------
    clonotypes : polars DataFrame
        Columns junction, junction_aa; rows that lack either are left out.

    Notes
    -----
    Convention: distinct sequences, whatever their genes and counts; 1 at least.

    Examples
    --------
    >>> one = {"junction": ["TGTGCC", "TGCGCC", "TGTAGC"], "junction_aa": ["CA", "CA", "CS"]}
    >>> convergence(pl.DataFrame(one))
    1.5
    """
    known = clonotypes.select("junction", "junction_aa").filter(
        (pl.col("junction").fill_null("") != "") & (pl.col("junction_aa").fill_null("") != "")
    )
    if known.is_empty():
        return float("nan")
    return known["junction"].n_unique() / known["junction_aa"].n_unique()
