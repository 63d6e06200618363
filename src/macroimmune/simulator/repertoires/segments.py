"""Gene segments of human T cell receptors: how often each is used and which bases it brings."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["GeneSegments", "Locus", "gene_segments", "junction_lengths", "trimming"]

Locus = Literal["TRA", "TRB"]
_BASES = "ACGT"


@dataclass(frozen=True, slots=True)
class GeneSegments:
    """The V, D or J genes of one locus.

    Parameters
    ----------
    names : tuple of str
        IMGT gene names.
    bases : uint8 array, shape (genes, longest)
        0 to 3 for A, C, G, T, from the first base; 0 past the end. V genes from the conserved
        cysteine to their end, J genes from their beginning to the conserved phenylalanine or
        tryptophan.
    lengths : int array, shape (genes,)
    share : float array, shape (genes,)
        Of rearrangements that use the gene; sums to 1.
    """

    names: tuple[str, ...]
    bases: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    share: NDArray[np.float64]


@cache
def gene_segments(locus: Locus, kind: Literal["V", "D", "J"]) -> GeneSegments:
    """Return the genes of one kind.

    Notes
    -----
    Convention: shares are of distinct productive rearrangements. Source: usage and the bases of V
    and J are read off 23,804 TRB and 5,334 TRA rearrangements of 11 patients with head and neck or
    renal cancer (cohorts ``iokin_tcr`` and ``tenx_contigs``); ends may be a base or two longer or
    shorter than the germline's. D genes: IMGT, accessions K02545 and X02987.

    Examples
    --------
    >>> genes = gene_segments("TRB", "D")
    >>> genes.names, genes.lengths.tolist()
    (('TRBD1', 'TRBD2'), [12, 16])
    """
    rows = [row for row in _rows("segments.csv") if (row["locus"], row["kind"]) == (locus, kind)]
    lengths = np.array([len(row["bases"]) for row in rows], dtype=np.int64)
    bases = np.zeros((len(rows), int(lengths.max())), dtype=np.uint8)
    for place, row in enumerate(rows):
        bases[place, : lengths[place]] = [_BASES.index(base) for base in row["bases"]]
    seen = np.array([float(row["clonotypes"]) for row in rows])
    return GeneSegments(tuple(row["gene"] for row in rows), bases, lengths, seen / seen.sum())


@cache
def trimming(locus: Locus, kind: Literal["V", "J"]) -> NDArray[np.float64]:
    """Return the shares of rearrangements that lost 0, 1 ... 15 bases of their V or J gene.

    Notes
    -----
    Convention: added bases that repeat the germline by chance are taken off. Source: as for
    `gene_segments`.
    """
    return _lengths(locus, f"{kind.lower()}_trim")


@cache
def junction_lengths(locus: Locus) -> NDArray[np.float64]:
    """Return the shares of productive junctions of 0, 1 ... 26 amino acids.

    Notes
    -----
    Convention: conserved residues count. Source: as for `gene_segments`.
    """
    return _lengths(locus, "aa_length")


def _lengths(locus: Locus, what: str) -> NDArray[np.float64]:
    rows = _rows("junction_lengths.csv")
    found = [row["share"] for row in rows if (row["locus"], row["what"]) == (locus, what)]
    share = np.array(found, dtype=np.float64)
    return np.asarray(share / share.sum())


def _rows(name: str) -> list[dict[str, str]]:
    text = files("macroimmune.simulator.repertoires").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
