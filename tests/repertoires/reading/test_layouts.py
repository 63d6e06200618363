"""Every program's files, older and newer: the same chain comes out."""

import polars as pl
import pytest

from macroimmune.errors import FormatError
from macroimmune.repertoires.reading import read_chains

CHAIN = {
    "locus": "TRB",
    "v_gene": "TRBV5-1",
    "j_gene": "TRBJ2-7",
    "junction": "TGTGCCAGCTTT",
    "junction_aa": "CASF",
    "is_productive": True,
    "is_in_frame": True,
    "has_stop": False,
}
READ = "ACGTACGTGGTGTGCCAGCTTTGGCA"
START = READ.index("TGTGCC")


def write(tmp_path, *rows, separator="\t", before="", name="a.tsv"):
    """Write rows of (heading, cell) pairs; return the path."""
    lines = [separator.join(rows[0]), *(separator.join(map(str, row.values())) for row in rows)]
    path = tmp_path / name
    path.write_text(before + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def chain(found, row=0):
    return {name: found.table.row(row, named=True)[name] for name in CHAIN}


IMMUNOSEQ = {
    "first": {
        "nucleotide": READ,
        "aminoAcid": "CASF",
        "count (reads)": 40,
        "frequencyCount (%)": 0.1,
        "cdr3Length": 12,
        "vMaxResolved": "TCRBV05-01*01",
        "vGeneName": "TCRBV05-01",
        "jMaxResolved": "TCRBJ02-07*01",
        "jGeneName": "TCRBJ02-07",
        "vIndex": START,
        "estimatedNumberGenomes": 4,
        "sequenceStatus": "In",
    },
    "second": {
        "nucleotide": READ,
        "aminoAcid": "CASF",
        "count (templates)": 4,
        "count (reads)": 40,
        "cdr3Length": 12,
        "vGeneName": "unresolved",
        "vGeneNameTies": "TCRBV05-01,TCRBV05-08",
        "jGeneName": "TCRBJ02-07",
        "vIndex": START,
        "sequenceStatus": "In",
    },
    "third": {
        "sample_name": "M\u00fcller",
        "rearrangement": READ,
        "amino_acid": "CASF",
        "frame_type": "In",
        "templates": 4,
        "reads": 40,
        "cdr3_length": 12,
        "v_gene": "TCRBV05-01",
        "j_gene": "TCRBJ02-07",
        "v_index": START + 1,
    },
}


@pytest.mark.parametrize("version", IMMUNOSEQ)
def test_immunoseq_gives_imgt_names_and_the_cdr3_of_its_reads(tmp_path, version):
    path = write(tmp_path, IMMUNOSEQ[version])
    found = read_chains(path, layout="immunoseq", counted="templates")
    assert chain(found) == CHAIN
    assert found.table.select("count", "reads", "umis").row(0) == (4, 40, None)
    assert found.faults.is_empty()
    assert read_chains(path, layout="immunoseq", counted="reads").table["count"].to_list() == [40]


def test_templates_or_reads_in_one_column_are_what_is_declared(tmp_path):
    row = IMMUNOSEQ["second"] | {"vGeneName": "TCRBV05-01"}
    del row["count (templates)"], row["count (reads)"]
    path = write(tmp_path, row | {"count (templates/reads)": 9})
    for counted in ("templates", "reads"):
        found = read_chains(path, layout="immunoseq", counted=counted)
        assert found.table["count"].to_list() == [9]


def test_a_column_of_the_cdr3_alone_is_not_cut(tmp_path):
    row = IMMUNOSEQ["third"] | {"cdr3_rearrangement": "TGTGCCAGCTTT", "cdr3_length": 6}
    found = read_chains(write(tmp_path, row), layout="immunoseq", counted="templates")
    assert chain(found) == CHAIN
    assert found.faults.is_empty()


def test_immunoseq_says_what_is_out_of_frame_or_stops(tmp_path):
    out = IMMUNOSEQ["third"] | {"amino_acid": "na", "frame_type": "Out", "cdr3_length": 11}
    stop = IMMUNOSEQ["third"] | {"amino_acid": "", "frame_type": "Stop"}
    found = read_chains(
        write(tmp_path, IMMUNOSEQ["third"], out, stop), layout="immunoseq", counted="templates"
    )
    assert found.table["is_productive"].to_list() == [True, False, False]
    assert found.table["is_in_frame"].to_list() == [True, False, True]
    assert found.table["has_stop"].to_list() == [False, False, True]


def test_nucleotides_that_are_not_of_the_amino_acids_beside_them_are_left_empty(tmp_path):
    wrong = IMMUNOSEQ["first"] | {"vIndex": START - 3}
    found = read_chains(
        write(tmp_path, IMMUNOSEQ["first"], wrong), layout="immunoseq", counted="templates"
    )
    assert found.table["junction"].to_list() == ["TGTGCCAGCTTT", None]
    (fault,) = found.faults.to_dicts()
    assert (fault["kind"], fault["row"], fault["is_kept"]) == ("not-its-amino-acids", 3, True)


def test_a_read_without_the_place_of_its_cdr3_gives_amino_acids_alone(tmp_path):
    row = IMMUNOSEQ["first"] | {"vIndex": -1}
    found = read_chains(write(tmp_path, row), layout="immunoseq", counted="templates")
    assert found.table.select("junction", "junction_aa").row(0) == (None, "CASF")


MIXCR = {
    "second": {
        "Clone ID": 0,
        "Clone count": "40.0",
        "Clone fraction": 0.5,
        "All V hits": "TRBV5-1*00(588.3),TRBV5-8*00(420)",
        "All J hits": "TRBJ2-7*00(196.1)",
        "N. Seq. CDR3": "TGTGCCAGCTTT",
        "AA. Seq. CDR3": "CASF",
    },
    "third": {
        "cloneId": 0,
        "cloneCount": "40.0",
        "cloneFraction": 0.5,
        "targetSequences": READ,
        "allVHitsWithScore": "TRBV5-1*00(588.3)",
        "allJHitsWithScore": "TRBJ2-7*00(196.1)",
        "nSeqCDR3": "TGTGCCAGCTTT",
        "aaSeqCDR3": "CASF",
    },
    "fourth": {
        "cloneId": 0,
        "readCount": 40,
        "readFraction": 0.5,
        "uniqueMoleculeCount": 4,
        "allVHitsWithScore": "TRBV5-1*00(588.3)",
        "allJHitsWithScore": "TRBJ2-7*00(196.1)",
        "nSeqCDR3": "TGTGCCAGCTTT",
        "aaSeqCDR3": "CASF",
    },
}


@pytest.mark.parametrize("version", MIXCR)
def test_mixcr_gives_the_best_hit_and_reads(tmp_path, version):
    found = read_chains(write(tmp_path, MIXCR[version]), layout="mixcr", counted="reads")
    assert chain(found) == CHAIN
    assert found.table["count"].to_list() == [40]
    assert found.faults.is_empty()


def test_mixcr_counts_molecules_where_it_has_them_and_never_reads_for_them(tmp_path):
    path = write(tmp_path, MIXCR["fourth"])
    found = read_chains(path, layout="mixcr", counted="umis")
    assert found.table.select("count", "umis", "reads").row(0) == (4, 4, 40)
    older = write(tmp_path, MIXCR["third"])
    with pytest.raises(FormatError, match="no column uniqueMoleculeCount .* of umis"):
        read_chains(older, layout="mixcr", counted="umis")
    with pytest.raises(FormatError, match="no usual column of templates"):
        read_chains(older, layout="mixcr", counted="templates")


def test_mixcr_marks_what_is_out_of_frame(tmp_path):
    row = MIXCR["third"] | {"nSeqCDR3": "TGTGCCAGCTTTG", "aaSeqCDR3": "CA_SF"}
    found = read_chains(write(tmp_path, row), layout="mixcr", counted="reads")
    assert found.table.select("is_in_frame", "is_productive").row(0) == (False, False)
    assert found.faults.is_empty()


VDJTOOLS = {
    "count": 4,
    "freq": 0.5,
    "cdr3nt": "TGTGCCAGCTTT",
    "cdr3aa": "CASF",
    "v": "TRBV5-1",
    "d": ".",
    "j": "TRBJ2-7",
}


@pytest.mark.parametrize("before", ["", "#", "# sample: 1\n# made by hand\n", "##x\n#"])
def test_vdjtools_is_read_with_and_without_comments(tmp_path, before):
    path = write(tmp_path, VDJTOOLS, before=before)
    found = read_chains(path, layout="vdjtools", counted="umis")
    assert chain(found) == CHAIN
    assert found.table["row"].to_list() == [2 + before.count("\n")]
    assert found.table.select("count", "umis").row(0) == (4, 4)
    assert found.faults.is_empty()


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_a_plain_table_is_read_by_the_users_headings(tmp_path, separator):
    row = {"Klone": "TGTGCCAGCTTT", "V": "TRBV5-1", "J": "TRBJ2-7", "n": 4, "Sorte": "CD8"}
    path = write(tmp_path, row, separator=separator)
    headings = {
        "junction": "Klone",
        "v_gene": "V",
        "j_gene": "J",
        "count": "n",
        "population": "Sorte",
    }
    found = read_chains(path, layout="table", counted="templates", headings=headings)
    assert chain(found) == CHAIN
    assert found.table.select("count", "population").row(0) == (4, "CD8")


def test_lower_case_and_rna_are_the_same_sequence(tmp_path):
    row = VDJTOOLS | {"cdr3nt": "ugugccagcuuu", "cdr3aa": "casf"}
    found = read_chains(write(tmp_path, row), layout="vdjtools", counted="umis")
    assert chain(found) == CHAIN


AIRR = {
    "v_call": "TRBV5-1*01",
    "j_call": "TRBJ2-7*01",
    "junction": "TGTGCCAGCTTT",
    "junction_aa": "CASF",
    "productive": "T",
    "duplicate_count": 4,
}


def test_productive_is_worked_out_where_it_is_absent_or_empty(tmp_path):
    stop = AIRR | {"junction": "TGTTAGAGCTTT", "junction_aa": ""}
    out = AIRR | {"junction": "TGTGCCAGCTTTG", "junction_aa": ""}
    rows = [row | {"productive": ""} for row in (AIRR, stop, out)]
    found = read_chains(write(tmp_path, *rows), layout="airr", counted="templates")
    assert found.table["is_productive"].to_list() == [True, False, False]
    assert found.table["junction_aa"].to_list() == ["CASF", "C*SF", None]
    for row in rows:
        del row["productive"]
    absent = read_chains(write(tmp_path, *rows), layout="airr", counted="templates")
    assert absent.table.equals(found.table)
    assert found.faults.is_empty()


def test_what_the_file_calls_unproductive_stays_so(tmp_path):
    found = read_chains(
        write(tmp_path, AIRR | {"productive": "F"}), layout="airr", counted="templates"
    )
    assert found.table["is_productive"].to_list() == [False]


def test_a_chain_without_a_cdr3_is_neither_productive_nor_not(tmp_path):
    row = AIRR | {"junction": "", "junction_aa": "", "productive": ""}
    found = read_chains(write(tmp_path, AIRR, row), layout="airr", counted="templates")
    assert found.table["is_productive"].to_list() == [True, None]


@pytest.mark.parametrize("is_absent", [False, True])
def test_without_junctions_the_cdr3_is_read_and_told_to_lack_its_anchors(tmp_path, is_absent):
    row = AIRR | {"junction": "", "junction_aa": "", "cdr3": "GCCAGC", "cdr3_aa": "AS"}
    if is_absent:
        del row["junction"], row["junction_aa"]
    found = read_chains(write(tmp_path, row), layout="airr", counted="templates")
    assert found.table.select("junction", "junction_aa").row(0) == ("GCCAGC", "AS")
    (fault,) = found.faults.to_dicts()
    assert (fault["kind"], fault["row"], fault["is_kept"]) == ("no-anchors", None, True)
    assert found.headings["junction"] == "cdr3"


def test_where_some_rows_have_junctions_the_cdr3_stands_in_for_none(tmp_path):
    rows = [AIRR | {"cdr3": "GCCAGC"}, AIRR | {"junction": "", "junction_aa": "", "cdr3": "GCC"}]
    found = read_chains(write(tmp_path, *rows), layout="airr", counted="templates")
    assert found.table["junction"].to_list() == ["TGTGCCAGCTTT", None]
    assert found.faults.is_empty()


def test_cells_of_an_airr_file_count_one_each_and_keep_their_umis(tmp_path):
    row = AIRR | {"cell_id": "AAAC-1", "consensus_count": 900, "is_cell": "T"}
    found = read_chains(write(tmp_path, row), layout="airr", counted="cells")
    columns = ["cell_id", "is_cell", "count", "umis", "reads"]
    assert found.table.select(columns).row(0) == ("AAAC-1", True, 1, 4, 900)


TENX = {
    "barcode": "AAAC-1",
    "is_cell": "True",
    "contig_id": "AAAC-1_contig_1",
    "high_confidence": "True",
    "chain": "TRB",
    "v_gene": "TRBV5-1",
    "d_gene": "None",
    "j_gene": "TRBJ2-7",
    "productive": "True",
    "cdr3": "CASF",
    "cdr3_nt": "TGTGCCAGCTTT",
    "reads": 900,
    "umis": 4,
}


@pytest.mark.parametrize("words", [("True", "None"), ("true", ""), ("TRUE", "None")])
def test_contigs_of_old_and_new_cell_ranger_are_read(tmp_path, words):
    row = TENX | dict.fromkeys(("is_cell", "high_confidence", "productive"), words[0])
    bare = row | dict.fromkeys(("v_gene", "productive", "cdr3", "cdr3_nt"), words[1])
    path = write(tmp_path, row, bare | {"chain": "Multi"}, separator=",", name="a.csv")
    found = read_chains(path, layout="10x", counted="cells")
    assert chain(found) == CHAIN
    columns = ["cell_id", "is_cell", "high_confidence", "count", "umis", "reads"]
    assert found.table.select(columns).row(0) == ("AAAC-1", True, True, 1, 4, 900)
    assert found.table.select("locus", "v_gene", "is_productive").row(1) == ("Multi", None, None)
    assert found.faults.is_empty()
    with pytest.raises(FormatError, match="no usual column of templates"):
        read_chains(path, layout="10x", counted="templates")


@pytest.mark.parametrize("layout", ["airr", "immunoseq", "mixcr", "vdjtools", "table", "10x"])
def test_a_table_without_rows_has_all_columns(tmp_path, layout):
    rows = {
        "airr": AIRR,
        "immunoseq": IMMUNOSEQ["third"],
        "mixcr": MIXCR["fourth"],
        "vdjtools": VDJTOOLS,
        "table": {"junction": "", "count": 1},
        "10x": TENX,
    }[layout]
    path = tmp_path / "a.tsv"
    path.write_text("\t".join(rows), encoding="utf-8")
    counted = "templates" if layout in {"airr", "immunoseq", "table"} else "umis"
    found = read_chains(path, layout=layout, counted=counted)
    assert found.table.is_empty()
    assert found.table["count"].dtype == pl.Int64
