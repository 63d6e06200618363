"""One cohort in every file format and shape gives the same associations."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from macroimmune.results import open_results

WRITERS = {
    "csv": lambda frame, path: frame.write_csv(path),
    "tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    "txt": lambda frame, path: frame.write_csv(path, separator=";"),
    "parquet": lambda frame, path: frame.write_parquet(path),
    "xlsx": lambda frame, path: frame.write_excel(path, worksheet="Sheet 1"),
}
OPTIONS = ("--participant", "ID", "--os-time", "OS_days", "--os-event", "OS_event=1")
SETTINGS = """
name = "cohort"
file = "cohort.csv"
participant_id = "ID"
[participants]
age_years = "Age"
sex = { column = "Sex", values = { F = "female", M = "male" } }
[outcomes]
os_time_days = { column = "OS_days", unit = "day" }
os_event = { column = "OS_event", true = ["1"], false = ["0"] }
best_response = "BOR"
[blood_counts]
"""
WIDE = """[blood_counts.wide]
neutrophils = { column = "ANC", unit = "10^9/L" }
lymphocytes = { column = "ALC", unit = "10^9/L" }
ldh = { column = "LDH", unit = "U/L" }
"""
LONG = """file = "counts.csv"
analyte = { column = "Test", values = { ANC = "neutrophils", ALC = "lymphocytes", LDH = "ldh" } }
value = "Result"
unit = "Unit"
"""


@pytest.fixture
def associations_of(command, tmp_path):
    def run(*arguments) -> pl.DataFrame:
        outcome = command("associate" if len(arguments) == 1 else "run", *arguments)
        assert outcome.code == 0, outcome.talk
        return open_results(tmp_path / "results").table("associations")

    return run


@pytest.fixture
def from_csv(associations_of, cohort, tmp_path):
    cohort.write_csv(tmp_path / "cohort.csv")
    return associations_of("cohort.csv", *OPTIONS)


@pytest.mark.parametrize("ending", sorted(set(WRITERS) - {"csv"}))
def test_every_format_gives_the_same_associations(
    associations_of, from_csv, cohort, tmp_path, ending
):
    WRITERS[ending](cohort, tmp_path / f"same.{ending}")
    found = associations_of(f"same.{ending}", *OPTIONS)
    assert set(found["feature"]) >= {"nlr", "neutrophils", "lymphocytes", "serum_ldh"}
    assert_frame_equal(found, from_csv)


def test_long_and_wide_tables_give_the_same_associations(
    associations_of, from_csv, cohort, tmp_path
):
    units = {"ANC": "10^9/L", "ALC": "10^9/L", "LDH": "U/L"}
    long = cohort.unpivot(units, index="ID", variable_name="Test", value_name="Result")
    long = long.with_columns(Unit=pl.col("Test").replace_strict(units))
    found = {}
    for shape, text in (("wide", WIDE), ("long", LONG)):
        place = tmp_path / shape
        place.mkdir()
        cohort.write_csv(place / "cohort.csv")
        long.write_csv(place / "counts.csv")
        (place / "study.toml").write_text(SETTINGS + text, encoding="utf-8")
        found[shape] = associations_of(shape)
    assert_frame_equal(found["long"], found["wide"])
    keys = ["feature", "endpoint", "method"]
    same = found["wide"].join(from_csv, on=keys, how="inner", suffix="_sheet")
    assert same.height > 5
    assert same["estimate"].to_list() == same["estimate_sheet"].to_list()
