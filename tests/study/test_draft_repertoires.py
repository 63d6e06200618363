"""Files of receptor chains and tables of clonotypes are drafted as such."""

import pytest

from macroimmune.study import draft_settings, load_study
from macroimmune.study.drafting.repertoire_folder import layout_of

PATIENTS = "Patient,Age,Sex\nP1,60,F\nP2,70,M\n"
AIRR = "sequence_id\tv_call\tj_call\tjunction\tduplicate_count\n1\tTRBV19\tTRBJ2-7\tTGTTTC\t3\n"
TENX = (
    "barcode,is_cell,contig_id,chain,v_gene,j_gene,productive,cdr3,cdr3_nt,reads,umis\n"
    "A-1,true,A-1_1,TRB,TRBV19,TRBJ2-7,true,CF,TGTTTC,9,3\n"
)
LIST = (
    "Subject,Sample name,Day,Tissue,Locus,Quantity,Library,File\n"
    "P1,s1,0,PBMC,TRB,templates,1,P1.tsv\n"
    "P2,s2,0,Tumor,TRB,templates,1,P2.tsv\n"
)
CLONOTYPES = "Patient,Day,nSeqCDR3,allVHitsWithScore,allJHitsWithScore,{}\n" + "".join(
    f"{who},0,TGT{'GCC' * at}TTC,TRBV19*00(1),TRBJ2-7*00(1),{at}\n"
    for who in ("P1", "P2")
    for at in range(1, 5)
)


def drafted(tmp_path, files):
    for name, text in {"patients.csv": PATIENTS, **files}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return draft_settings(tmp_path)


def loaded(tmp_path, draft):
    (tmp_path / "study.toml").write_text(draft.text)
    for name, text in draft.files.items():
        (tmp_path / name).write_text(text)
    return load_study(tmp_path)


@pytest.mark.parametrize("folder", ["", "chains/"])
def test_a_list_of_repertoire_files_is_drafted_and_read(tmp_path, folder):
    files = {f"{folder}{name}": AIRR for name in ("P1.tsv", "P2.tsv")}
    draft = drafted(tmp_path, {**files, f"{folder}list.csv": LIST})
    study = loaded(tmp_path, draft)
    assert study.errors == ()
    rows = study.tables["repertoires"]
    told = rows.select("participant_id", "sample_id", "compartment", "chain", "counted", "library")
    assert told.rows() == [
        ("P1", "s1", "blood", "TRB", "templates", "1"),
        ("P2", "s2", "tumour", "TRB", "templates", "1"),
    ]
    assert rows["format"].to_list() == ["airr", "airr"]
    assert all((tmp_path / name).is_file() for name in rows["raw_file"])
    assert draft.files == {}


def test_files_that_no_table_lists_are_listed_for_the_user_to_complete(tmp_path):
    files = {
        "blood/filtered_contig_annotations.csv": TENX,
        "blood/all_contig_annotations.csv": TENX,
        "blood/cell_types.csv": "barcode,cell_type\nA-1,CD8 T\n",
        "P2.tsv": AIRR,
    }
    draft = drafted(tmp_path, files)
    lines = draft.files["repertoire_files.csv"].splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == [
        "P2.tsv",
        "blood/filtered_contig_annotations.csv",
    ]
    assert lines[1].endswith("10x,cells,,blood/cell_types.csv")
    assert "list-written" in [one.code for one in draft.findings]
    assert "[repertoires]" in draft.text


def test_a_table_of_the_clonotypes_of_all_samples_is_drafted_and_read(tmp_path):
    draft = drafted(tmp_path, {"clones.csv": CLONOTYPES.format("templates")})
    study = loaded(tmp_path, draft)
    assert study.errors == ()
    rows = study.tables["clonotypes"]
    assert rows.height == 8
    assert set(rows["counted"]) == {"templates"}
    assert rows.select("participant_id", "count").row(5) == ("P2", 2.0)


def test_what_a_count_is_is_asked_where_its_heading_does_not_say(tmp_path):
    draft = drafted(tmp_path, {"clones.csv": CLONOTYPES.format("cloneCount")})
    assert any(one.code == "not-inferred" and one.column == "counted" for one in draft.findings)


@pytest.mark.parametrize(
    ("headings", "layout"),
    [
        ("v_call j_call junction duplicate_count", "airr"),
        ("cloneId readCount nSeqCDR3 aaSeqCDR3 bestVGene", "mixcr"),
        ("rearrangement amino_acid frame_type templates v_gene", "immunoseq"),
        ("count freq cdr3nt cdr3aa v d j", "vdjtools"),
        ("barcode contig_id chain v_gene cdr3_nt", "10x"),
        ("Patient Age Sex OS", ""),
    ],
)
def test_a_format_is_told_by_its_headings(headings, layout):
    assert layout_of(headings.split()) == layout


def test_a_folder_without_repertoires_is_drafted_as_before(tmp_path):
    draft = drafted(tmp_path, {})
    assert "repertoires" not in draft.text
    assert "clonotypes" not in draft.text
