"""Receptor chains of repertoire files: every format in one frame, faults as data."""

import gzip

import pytest

from macroimmune.errors import FormatError, InputError
from macroimmune.repertoires.reading import CHAIN_COLUMNS, FAULT_COLUMNS, read_chains

HEADING = (
    "sequence_id\tproductive\tv_call\tj_call\tjunction\tjunction_aa\tduplicate_count"
    "\tconsensus_count"
)
GOOD = "s1\tT\tTRBV19*01\tTRBJ2-7*01\tTGTGCCAGCTTT\tCASF\t3\t12"


def airr(tmp_path, *rows, heading=HEADING, name="a.tsv"):
    path = tmp_path / name
    text = "\n".join([heading, *rows]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def test_an_airr_file_gives_genes_without_alleles_and_the_declared_count(tmp_path):
    path = airr(tmp_path, GOOD, name="a.tsv.gz")
    found = read_chains(path, layout="airr", counted="templates")
    assert dict(found.table.schema) == dict(CHAIN_COLUMNS)
    assert dict(found.faults.schema) == dict(FAULT_COLUMNS)
    (row,) = found.table.to_dicts()
    assert (row["row"], row["v_gene"], row["j_gene"], row["locus"]) == (
        2,
        "TRBV19",
        "TRBJ2-7",
        "TRB",
    )
    assert (row["count"], row["reads"], row["umis"]) == (3, 12, None)
    assert (row["is_productive"], row["is_in_frame"], row["has_stop"]) == (True, True, False)
    assert found.faults.is_empty()
    assert found.is_whole
    assert found.n_rows == 1


def test_reads_are_the_consensus_count_and_never_the_duplicate_count_beside_it(tmp_path):
    found = read_chains(airr(tmp_path, GOOD), layout="airr", counted="reads")
    assert found.table["count"].to_list() == [12]
    assert found.headings["count"] == "consensus_count"


def test_a_bad_cell_costs_its_row_alone(tmp_path):
    bad = GOOD.replace("\t3\t", "\t2.5\t")
    found = read_chains(airr(tmp_path, GOOD, bad, GOOD), layout="airr", counted="templates")
    assert found.table["row"].to_list() == [2, 4]
    (fault,) = found.faults.to_dicts()
    assert (fault["kind"], fault["row"], fault["column"]) == ("not-a-count", 3, "duplicate_count")
    assert (fault["found"], fault["n_rows"], fault["is_kept"]) == ("2.5", 1, False)


def test_a_file_without_what_is_counted_is_refused(tmp_path):
    with pytest.raises(FormatError, match=r"a\.tsv: no usual column of umis|no column umi_count"):
        read_chains(
            airr(tmp_path, "T\tTGT", heading="productive\tjunction"), layout="airr", counted="umis"
        )


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(InputError, match="expected one of airr, 10x"):
        read_chains(airr(tmp_path, GOOD), layout="fasta", counted="umis")
