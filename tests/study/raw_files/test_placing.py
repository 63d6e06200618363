"""Raw files are named from the study's folder, and none lies outside unless the settings say so."""

import pytest

from macroimmune.study import checked

DAY = 'days_from_treatment_start = "Day"\n'


def files_of(study, table="cytometry"):
    return study.tables[table]["raw_file"].to_list()


def codes(study):
    return [finding.code for finding in study.errors]


def test_names_count_from_the_study_and_from_the_folder_of_the_section(listed):
    manifest = "ID,Day,File\np1,0,raw/a.fcs\np2,0,raw\\\\b.fcs\n"
    assert files_of(listed("cytometry", manifest, DAY)) == ["raw/a.fcs", "raw/b.fcs"]
    manifest = "ID,Day,File\np1,0,a.fcs\np2,0,./x/../b.fcs\n"
    study = listed("cytometry", manifest, DAY + 'folder = "raw"\n')
    assert files_of(study) == ["raw/a.fcs", "raw/b.fcs"]
    assert study.errors == ()


def test_an_absolute_name_inside_the_study_is_a_name_from_its_folder(listed, tmp_path):
    manifest = f"ID,Day,File\np1,0,{tmp_path}/study/raw/a.fcs\n"
    assert files_of(listed("cytometry", manifest, DAY)) == ["raw/a.fcs"]


@pytest.mark.parametrize("name", ["../a.fcs", "raw/../../a.fcs", "/etc/hostname", "..\\\\a.fcs"])
def test_a_table_cannot_lead_out_of_the_study(listed, name):
    study = listed("cytometry", f"ID,Day,File\np1,0,{name}\np2,0,b.fcs\n", DAY)
    assert files_of(study) == ["b.fcs"]
    (finding,) = study.errors
    assert (finding.code, finding.row, finding.column) == ("file-outside-study", 2, "File")


def test_a_link_cannot_lead_out_of_the_study(listed, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "raw").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "study" / "round").symlink_to(tmp_path / "study" / "round")
    manifest = "ID,Day,File\np1,0,raw/a.fcs\np2,0,round/b.fcs\np3,0,inside.fcs\n"
    study = listed("cytometry", manifest, DAY)
    assert files_of(study) == ["inside.fcs"]
    assert codes(study) == ["file-outside-study"] * 2


def test_settings_can_name_a_folder_outside_and_its_bounds_hold(listed, tmp_path):
    outside = tmp_path / "elsewhere"
    manifest = f"ID,Day,File\np1,0,a.fcs\np2,0,../b.fcs\np3,0,{tmp_path}/study/c.fcs\n"
    study = listed("cytometry", manifest, DAY + f'folder = "{outside}"\n')
    assert files_of(study) == [f"{outside}/a.fcs"]
    assert codes(study) == ["file-outside-study"] * 2


def test_only_tables_of_files_have_a_folder(listed):
    manifest = "ID,Day,File\np1,0,a.fcs\n"
    study = listed("cytometry", manifest, DAY + 'folder = "../raw"\n')
    assert codes(study) == ["file"]
    study = listed("samples", "ID,Day,File\np1,0,a\n", 'folder = "raw"\n')
    assert "unknown-key" in codes(study)


def test_wells_of_one_draw_are_one_sample_and_tumour_is_another(listed):
    manifest = "ID,Day,File,Where\np1,0,a,blood\np1,0,b,blood\np1,0,c,tumor\np2,14,d,\n"
    study = listed("repertoires", manifest, DAY + 'compartment = "Where"\n')
    rows = study.tables["repertoires"]
    assert rows["sample_id"].to_list() == ["p1@0", "p1@0", "p1@0 tumour", "p2@14"]
    assert rows["compartment"].to_list() == ["blood", "blood", "tumour", "blood"]
    samples = study.tables["samples"].sort("sample_id")
    assert samples["sample_id"].to_list() == ["p1@0", "p1@0 tumour", "p2@14"]
    assert samples["compartment"].to_list() == ["blood", "tumour", "blood"]


def test_samples_say_whose_a_file_is_and_where_it_was_taken(listed):
    more = (
        'sample_id = "Sample"\ncompartment = "Where"\n[samples]\nfile = "samples.csv"\n'
        'participant_id = "ID"\nsample_id = "Sample"\ndays_from_treatment_start = "Day"\n'
        'compartment = "Where"\n'
    )
    samples = "Sample,ID,Day,Where\ns1,p1,0,blood\ns2,p2,7,\n"
    manifest = "Sample,File,Where\ns1,a,tumour\ns2,b,tumour\ns9,c,blood\n"
    study = listed("repertoires", manifest, more, {"samples.csv": samples})
    rows = study.tables["repertoires"]
    assert rows["participant_id"].to_list() == ["p1", "p2"]
    assert rows["days_from_treatment_start"].to_list() == [0, 7]
    assert rows["compartment"].to_list() == ["blood", "tumour"]
    found = {finding.code for finding in study.findings}
    assert {"sample-compartment-differs", "sample-unknown"} <= found
    assert "compartment-assumed" not in found


def test_taxa_are_shares_of_stool_beside_the_blood_of_the_same_day(listed):
    more = (
        DAY + '[microbiome]\nfile = "taxa.csv"\ndays_from_treatment_start = "Day"\n'
        'taxon = "Genus"\nvalue = { column = "Share", unit = "fraction" }\n'
    )
    taxa = "ID,Day,Genus,Share\np1,0,Bacteroides,0.25\np1,0,Blautia,0.5\n"
    study = listed("cytometry", "ID,Day,File\np1,0,a.fcs\n", more, {"taxa.csv": taxa})
    rows = study.tables["microbiome"]
    assert rows.select("sample_id", "taxon", "value", "unit").rows() == [
        ("p1@0 stool", "Bacteroides", 25.0, "percent"),
        ("p1@0 stool", "Blautia", 50.0, "percent"),
    ]
    samples = study.tables["samples"].select("sample_id", "compartment")
    assert set(samples.rows()) == {("p1@0 stool", "stool"), ("p1@0", "blood")}


def test_how_long_a_stimulus_acted_has_a_unit(listed):
    more = DAY + 'stimulus = "With"\nstimulus_minutes = { column = "Hours", unit = "hour" }\n'
    manifest = "ID,Day,File,With,Hours\np1,0,a,IFN-alpha,0.25\np1,0,b,none,16\n"
    rows = listed("cytometry", manifest, more).tables["cytometry"]
    assert rows["stimulus_minutes"].to_list() == pytest.approx([15, 960])


def test_workspaces_and_labels_lie_where_raw_files_may_lie(listed):
    more = DAY + 'folder = "raw"\nworkspace = "Gates"\nlabels = "Cells"\n'
    manifest = (
        "ID,Day,File,Gates,Cells\np1,0,a.fcs,../gates.wsp,a.csv\np2,0,b.fcs,../../gates.wsp,\n"
        "p3,0,c.fcs,,/etc/hostname\n"
    )
    study = listed("cytometry", manifest, more)
    rows = study.tables["cytometry"].select("raw_file", "workspace", "labels").rows()
    assert rows == [
        ("raw/a.fcs", "gates.wsp", "raw/a.csv"),
        ("raw/b.fcs", None, None),
        ("raw/c.fcs", None, None),
    ]
    assert [(one.code, one.row, one.column) for one in study.errors] == [
        ("file-outside-study", 3, "Gates"),
        ("file-outside-study", 4, "Cells"),
    ]


def test_one_workspace_can_gate_all_files(listed):
    more = DAY + 'workspace = { constant = "gates.wsp" }\n'
    study = listed("cytometry", "ID,Day,File\np1,0,a.fcs\np2,0,b.fcs\n", more)
    assert study.tables["cytometry"]["workspace"].to_list() == ["gates.wsp"] * 2
    outside = more.replace("gates", "../gates")
    study = listed("cytometry", "ID,Day,File\np1,0,a.fcs\n", outside)
    assert [(one.code, one.column) for one in study.errors] == [("file-outside-study", "workspace")]


def test_controls_and_panels_belong_to_nobody_and_stay(listed):
    more = (
        'control = "Who"\nbatch = "Batch"\nfolder = "raw"\n[panels]\nfile = "panel.csv"\n'
        'channel = "Channel"\nantigen = "Antigen"\nrole = "Role"\n'
    )
    manifest = "Who,Batch,File\nA,1,a.fcs\nA,2,b.fcs\nA,3,../../c.fcs\nA,2,b.fcs\n"
    panel = "Channel,Antigen,Role\nV450-A,CD3,type\nB525-A,pSTAT1,state\nV450-A,CD4,type\n"
    study = listed("cytometry_controls", manifest, more, {"panel.csv": panel})
    rows = study.tables["cytometry_controls"].select("control", "raw_file", "batch").rows()
    assert rows == [("A", "raw/a.fcs", "1"), ("A", "raw/b.fcs", "2"), ("A", "raw/b.fcs", "2")]
    channels = study.tables["panels"].select("panel", "channel", "antigen", "role").rows()
    assert channels == [
        (None, "V450-A", "CD3", "lineage"),
        (None, "B525-A", "pSTAT1", "state"),
    ]
    assert {one.code for one in study.findings} == {
        "file-outside-study", "duplicate-panel-and-channel",
    }  # fmt: skip
    assert study.tables["samples"].is_empty()
    found = [one for one in checked(study).findings if one.code == "raw-file-repeated"]
    assert "raw/b.fcs of control A, listed before" in found[0].found
