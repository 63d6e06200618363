"""Drafting a study.toml: what is guessed, what is said, and that it is valid whatever is there."""

import csv
import io
import os
import tomllib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.inputs import ColumnSpec, RawTable
from macroimmune.study import parse_settings, study_from_settings
from macroimmune.study.draft import draft_from_tables, draft_settings
from macroimmune.study.drafting import table_from_raw
from macroimmune.study.drafting.column_profile import ColumnProfile
from macroimmune.study.drafting.outcome_columns import event_codes


def write(path: Path, columns: dict[str, list]) -> Path:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(columns)
    rows.writerows(zip(*columns.values(), strict=True))
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def sheet(**more: list) -> dict[str, list]:
    return {
        "Patient ID": ["a", "b", "c", "d"],
        "OS_days": [100, 200, 300, 400],
        "OS_event": [1, 0, 1, 0],
    } | more


def content(path: Path, columns: dict[str, list]) -> dict:
    return tomllib.loads(draft_settings(write(path / "cohort.csv", columns)).text)


def test_a_plain_sheet_is_drafted_in_fifteen_lines_and_loads(tmp_path) -> None:
    columns = sheet(Age=[50, 60, 70, 80], NLR=[2.0, 3.1, 4.2, 5.3])
    draft = draft_settings(write(tmp_path / "cohort.csv", columns))
    assert len(draft.text.splitlines()) <= 15
    study = study_from_settings(parse_settings(draft.text, tmp_path))
    assert not study.errors
    assert study.tables["outcomes"]["os_time_days"].to_list() == [100, 200, 300, 400]
    assert study.tables["outcomes"]["os_event"].to_list() == [True, False, True, False]
    assert study.tables["blood_counts"]["value"].to_list() == [2.0, 3.1, 4.2, 5.3]


def test_the_direction_of_event_codes_is_always_said(tmp_path) -> None:
    draft = draft_settings(write(tmp_path / "cohort.csv", sheet()))
    line = next(line for line in draft.text.splitlines() if line.startswith("os_event"))
    assert line.endswith("# guessed: 1 = event; confirm")
    said = [one for one in draft.findings if one.code == "inferred" and one.column == "OS_event"]
    assert said[0].severity == "note"
    assert "1 = event" in said[0].found


@pytest.mark.parametrize(
    ("heading", "codes", "true", "false"),
    [
        ("OS_event", ("0", "1"), ("1",), ("0",)),
        ("OS.0", ("0.0", "1.0"), ("1.0",), ("0.0",)),
        ("OS status", ("1", "2"), ("2",), ("1",)),
        ("OS_censor", ("0", "1"), ("0",), ("1",)),
        ("Alive status", ("N", "Y"), ("N",), ("Y",)),
        ("Vital status", ("Alive", "Dead"), ("Dead",), ("Alive",)),
        ("OS_STATUS", ("0:LIVING", "1:DECEASED"), ("1:DECEASED",), ("0:LIVING",)),
        ("PFS status", ("Censored", "Progressed"), ("Progressed",), ("Censored",)),
        ("PFS status", ("no progression", "progression"), ("progression",), ("no progression",)),
        ("death", ("FALSE", "TRUE"), ("TRUE",), ("FALSE",)),
    ],
)
def test_event_codes_are_read_by_their_words(heading, codes, true, false) -> None:
    found = event_codes(ColumnProfile(heading, codes, len(codes)))
    assert found is not None
    assert found[:2] == (true, false)


def test_event_codes_without_meaning_are_left_open(tmp_path) -> None:
    columns = sheet()
    columns["OS_event"] = ["A", "B", "A", "B"]
    draft = draft_settings(write(tmp_path / "cohort.csv", columns))
    assert "os_event" not in tomllib.loads(draft.text)["outcomes"]
    assert "# open: 'OS_event': codes A, B" in draft.text
    assert "not-inferred" in {finding.code for finding in draft.findings}


@pytest.mark.parametrize(
    ("heading", "values", "unit"),
    [
        ("OS (months)", [3, 6, 9, 12], "month"),
        ("osmonths", [3, 6, 9, 12], "month"),
        ("overall survival weeks", [30, 60, 90, 120], "week"),
        ("OS", [3.5, 6.1, 9.2, 12.4], "month"),
    ],
)
def test_units_of_time_come_from_the_heading_or_are_said_to_be_guessed(
    tmp_path, heading, values, unit
) -> None:
    columns = {"ID": ["a", "b", "c", "d"], heading: values, "death": [0, 1, 0, 1]}
    assert content(tmp_path, columns)["outcomes"]["os_time_days"] == {
        "column": heading,
        "unit": unit,
    }


@pytest.mark.parametrize(
    ("heading", "values", "table", "word", "spec"),
    [
        ("ANC (10^9/L)", [3, 4, 5, 6], "blood_counts", "neutrophils", "ANC (10^9/L)"),
        (
            "Neutrophils",
            [3000, 4000, 5000, 6000],
            "blood_counts",
            "neutrophils",
            {"column": "Neutrophils", "unit": "cells/uL"},
        ),
        ("Lymphocytes (%)", [20, 30, 25, 22], "blood_counts", "lymphocytes_percent", None),
        ("Neut", [60, 65, 55, 70], "blood_counts", "neutrophils_percent", "Neut"),
        ("Baseline NLR", [2.0, 3.0, 4.0, 5.0], "blood_counts", "nlr", "Baseline NLR"),
        (
            "IL-6 (pg/mL)",
            [2.1, 3.0, 4.0, 5.0],
            "proteins",
            "IL6",
            {"column": "IL-6 (pg/mL)", "unit": "pg/mL"},
        ),
        (
            "IL8_NPX",
            [2.1, 3.0, 4.0, 5.0],
            "proteins",
            "IL8",
            {"column": "IL8_NPX", "unit": "NPX"},
        ),
        (
            "Tregs % of CD4",
            [2.1, 3.0, 4.0, 5.0],
            "populations",
            "Tregs (% of CD4)",
            {"column": "Tregs % of CD4", "unit": "percent", "parent": "CD4"},
        ),
        (
            "CD8 T cells (% of lymphocytes)",
            [0.21, 0.3, 0.4, 0.5],
            "populations",
            "CD8 T cells (% of lymphocytes)",
            {
                "column": "CD8 T cells (% of lymphocytes)",
                "unit": "fraction",
                "parent": "lymphocytes",
            },
        ),
        ("TMB", [1.5, 3.0, 4.0, 5.0], "supplied_features", "TMB", "TMB"),
    ],
)
def test_measured_columns_find_their_table(tmp_path, heading, values, table, word, spec) -> None:
    found = content(tmp_path, sheet(**{heading: values}))[table]["wide"]
    assert list(found) == [word]
    if spec is not None:
        assert found[word] == spec


@pytest.mark.parametrize("heading", ["OS1yr", "PFS2", "Year of start", "Responder", "Visit date"])
def test_outcomes_and_dates_never_become_features(tmp_path, heading) -> None:
    found = content(tmp_path, sheet(**{heading: [2018, 2019, 2020, 2021]}))
    assert "supplied_features" not in found


def test_responses_sex_and_arms_are_mapped(tmp_path) -> None:
    columns = sheet(
        BOR=["Partial Response", "PD", "Stable disease", "unclear"],
        Sex=["M", "F", "M", "F"],
        Arm=["ICI", "chemo", "ICI", "chemo"],
    )
    found = content(tmp_path, columns)
    assert found["outcomes"]["best_response"]["values"] == {
        "Partial Response": "PR",
        "Stable disease": "SD",
    }
    assert found["outcomes"]["best_response"]["missing"] == ["unclear"]
    assert found["participants"] == {"sex": "Sex", "arm": "Arm"}


def test_numbers_for_sex_are_left_to_the_user(tmp_path) -> None:
    draft = draft_settings(write(tmp_path / "cohort.csv", sheet(Sex=[0, 1, 0, 1])))
    assert "sex" not in tomllib.loads(draft.text)["participants"]
    assert "# open: 'Sex': codes 0, 1; say which is female" in draft.text


def test_long_tables_and_lists_of_samples_are_recognised(tmp_path) -> None:
    write(tmp_path / "clinical.csv", sheet())
    write(
        tmp_path / "samples.csv",
        {
            "Patient ID": ["a", "a", "b", "b"],
            "sample.id": ["s1", "s2", "s3", "s4"],
            "timepoint": ["C1D1", "C1D15", "C1D1", "C2D1"],
        },
    )
    write(
        tmp_path / "olink.csv",
        {
            "sample.id": ["s1", "s2", "s1", "s2"],
            "protein": ["Interleukin 6 (IL6)", "Interleukin 6 (IL6)", "CXCL10", "CXCL10"],
            "NPX": [1.5, 2.5, 3.5, 4.5],
        },
    )
    draft = draft_settings(tmp_path)
    found = tomllib.loads(draft.text)
    assert found["samples"]["days_from_treatment_start"]["values"] == {"C1D1": "0", "C1D15": "14"}
    assert found["samples"]["days_from_treatment_start"]["missing"] == ["C2D1"]
    assert "say the days of C2D1" in draft.text
    assert found["proteins"]["rename"] == {"Interleukin 6 (IL6)": "IL6"}
    study = study_from_settings(parse_settings(draft.text, tmp_path))
    assert not study.errors
    proteins = study.tables["proteins"].sort("sample_id", "analyte")
    assert proteins["analyte"].to_list() == ["CXCL10", "IL6", "CXCL10", "IL6"]
    assert proteins["unit"].unique().to_list() == ["NPX"]
    assert proteins["days_from_treatment_start"].to_list() == [0, 0, 14, 14]


def test_cohorts_whose_ids_restart_are_kept_apart(tmp_path) -> None:
    write(tmp_path / "train.csv", sheet())
    write(tmp_path / "test.csv", sheet() | {"OS_days": [11, 12, 13, 14]})
    draft = draft_settings(tmp_path)
    study = study_from_settings(parse_settings(draft.text, tmp_path))
    assert not study.errors
    ids = study.participants["participant_id"].to_list()
    assert ids == [f"{cohort}-{one}" for cohort in ("test", "train") for one in "abcd"]


def test_two_files_about_the_same_people_are_not_stacked(tmp_path) -> None:
    write(tmp_path / "clinical.csv", sheet())
    write(tmp_path / "labs.csv", sheet(NLR=[1.5, 2.5, 3.5, 4.5]))
    study = study_from_settings(parse_settings(draft_settings(tmp_path).text, tmp_path))
    assert study.participants.height == 4
    assert study.tables["blood_counts"].height == 4


def test_hints_win_over_guesses(tmp_path) -> None:
    columns = sheet(code=["w", "x", "y", "z"])
    path = write(tmp_path / "cohort.csv", columns)
    hints = {
        "participant_id": ColumnSpec("code"),
        "os_event": ColumnSpec("OS_event", true=("0",)),
    }
    found = tomllib.loads(draft_settings(path, hints=hints).text)
    assert found["participant_id"] == "code"
    assert found["outcomes"]["os_event"] == {
        "column": "OS_event",
        "true": ["0"],
        "false": ["1"],
    }


def test_what_cannot_be_drafted_is_refused_with_what_to_do(tmp_path) -> None:
    path = write(tmp_path / "cohort.csv", sheet())
    with pytest.raises(InputError, match="Did you mean 'OS_days'"):
        draft_settings(path, hints={"os_time_days": ColumnSpec("OS_day")})
    with pytest.raises(InputError, match="no such file or folder"):
        draft_settings(tmp_path / "absent")
    numbers = write(tmp_path / "numbers.csv", {"x": [1, 1], "y": [2, 2]})
    with pytest.raises(InputError, match="say which it is: --participant"):
        draft_settings(numbers)


ODD = st.text(
    alphabet=st.one_of(
        st.sampled_from("\"'\\[]{}=#\n\r\t.,;: \x00\x7f\x85\u2028é漢"),
        st.characters(codec="utf-8"),
    ),
    max_size=15,
)


@settings(max_examples=150, deadline=None)
@given(
    headings=st.lists(ODD, min_size=1, max_size=4, unique=True),
    cells=st.lists(ODD, min_size=3, max_size=3),
    name=ODD,
)
def test_a_draft_is_valid_toml_whatever_the_headings_are(headings, cells, name) -> None:
    columns = {f"ID{'' if 'ID' not in headings else ' '}": ["1", "2", "3"]}
    columns |= {f"{heading}": ["1.5", "2.5", "3.5"] for heading in headings}
    columns |= {"OS": ["10", "20", "30"], "death": cells, "BOR": ["CR", "PD", cells[0]]}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    raw = RawTable(f"{name}.csv", name, frame, (2, 3, 4), ",", ())
    table = table_from_raw(raw, f"{name}.csv", sheet=name)
    draft = draft_from_tables([table], name=name)
    found = tomllib.loads(draft.text)
    assert found["name"] == (name or table.label)
    assert found["file"] == f"{name}.csv"


@pytest.mark.data
@pytest.mark.skipif("MACROIMMUNE_DATA" not in os.environ, reason="MACROIMMUNE_DATA is not set")
@pytest.mark.parametrize(
    ("folder", "participants"), [("loris", 2320), ("hammerlab_urothelial", 29), ("prince", 108)]
)
def test_drafts_of_public_cohorts_load_without_errors(folder, participants) -> None:
    path = Path(os.environ["MACROIMMUNE_DATA"]) / folder
    study = study_from_settings(parse_settings(draft_settings(path).text, path))
    assert not study.errors
    assert study.participants.height == participants


@pytest.mark.parametrize(
    "heading",
    ["IL6 post", "Change in IL6", "IL6_C2D1", "IL6 on-treatment", "IL6.FollowUp", "IL6_wk6"],
)
def test_a_later_value_never_becomes_baseline(tmp_path, heading) -> None:
    columns = sheet(IL6=[2.1, 3.0, 4.0, 5.0]) | {heading: [1.1, 7.0, 4.5, 2.0]}
    draft = draft_settings(write(tmp_path / "cohort.csv", columns))
    assert list(tomllib.loads(draft.text)["proteins"]["wide"]) == ["IL6"]
    said = [one for one in draft.findings if one.code == "not-inferred"]
    assert len(said) == 1
    assert repr(heading) in said[0].found
    assert "days_from_treatment_start" in said[0].advice


def test_of_numbered_times_only_the_first_is_baseline(tmp_path) -> None:
    values = [2.1, 3.0, 4.0, 5.0]
    times = {f"IL6_T{number}": [one + number for one in values] for number in range(4)}
    drafted = content(tmp_path, sheet(**times))
    assert [
        spec["column"] if isinstance(spec, dict) else spec
        for spec in drafted["supplied_features"]["wide"].values()
    ] == ["IL6_T0"]
    alone = content(tmp_path, sheet(**{"T4": values, "vitamin D3": values, "M2 macro": values}))
    assert set(alone["supplied_features"]["wide"]) == {"T4", "vitamin D3", "M2 macro"}


@pytest.mark.parametrize("codes", [("B", "C"), ("T1", "T2")])
def test_a_table_of_times_without_days_is_left_open(tmp_path, codes) -> None:
    write(tmp_path / "cohort.csv", sheet())
    rows = {"Patient ID": list("abcd"), "Visit": [*codes, *codes], "IL6": [2.1, 3.0, 4.0, 5.0]}
    write(tmp_path / "proteins.csv", rows)
    draft = draft_settings(tmp_path)
    assert set(tomllib.loads(draft.text)) & {"proteins", "supplied_features"} == set()
    assert any("of which the days are not known" in one.found for one in draft.findings)


def test_one_name_in_two_files_is_read_once_and_said(tmp_path) -> None:
    write(tmp_path / "cohort.csv", sheet())
    serum = {"Patient ID": list("abcd"), "IL6": [2.1, 3.0, 4.0, 5.0], "IL8": [9.1, 8.0, 4.0, 5.0]}
    write(tmp_path / "c_post.csv", serum | {"IL6": [90.0, 80.0, 70.0, 60.0], "IL8": [1, 2, 3, 4]})
    write(tmp_path / "serum.csv", {name: serum[name] for name in ("Patient ID", "IL6")})
    draft = draft_settings(tmp_path)
    study = study_from_settings(parse_settings(draft.text, tmp_path))
    proteins = study.tables["proteins"]
    assert proteins.filter(pl.col("analyte") == "IL6")["value"].to_list() == serum["IL6"]
    said = [one for one in draft.findings if "also in serum.csv" in one.found]
    assert [one.file for one in said] == ["c_post.csv"]
    other = serum | {"Patient ID": list("efgh")}
    write(tmp_path / "c_post.csv", other)
    assert not [one for one in draft_settings(tmp_path).findings if "also in" in one.found]
