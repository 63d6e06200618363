"""Files of a study become repertoires; what cannot be used is told, and the rest goes on."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from macroimmune.repertoires.reading import chain_cache, read_repertoires
from macroimmune.study import AnalysisSettings, RepertoireSettings, study_from_frames

CASS, CAST, ALPHA = "TGTGCCAGCAGC", "TGTGCCAGCACC", "TGTGCCGTGAAC"
AIRR_HEAD = "sequence_id\tproductive\tv_call\tj_call\tjunction\tjunction_aa\tduplicate_count\tlocus"
TENX_HEAD = (
    "barcode,is_cell,contig_id,high_confidence,chain,v_gene,j_gene,productive,cdr3,cdr3_nt,"
    "reads,umis"
)


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch):
    monkeypatch.setenv(chain_cache.CACHE_VARIABLE, "off")


def airr(path: Path, *rows: tuple[str, object], locus: str = "TRB") -> str:
    """Write an AIRR file of (junction, count); return its path."""
    lines = [AIRR_HEAD] + [
        f"s{at}\tT\t{locus}V19*01\t{locus}J2-7*01\t{junction}\t\t{count}\t{locus}"
        for at, (junction, count) in enumerate(rows)
    ]
    text = "\n".join(lines) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return str(path)


def contigs(path: Path, *rows: tuple[str, str, str, int]) -> str:
    """Write a 10x file of (barcode, chain, junction, umis)."""
    lines = [TENX_HEAD] + [
        f"{cell},true,{cell}_{at},true,{chain},{chain}V19,{chain}J2-7,true,,{junction},"
        f"{umis * 9},{umis}"
        for at, (cell, chain, junction, umis) in enumerate(rows)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def read(rows: list[dict], work: Path | None = None, workers: int = 1, **settings):
    listed = pl.DataFrame([
        {"participant_id": "a", "days_from_treatment_start": 0, "counted": "templates", **row}
        for row in rows
    ])
    study = study_from_frames(
        "files",
        participants=pl.DataFrame({"participant_id": ["a", "b"]}),
        repertoires=listed,
        analysis=AnalysisSettings(repertoires=RepertoireSettings(**settings)),
    )
    return read_repertoires(study, work=work, workers=workers)


def counts(found, name="a@0:TRB:templates") -> dict[str, int]:
    return dict(found.read(name).clonotypes.select("junction", "count").iter_rows())


def codes(found) -> list[str]:
    return [finding.code for finding in found.findings]


def test_an_airr_file_is_a_repertoire(tmp_path):
    found = read([{"raw_file": airr(tmp_path / "a.tsv.gz", (CASS, 3), (CAST, 2), (CASS, 1))}])
    assert counts(found) == {CASS: 4, CAST: 2}
    assert found.findings == ()
    assert found.read("a@0:TRB:templates").cells is None


def test_named_libraries_are_kept_apart_and_unnamed_ones_are_one(tmp_path):
    one = airr(tmp_path / "one.tsv", (CASS, 3), (CAST, 2))
    two = airr(tmp_path / "two.tsv", (CASS, 5))
    named = read([{"raw_file": one, "library": "1"}, {"raw_file": two, "library": "2"}])
    assert [dict(part.iter_rows()) for part in named.read("a@0:TRB:templates").libraries] == [
        {f"TRBV19|{CASS}|TRBJ2-7": 3, f"TRBV19|{CAST}|TRBJ2-7": 2},
        {f"TRBV19|{CASS}|TRBJ2-7": 5},
    ]
    assert codes(named) == []
    unnamed = read([{"raw_file": one}, {"raw_file": two}])
    assert counts(unnamed) == counts(named) == {CASS: 8, CAST: 2}
    assert unnamed.read("a@0:TRB:templates").libraries == ()
    assert codes(unnamed) == []


def test_one_library_in_two_formats_is_counted_once(tmp_path):
    one = airr(tmp_path / "one.tsv", (CASS, 3))
    copy = tmp_path / "one.txt"
    copy.write_text(
        f"count\tfreq\tcdr3nt\tcdr3aa\tv\td\tj\n3\t1\t{CASS}\tCASS\tTRBV19\t.\tTRBJ2-7\n"
    )
    found = read([{"raw_file": one}, {"raw_file": str(copy), "format": "vdjtools"}])
    assert counts(found) == {CASS: 3}
    assert found.listed["files"].to_list() == [one]


def test_a_file_that_cannot_be_read_is_told_and_the_others_go_on(tmp_path):
    good = airr(tmp_path / "good.tsv", (CASS, 3))
    wrong = tmp_path / "wrong.tsv"
    wrong.write_text("a\tb\n1\t2\n")
    found = read([
        {"raw_file": good},
        {"raw_file": str(wrong), "participant_id": "b"},
        {"raw_file": str(tmp_path / "absent.tsv"), "days_from_treatment_start": 21},
    ])
    assert counts(found) == {CASS: 3}
    assert codes(found) == ["repertoire-file-left-out"] * 2
    assert "wrong.tsv" in found.findings[0].found
    assert found.listed.height == 1


def test_a_packed_file_that_is_cut_gives_what_it_holds(tmp_path):
    path = tmp_path / "a.tsv.gz"
    many = [("TGT" + "GCC" * (at % 50 + 1) + "TTC", at + 1) for at in range(20_000)]
    airr(path, *many)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    found = read([{"raw_file": str(path)}])
    assert codes(found) == ["repertoire-file-cut"]
    assert 0 < found.listed["n_rows"][0] < 20_000


def test_rows_with_faults_are_told_with_their_row_and_all_others_kept(tmp_path):
    path = airr(tmp_path / "a.tsv", (CASS, 3), (CAST, -2), (CAST, 1.5), ("TGTÄCC", 1), (CAST, 9))
    found = read([{"raw_file": path}])
    assert counts(found) == {CASS: 3, CAST: 9}
    told = [(one.code, one.row) for one in found.findings]
    assert set(told) == {("repertoire-rows-left-out", row) for row in (3, 4, 5)}
    reasons = dict(found.losses.select("reason", "n_rows").iter_rows())
    assert reasons == {"no usable count": 2, "letters that are no gene or sequence": 1}
    assert found.listed["n_rows"].to_list() == [5]


def test_a_file_of_other_chains_than_stated_is_told(tmp_path):
    both = tmp_path / "a.tsv"
    airr(both, (CASS, 3))
    text = both.read_text() + f"x\tT\tTRAV5*01\tTRAJ3*01\t{ALPHA}\t\t2\tTRA\n"
    both.write_text(text)
    found = read([{"raw_file": str(both), "chain": "TRB"}])
    assert codes(found) == ["repertoire-chains-mixed"]
    assert counts(found) == {CASS: 3}
    assert codes(read([{"raw_file": str(both), "chain": "several"}])) == []


def test_files_of_another_chain_are_named_and_not_read(tmp_path):
    found = read([
        {"raw_file": airr(tmp_path / "a.tsv", (CASS, 3)), "chain": "TRB"},
        {"raw_file": airr(tmp_path / "b.tsv", (CASS, 3), locus="TRA"), "chain": "TRA"},
    ])
    assert codes(found) == ["repertoires-of-other-chains"]
    assert found.listed["repertoire_id"].to_list() == ["a@0:TRB:templates"]


CELLS = (
    ("c1", "TRB", CASS, 5),
    ("c1", "TRA", ALPHA, 2),
    ("c2", "TRB", CASS, 3),
    ("c3", "TRB", CAST, 4),
    ("c4", "TRB", CAST, 4),
)
LABELS = "barcode,cell_type\nc1-1,CD8 TEM\nc2-1,Treg\nc3-1,CD8 naive\nc9-1,NK\n"


def test_labelled_cells_make_repertoires_of_populations_and_their_parents(tmp_path):
    (tmp_path / "labels.csv").write_text(LABELS)
    row = {
        "raw_file": contigs(tmp_path / "c.csv", *CELLS),
        "labels": str(tmp_path / "labels.csv"),
        "counted": "cells",
    }
    found = read([row])
    sizes = dict(found.listed.select("population", "n_counted").iter_rows())
    assert sizes == {"": 4, "cd4_t": 1, "treg": 1, "cd8_t": 2, "em_cd8": 1, "naive_cd8": 1}
    assert counts(found, "a@0:TRB:cells") == {CASS: 2, CAST: 2}
    assert counts(found, "a@0:TRB:cd8_t:cells") == {CASS: 1, CAST: 1}
    cells = found.read("a@0:TRB:cells").cells
    assert dict(cells.select("cell_id", "label").iter_rows()) == {
        "c1": "CD8 TEM",
        "c2": "Treg",
        "c3": "CD8 naive",
        "c4": None,
    }
    assert found.read("a@0:TRB:treg:cells").cells["cell_id"].to_list() == ["c2"]
    assert codes(found) == ["cells-without-label"]


def test_labels_of_other_cells_are_told_and_cells_stay_without(tmp_path):
    (tmp_path / "labels.csv").write_text("barcode,cell_type\nx1,CD8 T\n")
    row = {
        "raw_file": contigs(tmp_path / "c.csv", *CELLS),
        "labels": str(tmp_path / "labels.csv"),
        "counted": "cells",
    }
    found = read([row])
    assert codes(found) == ["cell-labels-not-used"]
    assert found.listed["population"].to_list() == [""]


def test_one_barcode_in_two_lanes_is_two_cells(tmp_path):
    rows = [
        {"raw_file": contigs(tmp_path / name, *CELLS), "counted": "cells", "library": name}
        for name in ("one.csv", "two.csv")
    ]
    found = read(rows)
    one = found.read("a@0:TRB:cells")
    assert one.clonotypes["count"].to_list() == [4, 4]
    assert one.cells.height == one.cells["cell_id"].n_unique() == 8
    assert found.listed["n_libraries"].to_list() == [2]


def test_pairs_of_chains_are_clonotypes_where_cells_are_known(tmp_path):
    row = {"raw_file": contigs(tmp_path / "c.csv", *CELLS), "counted": "cells"}
    found = read([row], chain="paired")
    assert counts(found, "a@0:paired:cells") == {f"{ALPHA};{CASS}": 1}


def test_contigs_count_cells_where_nobody_says_what_is_counted(tmp_path):
    found = read([{"raw_file": contigs(tmp_path / "c.csv", *CELLS), "counted": None}])
    assert found.listed["repertoire_id"].to_list() == ["a@0:TRB:cells"]


def test_an_airr_file_without_a_declared_count_is_read_with_a_status(tmp_path):
    found = read([{"raw_file": airr(tmp_path / "a.tsv", (CASS, 3)), "counted": None}])
    listed = found.listed.row(0, named=True)
    assert (listed["repertoire_id"], listed["n_counted"]) == ("a@0:TRB", 3)
    assert not listed["is_sampling_known"]
    assert listed["status"].startswith("what is counted is not declared")


def three_libraries(tmp_path):
    return [
        {"raw_file": airr(tmp_path / f"{at}.tsv", (CASS, at + 1), (CAST, 2)), "library": str(at)}
        for at in range(3)
    ]


def test_a_later_call_goes_on_with_what_was_kept(tmp_path):
    rows, work = three_libraries(tmp_path), tmp_path / "work"
    first = read(rows, work=work)
    folders = {path.name: path.stat().st_mtime_ns for path in work.iterdir()}
    again = read(rows, work=work)
    assert {path.name: path.stat().st_mtime_ns for path in work.iterdir()} == folders
    assert again.listed.equals(first.listed)
    assert counts(again) == counts(first)


@pytest.mark.slow
def test_several_processes_give_the_same_as_one(tmp_path):
    rows = three_libraries(tmp_path)
    several, alone = read(rows, workers=2), read(rows)
    assert several.listed.equals(alone.listed)
    assert counts(several) == counts(alone)


@pytest.mark.parametrize("setting", [{"genes": "none"}, {"sequence": "amino acid"}])
def test_another_definition_is_read_anew(tmp_path, setting):
    rows = [{"raw_file": airr(tmp_path / "a.tsv", (CASS, 1), (CAST, 2))}]
    read(rows, work=tmp_path / "work")
    other = read(rows, work=tmp_path / "work", **setting)
    assert other.listed["clonotype"][0] != "TRB: nucleotides of the CDR3, V and J gene; productive"
    assert len(list((tmp_path / "work").iterdir())) == 2
