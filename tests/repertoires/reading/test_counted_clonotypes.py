"""Chains become clonotypes by the definition that was declared, and nothing goes unsaid."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.repertoires.reading import clonotypes_of, count_chains
from macroimmune.study import RepertoireSettings

CASS, CAST, STOP = "TGTGCCAGCAGC", "TGTGCCAGCACC", "TGTGCCTAGAGC"


def chains(*rows, **columns) -> pl.DataFrame:
    """Return chains of TRBV19 and TRBJ2-7 from (junction, count)."""
    frame = pl.DataFrame(rows, schema={"junction": pl.String, "count": pl.Float64}, orient="row")
    told = {"locus": "TRB", "v_gene": "TRBV19", "j_gene": "TRBJ2-7", **columns}
    series = {
        name: pl.Series(value if isinstance(value, list) else [value] * frame.height)
        for name, value in told.items()
    }
    return frame.with_columns(**series)


def counts(table, counted="templates", **settings) -> dict[str, int]:
    found = count_chains(table, RepertoireSettings(**settings), counted=counted)
    return dict(clonotypes_of(found.units).select("clonotype", "count").iter_rows())


def losses(table, counted="templates", **settings) -> dict[str, int]:
    found = count_chains(table, RepertoireSettings(**settings), counted=counted)
    return dict(found.losses.select("reason", "n_rows").iter_rows())


def test_rows_of_one_clonotype_are_added():
    table = chains((CASS, 2), (CAST, 7), (CASS, 3))
    assert counts(table) == {f"TRBV19|{CAST}|TRBJ2-7": 7, f"TRBV19|{CASS}|TRBJ2-7": 5}


def test_the_definition_decides_what_is_one_clonotype():
    # AGC and AGT are both serine.
    table = chains((CASS, 2), ("TGTGCCAGCAGT", 4), v_gene=["TRBV19", "TRBV2"])
    assert len(counts(table)) == 2
    assert counts(table, genes="v", sequence="amino acid") == {"TRBV2|CASS": 4, "TRBV19|CASS": 2}
    assert counts(table, genes="none", sequence="amino acid") == {"CASS": 6}


def test_what_is_not_in_the_definition_is_that_of_the_largest_row():
    table = chains((CASS, 2), ("TGTGCCAGCAGT", 4), v_gene=["TRBV19", "TRBV2"])
    settings = RepertoireSettings(genes="none", sequence="amino acid")
    found = clonotypes_of(count_chains(table, settings, counted="templates").units)
    assert found.select("v_gene", "junction").row(0) == ("TRBV2", "TGTGCCAGCAGT")


def test_each_row_is_left_out_for_one_reason_that_is_told():
    table = chains(
        (CASS, 1),
        (CASS, 1),
        (STOP, 1),
        (CASS + "A", 1),
        (None, 1),
        ("TGTÄCCAGCAGC", 1),
        (CASS, None),
        (CASS, -3),
        (CASS, 0.5),
        (CASS, 0),
        (CASS, 1),
        locus=["TRB", "TRA", *["TRB"] * 9],
        is_productive=[None] * 10 + [False],
    )
    assert losses(table) == {
        "another chain: TRA": 1,
        "stop codon": 1,
        "out of frame": 1,
        "no nucleotides of a CDR3": 1,
        "letters other than A, C, G, T": 1,
        "no usable count": 2,
        "count that is not whole": 1,
        "count of zero": 1,
        "not productive": 1,
    }
    assert counts(table) == {f"TRBV19|{CASS}|TRBJ2-7": 1}


def test_what_is_not_productive_is_counted_where_that_is_asked_for():
    table = chains((CASS, 1), (STOP, 2))
    assert sum(counts(table, only_productive=False).values()) == 3


def test_a_locus_that_is_not_stated_is_that_of_the_gene():
    table = chains((CASS, 1), (CAST, 1), locus=[None, None], v_gene=["TRAV1-1", None])
    assert losses(table) == {"another chain: TRA": 1}


CELLS = pl.DataFrame(
    {
        "cell_id": ["one", "one", "one", "two", "two", "three", "four"],
        "locus": ["TRB", "TRB", "TRA", "TRB", "TRA", "TRB", "TRA"],
        "v_gene": ["TRBV19", "TRBV2", "TRAV5", "TRBV19", "TRAV5", "TRBV19", "TRAV8-1"],
        "j_gene": ["TRBJ2-7", "TRBJ1-1", "TRAJ3", "TRBJ2-7", "TRAJ3", "TRBJ2-7", "TRAJ9"],
        "junction": [CASS, CAST, CAST, CASS, CAST, CASS, CASS],
        "umis": [5, 9, 4, 3, 2, 8, 1],
    },
)
FIRST, SECOND = f"TRBV19|{CASS}|TRBJ2-7", f"TRBV2|{CAST}|TRBJ1-1"
ALPHA = f"TRAV5|{CAST}|TRAJ3"


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        ("most umis", {FIRST: 2, SECOND: 1}),
        ("all", {FIRST: 2, f"{FIRST}+{SECOND}": 1}),
        ("drop cell", {FIRST: 2}),
    ],
)
def test_a_cell_with_two_chains_counts_as_declared(several, expected):
    assert counts(CELLS, counted="cells", several_chains=several) == expected


def test_pairs_need_both_chains_of_a_cell():
    pairs = counts(CELLS, counted="cells", chain="paired")
    assert pairs == {f"{ALPHA}+{FIRST}": 1, f"{ALPHA}+{SECOND}": 1}
    told = losses(CELLS, counted="cells", chain="paired")
    assert told["cell without the other chain"] == 2


def test_pairs_of_chains_without_cells_are_refused_with_a_reason():
    table = chains((CASS, 2))
    assert losses(table, chain="paired") == {"chain of no known cell, which cannot be paired": 1}


def test_equal_umis_are_told_apart_by_reads_then_by_name():
    tie = CELLS.filter(pl.col("cell_id") == "one").with_columns(umis=pl.lit(5))
    assert counts(tie, counted="cells") == {FIRST: 1}
    reads = tie.with_columns(reads=pl.Series([10, 20, 5]))
    assert counts(reads, counted="cells") == {SECOND: 1}


def test_barcodes_that_are_no_cells_and_contigs_of_low_confidence_are_left_out_if_asked():
    table = CELLS.with_columns(
        is_cell=pl.Series([True, True, True, False, True, True, True]),
        high_confidence=pl.Series([True, False, True, True, True, True, True]),
    )
    assert counts(table, counted="cells") == {FIRST: 2}
    told = losses(table, counted="cells")
    assert told["barcode that is no cell"] == told["low confidence"] == 1
    assert counts(table, counted="cells", only_cells=False) == {FIRST: 2, SECOND: 1}


def test_umis_of_cells_are_added_where_they_are_counted():
    table = CELLS.with_columns(count=pl.col("umis"))
    assert counts(table, counted="umis") == {FIRST: 11, SECOND: 9}


def test_a_cell_whose_main_chain_has_no_cdr3_has_no_clonotype_where_all_are_counted():
    table = CELLS.with_columns(
        junction=pl.Series([CASS, None, CAST, CASS, CAST, CASS, CASS]), junction_aa=pl.lit(None)
    )
    assert counts(table, counted="cells") == {FIRST: 3}
    assert counts(table, counted="cells", only_productive=False) == {FIRST: 2}


@given(
    st.lists(st.tuples(st.sampled_from([CASS, CAST, STOP, None]), st.integers(0, 9)), max_size=30),
    st.randoms(),
)
def test_order_does_not_matter_and_every_row_is_counted_or_told(rows, random):
    table = chains(*rows)
    found = count_chains(table, RepertoireSettings(), counted="templates")
    assert found.units.height + found.losses["n_rows"].sum() == len(rows)
    assert found.units["count"].sum() + (found.losses["n_counted"].sum() or 0) == sum(
        count for _, count in rows
    )
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert counts(chains(*shuffled)) == counts(table)


def test_two_light_chains_without_a_heavy_one_are_no_pair():
    table = chains((CASS, 1), (CAST, 1), locus=["IGK", "IGL"], cell_id=["one", "one"])
    assert counts(table, counted="cells", chain="paired") == {}
    table = chains((CASS, 1), (CAST, 1), locus=["IGH", "IGL"], cell_id=["one", "one"])
    assert len(counts(table, counted="cells", chain="paired")) == 1


def test_another_contig_of_a_chain_is_told_as_that():
    same = pl.concat([CELLS, CELLS.head(1).with_columns(umis=pl.lit(1))], how="vertical_relaxed")
    for several in ("most umis", "all", "drop cell"):
        told = losses(same, counted="cells", several_chains=several)
        assert told["another contig of a chain of its cell"] == 1
        assert counts(same, counted="cells", several_chains=several) == counts(
            CELLS, counted="cells", several_chains=several
        )


CONTIG = st.tuples(
    st.sampled_from(["one", "two", "three", None]),
    st.sampled_from(["TRB", "TRA", "TRG", "IGH", "IGK", "IGL", "Multi"]),
    st.sampled_from([CASS, CAST, STOP, None]),
    st.integers(0, 3),
)


@given(
    st.lists(CONTIG, max_size=12),
    st.sampled_from(["most umis", "all", "drop cell"]),
    st.sampled_from(["TRB", "paired"]),
    st.sampled_from(["cells", "umis"]),
)
def test_every_contig_is_in_a_clonotype_or_told(contigs, several, chain, counted):
    cells, loci, junctions, umis = map(list, zip(*contigs, strict=True)) if contigs else [[]] * 4
    table = pl.DataFrame(
        {"cell_id": cells, "locus": loci, "junction": junctions, "umis": umis, "count": umis},
        schema={
            "cell_id": pl.String, "locus": pl.String, "junction": pl.String, "umis": pl.Int64,
            "count": pl.Int64,
        },
    )  # fmt: skip
    settings = RepertoireSettings(several_chains=several, chain=chain)
    found = count_chains(table, settings, counted=counted)
    in_clonotypes = (found.units["clonotype"].str.count_matches("+", literal=True) + 1).sum()
    of_cells = in_clonotypes if found.has_cells else found.units.height
    assert of_cells + found.losses["n_rows"].sum() == len(contigs)
    if found.has_cells:
        assert not found.units["cell_id"].is_duplicated().any()
    if counted == "umis":
        lost = found.losses["n_counted"].sum() or 0
        assert found.units["count"].sum() + lost == sum(umis)
