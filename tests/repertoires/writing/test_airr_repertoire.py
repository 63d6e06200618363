"""A repertoire that is written as AIRR is read again as the same."""

from pathlib import Path
from tempfile import TemporaryDirectory

import airr
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.repertoires import Repertoire
from macroimmune.repertoires.reading import clonotypes_of, count_chains, read_chains
from macroimmune.repertoires.writing import write_repertoire_airr
from macroimmune.study import RepertoireSettings

CHAINS = st.fixed_dictionaries({
    "cell_id": st.sampled_from(["c1", "c2", "c3", "c4"]),
    "locus": st.sampled_from(["TRA", "TRB"]),
    "v": st.sampled_from([None, "19", "2", "6-1"]),
    "j": st.sampled_from([None, "2-7"]),
    "junction": st.sampled_from([None, "TGTGCCAGCAGC", "TGTGCCAGCAGT", "TGTGCCTGAAGC", "TGTG"]),
    "umis": st.integers(0, 3),
    "count": st.integers(0, 50),
    "population": st.sampled_from([None, "CD8 T cells", "Treg"]),
})
DEFINITIONS = st.builds(
    RepertoireSettings,
    sequence=st.sampled_from(["nucleotide", "amino acid"]),
    genes=st.sampled_from(["v and j", "v", "none"]),
    several_chains=st.sampled_from(["most umis", "all", "drop cell"]),
    only_productive=st.booleans(),
)


def frame(rows) -> pl.DataFrame:
    schema = {
        "cell_id": pl.String(),
        "locus": pl.String(),
        "v": pl.String(),
        "j": pl.String(),
        "junction": pl.String(),
        "umis": pl.Int64(),
        "count": pl.Int64(),
        "population": pl.String(),
    }
    return pl.DataFrame(rows, schema=schema).with_columns(
        v_gene=pl.col("locus") + "V" + pl.col("v"), j_gene=pl.col("locus") + "J" + pl.col("j")
    )


def again(repertoire, definition, counted) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return the clonotypes and cells of a repertoire that was written and read."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.tsv"
        write_repertoire_airr(path, repertoire, counted=counted)
        headings = {"population": "cell_label"} if counted == "cells" else {}
        found = read_chains(path, layout="airr", counted=counted, headings=headings)
    counted_chains = count_chains(found.table, definition, counted=counted)
    return clonotypes_of(counted_chains.units), counted_chains.cells()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(CHAINS, min_size=1, max_size=12),
    DEFINITIONS,
    st.sampled_from(["templates", "umis", "reads"]),
)
def test_counts_of_clonotypes_come_back(rows, definition, counted):
    found = count_chains(frame(rows).drop("cell_id"), definition, counted=counted)
    clonotypes = clonotypes_of(found.units)
    back, cells = again(Repertoire("a", clonotypes), definition, counted)
    assert cells is None
    assert back.equals(clonotypes)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(CHAINS, min_size=1, max_size=12),
    DEFINITIONS,
    st.sampled_from(["TRB", "TRA", "paired"]),
)
def test_cells_and_their_labels_come_back(rows, definition, chain):
    definition = RepertoireSettings(
        sequence=definition.sequence,
        genes=definition.genes,
        several_chains=definition.several_chains,
        chain=chain,
    )
    label = {row["cell_id"]: row["population"] for row in rows}
    table = frame([{**row, "population": label[row["cell_id"]]} for row in rows])
    # A chain of which no gene is known has no locus in the file.
    table = table.filter(pl.col("v_gene").is_not_null() | pl.col("j_gene").is_not_null())
    found = count_chains(table, definition, counted="cells")
    repertoire = Repertoire("a", clonotypes_of(found.units), (), found.cells())
    if repertoire.cells is None or repertoire.cells.is_empty():
        return
    back, cells = again(repertoire, definition, "cells")
    assert back.select("clonotype", "count").equals(
        repertoire.clonotypes.select("clonotype", "count")
    )
    assert cells.equals(repertoire.cells)


def test_the_file_is_valid_and_no_count_stands_for_another(tmp_path):
    clonotypes = clonotypes_of(
        pl.DataFrame({
            "clonotype": ["TRBV19|TGTGCCAGC|TRBJ2-7"],
            "v_gene": ["TRBV19"],
            "j_gene": ["TRBJ2-7"],
            "junction": ["TGTGCCAGC"],
            "junction_aa": ["CAS"],
            "count": [7],
        })
    )
    for counted, column in (
        ("templates", "duplicate_count"),
        ("umis", "umi_count"),
        ("reads", "consensus_count"),
    ):
        path = tmp_path / f"{counted}.tsv"
        write_repertoire_airr(path, Repertoire("a", clonotypes), counted=counted)
        assert airr.validate_rearrangement(str(path))
        table = pl.read_csv(path, separator="\t", infer_schema=False)
        assert [one for one in table.columns if one.endswith("_count")] == [column]
        assert table[column].to_list() == ["7"]


def test_cells_that_are_not_known_cannot_be_written():
    clonotypes = pl.DataFrame({"clonotype": ["a"]})
    with pytest.raises(InputError, match="expected the cells"):
        write_repertoire_airr("x.tsv", Repertoire("a", clonotypes), counted="cells")
    with pytest.raises(InputError, match="counted = 'shares'"):
        write_repertoire_airr("x.tsv", Repertoire("a", clonotypes), counted="shares")
