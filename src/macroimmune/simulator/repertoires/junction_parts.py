"""How long the parts of a rearranged junction are, and which lengths the thymus lets pass."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.simulator.repertoires.segments import (
    Locus,
    gene_segments,
    junction_lengths,
    trimming,
)

__all__ = ["MOST_BASES", "JunctionParts", "draw_parts", "passing_share"]

MOST_BASES = 78
# Lengths of N additions: negative binomial, mean and size. Fitted so that, with the lengths that
# pass, the bases between V and J have the mean and variance counted in the cohorts of the gene
# segments (TRA 5.9 and 14.0, TRB 14.6 and 26.7). That both sides of D are alike and the trimming
# of D (geometric at each end, by its mean) are assumed.
_ADDED = {"TRA": (5.9, 4.3), "TRB": (4.0, 8.0)}
_LONGEST_ADDED = 24
_D_TRIMMED = 3.4
_D2_WITH_J2 = 0.545
_SLOTS = 1 << 16


# Small numbers: the arrays hold millions, and half the time is moving them.
Small = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class JunctionParts:
    """Genes and how many of their bases stay; every field an int16 array, shape (junctions,).

    Parameters
    ----------
    v, d, j
        Place in `gene_segments`; `d` is -1 for TRA.
    v_end, d_begin, d_end, j_begin
        Bases `[:v_end]` of V, `[d_begin:d_end]` of D, `[j_begin:]` of J stay.
    j_end
        Length of the J gene.
    added_first, added_second
        Bases between V and D (or J), and between D and J.
    """

    v: Small
    d: Small
    j: Small
    v_end: Small
    d_begin: Small
    d_end: Small
    j_begin: Small
    j_end: Small
    added_first: Small
    added_second: Small

    def total(self) -> Small:
        """Return the bases of the whole junction."""
        between = self.added_first + self.added_second + self.d_end - self.d_begin
        return self.v_end + between + self.j_end - self.j_begin

    def take(self, places: NDArray[np.intp]) -> "JunctionParts":
        """Return some of them."""
        return JunctionParts(*(getattr(self, name)[places] for name in self.__slots__))


def draw_parts(n: int, locus: Locus, *, rng: np.random.Generator) -> JunctionParts:
    """Return random choices of genes, trimming and numbers of added bases.

    Notes
    -----
    Convention: V and J independent of each other, D by the cluster of J (TRBD2 lies behind the
    first); the codons of the conserved residues always stay.
    """
    v_genes, j_genes = gene_segments(locus, "V"), gene_segments(locus, "J")
    v, j = _chosen(_genes(locus, "V"), n, rng), _chosen(_genes(locus, "J"), n, rng)
    v_end = np.maximum(_small(v_genes.lengths)[v] - _chosen(_lost(locus, "V"), n, rng), 3)
    j_end = _small(j_genes.lengths)[j]
    j_begin = np.minimum(_chosen(_lost(locus, "J"), n, rng), j_end - 3)
    first = _chosen(_added(locus), n, rng)
    none = np.zeros(n, dtype=np.int16)
    if locus == "TRA":
        return JunctionParts(v, none - 1, j, v_end, none, none, j_begin, j_end, first, none)
    second = _chosen(_added(locus), n, rng)
    is_second = _small([name.startswith("TRBJ2") for name in j_genes.names])[j]
    d = is_second * _chosen(_second_d(), n, rng)
    lengths = _small(gene_segments("TRB", "D").lengths)[d]
    d_begin = np.minimum(_chosen(_d_lost(), n, rng), lengths)
    d_end = np.maximum(lengths - _chosen(_d_lost(), n, rng), d_begin)
    return JunctionParts(v, d, j, v_end, d_begin, d_end, j_begin, j_end, first, second)


def _small(values: ArrayLike) -> Small:
    return np.asarray(values).astype(np.int16)


def _chosen(slots: Small, n: int, rng: np.random.Generator) -> Small:
    """Return random entries of a table of 65,536 slots: one look-up per draw."""
    return slots[rng.integers(0, _SLOTS, n, dtype=np.uint16)]


def _slots(share: NDArray[np.float64]) -> Small:
    """Return a table in which each place stands as often as its share says, to 1 in 65,536."""
    middle = (np.arange(_SLOTS) + 0.5) / _SLOTS
    return np.searchsorted(np.cumsum(share)[:-1], middle, side="right").astype(np.int16)


@cache
def _genes(locus: Locus, kind: Literal["V", "J"]) -> Small:
    return _slots(gene_segments(locus, kind).share)


@cache
def _lost(locus: Locus, kind: Literal["V", "J"]) -> Small:
    return _slots(trimming(locus, kind))


@cache
def _added(locus: Locus) -> Small:
    return _slots(_added_lengths(locus))


@cache
def _d_lost() -> Small:
    return _slots(_d_trimming())


@cache
def _second_d() -> Small:
    return _slots(np.array([1.0 - _D2_WITH_J2, _D2_WITH_J2]))


def _added_lengths(locus: Locus) -> NDArray[np.float64]:
    mean, size = _ADDED[locus]
    share = np.ones(_LONGEST_ADDED + 1)
    for k in range(1, _LONGEST_ADDED + 1):
        share[k] = share[k - 1] * (size + k - 1) / k * mean / (mean + size)
    return np.asarray(share / share.sum())


@cache
def passing_share(locus: Locus) -> NDArray[np.float64]:
    """Return the share of junctions of 0, 1 ... 78 bases that are kept.

    Notes
    -----
    Convention: in proportion to how often the length is seen over how often it arises. Trimming and
    addition alone spread lengths wider than they are in blood (SD 2.4 against 1.8 amino acids in
    TRB), where chains have passed the thymus.
    """
    arising = _arising(locus)
    acids = junction_lengths(locus)
    seen = np.interp(np.arange(MOST_BASES + 1) / 3, np.arange(len(acids)), acids, right=0.0)
    ratio = np.divide(seen, arising, out=np.zeros_like(seen), where=arising > 1e-9)
    # Rare lengths do not set the scale: where they would need more than all, all of them pass.
    return np.asarray(np.minimum(ratio / ratio[seen > 0.02].max(), 1.0))


def _arising(locus: Locus) -> NDArray[np.float64]:
    """Return the distribution of all lengths before any selection."""
    share = np.convolve(_left(locus, "V"), _left(locus, "J"))
    share = np.convolve(share, _added_lengths(locus))
    if locus == "TRB":
        share = np.convolve(np.convolve(share, _added_lengths(locus)), _diversity())
    padded = np.zeros(MOST_BASES + 1)
    padded[: min(len(share), MOST_BASES + 1)] = share[: MOST_BASES + 1]
    return padded


def _left(locus: Locus, kind: Literal["V", "J"]) -> NDArray[np.float64]:
    """Return the distribution of the bases left of V or J."""
    genes, lost = gene_segments(locus, kind), trimming(locus, kind)
    left = np.maximum(genes.lengths[:, None] - np.arange(len(lost)), 3)
    return np.asarray(np.bincount(left.ravel(), weights=np.outer(genes.share, lost).ravel()))


def _d_trimming() -> NDArray[np.float64]:
    share = (_D_TRIMMED / (1.0 + _D_TRIMMED)) ** np.arange(_LONGEST_ADDED)
    return np.asarray(share / share.sum())


def _diversity() -> NDArray[np.float64]:
    """Return the distribution of the bases left of D."""
    j_genes, lengths = gene_segments("TRB", "J"), gene_segments("TRB", "D").lengths
    is_second = np.array([name.startswith("TRBJ2") for name in j_genes.names])
    second = _D2_WITH_J2 * float(j_genes.share[is_second].sum())
    lost = np.add.outer(np.arange(_LONGEST_ADDED), np.arange(_LONGEST_ADDED)).ravel()
    weights = np.outer(_d_trimming(), _d_trimming()).ravel()
    left = [
        np.bincount(np.maximum(length - lost, 0), weights, int(lengths.max()) + 1)
        for length in lengths
    ]
    return np.asarray((1.0 - second) * left[0] + second * left[1])
