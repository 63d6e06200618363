"""Which matrix of a file holds the counts."""

from collections.abc import Sequence

from macroimmune.errors import FormatError
from macroimmune.expression.count_check import count_trouble
from macroimmune.formats import BlockMatrix

__all__ = ["count_matrix"]

# Where counts are kept when X is not counts, the usual names first.
_COUNTS = ("layers/counts", "layers/raw_counts", "layers/raw", "layers/umis", "raw/X")


def count_matrix(matrices: Sequence[BlockMatrix]) -> tuple[BlockMatrix, str]:
    """Return the matrix of counts, and why it is not X where it is not.

    Parameters
    ----------
    matrices : sequence of BlockMatrix
        Of one file, the first is the usual one.

    Raises
    ------
    FormatError
        If none holds counts.

    Notes
    -----
    Convention: the first block of a matrix tells; what follows is checked while it is read.
    """
    if not matrices:
        msg = "no matrix; expected counts in X or in a layer named counts"
        raise FormatError(msg)
    usual, *others = matrices
    trouble = _trouble(usual)
    if not trouble:
        return usual, ""
    by_place = {one.place: one for one in others}
    for place in _COUNTS:
        if place in by_place and not _trouble(by_place[place]):
            return by_place[place], f"counts of {place}: {usual.place} holds {trouble}"
    msg = (
        f"{usual.place}: {trouble}; expected counts there, in a layer named counts or in raw; save "
        "the file with its counts"
    )
    raise FormatError(msg)


def _trouble(matrix: BlockMatrix) -> str:
    block = next(iter(matrix.blocks()), None)
    return "no cell" if block is None else count_trouble(block.values.data)
