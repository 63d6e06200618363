"""Bases to amino acids, many sequences at a time."""

import io

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.statistics.compiled import compiled

__all__ = ["STOP", "as_text", "bases_as_text", "translated"]

# The standard genetic code, codons in the order AAA, AAC, AAG, AAT, ACA ... TTT.
_CODE = "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF"
_AMINO_ACIDS = np.frombuffer(_CODE.encode(), dtype=np.uint8)
_LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)
STOP = ord("*")


def translated(bases: NDArray[np.uint8], lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the amino acids of sequences in the frame of their first base.

    Parameters
    ----------
    bases : uint8 array, shape (sequences, width)
        0 to 3 for A, C, G, T.
    lengths : int array, shape (sequences,)
        How many of the bases belong to the sequence; one or two left over are not translated.

    Returns
    -------
    amino_acids : uint8 array, shape (sequences, width // 3)
        ASCII, `*` for a stop; 0 past the end.

    Examples
    --------
    >>> acids = translated(np.array([[3, 2, 3, 0, 2, 1]], dtype=np.uint8), np.array([6]))
    >>> as_text(acids).to_list()
    ['CS']
    """
    acids = np.zeros((len(bases), bases.shape[1] // 3), dtype=np.uint8)
    _translate(bases, lengths, _AMINO_ACIDS, acids)
    return acids


@compiled
def _translate(
    bases: NDArray[np.uint8],
    lengths: NDArray[np.int64],
    code: NDArray[np.uint8],
    acids: NDArray[np.uint8],
) -> None:
    for row in range(bases.shape[0]):
        for place in range(lengths[row] // 3):
            at = 3 * place
            codon = 16 * bases[row, at] + 4 * bases[row, at + 1] + bases[row, at + 2]
            acids[row, place] = code[codon]


def bases_as_text(bases: NDArray[np.uint8], lengths: NDArray[np.int64]) -> pl.Series:
    """Return sequences of bases, 0 to 3 for A, C, G, T, as text; none may be empty."""
    lines = np.empty(int(lengths.sum()) + len(lengths), dtype=np.uint8)
    _write_lines(bases, lengths, _LETTERS, lines)
    return _cut(lines)


def as_text(letters: NDArray[np.uint8]) -> pl.Series:
    """Return rows of ASCII letters, padded with 0 behind, as text; none may be empty."""
    lengths = (letters > 0).sum(axis=1)
    lines = np.empty(int(lengths.sum()) + len(lengths), dtype=np.uint8)
    _write_lines(letters, lengths, np.arange(256, dtype=np.uint8), lines)
    return _cut(lines)


def _cut(lines: NDArray[np.uint8]) -> pl.Series:
    """Return one text per line: cutting one long text is many times faster than making many."""
    if not len(lines):
        return pl.Series(dtype=pl.String)
    source = io.BytesIO(lines.tobytes())
    table = pl.read_csv(source, has_header=False, infer_schema=False, quote_char=None)
    return table.to_series()


@compiled
def _write_lines(
    codes: NDArray[np.uint8],
    lengths: NDArray[np.int64],
    letters: NDArray[np.uint8],
    lines: NDArray[np.uint8],
) -> None:
    at = 0
    for row in range(codes.shape[0]):
        for place in range(lengths[row]):
            lines[at] = letters[codes[row, place]]
            at += 1
        lines[at] = 10
        at += 1
