"""Files that the simulator and Cell Ranger write, against what was written or another reader."""

import numpy as np
import polars as pl
import pytest

from macroimmune.formats import read_contigs
from macroimmune.formats.codon_translation import amino_acids
from macroimmune.repertoires.reading import read_chains
from macroimmune.simulator.repertoires.library_files import write_library
from macroimmune.simulator.repertoires.segments import gene_segments


@pytest.fixture
def clonotypes():
    """Draw clonotypes with every V and J gene of TRB, some out of frame, some with a stop."""
    rng = np.random.default_rng(4)
    n = 300
    junction = pl.Series([
        "TGT" + "".join(rng.choice(list("ACGT"), rng.integers(20, 40))) + "TTC" for _ in range(n)
    ])
    acids = amino_acids(junction)
    in_frame = junction.str.len_bytes() % 3 == 0
    stop = acids.str.contains("*", literal=True).fill_null(value=False)
    return pl.DataFrame({
        "junction": junction,
        "junction_aa": acids,
        "v_gene": rng.choice(gene_segments("TRB", "V").names, n),
        "d_gene": rng.choice(["TRBD1", "TRBD2"], n),
        "j_gene": rng.choice(gene_segments("TRB", "J").names, n),
        "vj_in_frame": in_frame,
        "stop_codon": stop,
        "productive": in_frame & ~stop,
        "templates": rng.integers(1, 50, n),
        "reads": rng.integers(50, 900, n),
    })


# immunoSEQ has no molecules, MiXCR no templates.
WRITTEN = [
    *(("airr", counted) for counted in ("templates", "umis", "reads")),
    *(("immunoseq", counted) for counted in ("templates", "reads")),
    *(("mixcr", counted) for counted in ("umis", "reads")),
]


@pytest.mark.parametrize(("layout", "counted"), WRITTEN)
def test_what_the_simulator_writes_is_read_back(tmp_path, clonotypes, layout, counted):
    path = tmp_path / "a.tsv"
    write_library(path, clonotypes, layout=layout, counted=counted, sample_id="S-1")
    found = read_chains(path, layout=layout, counted=counted)
    # MiXCR writes what is in frame alone.
    truth = clonotypes.filter(pl.col("vj_in_frame") | (layout != "mixcr"))
    assert found.faults.is_empty()
    assert found.table.select(
        "v_gene",
        "j_gene",
        "junction",
        "junction_aa",
        productive="is_productive",
        vj_in_frame="is_in_frame",
        count="count",
    ).equals(
        truth.select(
            "v_gene",
            "j_gene",
            "junction",
            "junction_aa",
            "productive",
            "vj_in_frame",
            count="reads" if counted == "reads" else "templates",
        )
    )
    assert found.table["locus"].unique().to_list() == ["TRB"]


@pytest.mark.data
def test_public_contigs_are_read_as_the_strict_reader_reads_them(public_data):
    for path in sorted((public_data / "tenx_contigs").glob("*.csv.gz")):
        strict = read_contigs(path)
        found = read_chains(path, layout="10x", counted="umis")
        assert found.faults.is_empty()
        assert found.is_whole
        for ours, theirs in (
            ("cell_id", "barcode"),
            ("is_cell", "is_cell"),
            ("junction", "cdr3_nt"),
            ("junction_aa", "cdr3"),
            ("count", "umis"),
            ("reads", "reads"),
        ):
            assert found.table[ours].equals(strict[theirs]), (path.name, ours)
        stated = strict["productive"].is_not_null()
        assert (
            found.table["is_productive"].filter(stated).equals(strict["productive"].filter(stated))
        )
        assert found.table["v_gene"].is_null().equals(strict["v_gene"].is_null())


@pytest.mark.data
def test_public_clones_of_mixcr_are_read_whole(public_data):
    path = public_data / "iokin_tcr" / "03_IOKIN_BuffyCoat_TRB-CDR3.csv"
    found = read_chains(path, layout="mixcr", counted="reads")
    plain = pl.read_csv(path)
    assert found.faults.is_empty()
    assert found.table["count"].equals(plain["cloneCount"])
    assert found.table["junction"].equals(plain["nSeqCDR3"])
    assert found.table["v_gene"].null_count() == 0
    assert found.table["is_productive"].all()
