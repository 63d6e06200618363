"""Nucleotides of many sequences to amino acids."""

import numpy as np
import polars as pl

__all__ = ["amino_acids"]

# The standard genetic code, codons in the order AAA, AAC, AAG, AAT, ACA ... TTT; X where a base
# is not known.
_CODE = "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF"
_ACIDS = np.frombuffer((_CODE + "X").encode(), dtype=np.uint8)
_DIGITS = np.full(256, 64, dtype=np.int16)
_DIGITS[list(b"ACGT")] = range(4)
_NEWLINE = ord("\n")


def amino_acids(sequences: pl.Series) -> pl.Series:
    """Return the amino acids of sequences in the frame of their first base.

    Parameters
    ----------
    sequences : Series of String
        Upper case.

    Returns
    -------
    amino_acids : Series of String
        ``*`` is a stop, ``X`` a codon with an unknown base; null where the sequence is null, empty
        or its length no multiple of three.

    Examples
    --------
    >>> amino_acids(pl.Series(["TGTGCCTAA", "TGTNCC", "TGTG", None])).to_list()
    ['CA*', 'CX', None, None]
    """
    lengths = sequences.str.len_bytes().fill_null(0)
    is_framed = (lengths > 0) & (lengths % 3 == 0)
    framed = sequences.filter(is_framed)
    if framed.is_empty():
        return pl.Series(sequences.name, [None] * len(sequences), dtype=pl.String)
    bases = np.frombuffer("".join(framed.to_list()).encode(), dtype=np.uint8)
    digits = _DIGITS[bases].reshape(-1, 3)
    codes = np.minimum(digits @ np.array([16, 4, 1], dtype=np.int16), 64)
    codes[(digits == 64).any(axis=1)] = 64
    counts = lengths.filter(is_framed).to_numpy().astype(np.int64) // 3
    # Each sequence on a line of its own, for the reader of tables to take apart.
    ends = np.cumsum(counts)
    text = np.insert(_ACIDS[codes], ends, _NEWLINE).tobytes()
    lines = pl.read_csv(
        text, has_header=False, separator="\t", quote_char=None, infer_schema=False
    ).to_series()
    places = np.flatnonzero(is_framed.to_numpy())
    found = pl.DataFrame({"place": places, "acids": lines})
    every = pl.DataFrame({"place": np.arange(len(sequences))})
    joined = every.join(found, on="place", how="left", maintain_order="left")
    return joined["acids"].alias(sequences.name)
