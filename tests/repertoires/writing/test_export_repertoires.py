"""All repertoires of a study are written so that a study reads the same ones again."""

import polars as pl

from macroimmune.repertoires.reading import read_repertoires
from macroimmune.repertoires.writing import export_repertoires
from macroimmune.study import AnalysisSettings, RepertoireSettings, study_from_frames

CASS, CAST = "TGTGCCAGCAGC", "TGTGCCAGCACC"
PEOPLE = pl.DataFrame({"participant_id": ["a", "b"]})
TABLE = pl.DataFrame({
    "participant_id": ["a", "a", "a", "a", "b"],
    "days_from_treatment_start": [0, 0, 0, 21, 0],
    "junction": [CASS, CAST, CASS, CASS, CAST],
    "v_call": ["TRBV19", "TRBV2", "TRBV19", "TRBV19", "TRBV2"],
    "j_call": ["TRBJ2-7"] * 5,
    "count": [3, 5, 2, 1, 4],
    "counted": ["templates"] * 4 + ["reads"],
    "library": ["1", "1", "2", None, None],
    "population": [None, None, None, "CD8 T cells", None],
})
KEPT = ["repertoire_id", "chain", "population", "counted", "n_libraries", "n_counted"]
CONTIGS = (
    "barcode,is_cell,contig_id,high_confidence,chain,v_gene,j_gene,productive,cdr3,cdr3_nt,reads,"
    "umis\n"
    f"c1,true,1,true,TRB,TRBV19,TRBJ2-7,true,,{CASS},9,3\n"
    f"c1,true,2,true,TRA,TRAV5,TRAJ3,true,,{CAST},9,3\n"
    f"c2,true,1,true,TRB,TRBV19,TRBJ2-7,true,,{CASS},9,3\n"
    f"c2,true,2,true,TRA,TRAV5,TRAJ3,true,,{CAST},9,3\n"
)


def read_again(listed, folder, **settings):
    rows = listed.with_columns(raw_file=pl.lit(f"{folder}/") + pl.col("raw_file"))
    return read_repertoires(
        study_from_frames(
            "again",
            participants=PEOPLE,
            repertoires=rows,
            analysis=AnalysisSettings(repertoires=RepertoireSettings(**settings)),
        )
    )


def assert_same(one, other):
    assert one.listed.select(KEPT).equals(other.listed.select(KEPT))
    for name in one.listed["repertoire_id"]:
        first, second = one.read(name), other.read(name)
        assert first.clonotypes.equals(second.clonotypes)
        assert len(first.libraries) == len(second.libraries)
        for part, same in zip(first.libraries, second.libraries, strict=True):
            assert part.equals(same)
        assert (first.cells is None) == (second.cells is None)
        if first.cells is not None:
            assert first.cells.equals(second.cells)


def test_samples_libraries_and_sorted_populations_come_back(tmp_path):
    found = read_repertoires(study_from_frames("first", participants=PEOPLE, clonotypes=TABLE))
    listed = export_repertoires(found, tmp_path)
    assert listed.height == 4
    assert_same(found, read_again(listed, tmp_path))
    saved = pl.read_csv(tmp_path / "files.csv", infer_schema=False)
    assert saved["raw_file"].to_list() == listed["raw_file"].to_list()


def test_paired_cells_with_labels_come_back_without_files_of_populations(tmp_path):
    (tmp_path / "c.csv").write_text(CONTIGS)
    (tmp_path / "labels.csv").write_text("barcode,label\nc1,CD8 TEM\nc2,Treg\n")
    row = {
        "participant_id": "a",
        "days_from_treatment_start": 0,
        "raw_file": str(tmp_path / "c.csv"),
        "labels": str(tmp_path / "labels.csv"),
    }
    study = study_from_frames(
        "first",
        participants=PEOPLE,
        repertoires=pl.DataFrame([row]),
        analysis=AnalysisSettings(repertoires=RepertoireSettings(chain="paired")),
    )
    found = read_repertoires(study)
    assert "treg" in found.listed["population"].to_list()
    listed = export_repertoires(found, tmp_path / "out")
    assert listed.height == 1
    assert_same(found, read_again(listed, tmp_path / "out", chain="paired"))
