"""A study's tables and files become repertoires by one definition."""

import gc
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from macroimmune.datasets import locate, write_study
from macroimmune.repertoires.reading import has_repertoires, read_repertoires
from macroimmune.results import RESULT_TABLES
from macroimmune.study import (
    AnalysisSettings,
    RepertoireSettings,
    checked,
    load_study,
    study_from_frames,
)

CASS, CAST = "TGTGCCAGCAGC", "TGTGCCAGCACC"
ROWS = pl.DataFrame({
    "participant_id": ["a", "a", "a", "a", "b"],
    "days_from_treatment_start": [0, 0, 0, 21, 0],
    "junction": [CASS, CAST, CASS, CASS, CAST],
    "v_call": ["TRBV19*01", "TRBV2*00(512.3)", "TRBV19*02", "TRBV19", "TRBV2"],
    "j_call": ["TRBJ2-7"] * 5,
    "count": [3, 5, 2, 1, 4],
    "counted": ["templates"] * 5,
})


def study(rows, **settings):
    people = pl.DataFrame({"participant_id": ["a", "b"]})
    return study_from_frames(
        "two",
        participants=people,
        clonotypes=rows,
        analysis=AnalysisSettings(repertoires=RepertoireSettings(**settings)),
    )


def by_sample(found, **where) -> dict[str, dict[str, int]]:
    listed = found.listed.filter(**where) if where else found.listed
    return {
        name: dict(found.read(name).clonotypes.select("clonotype", "count").iter_rows())
        for name in listed["repertoire_id"]
    }


def test_a_table_of_clonotypes_is_one_repertoire_per_sample():
    found = read_repertoires(study(ROWS))
    assert by_sample(found) == {
        "a@0:TRB:templates": {f"TRBV19|{CASS}|TRBJ2-7": 5, f"TRBV2|{CAST}|TRBJ2-7": 5},
        "a@21:TRB:templates": {f"TRBV19|{CASS}|TRBJ2-7": 1},
        "b@0:TRB:templates": {f"TRBV2|{CAST}|TRBJ2-7": 4},
    }
    assert dict(found.listed.schema) == dict(RESULT_TABLES["repertoires"].schema)
    assert dict(found.losses.schema) == dict(RESULT_TABLES["repertoire_losses"].schema)
    first = found.listed.row(0, named=True)
    assert (first["n_rows"], first["n_counted"], first["n_clonotypes"]) == (3, 10, 2)
    assert first["is_sampling_known"]
    assert first["status"] == ""
    assert found.findings == ()


def test_a_study_without_repertoires_has_none():
    without = study_from_frames("none", participants=pl.DataFrame({"participant_id": ["a"]}))
    assert not has_repertoires(without)
    assert read_repertoires(without).listed.is_empty()


def test_libraries_of_one_sample_are_put_together_and_kept_apart():
    rows = ROWS.head(3).with_columns(library=pl.Series(["1", "1", "2"]))
    found = read_repertoires(study(rows))
    (name,) = found.listed["repertoire_id"]
    one = found.read(name)
    assert one.clonotypes["count"].to_list() == [5, 5]
    assert [dict(library.iter_rows()) for library in one.libraries] == [
        {f"TRBV2|{CAST}|TRBJ2-7": 5, f"TRBV19|{CASS}|TRBJ2-7": 3},
        {f"TRBV19|{CASS}|TRBJ2-7": 2},
    ]
    assert found.listed["n_libraries"].to_list() == [2]


def test_what_is_counted_and_which_cells_were_sorted_make_repertoires_of_their_own():
    rows = ROWS.head(3).with_columns(
        counted=pl.Series(["templates", "reads", "templates"]),
        population=pl.Series(["CD8 T cells", None, "PBMC"]),
    )
    found = read_repertoires(study(rows))
    assert set(found.listed["repertoire_id"]) == {
        "a@0:TRB:templates",
        "a@0:TRB:cd8_t:templates",
        "a@0:TRB:reads",
    }
    reads = found.listed.filter(counted="reads").row(0, named=True)
    assert not reads["is_sampling_known"]
    assert reads["status"].startswith("reads are counted")


def test_a_sample_of_which_nothing_is_left_is_told_and_the_others_go_on():
    rows = ROWS.with_columns(v_call=pl.Series(["TRBV19"] * 4 + ["TRAV5"]))
    found = read_repertoires(study(rows))
    assert found.listed["participant_id"].unique().to_list() == ["a"]
    (finding,) = found.findings
    assert finding.code == "repertoire-without-clonotypes"
    assert 'chain = "TRA"' in finding.advice
    assert found.losses.select("reason", "n_rows").rows() == [("another chain: TRA", 1)]


def test_shares_in_place_of_counts_are_told_with_their_rows_and_the_others_are_kept():
    rows = ROWS.with_columns(count=pl.Series([3.0, 0.25, 2.0, 1.0, 4.0]))
    told = checked(study(rows))
    (finding,) = [one for one in told.findings if one.code == "count-not-whole"]
    assert (finding.row, finding.found) == (3, "count = 0.25")
    found = read_repertoires(told)
    assert by_sample(found)["a@0:TRB:templates"] == {f"TRBV19|{CASS}|TRBJ2-7": 5}


def test_the_temporary_folder_goes_with_the_repertoires(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = read_repertoires(study(ROWS))
    assert list(tmp_path.iterdir())
    read = found.read
    del found
    gc.collect()
    assert read("a@0:TRB:templates").clonotypes.height == 2
    del read
    gc.collect()
    assert not list(tmp_path.iterdir())


@pytest.mark.data
def test_clonality_of_iokin_equals_the_published_table_in_all_samples(tmp_path):
    found = read_repertoires(load_study(write_study("iokin-tcr", tmp_path)))
    table = pl.read_csv(locate("iokin_tcr") / "06_IOKIN_BuffyCoat_ClonalityIndices_DownSampled.csv")
    days = {"T0": 0, "T1": 1, "T2": 3, "T3": 8, "T4": 15, "T5": 22, "T6": 29}
    assert found.listed.height == table.height == 56
    assert set(found.listed["counted"]) == {"reads"}
    assert set(found.listed["clonotype"]) == {"TRB: nucleotides of the CDR3; productive"}
    for row in table.iter_rows(named=True):
        name = f"{row['Patient_id']}@{days[row['Cycle']]}:TRB:reads"
        counts = found.read(name).clonotypes["count"].to_numpy()
        shares = counts / counts.sum()
        shannon = 1 + (shares * np.log(shares)).sum() / np.log(shares.size)
        assert shannon == pytest.approx(row["Shannon_Clonality"], abs=1e-12)
        simpson = np.sqrt((shares**2).sum())
        assert simpson == pytest.approx(row["Simpson_Clonality"], abs=1e-12)


TENX = {"PX": (82, 1205), "PY": (60, 737), "PZ": (47, 538)}


def shared(study, **settings) -> dict[str, tuple[int, int]]:
    """Return clonotypes of the tumour that are in blood, and all of the tumour, by participant."""
    analysis = replace(study.analysis, repertoires=RepertoireSettings(**settings))
    found = read_repertoires(replace(study, analysis=analysis))
    sets = {
        (row["participant_id"], row["compartment"]): set(
            found.read(row["repertoire_id"]).clonotypes["clonotype"]
        )
        for row in found.listed.iter_rows(named=True)
    }
    return {
        who: (len(sets[who, "blood"] & sets[who, "tumour"]), len(sets[who, "tumour"]))
        for who in TENX
    }


def percent(pairs) -> list[float]:
    return [round(100 * part / whole, 1) for part, whole in pairs]


@pytest.mark.data
def test_the_definition_decides_how_many_tumour_clones_are_in_blood(tmp_path):
    study = load_study(write_study("tenx-contigs", tmp_path))
    default = shared(study)
    assert default == {"PX": (84, 1225), "PY": (59, 744), "PZ": (48, 537)}
    assert percent(default.values()) == [6.9, 7.9, 8.9]
    assert percent(shared(study, chain="paired").values()) == [5.4, 7.2, 6.5]
    # Without a filter a cell is what its TRB with most UMIs says, be it without a CDR3.
    unfiltered = shared(study, genes="none", only_productive=False)
    assert unfiltered == TENX
    # The published 6.9, 8.3 and 8.9 % count all cells without a CDR3 as one more shared clone.
    assert percent((part + 1, whole + 1) for part, whole in TENX.values()) == [6.9, 8.3, 8.9]
