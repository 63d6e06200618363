"""A user's table becomes a declared table; whatever is lost on the way is said."""

import pytest

from macroimmune.inputs import ColumnSpec, TableSpec, map_table
from macroimmune.schema import TABLES

COLUMN = ColumnSpec


def codes(findings):
    return [(finding.severity, finding.code) for finding in findings]


def test_a_clean_table_is_mapped_in_silence(table):
    raw = table("ID,Age,Sex,Line\np1,61,F,0\np2,70.5,M,1\n")
    spec = TableSpec({
        "participant_id": COLUMN("ID"),
        "age_years": COLUMN("Age"),
        "sex": COLUMN("Sex"),
        "prior_therapy": COLUMN("Line"),
        "arm": COLUMN(constant="ICI"),
    })
    frame, findings = map_table(raw, TABLES["participants"], spec)
    assert findings == ()
    assert dict(frame.schema) == TABLES["participants"].schema
    assert frame.select(
        "participant_id", "age_years", "sex", "prior_therapy", "arm", "source_file", "source_row"
    ).rows() == [
        ("p1", 61.0, "female", False, "ICI", "table.csv", 2),
        ("p2", 70.5, "male", True, "ICI", "table.csv", 3),
    ]


def test_times_are_converted_to_days(table):
    raw = table("ID,OS,dead\np1,12,1\n")
    spec = TableSpec(
        {"os_time_days": COLUMN("OS", unit="months"), "os_event": COLUMN("dead")},
        participant_column="ID",
    )
    frame, findings = map_table(raw, TABLES["outcomes"], spec)
    assert frame["os_time_days"].to_list() == [365.25]
    assert frame["os_event"].to_list() == [True]
    assert findings == ()


def test_a_unit_of_another_quantity_is_an_error(table):
    spec = TableSpec({"os_time_days": COLUMN("OS", unit="mg/L")}, participant_column="ID")
    frame, findings = map_table(table("ID,OS\np1,12\n"), TABLES["outcomes"], spec)
    assert codes(findings) == [("error", "unit-does-not-fit")]
    assert frame["os_time_days"].to_list() == [None]


def test_a_column_that_is_not_there_names_the_closest(table):
    raw = table("ID,OS_Months\np1,12\n")
    spec = TableSpec({"participant_id": COLUMN("ID"), "os_time_days": COLUMN("OS_Month_")})
    _, (finding,) = map_table(raw, TABLES["outcomes"], spec)
    assert (finding.severity, finding.code) == ("error", "column-not-found")
    assert "Did you mean 'OS_Months'?" in finding.advice


def test_headings_are_found_without_case_and_spaces(table):
    spec = TableSpec({"participant_id": COLUMN("patient id"), "age_years": COLUMN("AGE")})
    frame, findings = map_table(table("Patient  ID ,Age\np1,5\n"), TABLES["participants"], spec)
    assert findings == ()
    assert frame["age_years"].to_list() == [5.0]


@pytest.mark.parametrize(
    ("table_name", "column", "severity"),
    [("participants", "age_years", "warning"), ("outcomes", "os_time_days", "error")],
)
def test_numbers_outside_the_range_are_missing_with_their_row(table, table_name, column, severity):
    spec = TableSpec({column: COLUMN("x")}, participant_column="ID")
    frame, findings = map_table(table("ID,x\np1,50\np2,-3\n"), TABLES[table_name], spec)
    assert frame[column].to_list() == [50.0, None]
    (finding,) = findings
    assert (finding.severity, finding.code, finding.row) == (severity, "out-of-range", 3)
    assert f"{column} = -3" in finding.found


def test_a_row_without_participant_is_an_error_and_left_out(table):
    spec = TableSpec({"participant_id": COLUMN("ID"), "age_years": COLUMN("Age")})
    frame, findings = map_table(table("ID,Age\np1,5\n,6\n"), TABLES["participants"], spec)
    assert frame.height == 1
    assert [(f.code, f.row) for f in findings] == [("required-value-missing", 3)]


def test_a_table_without_participant_column_is_an_error(table):
    spec = TableSpec({"age_years": COLUMN("Age")}, participant_column="nowhere")
    frame, findings = map_table(table("ID,Age\np1,5\n"), TABLES["participants"], spec)
    assert codes(findings) == [("error", "column-not-declared")]
    assert frame.is_empty()


def test_rows_are_kept_by_code_and_the_others_counted(table):
    raw = table("ID,ms\np1,Olink\np2,CyTOF\np3,Olink\np4,\n")
    spec = TableSpec({}, keep={"ms": ("olink",)}, participant_column="ID")
    frame, (finding,) = map_table(raw, TABLES["participants"], spec)
    assert frame["source_row"].to_list() == [2, 4]
    assert (finding.severity, finding.code) == ("note", "rows-left-out")
    assert "'CyTOF' (1 rows)" in finding.found
    assert "'empty' (1 rows)" in finding.found


def test_a_prefix_keeps_restarting_ids_apart(table):
    spec = TableSpec({"participant_id": COLUMN("ID"), "sample_id": COLUMN("S")}, prefix="a-")
    frame, _ = map_table(table("ID,S\n1,7\n"), TABLES["samples"], spec)
    assert frame.select("participant_id", "sample_id").row(0) == ("a-1", "a-7")


def test_wide_counts_become_long_in_their_units(table):
    raw = table("ID,ANC,Alb,Lymph\np1,6200,4.1,20\np2,,3.5,NA\n")
    spec = TableSpec(
        {"participant_id": COLUMN("ID")},
        wide={
            "ANC": COLUMN("ANC", unit="cells/uL"),
            "albumin": COLUMN("Alb", unit="g/dL"),
            "lymphocytes_percent": COLUMN("Lymph", unit="%"),
        },
    )
    frame, findings = map_table(raw, TABLES["blood_counts"], spec)
    assert findings == ()
    assert frame.select("participant_id", "analyte", "value", "unit", "source_row").rows() == [
        ("p1", "neutrophils", pytest.approx(6.2), "10^9/L", 2),
        ("p1", "albumin", pytest.approx(41.0), "g/L", 2),
        ("p2", "albumin", pytest.approx(35.0), "g/L", 3),
        ("p1", "lymphocytes_percent", 20.0, "percent", 2),
    ]


def test_counts_without_unit_are_read_in_ours_with_one_note(table):
    raw = table("ID,ANC,NLR,ldh\np1,6.2,3,200\n")
    wide = {"neutrophils": COLUMN("ANC"), "nlr": COLUMN("NLR"), "ldh": COLUMN("ldh")}
    spec = TableSpec({"participant_id": COLUMN("ID")}, wide=wide)
    frame, (finding,) = map_table(raw, TABLES["blood_counts"], spec)
    assert (finding.severity, finding.code) == ("note", "unit-assumed")
    assert "neutrophils in 10^9/L, ldh in U/L" in finding.found
    assert frame["unit"].to_list() == ["10^9/L", "ratio", "U/L"]


def test_a_share_in_a_count_is_an_error_that_names_the_other_column(table):
    spec = TableSpec({"participant_id": COLUMN("ID")}, wide={"neutrophils": COLUMN("N", unit="%")})
    frame, (finding,) = map_table(table("ID,N\np1,60\n"), TABLES["blood_counts"], spec)
    assert (finding.severity, finding.code) == ("error", "unit-does-not-fit")
    assert "neutrophils_percent" in finding.advice
    assert frame.is_empty()


def test_an_unknown_count_is_kept_with_a_warning(table):
    spec = TableSpec({"participant_id": COLUMN("ID")}, wide={"magic": COLUMN("x")})
    frame, (finding,) = map_table(table("ID,x\np1,60\n"), TABLES["blood_counts"], spec)
    assert (finding.severity, finding.code) == ("warning", "unknown-analyte")
    assert frame["analyte"].to_list() == ["magic"]


def test_long_proteins_are_renamed_and_converted_row_by_row(table):
    raw = table("S,protein,value,unit\ns1,Interleukin 6,3,pg/mL\ns1,CRP,2,mg/L\ns1,TNF,5,NPX\n")
    spec = TableSpec(
        {
            "sample_id": COLUMN("S"),
            "analyte": COLUMN("protein"),
            "value": COLUMN("value"),
            "unit": COLUMN("unit"),
        },
        rename={"Interleukin 6": "IL6"},
    )
    frame, findings = map_table(raw, TABLES["proteins"], spec)
    assert findings == ()
    assert frame.select("analyte", "value", "unit").rows() == [
        ("IL6", 3.0, "pg/mL"),
        ("CRP", 2e6, "pg/mL"),
        ("TNF", 5.0, "NPX"),
    ]


def test_undetected_proteins_keep_their_limit_and_are_marked(table):
    raw = table("ID,IL6\np1,<0.2\np2,5\np3,>100\n")
    wide = {"IL6": COLUMN("IL6", unit="ng/mL")}
    spec = TableSpec({"participant_id": COLUMN("ID")}, wide=wide)
    frame, findings = map_table(raw, TABLES["proteins"], spec)
    assert frame.select("value", "limit_of_detection", "below_limit").rows() == [
        (200.0, 200.0, True),
        (5000.0, None, False),
        (100000.0, None, False),
    ]
    assert codes(findings) == [("note", "below-limit"), ("warning", "above-limit")]


def test_a_declared_limit_is_the_value_where_nothing_was_detected(table):
    raw = table("ID,p,v,lod,un\np1,IL6,,0.5,1\np2,IL6,3,0.5,0\n")
    columns = {
        "participant_id": COLUMN("ID"),
        "analyte": COLUMN("p"),
        "value": COLUMN("v", unit="pg/mL"),
        "limit_of_detection": COLUMN("lod"),
        "below_limit": COLUMN("un"),
    }
    frame, findings = map_table(raw, TABLES["proteins"], TableSpec(columns))
    assert findings == ()
    assert frame.select("value", "below_limit").rows() == [(0.5, True), (3.0, False)]


def test_limits_in_blood_counts_are_codes(table):
    spec = TableSpec({"participant_id": COLUMN("ID")}, wide={"nlr": COLUMN("NLR")})
    frame, findings = map_table(table("ID,NLR\np1,<1\np2,2\n"), TABLES["blood_counts"], spec)
    assert frame["value"].to_list() == [2.0]
    assert codes(findings) == [("warning", "code-in-number-column")]


def test_fractions_of_populations_become_percent_with_their_parent(table):
    wide = {"treg": COLUMN("Treg", unit="fraction", constants={"parent": "CD4 T cells"})}
    spec = TableSpec({"participant_id": COLUMN("ID")}, wide=wide)
    frame, findings = map_table(table("ID,Treg\np1,0.07\n"), TABLES["populations"], spec)
    assert findings == ()
    assert frame.select("population", "parent", "value", "unit").row(0) == (
        "treg",
        "CD4 T cells",
        pytest.approx(7.0),
        "percent",
    )


def test_supplied_features_stay_as_given(table):
    wide = {"clonality": COLUMN("x", unit="fraction"), "tmb": COLUMN("y", unit="odd unit")}
    spec = TableSpec({"participant_id": COLUMN("ID")}, wide=wide)
    frame, findings = map_table(table("ID,x,y\np1,0.07,3\n"), TABLES["supplied_features"], spec)
    assert findings == ()
    assert frame.select("value", "unit").rows() == [(0.07, "fraction"), (3.0, "odd unit")]


def test_the_quick_way_and_the_careful_way_agree(table):
    text = "ID,IL6\n" + "".join(f"p{i},{i / 7}\n" for i in range(50))
    columns = {"participant_id": COLUMN("ID")}
    quick = TableSpec(columns, wide={"IL6": COLUMN("IL6", unit="NPX")})
    careful = TableSpec(columns, wide={"IL6": COLUMN("IL6", unit="NPX", values={"none": "1"})})
    first, _ = map_table(table(text), TABLES["proteins"], quick)
    second, _ = map_table(table(text), TABLES["proteins"], careful)
    assert first.equals(second)
    assert first.height == 50
