"""Which rows of chains are counted, and why others are not."""

from collections.abc import Iterable

import polars as pl

from macroimmune.formats.codon_translation import amino_acids
from macroimmune.repertoires.reading.chain_cells import CHAIN_COLUMNS
from macroimmune.study import RepertoireSettings

__all__ = ["judged_chains", "judged_sequences"]

_KEPT = (
    "cell_id",
    "is_cell",
    "high_confidence",
    "locus",
    "v_gene",
    "j_gene",
    "junction",
    "junction_aa",
    "is_productive",
    "is_in_frame",
    "has_stop",
    "population",
)
# Counts of a user's table may be shares, which are told and left out.
_COUNTS = ("count", "umis", "reads")
_COLUMNS = {name: CHAIN_COLUMNS[name] for name in _KEPT} | dict.fromkeys(_COUNTS, pl.Float64())
_STOP, _OUT_OF_FRAME = r"[*]", r"[_~#?]"


def judged_chains(
    chains: pl.DataFrame, settings: RepertoireSettings, *, is_counted_by_cells: bool
) -> pl.DataFrame:
    """Return the chains with the reason for which each is left out.

    Parameters
    ----------
    chains : DataFrame
        Columns of `CHAIN_COLUMNS`; those that are absent are added as null.
    settings : RepertoireSettings
    is_counted_by_cells : bool
        Whether each cell is one count, so that a row needs no count of its own.

    Returns
    -------
    chains : DataFrame
        With `reason`, null where a chain is used. Of several reasons the first stands, in the
        order of the code.

    Notes
    -----
    Convention: a locus that is not stated is that of the V gene, else of the J gene; where neither
    tells, the chain that is asked for is taken. Productive is what the source says, corrected by
    a stop codon or a frame that the CDR3 itself shows; where it says nothing, the CDR3 decides.
    With `only_productive` off chains without a CDR3 compete for a cell as any other, so they are
    judged by `judged_sequences` after its chain was chosen.
    """
    chains = _complete(chains)
    reasons = [
        *_of_locus(settings),
        *(() if is_counted_by_cells else _of_count()),
        *(_of_cells() if settings.only_cells else ()),
        *(_of_productivity() if settings.only_productive else ()),
    ]
    judged = chains.with_columns(reason=_first(reasons))
    return judged_sequences(judged, settings) if settings.only_productive else judged


def judged_sequences(judged: pl.DataFrame, settings: RepertoireSettings) -> pl.DataFrame:
    """Return the chains with a reason also where the CDR3 is absent or no sequence.

    Parameters
    ----------
    judged : DataFrame
        Of `judged_chains`.
    settings : RepertoireSettings
    """
    return judged.with_columns(reason=pl.coalesce("reason", _first(_of_sequence(settings))))


def _first(reasons: Iterable[tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    return pl.coalesce(
        *(pl.when(condition).then(words) for condition, words in reasons),
        pl.lit(None, dtype=pl.String),
    )


def _complete(chains: pl.DataFrame) -> pl.DataFrame:
    absent = [
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in _COLUMNS.items()
        if name not in chains.columns
    ]
    chains = chains.with_columns(absent).select(list(_COLUMNS)).cast(pl.Schema(_COLUMNS))
    chains = chains.with_columns(
        pl.col("junction", "junction_aa").str.to_uppercase().replace("", None),
        pl.coalesce("locus", pl.col("v_gene", "j_gene").str.slice(0, 3)),
    )
    if chains["junction_aa"].has_nulls():
        spelled = amino_acids(chains["junction"])
        chains = chains.with_columns(junction_aa=pl.col("junction_aa").fill_null(spelled))
    return chains


def _of_locus(settings: RepertoireSettings) -> tuple[tuple[pl.Expr, pl.Expr], ...]:
    if settings.chain == "paired":
        is_other = ~pl.col("locus").str.contains("^(TR[ABGD]|IG[HKL])$")
    else:
        is_other = pl.col("locus") != settings.chain
    return ((is_other, pl.format("another chain: {}", "locus")),)


def _of_count() -> tuple[tuple[pl.Expr, pl.Expr], ...]:
    count = pl.col("count")
    return (
        (count.is_null() | ~count.is_finite() | (count < 0), pl.lit("no usable count")),
        (count == 0, pl.lit("count of zero")),
        (count != count.round(), pl.lit("count that is not whole")),
    )


def _of_cells() -> tuple[tuple[pl.Expr, pl.Expr], ...]:
    return (
        (~pl.col("is_cell"), pl.lit("barcode that is no cell")),
        (~pl.col("high_confidence"), pl.lit("low confidence")),
    )


def _of_productivity() -> tuple[tuple[pl.Expr, pl.Expr], ...]:
    acids, bases = pl.col("junction_aa"), pl.col("junction")
    return (
        (pl.col("has_stop") | acids.str.contains(_STOP), pl.lit("stop codon")),
        (
            ~pl.col("is_in_frame")
            | acids.str.contains(_OUT_OF_FRAME)
            | (bases.str.len_chars() % 3 != 0),
            pl.lit("out of frame"),
        ),
        (~pl.col("is_productive"), pl.lit("not productive")),
    )


def _of_sequence(settings: RepertoireSettings) -> tuple[tuple[pl.Expr, pl.Expr], ...]:
    if settings.sequence == "nucleotide":
        bases = pl.col("junction")
        return (
            (_is_absent(bases), pl.lit("no nucleotides of a CDR3")),
            (~bases.str.contains("^[ACGT;]+$"), pl.lit("letters other than A, C, G, T")),
        )
    acids = pl.col("junction_aa")
    return (
        (_is_absent(acids), pl.lit("no amino acids of a CDR3")),
        (
            ~acids.str.contains("^[ACDEFGHIKLMNPQRSTVWY*_~#?;]+$"),
            pl.lit("letters that are no amino acids"),
        ),
    )


def _is_absent(sequence: pl.Expr) -> pl.Expr:
    """Whether a CDR3 is unknown, or that of one of the chains of a cell, joined by ``;``."""
    return sequence.is_null() | sequence.str.contains("(^|;)(;|$)")
