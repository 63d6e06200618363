"""Nucleotides to amino acids, against the code written out by hand."""

import itertools

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.formats.codon_translation import amino_acids

# The table of the NCBI, first base slowest, in the order T, C, A, G.
NCBI = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
CODE = dict(
    zip(("".join(codon) for codon in itertools.product("TCAG", repeat=3)), NCBI, strict=True)
)


def by_hand(bases):
    if not bases or len(bases) % 3:
        return None
    return "".join(CODE.get(bases[k : k + 3], "X") for k in range(0, len(bases), 3))


def test_every_codon_is_right():
    assert amino_acids(pl.Series(list(CODE))).to_list() == list(CODE.values())


@given(st.lists(st.none() | st.text("ACGTN", max_size=12)))
def test_many_sequences_are_translated_one_by_one(sequences):
    found = amino_acids(pl.Series(sequences, dtype=pl.String)).to_list()
    assert found == [by_hand(one) for one in sequences]
