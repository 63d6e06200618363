"""Clusters of similar receptors over all participants of a cohort."""

import numpy as np
import polars as pl

from macroimmune.repertoires.neighbours.components import neighbour_components
from macroimmune.repertoires.neighbours.neighbour_pairs import Within
from macroimmune.repertoires.neighbours.receptors import receptor_pairs

__all__ = ["cohort_clusters"]

_SHOWN = 20


def cohort_clusters(owned: pl.DataFrame, *, within: Within) -> pl.DataFrame:
    """Return the clusters of at least two receptors, largest first.

    Parameters
    ----------
    owned : polars DataFrame
        v_gene (empty where genes are not compared), junction_aa and participant_id: who has which
        receptor, in any order; the same line may come again.
    within : {"one substitution", "one edit"}

    Returns
    -------
    clusters : polars DataFrame
        cluster (1 is the largest; of equal size the first hub of the alphabet), n_receptors,
        n_participants, hub, n_neighbours_hub and receptors (those with most neighbours first).

    Notes
    -----
    Convention: two receptors are in one cluster when a chain of neighbours leads from one to the
    other; the ends of a chain need not be alike. Receptors that recombination makes often have
    many neighbours and many owners by that alone, and clusters merge the more receptors there are:
    a cluster is no evidence of a common antigen.
    """
    owned = owned.unique()
    receptors = owned.select("v_gene", "junction_aa").unique().sort("v_gene", "junction_aa")
    found = neighbour_components(receptors.height, *receptor_pairs(receptors, within=within))
    named = receptors.with_columns(
        pl
        .concat_str("v_gene", "junction_aa", separator=" ")
        .str.strip_chars_start(" ")
        .alias("receptor"),
        pl.Series("label", found.label, dtype=pl.Int64),
        pl.Series("n_neighbours", found.degree, dtype=pl.Int64),
    ).filter(pl.Series(found.size[found.label] > 1, dtype=pl.Boolean))
    owners = (
        owned
        .join(named, on=["v_gene", "junction_aa"], how="inner")
        .group_by("label")
        .agg(pl.col("participant_id").n_unique().cast(pl.Int64).alias("n_participants"))
    )
    clusters = (
        named
        .sort("n_neighbours", "receptor", descending=[True, False])
        .group_by("label", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("n_receptors"),
            pl.col("receptor").first().alias("hub"),
            pl.col("n_neighbours").first().alias("n_neighbours_hub"),
            pl.col("receptor").head(_SHOWN).str.join(";").alias("receptors"),
        )
        .join(owners, on="label", how="inner")
        .sort("n_receptors", "hub", descending=[True, False])
        .drop("label")
    )
    number = pl.Series("cluster", np.arange(1, clusters.height + 1), dtype=pl.Int64)
    return clusters.with_columns(number)
