"""Random rearrangements of T cell receptor genes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.repertoires.codons import STOP, as_text, bases_as_text, translated
from macroimmune.simulator.repertoires.junction_parts import MOST_BASES, draw_parts, passing_share
from macroimmune.simulator.repertoires.junction_spelling import spelled_junctions
from macroimmune.simulator.repertoires.segments import Locus, gene_segments

__all__ = ["Receptors", "draw_receptors"]

_FEWEST_OF_D = 5
_CYSTEINE, _PHENYLALANINE, _TRYPTOPHAN = ord("C"), ord("F"), ord("W")


@dataclass(frozen=True, slots=True)
class Receptors:
    """Rearranged chains of one locus.

    Parameters
    ----------
    locus : str
        `TRA` or `TRB`.
    v, d, j : int array, shape (receptors,)
        Place in `gene_segments`; `d` is -1 for TRA, and where fewer than five bases of it are left,
        by which no laboratory can tell it.
    bases : uint8 array, shape (receptors, width)
        Of the junction, conserved residues included: 0 to 3 for A, C, G, T.
    lengths : int array, shape (receptors,)
    is_productive : bool array, shape (receptors,)
        In frame, without a stop, from cysteine to phenylalanine or tryptophan.
    """

    locus: Locus
    v: NDArray[np.int64]
    d: NDArray[np.int64]
    j: NDArray[np.int64]
    bases: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    is_productive: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return how many."""
        return len(self.v)

    def junctions(self) -> pl.Series:
        """Return the junctions as nucleotides."""
        return bases_as_text(self.bases, self.lengths)

    def junctions_aa(self) -> pl.Series:
        """Return the junctions as amino acids, `*` for a stop; of those out of frame, a part."""
        return as_text(translated(self.bases, self.lengths))

    def genes(self, kind: Literal["V", "D", "J"]) -> pl.Series:
        """Return the names of the V, D or J genes; null where there is none."""
        place = {"V": self.v, "D": self.d, "J": self.j}[kind]
        if kind == "D" and self.locus == "TRA":
            return pl.Series([None], dtype=pl.String).new_from_index(0, len(self))
        # The last name stands for -1.
        names = pl.Series([*gene_segments(self.locus, kind).names, None], dtype=pl.String)
        return names.gather(np.where(place < 0, len(names) - 1, place))

    def take(self, places: NDArray[np.int64]) -> "Receptors":
        """Return some of them."""
        return Receptors(
            locus=self.locus,
            v=self.v[places],
            d=self.d[places],
            j=self.j[places],
            bases=self.bases[places],
            lengths=self.lengths[places],
            is_productive=self.is_productive[places],
        )


def draw_receptors(
    n: int, locus: Locus, *, rng: np.random.Generator, non_productive: float = 0.0
) -> Receptors:
    """Return random rearrangements.

    Parameters
    ----------
    n : int
    locus : {"TRA", "TRB"}
    rng : numpy Generator
    non_productive : float
        Share that is out of frame or holds a stop.

    Notes
    -----
    Convention: genes lose bases, bases are added, and what comes out is kept when its length passes
    (`passing_share`) and it is productive (or is not); no other selection in the thymus. The same
    chain can arise twice, in one person or in two, as it does in people.

    Examples
    --------
    >>> receptors = draw_receptors(2, "TRB", rng=np.random.default_rng(1))
    >>> receptors.junctions_aa().str.head(1).to_list()
    ['C', 'C']
    """
    is_productive = rng.random(n) >= non_productive
    wanted = {True: int(is_productive.sum()), False: int(n - is_productive.sum())}
    found: dict[bool, list[Receptors]] = {True: [], False: []}
    while True:
        batch = _rearranged(9 * wanted[True] + 3 * wanted[False] + 50, locus, wanted[False], rng)
        for state in wanted:
            places = np.flatnonzero(batch.is_productive == state)[: wanted[state]]
            found[state].append(batch.take(places))
            wanted[state] -= len(places)
        if not any(wanted.values()):
            break
    order = np.empty(n, dtype=np.int64)
    order[np.argsort(~is_productive, kind="stable")] = np.arange(n)
    return _joined([*found[True], *found[False]]).take(order)


def _joined(parts: list[Receptors]) -> Receptors:
    return Receptors(
        locus=parts[0].locus,
        v=np.concatenate([part.v for part in parts]),
        d=np.concatenate([part.d for part in parts]),
        j=np.concatenate([part.j for part in parts]),
        bases=np.concatenate([part.bases for part in parts]),
        lengths=np.concatenate([part.lengths for part in parts]),
        is_productive=np.concatenate([part.is_productive for part in parts]),
    )


def _rearranged(n: int, locus: Locus, out_of_frame: int, rng: np.random.Generator) -> Receptors:
    """Return those of `n` rearrangements that are in frame, and as many others as asked for.

    Lengths come first, so that only sequences that may be kept are spelled.
    """
    parts = draw_parts(n, locus, rng=rng)
    total = parts.total()
    chance = passing_share(locus).astype(np.float32)[np.minimum(total, MOST_BASES)]
    # The table ends with the longest junction that is spelled; longer ones do not pass.
    passes = (rng.random(n, dtype=np.float32) < chance) & (total <= MOST_BASES)
    is_framed = total % 3 == 0
    is_other = passes & ~is_framed & (np.cumsum(passes & ~is_framed) <= out_of_frame)
    parts = parts.take(np.flatnonzero((passes & is_framed) | is_other))
    bases, lengths = spelled_junctions(parts, locus, rng=rng), parts.total().astype(np.int64)
    d = np.where(parts.d_end - parts.d_begin >= _FEWEST_OF_D, parts.d, -1)
    genes = (parts.v.astype(np.int64), d.astype(np.int64), parts.j.astype(np.int64))
    return Receptors(locus, *genes, bases, lengths, _is_productive(bases, lengths))


def _is_productive(bases: NDArray[np.uint8], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    acids = translated(bases, lengths)
    last = acids[np.arange(len(bases)), lengths // 3 - 1]
    is_ended = (last == _PHENYLALANINE) | (last == _TRYPTOPHAN)
    has_stop = (acids == STOP).any(axis=1)
    return np.asarray((lengths % 3 == 0) & ~has_stop & is_ended & (acids[:, 0] == _CYSTEINE))
