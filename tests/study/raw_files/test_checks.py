"""The heads of raw files show what is wrong with them; every fault is made in real files."""

import os
import shutil
from pathlib import Path
from zlib import crc32

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from macroimmune.formats import (
    AnnotatedMatrix,
    FcsHeading,
    write_airr,
    write_contigs,
    write_fcs,
    write_h5ad,
)
from macroimmune.study import checked
from macroimmune.study.raw_files import RAW_FILE_CHECKS, check_raw_files

WELLS = """ID,Day,File,Panel,With
p1,0,p1-rest.fcs,T,none
p1,0,p1-ifn.fcs,T,IL-6
p2,0,p2-rest.fcs,T,none
p2,0,p2-ifn.fcs,T,IL-6
"""
MORE = 'days_from_treatment_start = "Day"\npanel = "Panel"\nstimulus = "With"\n'
NAMES, ANTIGENS = ("Time", "V450-A", "B525-A"), ("", "CD3", "pSTAT1")


def fcs(path: Path, names=NAMES, antigens=ANTIGENS, n_events=7) -> None:
    # Other numbers in each file: two with the same bytes would be copies.
    numbers = np.full((n_events, len(names)), crc32(path.name.encode()), np.float32)
    write_fcs(path, numbers, FcsHeading(names, antigens))


def chains(path: Path, **counts: list[int]) -> None:
    n = len(next(iter(counts.values()), []))
    write_airr(path, pl.DataFrame({"sequence_id": [f"s{k}" for k in range(n)], **counts},
                                  schema_overrides={"sequence_id": pl.String}))  # fmt: skip


def cells(path: Path, samples: list[str]) -> None:
    names = tuple(f"c{k}" for k in range(len(samples)))
    obs = pl.DataFrame({"donor": samples})
    write_h5ad(path, AnnotatedMatrix(np.ones((len(samples), 2)), names, ("A", "B"), obs,
                                     pl.DataFrame()))  # fmt: skip


@pytest.fixture
def wells(listed, tmp_path):
    """Write four good wells and load the study; `spoil` changes files beforehand."""

    def load(spoil=lambda folder: None, manifest: str = WELLS):
        folder = tmp_path / "study"
        folder.mkdir()
        for line in WELLS.splitlines()[1:]:
            fcs(folder / line.split(",")[2])
        spoil(folder)
        return checked(listed("cytometry", manifest, MORE))

    return load


def found(study, code):
    return [finding for finding in study.findings if finding.code == code]


def of_raw_files(study):
    return {one.code for one in check_raw_files(study.tables, study.folder)}


def test_good_wells_are_counted_and_nothing_else_is_said(wells):
    study = wells()
    assert of_raw_files(study) == {"raw-files-listed"}
    (note,) = found(study, "raw-files-listed")
    assert note.found == "cytometry: 4 files of 2 participants, 28 events"
    assert "macroimmune gates and run find their populations" in note.advice
    assert not found(study, "no-unstimulated-well")


def test_a_file_that_is_not_there_is_named_with_its_row(wells):
    (finding,) = found(wells(lambda folder: (folder / "p2-ifn.fcs").unlink()), "raw-file-absent")
    assert (finding.severity, finding.file, finding.row) == ("warning", "files.csv", 5)
    assert "p2-ifn.fcs" in finding.found


def cut(folder):
    raw = (folder / "p1-ifn.fcs").read_bytes()
    (folder / "p1-ifn.fcs").write_bytes(raw[:-30])


def other_kind(folder):
    (folder / "p1-ifn.fcs").write_text("this is a letter", encoding="utf-8")


def a_folder(folder):
    (folder / "p1-ifn.fcs").unlink()
    (folder / "p1-ifn.fcs").mkdir()


def a_pipe(folder):
    (folder / "p1-ifn.fcs").unlink()
    os.mkfifo(folder / "p1-ifn.fcs")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [(cut, "incomplete"), (other_kind, "export the file"), (a_folder, "a folder"),
     (a_pipe, "no plain file")],
)  # fmt: skip
def test_a_file_that_is_not_what_it_should_be_is_told_and_never_waited_for(wells, spoil, why):
    (finding,) = found(wells(spoil), "raw-file-unreadable")
    assert finding.row == 3
    assert why in finding.found


def test_a_well_without_events_is_told(wells):
    (finding,) = found(wells(lambda folder: fcs(folder / "p1-ifn.fcs", n_events=0)),
                       "raw-file-empty")  # fmt: skip
    assert finding.row == 3


def test_a_file_with_other_channels_than_its_panel_is_named_with_the_difference(wells):
    (finding,) = found(
        wells(lambda folder: fcs(folder / "p2-rest.fcs", NAMES, ("", "CD4", "pSTAT1"))),
        "panel-channels-differ",
    )
    assert finding.row == 4
    assert "lacks V450-A (CD3) and has V450-A (CD4)" in finding.found
    assert "panel T" in finding.expected


def test_another_order_of_channels_is_the_same_panel_and_another_panel_may_differ(wells):
    def spoil(folder):
        fcs(folder / "p2-rest.fcs", NAMES[::-1], ANTIGENS[::-1])
        fcs(folder / "p2-ifn.fcs", NAMES[:2], ANTIGENS[:2])

    manifest = WELLS.replace("p2-ifn.fcs,T", "p2-ifn.fcs,B")
    assert not found(wells(spoil, manifest), "panel-channels-differ")


def test_one_file_under_two_names_is_an_error_where_samples_differ(wells):
    def copy(folder):
        shutil.copy(folder / "p1-rest.fcs", folder / "p1-ifn.fcs")
        shutil.copy(folder / "p1-rest.fcs", folder / "p2-ifn.fcs")

    copies = found(wells(copy), "raw-file-copied")
    assert [(one.severity, one.row) for one in copies] == [("error", 5), ("warning", 3)]
    assert "p2-ifn.fcs of sample p2@0 holds the same bytes as p1-rest.fcs" in copies[0].found


def test_an_fcs_file_that_disagrees_with_itself_is_told_once(wells):
    def spoil(folder):
        raw = (folder / "p1-ifn.fcs").read_bytes()
        assert raw.count(b"$TOT") == 1
        place = raw.index(b"$TOT") + 5
        (folder / "p1-ifn.fcs").write_bytes(raw[:place] + b"6" + raw[place + 1 :])

    (note,) = found(wells(spoil), "raw-file-remark")
    assert (note.severity, note.row) == ("note", 3)
    assert "$TOT says 6" in note.found


def test_a_workspace_that_is_not_there_is_told_once(listed, tmp_path):
    (tmp_path / "study").mkdir()
    fcs(tmp_path / "study" / "a.fcs")
    fcs(tmp_path / "study" / "b.fcs")
    manifest = "ID,Day,File\np1,0,a.fcs\np2,0,b.fcs\n"
    more = 'days_from_treatment_start = "Day"\nworkspace = { constant = "gates.wsp" }\n'
    (finding,) = found(checked(listed("cytometry", manifest, more)), "raw-file-absent")
    assert (finding.column, "gates.wsp" in finding.found) == ("workspace", True)


AIRR = "ID,Day,File,Counts\np1,0,a.tsv,templates\np2,0,b.tsv.gz,UMI\np3,0,c.csv,umis\n"
AIRR_MORE = 'days_from_treatment_start = "Day"\ncounted = "Counts"\n'


def repertoires(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    chains(folder / "a.tsv", duplicate_count=[3, 1])
    chains(folder / "b.tsv.gz", umi_count=[3, 1])
    contigs = dict.fromkeys(("barcode", "contig_id", "chain", "v_gene", "j_gene", "cdr3"), ["x"])
    frame = pl.DataFrame(contigs | {"productive": [True], "reads": [9], "umis": [2]})
    write_contigs(folder / "c.csv", frame, spelling="true and empty")


def test_repertoires_with_their_counts_are_passed(listed, tmp_path):
    repertoires(tmp_path / "study")
    study = listed("repertoires", AIRR, AIRR_MORE)
    assert of_raw_files(study) == {"raw-files-listed"}
    assert study.tables["repertoires"]["counted"].to_list() == ["templates", "umis", "umis"]


def test_a_repertoire_without_the_column_of_its_counts_is_told(listed, tmp_path):
    repertoires(tmp_path / "study")
    chains(tmp_path / "study" / "a.tsv", consensus_count=[3, 1])
    (finding,) = found(checked(listed("repertoires", AIRR, AIRR_MORE)), "no-count-column")
    assert (finding.row, "duplicate_count" in finding.found) == (2, True)
    named = AIRR_MORE + 'count_column = { constant = "consensus_count" }\n'
    rows = [
        one.row for one in found(checked(listed("repertoires", AIRR, named)), "no-count-column")
    ]
    assert rows == [3, 4]


def test_a_repertoire_that_is_cut_or_empty_is_told(listed, tmp_path):
    repertoires(tmp_path / "study")
    path = tmp_path / "study" / "a.tsv"
    raw = path.read_bytes()
    path.write_bytes(raw[:-12])
    study = checked(listed("repertoires", AIRR, AIRR_MORE))
    assert [one.row for one in found(study, "raw-file-unreadable")] == [2]
    path.write_bytes(raw.splitlines(keepends=True)[0])
    study = checked(listed("repertoires", AIRR, AIRR_MORE))
    assert [one.row for one in found(study, "raw-file-empty")] == [2]
    path.write_bytes(b"\x1f\x8b\x08\x00 no gzip")
    study = checked(listed("repertoires", AIRR, AIRR_MORE))
    assert [one.row for one in found(study, "raw-file-unreadable")] == [2]


SAMPLES = 'days_from_treatment_start = "Day"\ncounted = "Counts"\nsample_id = "Sample"\n'


@pytest.mark.parametrize(
    ("other", "more", "code"),
    [
        ("b.tsv.gz", "", "library-not-named"),
        ("c.csv", "", "library-in-several-formats"),
        ("b.tsv.gz", 'library = "File"\n', None),
    ],
)
def test_two_files_of_one_sample_are_told_where_nothing_tells_them_apart(
    listed, tmp_path, other, more, code
):
    repertoires(tmp_path / "study")
    manifest = f"ID,Day,File,Counts,Sample\np1,0,a.tsv,umis,s1\np1,0,{other},umis,s1\n"
    told = checked(listed("repertoires", manifest, SAMPLES + more)).findings
    libraries = [(one.code, one.row) for one in told if one.code.startswith("library")]
    assert libraries == ([(code, 3)] if code else [])


CELLS = "ID,Day,File,Sample\np1,0,all.h5ad,s1\np2,0,all.h5ad,s2\np3,0,all.h5ad,s3\n"
CELLS_MORE = (
    'days_from_treatment_start = "Day"\nsample_id = "Sample"\n'
    'sample_column = { constant = "donor" }\n'
)


def test_samples_of_one_file_of_cells_are_looked_for_in_it(listed, tmp_path):
    pytest.importorskip("h5py")
    (tmp_path / "study").mkdir()
    cells(tmp_path / "study" / "all.h5ad", ["s1", "s2", "s1"])
    study = checked(listed("expression", CELLS, CELLS_MORE))
    assert not found(study, "raw-file-repeated")
    (finding,) = found(study, "sample-not-in-file")
    assert (finding.row, "'s3'" in finding.found) == (4, True)
    (note,) = found(study, "raw-files-listed")
    assert note.found == "expression: 1 files of 3 participants"
    other = CELLS_MORE.replace("donor", "doner")
    study = checked(listed("expression", CELLS, other))
    assert {one.row for one in found(study, "sample-not-in-file")} == {2, 3, 4}
    assert "donor" in found(study, "sample-not-in-file")[0].advice


def test_a_damaged_file_of_cells_is_told(listed, tmp_path):
    pytest.importorskip("h5py")
    (tmp_path / "study").mkdir()
    path = tmp_path / "study" / "all.h5ad"
    cells(path, ["s1", "s2", "s3"])
    path.write_bytes(path.read_bytes()[:3000])
    study = checked(listed("chromatin", CELLS, CELLS_MORE))
    assert [one.row for one in found(study, "raw-file-unreadable")] == [2, 3, 4]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["p1-ifn.fcs", "a.tsv", "b.tsv.gz", "c.csv"]),
    at=st.integers(0, 3000),
    piece=st.binary(max_size=8),
    is_cut=st.booleans(),
)
def test_damaged_files_become_findings_and_never_errors(wells_of_all, kind, at, piece, is_cut):
    folder, good, tables = wells_of_all
    raw = bytearray(good[kind])
    raw[at : at + len(piece)] = piece
    (folder / kind).write_bytes(raw[:at] if is_cut else raw)
    codes = {one.code for check in [check_raw_files(tables, folder)] for one in check}
    assert codes <= {code for check in RAW_FILE_CHECKS for code in check.codes}
    (folder / kind).write_bytes(good[kind])


@pytest.fixture
def wells_of_all(wells, listed, tmp_path):
    study = wells()
    repertoires(tmp_path / "study")
    tables = {
        "cytometry": study.tables["cytometry"],
        "repertoires": listed("repertoires", AIRR, AIRR_MORE).tables["repertoires"],
    }
    good = {path.name: path.read_bytes() for path in (tmp_path / "study").iterdir()}
    return tmp_path / "study", good, tables


@pytest.mark.parametrize(
    ("stimulus", "antigens", "is_told"),
    [
        ("IL-6", ("CD3", "pSTAT1", "pSTAT3"), False),
        ("IL-6", ("CD3", "pS6", "CD4"), True),
        ("IFN-alpha", ("CD3", "pSTAT1", "pSTAT3"), True),
        # Without a time either list will do.
        ("IFN-alpha", ("MX1", "ISG15", "BST2"), False),
        ("tea", ("CD3", "CD4", "CD8"), False),
    ],
)
def test_panels_that_lack_the_declared_markers_are_told(wells, stimulus, antigens, is_told) -> None:
    def stained(folder):
        for path in folder.glob("*.fcs"):
            fcs(path, ("Time", "V450-A", "B525-A", "R660-A"), ("", *antigens))

    study = wells(stained, WELLS.replace("IL-6", stimulus))
    told = found(study, "list-markers-missing")
    # Once for the panel, not for every file.
    assert len(told) == int(is_told)
    if is_told:
        assert told[0].found.startswith(f"p1-ifn.fcs: {stimulus} is read by state markers")


def test_columns_of_stimuli_and_populations_are_looked_for_in_the_file(listed, tmp_path):
    pytest.importorskip("h5py")
    (tmp_path / "study").mkdir()
    cells(tmp_path / "study" / "all.h5ad", ["s1", "s2", "s3"])
    there = CELLS_MORE + 'stimulus_column = { constant = "donor" }\n'
    assert not found(checked(listed("expression", CELLS, there)), "cell-column-not-in-file")
    absent = there.replace(
        'stimulus_column = { constant = "donor"',
        ('population_column = { constant = "cell_type" }\nstimulus_column = { constant = "donors"'),
    )
    told = found(checked(listed("expression", CELLS, absent)), "cell-column-not-in-file")
    assert {one.column for one in told} == {"stimulus_column", "population_column"}
    assert "no column 'donors' of obs" in {one.found.split(": ")[1] for one in told}
