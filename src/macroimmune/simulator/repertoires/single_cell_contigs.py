"""10x V(D)J contigs of the cells of one run: paired chains, cells with two, doublets, debris."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.repertoires.person import Person
from macroimmune.simulator.repertoires.person_chains import Library, PersonChains, chain_table
from macroimmune.simulator.repertoires.receptors import draw_receptors
from macroimmune.simulator.streams import random_stream

__all__ = ["AlphaChains", "SingleCells", "draw_alpha_chains", "draw_single_cells"]

# How often a chain is found in a cell that has it, UMIs beyond the first and reads per UMI: as in
# the cohort `tenx_contigs`, where 2 to 6 % of cells have no TRB, 16 to 48 % no TRA, 2 to 7 % two,
# and medians are 7 UMIs of TRB, 2.5 of TRA and 2,500 reads per UMI.
_TRB_FOUND, _TRA_FOUND, _OTHER_TRA_FOUND = 0.95, 0.76, 0.60
_OTHER_TRA = 0.10
_UMIS = {"TRA": 2.2, "TRB": 7.0}
_READS_PER_UMI = 2_500.0
# Assumed.
_NOT_PRODUCTIVE = 0.08
_DOUBLETS = 0.02
_EMPTY_DROPLETS = 0.15

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AlphaChains:
    """The TRA chains of the clones of which some 10x run of a person has cells.

    Parameters
    ----------
    ids : int array, shape (clones,)
        As in `PersonChains.productive_ids`, ascending.
    first, other : polars DataFrame, a row per clone
    has_other : bool array, shape (clones,)
        Whether the clone has the other chain too.
    """

    ids: Places
    first: pl.DataFrame
    other: pl.DataFrame
    has_other: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SingleCells:
    """What a 10x run delivers.

    Parameters
    ----------
    all_contigs, filtered_contigs : polars DataFrame
        As Cell Ranger writes them; the second holds productive contigs of cells alone.
    labels : polars DataFrame
        `barcode` and `cell_type` of each cell, as its RNA tells; a doublet has the type of one.
    """

    all_contigs: pl.DataFrame
    filtered_contigs: pl.DataFrame
    labels: pl.DataFrame


def draw_alpha_chains(person: Person, chains: PersonChains) -> AlphaChains:
    """Return the TRA chains of all clones in 10x runs of a person, the same for every run."""
    runs = [library.productive.clone for library in chains.libraries if not library.replicate]
    ids = np.unique(np.concatenate(runs)) if runs else np.zeros(0, dtype=np.int64)
    place = (person.seed, "repertoires", person.participant_id)
    first = draw_receptors(len(ids), "TRA", rng=random_stream(*place, "TRA"))
    other = draw_receptors(len(ids), "TRA", rng=random_stream(*place, "other TRA"))
    has_other = random_stream(*place, "has other TRA").random(len(ids)) < _OTHER_TRA
    return AlphaChains(ids, chain_table(first), chain_table(other), has_other)


def draw_single_cells(
    person: Person,
    chains: PersonChains,
    alpha: AlphaChains,
    library: Library,
    cell_types: pl.Series,
) -> SingleCells:
    """Return the contigs and labels of one run.

    Parameters
    ----------
    person : Person
    chains : PersonChains
    alpha : AlphaChains
    library : Library
        With the cells of each clone as its templates.
    cell_types : polars Series
        One per clone of the library.

    Notes
    -----
    Convention: a clone has one TRB and one TRA chain, 10 % of clones a second TRA; the same in
    every run of the person. Chains are missed cell by cell.
    """
    where = (person.participant_id, library.draw.compartment, library.draw.visit, "contigs")
    rng = random_stream(person.seed, "repertoires", *where)
    rows, cells = chains.rows(library)
    clone = np.repeat(np.arange(len(rows)), cells)
    barcodes = _barcodes(len(clone), rng)
    is_doublet = rng.random(len(clone)) < _DOUBLETS
    barcodes[is_doublet] = np.roll(barcodes, 1)[is_doublet]
    places = np.searchsorted(alpha.ids, library.productive.clone)
    has_other = alpha.has_other[places]
    beta = chains.chains[rows].select(alpha.first.columns)
    parts = [
        _found(beta, clone, barcodes, _TRB_FOUND, "TRB", rng),
        _found(alpha.first[places], clone, barcodes, _TRA_FOUND, "TRA", rng),
        _found(
            alpha.other[places],
            clone[has_other[clone]],
            barcodes[has_other[clone]],
            _OTHER_TRA_FOUND,
            "TRA",
            rng,
        ),
        _found(_useless(len(rows), rng), clone, barcodes, _NOT_PRODUCTIVE, "TRB", rng),
    ]
    empty = _barcodes(round(_EMPTY_DROPLETS * len(clone)), rng)
    stray = rng.permutation(clone)[: len(empty)]
    debris = _found(beta, stray, empty[: len(stray)], 1.0, "TRB", rng, is_cell=False)
    contigs = _numbered(pl.concat([*parts, debris]))
    kept = contigs.filter("is_cell", "productive")
    clonotypes = _clonotypes(kept)
    labels = pl.DataFrame({"barcode": barcodes, "cell_type": cell_types.gather(clone)})
    labels = labels.unique("barcode", keep="first", maintain_order=True)
    return SingleCells(
        _with_clonotypes(contigs, clonotypes),
        _with_clonotypes(kept, clonotypes),
        labels.with_columns(pl.col("barcode") + "-1"),
    )


def _barcodes(n: int, rng: np.random.Generator) -> NDArray[np.str_]:
    letters = rng.choice(np.frombuffer(b"ACGT", dtype=np.uint8), (n, 16))
    return np.ascontiguousarray(letters).view("S16").ravel().astype(np.str_)


def _useless(n: int, rng: np.random.Generator) -> pl.DataFrame:
    return chain_table(draw_receptors(n, "TRB", rng=rng, non_productive=1.0))


def _found(
    chains: pl.DataFrame,
    clone: Places,
    barcodes: NDArray[np.str_],
    chance: float,
    locus: str,
    rng: np.random.Generator,
    *,
    is_cell: bool = True,
) -> pl.DataFrame:
    """Return the contigs of one chain of each cell, where it is found."""
    is_found = rng.random(len(clone)) < chance
    rows = clone[is_found]
    n = len(rows)
    umis = 1 + rng.negative_binomial(1.5, 1.5 / (1.5 + _UMIS[locus]), n)
    umis = umis if is_cell else np.ones(n, dtype=np.int64)
    reads = np.ceil(umis * _READS_PER_UMI * np.exp(0.4 * rng.standard_normal(n)))
    picked = chains[rows]
    constant = pl.lit("TRAC") if locus == "TRA" else "TRBC" + pl.col("j_gene").str.slice(4, 1)
    return picked.select(
        pl.Series("barcode", barcodes[is_found], dtype=pl.String),
        pl.lit(is_cell).alias("is_cell"),
        pl.Series("length", rng.integers(450, 800, n)),
        pl.lit(locus).alias("chain"),
        "v_gene",
        "d_gene",
        "j_gene",
        constant.alias("c_gene"),
        "productive",
        pl.col("junction_aa").alias("cdr3"),
        pl.col("junction").alias("cdr3_nt"),
        pl.Series("reads", reads.astype(np.int64)),
        pl.Series("umis", umis.astype(np.int64)),
    )


def _numbered(contigs: pl.DataFrame) -> pl.DataFrame:
    """Return contigs by barcode, the one with the most UMIs first, with Cell Ranger's names."""
    ordered = contigs.sort(["barcode", "umis"], descending=[False, True], maintain_order=True)
    number = pl.int_range(1, pl.len() + 1).over("barcode").cast(pl.String)
    return ordered.select(
        pl.col("barcode") + "-1",
        "is_cell",
        (pl.col("barcode") + "-1_contig_" + number).alias("contig_id"),
        pl.lit(value=True).alias("high_confidence"),
        "length",
        "chain",
        "v_gene",
        "d_gene",
        "j_gene",
        "c_gene",
        pl.lit(value=True).alias("full_length"),
        "productive",
        "cdr3",
        "cdr3_nt",
        "reads",
        "umis",
    )


def _clonotypes(kept: pl.DataFrame) -> pl.DataFrame:
    """Return a clonotype per barcode: cells with the same chains, the most frequent first."""
    chain = pl.col("chain") + ":" + pl.col("cdr3_nt")
    cells = kept.group_by("barcode").agg(key=chain.unique().sort().str.join(";")).sort("barcode")
    sizes = cells.group_by("key").len().sort(["len", "key"], descending=[True, False])
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    sizes = sizes.select("key", raw_clonotype_id="clonotype" + number)
    return cells.join(sizes, on="key").select("barcode", "raw_clonotype_id")


def _with_clonotypes(contigs: pl.DataFrame, clonotypes: pl.DataFrame) -> pl.DataFrame:
    joined = contigs.join(clonotypes, on="barcode", how="left", maintain_order="left")
    order = pl.int_range(1, pl.len() + 1).over("barcode").cast(pl.String)
    consensus = pl.col("raw_clonotype_id") + "_consensus_" + order
    return joined.with_columns(raw_consensus_id=pl.when(pl.col("productive")).then(consensus))
