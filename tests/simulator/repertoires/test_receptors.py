import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.simulator.repertoires.codons import as_text, bases_as_text, translated
from macroimmune.simulator.repertoires.junction_parts import draw_parts, passing_share
from macroimmune.simulator.repertoires.receptors import draw_receptors
from macroimmune.simulator.repertoires.segments import gene_segments, junction_lengths

# IMGT J-REGION up to the conserved phenylalanine, of alleles *01.
IMGT_J = {
    "TRBJ1-1": "TGAACACTGAAGCTTTCTTT",
    "TRBJ1-2": "CTAACTATGGCTACACCTTC",
    "TRBJ1-3": "CTCTGGAAACACCATATATTTT",
    "TRBJ1-4": "CAACTAATGAAAAACTGTTTTTT",
    "TRBJ1-5": "TAGCAATCAGCCCCAGCATTTT",
    "TRBJ1-6": "CTCCTATAATTCACCCCTCCACTTT",
    "TRBJ2-1": "CTCCTACAATGAGCAGTTCTTC",
    "TRBJ2-2": "CGAACACCGGGGAGCTGTTTTTT",
    "TRBJ2-3": "AGCACAGATACGCAGTATTTT",
    "TRBJ2-4": "AGCCAAAAACATTCAGTACTTC",
    "TRBJ2-5": "ACCAAGAGACCCAGTACTTC",
    "TRBJ2-6": "CTCTGGGGCCAACGTCCTGACTTTC",
    "TRBJ2-7": "CTCCTACGAGCAGTACTTC",
}


@pytest.fixture(scope="module")
def beta():
    return draw_receptors(30_000, "TRB", rng=np.random.default_rng(1), non_productive=0.2)


def by_hand(junction: str) -> str:
    """Translate by a table written from the rules of the code, independent of ours."""
    order = "TCAG"
    acids = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
    codons = (junction[place : place + 3] for place in range(0, len(junction) - 2, 3))
    return "".join(
        acids[16 * order.index(a) + 4 * order.index(b) + order.index(c)] for a, b, c in codons
    )


@given(st.lists(st.text("ACGT", min_size=3, max_size=30), min_size=1, max_size=8))
def test_amino_acids_are_those_of_the_standard_code(texts):
    lengths = np.array([len(text) for text in texts])
    bases = np.zeros((len(texts), 30), dtype=np.uint8)
    for row, text in enumerate(texts):
        bases[row, : len(text)] = ["ACGT".index(base) for base in text]
    assert as_text(translated(bases, lengths)).to_list() == [by_hand(text) for text in texts]
    assert bases_as_text(bases, lengths).to_list() == texts


def test_ends_of_j_genes_are_those_of_imgt_but_for_two_bases():
    genes = gene_segments("TRB", "J")
    found = {
        name: "".join("ACGT"[base] for base in bases[:length])
        for name, bases, length in zip(genes.names, genes.bases, genes.lengths, strict=True)
    }
    assert set(found) == set(IMGT_J)
    for name, end in found.items():
        common = min(len(end), len(IMGT_J[name]))
        assert end[-common:] == IMGT_J[name][-common:]
        assert abs(len(end) - len(IMGT_J[name])) <= 3


def test_productive_junctions_begin_and_end_with_the_conserved_residues(beta):
    acids = beta.junctions_aa().filter(pl.Series(beta.is_productive))
    assert acids.str.contains(r"^C[ACDEFGHIKLMNPQRSTVWY]+[FW]$").all()
    assert (beta.lengths[beta.is_productive] % 3 == 0).all()


def test_the_other_ones_are_out_of_frame_or_hold_a_stop(beta):
    share = 1.0 - beta.is_productive.mean()
    assert abs(share - 0.2) < 4 * np.sqrt(0.2 * 0.8 / len(beta))
    other = ~beta.is_productive
    acids = beta.junctions_aa()
    is_whole = (beta.lengths % 3 == 0) & acids.str.contains(r"^C[^*]*[FW]$").to_numpy()
    assert not is_whole[other].any()
    assert (beta.lengths[other] % 3 != 0).mean() > 0.5


def test_junctions_begin_with_their_v_gene_and_end_with_their_j_gene(beta):
    junctions, v, j = beta.junctions(), beta.genes("V"), beta.genes("J")
    genes = gene_segments("TRB", "V")
    first = {
        name: "".join("ACGT"[base] for base in bases[:3])
        for name, bases in zip(genes.names, genes.bases, strict=True)
    }
    assert (junctions.str.head(3) == v.replace_strict(first)).all()
    last = {name: end[-3:] for name, end in IMGT_J.items()}
    assert (junctions.str.tail(3) == j.replace_strict(last)).all()


def test_second_d_gene_goes_with_the_second_cluster_of_j_only(beta):
    is_second = beta.genes("D").eq_missing("TRBD2")
    assert beta.genes("J").filter(is_second).str.starts_with("TRBJ2").all()
    assert is_second.sum() > 0
    # No D gene can be told from four bases or none; Cell Ranger leaves 42 % without.
    assert 0.2 < beta.genes("D").is_null().mean() < 0.5


def test_genes_are_used_as_often_as_in_the_cohorts():
    parts = draw_parts(60_000, "TRB", rng=np.random.default_rng(3))
    share = gene_segments("TRB", "V").share
    found = np.bincount(parts.v, minlength=len(share)) / len(parts.v)
    assert np.all(np.abs(found - share) < 5 * np.sqrt(share / len(parts.v)) + 2e-5)


@pytest.mark.parametrize("locus", ["TRA", "TRB"])
def test_lengths_have_mean_and_spread_of_the_cohorts(locus):
    receptors = draw_receptors(20_000, locus, rng=np.random.default_rng(2))
    acids = receptors.lengths / 3
    share = junction_lengths(locus)
    length = np.arange(len(share))
    mean = (length * share).sum()
    assert acids.mean() == pytest.approx(mean, abs=0.15)
    assert acids.std() == pytest.approx(np.sqrt(((length - mean) ** 2 * share).sum()), abs=0.15)
    assert ((acids >= 11) & (acids <= 19)).mean() > 0.94


def test_shares_that_pass_are_shares():
    for locus in ("TRA", "TRB"):
        share = passing_share(locus)
        assert ((share >= 0) & (share <= 1)).all()
        assert share.max() == 1.0


def test_the_same_amino_acids_arise_from_different_bases_in_two_people():
    one, two = (draw_receptors(40_000, "TRB", rng=np.random.default_rng(seed)) for seed in (7, 8))
    acids, bases = one.junctions_aa(), one.junctions()
    assert acids.n_unique() < bases.n_unique() <= len(one)
    public = set(acids) & set(two.junctions_aa())
    # Public chains are a few per cent, mostly of other bases.
    assert 0.002 < len(public) / acids.n_unique() < 0.10
    assert len(set(bases) & set(two.junctions())) < len(public)


def test_alpha_chains_have_no_d_gene():
    alpha = draw_receptors(50, "TRA", rng=np.random.default_rng(1))
    assert alpha.genes("D").null_count() == 50
    assert alpha.genes("V").str.starts_with("TRAV").all()


def test_none_is_an_empty_set_of_receptors():
    assert len(draw_receptors(0, "TRB", rng=np.random.default_rng(1)).junctions()) == 0


def test_a_junction_longer_than_any_that_is_spelled_does_not_pass():
    # Among the 990,050 rearrangements of this seed one has more than 78 bases.
    receptors = draw_receptors(110_000, "TRA", rng=np.random.default_rng(1))
    assert receptors.lengths.max() <= 78
    assert receptors.is_productive.all()
