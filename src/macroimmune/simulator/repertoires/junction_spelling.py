"""The bases of junctions, put together from their parts."""

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.repertoires.junction_parts import MOST_BASES, JunctionParts
from macroimmune.simulator.repertoires.segments import Locus, gene_segments
from macroimmune.statistics.compiled import compiled

__all__ = ["spelled_junctions"]

Bases = NDArray[np.uint8]
Places = NDArray[np.int16]
# Composition of added bases, A, C, G, T; assumed.
_ADDED_BASES = np.array([0.20, 0.30, 0.30, 0.20])


def spelled_junctions(parts: JunctionParts, locus: Locus, *, rng: np.random.Generator) -> Bases:
    """Return the bases of junctions, added ones drawn at random.

    Parameters
    ----------
    parts : JunctionParts
    locus : {"TRA", "TRB"}
    rng : numpy Generator

    Returns
    -------
    bases : uint8 array, shape (junctions, 78)
        0 to 3 for A, C, G, T from the left; 0 past the end.
    """
    n = len(parts.v)
    most = int((parts.added_first + parts.added_second).max(initial=1))
    limits = np.cumsum(_ADDED_BASES)[:-1] * 256
    letters = np.searchsorted(limits, np.arange(256), side="right").astype(np.uint8)
    added = letters[rng.integers(0, 256, (n, most), dtype=np.uint8)]
    d_bases = gene_segments("TRB", "D").bases
    j_bases = gene_segments(locus, "J").bases
    bases = np.zeros((n, MOST_BASES), dtype=np.uint8)
    v = (gene_segments(locus, "V").bases, parts.v, parts.v_end)
    d = (d_bases, parts.d, parts.d_begin, parts.d_end)
    j = (j_bases, parts.j, parts.j_begin, parts.j_end)
    _spell(v, d, j, parts.added_first, parts.added_second, added, bases)
    return bases


@compiled
def _spell(
    v: tuple[Bases, Places, Places],
    d: tuple[Bases, Places, Places, Places],
    j: tuple[Bases, Places, Places, Places],
    first: Places,
    second: Places,
    added: Bases,
    out: Bases,
) -> None:
    """Write V, added bases, D, added bases and J one behind the other."""
    v_bases, v_gene, v_end = v
    d_bases, d_gene, d_begin, d_end = d
    j_bases, j_gene, j_begin, j_end = j
    for row in range(out.shape[0]):
        at = 0
        for place in range(v_end[row]):
            out[row, at] = v_bases[v_gene[row], place]
            at += 1
        for place in range(first[row]):
            out[row, at] = added[row, place]
            at += 1
        for place in range(d_begin[row], d_end[row]):
            out[row, at] = d_bases[d_gene[row], place]
            at += 1
        for place in range(first[row], first[row] + second[row]):
            out[row, at] = added[row, place]
            at += 1
        for place in range(j_begin[row], j_end[row]):
            out[row, at] = j_bases[j_gene[row], place]
            at += 1
