"""Repertoire files with something wrong: told with file and row, and nothing else is lost."""

import gzip
import random
from pathlib import Path

import polars as pl
import pytest

HEADING = ("sequence_id", "sequence", "rev_comp", "productive", "v_call", "d_call", "j_call",
           "sequence_alignment", "germline_alignment", "junction", "junction_aa", "v_cigar",
           "d_cigar", "j_cigar", "duplicate_count", "locus")  # fmt: skip
CODONS = {
    "C": "TGT", "A": "GCA", "S": "AGC", "F": "TTC", "Q": "CAA",
    "G": "GGA", "E": "GAA", "Y": "TAC", "T": "ACA", "N": "AAC",
}  # fmt: skip
LIST = "who,sample,day,tissue,file"
STUDY = """name = "damaged"
file = "people.csv"
participant_id = "who"
[participants]
age_years = "age"
[repertoires]
file = "files.csv"
participant_id = "who"
sample_id = "sample"
days_from_treatment_start = "day"
compartment = "tissue"
raw_file = "file"
format = { constant = "airr" }
chain = { constant = "TRB" }
counted = { constant = "umis" }
"""
TENX = (
    "barcode,is_cell,contig_id,high_confidence,length,chain,v_gene,d_gene,j_gene,c_gene,"
    "full_length,productive,cdr3,cdr3_nt,reads,umis,raw_clonotype_id,raw_consensus_id\n"
    "AAAC-1,True,AAAC-1_contig_1,True,500,TRB,TRBV2,None,TRBJ1-1,TRBC1,True,True,CASSF,"
    "TGTGCAAGCAGCTTC,100,5,c1,c1_1\n"
)


def row(number: int, **told: str) -> dict[str, str]:
    """Return one rearrangement; what is told takes the place of what is made up."""
    chosen = random.Random(number)
    aa = "CAS" + "".join(chosen.choice("ASQGEYTN") for _ in range(9)) + "F"
    junction = "".join(CODONS[one] for one in aa)
    made = dict.fromkeys(HEADING, "") | {
        "sequence_id": f"s{number}", "sequence": junction, "rev_comp": "F", "productive": "T",
        "v_call": f"TRBV{2 + number % 20}*01", "j_call": f"TRBJ1-{1 + number % 6}*01",
        "junction": junction, "junction_aa": aa, "duplicate_count": str(1 + number % 4),
        "locus": "TRB",
    }  # fmt: skip
    return made | told


def airr(changed: dict[int, dict[str, str]] | None = None, n: int = 60, **without: bool) -> str:
    """Return an AIRR file of `n` rows; `changed` holds what is wrong, by row of a spreadsheet."""
    names = [name for name in HEADING if not without.get(name)]
    rows = [row(k, **(changed or {}).get(k + 2, {})) for k in range(n)]
    lines = ["\t".join(names), *("\t".join(one[name] for name in names) for one in rows)]
    return "\n".join(lines) + "\n"


def study_of(folder: Path, files: dict[str, str | bytes], listed: list[str] | None = None) -> Path:
    """Write a study of one good file of blood of A, one of its tumour, and others of B, C, ..."""
    study = folder / "study"
    study.mkdir()
    for name, content in {"good.tsv": airr(), "tumour.tsv": airr(n=40), **files}.items():
        (study / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    whose = [f"{chr(ord('B') + k)},{chr(ord('B') + k)}1,0,blood,{name}"
             for k, name in enumerate(files)]  # fmt: skip
    rows = listed or ["A,A1,0,blood,good.tsv", "A,A2,0,tumour,tumour.tsv", *whose]
    (study / "files.csv").write_text("\n".join([LIST, *rows]) + "\n", encoding="utf-8")
    people = sorted({one.split(",")[0] for one in rows})
    (study / "people.csv").write_text(
        "who,age\n" + "".join(f"{one},{50 + k}\n" for k, one in enumerate(people)), encoding="utf-8"
    )
    (study / "study.toml").write_text(STUDY, encoding="utf-8")
    return study


def measured(command, study: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Run the command; return findings and the list of repertoires."""
    done = command("repertoires", study, "--out", "out", "--workers", "1")
    assert done.code == 0, done.talk
    assert "Traceback" not in done.talk
    out = Path("out")
    for file in out.glob("*.csv"):
        cells = {cell for line in file.read_text("utf-8").splitlines() for cell in line.split(",")}
        assert not cells & {"NaN", "nan", "inf", "-inf"}, file
    findings = pl.read_csv(out / "findings.csv")
    return findings, pl.read_csv(out / "repertoires.csv")


ROWS = {
    "a negative count": ({7: {"duplicate_count": "-4"}}, "duplicate_count", "-4"),
    "a fraction": ({8: {"duplicate_count": "2.5"}}, "duplicate_count", "2.5"),
    "genes of two loci": ({9: {"v_call": "TRAV1-2*01"}}, "v_call", "TRAV1-2*01 and TRBJ"),
    "another locus": ({10: {"locus": "IGH"}}, "locus", "IGH"),
    "a stop codon": (
        {11: {"junction_aa": "CAS*QYF", "junction": "TGTGCAAGCTAACAATACTTC"}},
        "productive",
        "CAS*QYF",
    ),
    "a dash of print": ({12: {"v_call": "TRBV5–1*01"}}, "v_call", "TRBV5–1*01"),
    "an umlaut": ({13: {"junction_aa": "CASÄF"}}, "junction_aa", "CASÄF"),
}  # fmt: skip


def test_bad_rows_are_told_with_file_and_row_and_the_others_are_used(command, tmp_path):
    study = study_of(
        tmp_path, {f"bad{k}.tsv": airr(bad) for k, (bad, _, _) in enumerate(ROWS.values())}
    )
    findings, listed = measured(command, study)
    for k, (bad, column, found) in enumerate(ROWS.values()):
        told = findings.filter(
            pl.col("file").str.ends_with(f"bad{k}.tsv"), pl.col("row").is_not_null()
        )
        assert told.select("row", "column").rows() == [(next(iter(bad)), column)], told
        assert told["found"][0].startswith(found)
    assert listed["n_clonotypes"].to_list() == [60, 40, *[59] * len(ROWS)]
    losses = pl.read_csv("out/repertoire_losses.csv")
    assert losses["n_rows"].to_list() == [1] * len(ROWS)


FILES = {
    "no counts": (airr(duplicate_count=True), "no column umi_count or duplicate_count"),
    "other columns": ("a\tb\n1\t2\n", "no column umi_count or duplicate_count"),
    "nothing": ("", "no heading"),
    "10x given as AIRR": (TENX, "format"),
}


def test_bad_files_are_left_out_by_name_and_the_others_are_used(command, tmp_path):
    study = study_of(tmp_path, {f"bad{k}.tsv": text for k, (text, _) in enumerate(FILES.values())})
    findings, listed = measured(command, study)
    left_out = findings.filter(code="repertoire-file-left-out")
    assert left_out["row"].to_list() == [4, 5, 6, 7]
    for k, (_, words) in enumerate(FILES.values()):
        assert left_out["found"][k].startswith(f"bad{k}.tsv of sample")
        assert words in left_out["found"][k] + left_out["advice"][k]
    assert listed["sample_id"].to_list() == ["A1", "A2"]


def test_check_tells_of_bad_files_before_anything_is_run(command, tmp_path):
    study = study_of(tmp_path, {f"bad{k}.tsv": text for k, (text, _) in enumerate(FILES.values())})
    done = command("check", study)
    assert done.code == 0
    for k in range(len(FILES)):
        assert f"bad{k}.tsv" in done.data
    assert "bad2.tsv: bad2.tsv" not in done.data
    assert "format = 10x" in done.data


def test_of_a_cut_gzip_file_what_can_be_read_is_used(command, tmp_path):
    whole = gzip.compress(airr(n=2000).encode())
    study = study_of(tmp_path, {"cut.tsv.gz": whole[: len(whole) // 2]})
    findings, listed = measured(command, study)
    told = findings.filter(pl.col("file").str.ends_with("cut.tsv.gz"))
    assert told.height == 1
    assert told["row"][0] > 100
    assert 100 < listed["n_clonotypes"][2] < 2000
    assert listed["n_clonotypes"][:2].to_list() == [60, 40]


def test_two_files_under_one_name_of_a_sample_are_added_and_told(command, tmp_path):
    listed = ["A,A1,0,blood,good.tsv", "A,A1,0,blood,again.tsv", "A,A2,0,tumour,tumour.tsv"]
    study = study_of(tmp_path, {"again.tsv": airr(n=50)}, listed)
    findings, found = measured(command, study)
    assert "library-not-named" in findings["code"]
    assert found["files"].to_list() == ["good.tsv;again.tsv", "tumour.tsv"]


def test_where_all_files_are_bad_the_results_say_so(command, tmp_path):
    study = study_of(tmp_path, {"empty.tsv": "", "other.tsv": "a\tb\n1\t2\n"},
                     ["A,A1,0,blood,empty.tsv", "B,B1,0,blood,other.tsv"])  # fmt: skip
    done = command("repertoires", study, "--out", "out", "--workers", "1")
    assert done.code == 0, done.talk
    assert not Path("out/repertoires.csv").exists()
    findings = pl.read_csv("out/findings.csv")
    assert findings.filter(code="repertoire-file-left-out").height == 2


def test_an_export_is_never_replaced_and_reads_as_the_same_clonotypes(command, tmp_path):
    study = study_of(tmp_path, {})
    first = command("repertoires", study, "--out", "first", "--export", "airr", "--workers", "1")
    assert first.code == 0, first.talk
    before = {file.name: file.read_bytes() for file in Path("airr").iterdir()}
    again = command("repertoires", study, "--out", "second", "--export", "airr", "--workers", "1")
    assert again.code != 0
    assert "as none is replaced" in " ".join(again.talk.split())
    assert not Path("second").exists()
    assert {file.name: file.read_bytes() for file in Path("airr").iterdir()} == before
    (Path("airr") / "people.csv").write_bytes((study / "people.csv").read_bytes())
    names = (
        "participant_id", "sample_id", "days_from_treatment_start", "compartment", "raw_file",
        "format", "chain", "counted", "library",
    )  # fmt: skip
    head = STUDY.split("[repertoires]")[0]
    (Path("airr") / "study.toml").write_text(
        head + '[repertoires]\nfile = "files.csv"\n' + "".join(f'{n} = "{n}"\n' for n in names),
        encoding="utf-8",
    )
    read = command("repertoires", "airr", "--out", "third", "--workers", "1")
    assert read.code == 0, read.talk
    same = ("n_clonotypes", "n_counted", "n_singletons")
    tables = [pl.read_csv(f"{out}/repertoires.csv").select(same) for out in ("first", "third")]
    assert tables[0].equals(tables[1])
    ranks = [pl.read_parquet(f"{out}/repertoire_diversity.parquet") for out in ("first", "third")]
    assert ranks[0]["value"].equals(ranks[1]["value"])


@pytest.mark.slow
def test_one_bad_row_in_a_million_costs_that_row_alone(command, tmp_path):
    # Counts alone differ, so that a million rows are written in seconds.
    lines = ["\t".join(row(k)[name] for name in HEADING) for k in range(1000)]
    bad = "\t".join(row(1, duplicate_count="1e-3")[name] for name in HEADING)
    rows = lines * 1000
    rows[777_777] = bad
    text = "\n".join(["\t".join(HEADING), *rows]) + "\n"
    findings, listed = measured(command, study_of(tmp_path, {"million.tsv": text}))
    told = findings.filter(pl.col("file").str.ends_with("million.tsv"))
    assert told.select("row", "column").rows() == [(777_779, "duplicate_count")]
    assert listed.filter(sample_id="B1")["n_rows"].to_list() == [1_000_000]
    assert listed.filter(sample_id="B1")["n_clonotypes"].to_list() == [1000]
