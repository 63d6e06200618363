"""One clonotype for each cell: which of its chains, or which pair of them."""

import polars as pl

from macroimmune.repertoires.reading.clonotype_names import BETWEEN_CHAINS, pair_of
from macroimmune.study import RepertoireSettings

__all__ = ["chains_of_cells"]

_TOLD = ("v_gene", "j_gene", "junction", "junction_aa")
_FEWER = "another chain of its cell has more UMIs"
_SEVERAL = "cell with several chains of one locus"
_PARTNER = "cell without the other chain"
_SAME = "another contig of a chain of its cell"
# Of each receptor one chain of these and one of the others make it whole.
_HEAVY = ("TRB", "TRD", "IGH")


def chains_of_cells(
    chains: pl.DataFrame, settings: RepertoireSettings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row per cell with its clonotype, and the chains that were left out.

    Parameters
    ----------
    chains : DataFrame
        Usable chains of cells: columns of `CHAIN_COLUMNS` and `clonotype`.
    settings : RepertoireSettings
        `several_chains` says what becomes of a cell with several, `chain` whether both chains make
        a clonotype.

    Returns
    -------
    cells : DataFrame
        The columns of `chains`, cells in the order of their ids. Where several chains make a
        clonotype their names are joined by ``+`` and their genes and CDR3s by ``;``, in the order
        of loci and names; UMIs, reads and counts are summed.
    left_out : DataFrame
        The other chains, with `reason`.

    Notes
    -----
    Convention: the chain with most UMIs, then most reads, then the first name in the alphabet. A
    chain without UMIs counts as one with none. Contigs of a cell that are the same clonotype are
    one chain, of which the one with most UMIs stands.
    """
    order = chains.sort(
        "cell_id",
        "locus",
        pl.col("umis").fill_null(-1.0),
        pl.col("reads").fill_null(-1.0),
        "clonotype",
        descending=[False, False, True, True, False],
        nulls_last=True,
    )
    one = ["cell_id", "locus"]
    order, same = _split(order, pl.struct(*one, "clonotype").is_first_distinct(), _SAME)
    if settings.several_chains == "most umis":
        is_kept = pl.struct(one).is_first_distinct()
        kept, left = _split(order, is_kept, _FEWER)
    elif settings.several_chains == "drop cell":
        kept, left = _split(order, pl.col("clonotype").n_unique().over(one) == 1, _SEVERAL)
    else:
        kept, left = order, _split(order, pl.lit(value=True), _SEVERAL)[1]
    left = pl.concat([left, same])
    if settings.chain == "paired":
        kept = kept.with_columns(pair_of(pl.col("locus")).alias("_pair"))
        # A cell may hold chains of two kinds of receptor: the pair that is whole stands.
        is_heavy = pl.col("locus").is_in(_HEAVY)
        whole = (is_heavy.any() & ~is_heavy.all()).over("cell_id", "_pair")
        kept, alone = _split(kept, whole, _PARTNER)
        first = pl.col("_pair") == pl.col("_pair").min().over("cell_id")
        kept, other = _split(kept, first, "chain of a second receptor of its cell")
        left = pl.concat([left, alone.drop("_pair"), other.drop("_pair")])
        kept = kept.drop("_pair")
    return _joined(kept), left


def _split(
    chains: pl.DataFrame, is_kept: pl.Expr, reason: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    marked = chains.with_columns(is_kept.alias("_kept"))
    return marked.filter("_kept").drop("_kept"), marked.filter(~pl.col("_kept")).drop(
        "_kept"
    ).with_columns(reason=pl.lit(reason))


def _joined(chains: pl.DataFrame) -> pl.DataFrame:
    """Return one row per cell; where it has several chains, these together."""
    if not chains["cell_id"].is_duplicated().any():
        return chains.sort("cell_id")
    counts = ("count", "umis", "reads")
    others = [
        name for name in chains.columns if name not in {"cell_id", "clonotype", *_TOLD, *counts}
    ]
    return (
        chains
        .sort("cell_id", "locus", "clonotype")
        .group_by("cell_id", maintain_order=True)
        .agg(
            pl.col("clonotype").str.join(BETWEEN_CHAINS),
            *(pl.col(name).fill_null("").str.join(";") for name in _TOLD),
            *(pl.col(name).sum() for name in counts),
            *(pl.col(name).first() for name in others),
        )
        .select(chains.columns)
    )
