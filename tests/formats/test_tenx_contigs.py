import csv
import gzip

import polars as pl
import pytest

from macroimmune.errors import FormatError, InputError
from macroimmune.formats import read_contigs, write_contigs

HEADING = "barcode,is_cell,contig_id,high_confidence,chain,v_gene,j_gene,productive,cdr3,reads,umis"
OLD = "\n".join((
    HEADING,
    "AAAC-1,True,c1,True,TRB,TRBV5,TRBJ2,TRUE,CASS,20,3",
    "AAAC-1,False,c2,True,Multi,None,TRAJ1,None,None,5,1\n",
))
NEW = "\n".join((
    HEADING,
    "AAAC-1,true,c1,true,TRB,TRBV5,TRBJ2,true,CASS,20,3",
    "AAAC-1,false,c2,true,Multi,,TRAJ1,,,5,1\n",
))
ROWS = [
    ("AAAC-1", True, "c1", True, "TRB", "TRBV5", "TRBJ2", True, "CASS", 20, 3),
    ("AAAC-1", False, "c2", True, "Multi", None, "TRAJ1", None, None, 5, 1),
]


@pytest.mark.parametrize("text", [OLD, NEW])
def test_old_and_new_spellings_read_alike(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert read_contigs(path).rows() == ROWS


@pytest.mark.parametrize(("spelling", "text"), [("True and None", OLD), ("true and empty", NEW)])
def test_contigs_are_written_in_either_spelling(tmp_path, spelling, text):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(text)
    write_contigs(second, read_contigs(first), spelling=spelling)
    assert second.read_text() == text.replace("TRUE", "True")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (OLD.replace("chain", "Chain"), "row 1: no column chain"),
        (OLD.replace("TRUE", "yes"), "row 2, productive = 'yes'"),
        (OLD.replace(",5,1", ",5,one"), "row 3, umis = 'one'"),
    ],
)
def test_what_is_no_contig_file_is_refused(tmp_path, text, found):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(FormatError, match=found):
        read_contigs(path)


def test_a_table_without_its_columns_or_types_is_not_written(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(OLD)
    contigs = read_contigs(path)
    with pytest.raises(InputError, match="contigs without umis"):
        write_contigs(path, contigs.drop("umis"), spelling="True and None")
    with pytest.raises(InputError, match="productive is String; expected Boolean"):
        write_contigs(path, contigs.with_columns(productive=pl.lit("T")), spelling="True and None")


@pytest.mark.data
@pytest.mark.parametrize(("patient", "share"), [("PX", 6.9), ("PY", 8.3), ("PZ", 8.9)])
def test_tumour_clones_in_blood_are_those_of_the_public_files(public_data, patient, share):
    # The TRB with the most UMIs of each cell, unfiltered. Which of several contigs with as many
    # UMIs is taken, and by which sequence a clone is known, moves the share by up to 0.3.
    clones = {}
    for tissue in ("P", "T"):
        path = public_data / "tenx_contigs" / f"ccRCC_contigs_{patient}_{tissue}.csv.gz"
        chains = read_contigs(path).filter(pl.col("chain") == "TRB", pl.col("cdr3").is_not_null())
        top = chains.sort("umis", descending=True, maintain_order=True).unique(
            "barcode", keep="first", maintain_order=True
        )
        clones[tissue] = set(top["cdr3"])
    found = 100 * len(clones["T"] & clones["P"]) / len(clones["T"])
    assert found == pytest.approx(share, abs=0.3)


@pytest.mark.data
def test_public_files_hold_what_the_csv_module_finds(public_data):
    words = {"True": True, "TRUE": True, "False": False, "FALSE": False, "None": None}
    for path in sorted((public_data / "tenx_contigs").glob("*.csv.gz")):
        contigs = read_contigs(path)
        with gzip.open(path, "rt") as stream:
            rows = list(csv.DictReader(stream))
        assert contigs["productive"].to_list() == [words[row["productive"]] for row in rows]
        assert contigs["umis"].to_list() == [int(row["umis"]) for row in rows]
        assert contigs["cdr3"].to_list() == [words.get(row["cdr3"], row["cdr3"]) for row in rows]


@pytest.mark.data
def test_public_files_are_written_back_as_they_were(public_data, tmp_path):
    for path in sorted((public_data / "tenx_contigs").glob("*.csv.gz")):
        contigs = read_contigs(path)
        copy = tmp_path / "copy.csv.gz"
        write_contigs(copy, contigs, spelling="True and None")
        assert read_contigs(copy).equals(contigs)
        raw = pl.read_csv(path, infer_schema=False)
        again = pl.read_csv(copy, infer_schema=False)
        assert again.equals(raw.with_columns(pl.col("productive").str.to_titlecase()))
