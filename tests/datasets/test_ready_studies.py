"""The ready descriptions of public cohorts."""

import gzip
import os
import tomllib
from pathlib import Path

import polars as pl
import pytest

from macroimmune.datasets import find_dataset, locate, ready_studies, study_text, write_study
from macroimmune.errors import InputError
from macroimmune.schema import ANALYTES, ENDPOINTS, TABLES
from macroimmune.units import UNITS

NAMES = [study.name for study in ready_studies()]
SOURCE_KEYS = {"file", "folder", "sheet", "prefix", "keep", "rename", "wide", "missing"}
needs_data = pytest.mark.skipif(
    not os.environ.get("MACROIMMUNE_DATA"), reason="MACROIMMUNE_DATA is not set"
)


def sources(settings):
    """Yield (table, source) of every source of every table."""
    for table, section in settings.items():
        if table in TABLES:
            for source in section if isinstance(section, list) else [section]:
                yield table, source


def specs(source):
    """Yield (our name, column spec) of every column that a source maps."""
    yield from ((key, value) for key, value in source.items() if key not in SOURCE_KEYS)
    yield from source.get("wide", {}).items()


def column_of(spec):
    """Return the user's column of a spec, None for a constant."""
    return spec if isinstance(spec, str) else spec.get("column")


def read(path):
    """Read a data file as text, with the encodings and line endings that these files have."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("mac_roman")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return pl.read_csv(lines.encode(), infer_schema=False)


def test_the_studies_are_there():
    assert set(NAMES) == {
        "bcrxl",
        "chowell-against-no-ici",
        "chowell-test",
        "chowell-train",
        "hammerlab-urothelial",
        "ifn-pstat1-doseresponse",
        "iokin-tcr",
        "kang-ifnb",
        "msk-no-ici",
        "prince",
        "tenx-contigs",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_study_names_declared_tables_columns_units_and_endpoints_only(name):
    settings = tomllib.loads(study_text(name))
    known = {"name", "file", "participant_id", "missing", "selection", "analysis"}
    assert set(settings) <= known | set(TABLES)
    for table, source in sources(settings):
        columns = {column.name for column in TABLES[table].columns}
        assert {key for key in source if key not in SOURCE_KEYS} <= columns
        if table == "blood_counts":
            assert set(source["wide"]) <= set(ANALYTES)
        for _, spec in specs(source):
            assert isinstance(spec, str) or spec.get("unit", "day") in UNITS
    assert set(settings.get("analysis", {}).get("endpoints", [])) <= set(ENDPOINTS)


@pytest.mark.parametrize("name", NAMES)
def test_a_study_reads_registered_files_only(name):
    settings = tomllib.loads(study_text(name))
    study = next(study for study in ready_studies() if study.name == name)
    registered = {
        f"${{MACROIMMUNE_DATA}}/{cohort}/{file.path}"
        for cohort in study.datasets
        for file in find_dataset(cohort).files
    }
    default = settings.get("file")
    named = {source.get("file", default) for _, source in sources(settings)}
    assert named
    assert named <= registered


@pytest.mark.data
@needs_data
@pytest.mark.parametrize("name", NAMES)
def test_every_column_and_code_of_a_study_stands_in_its_file(name, tmp_path):
    settings = tomllib.loads(write_study(name, tmp_path).read_text(encoding="utf-8"))
    for table, source in sources(settings):
        frame = read(Path(source.get("file", settings.get("file"))))
        key = source.get("participant_id", settings.get("participant_id"))
        has_people = TABLES[table].has_participants and "sample_id" not in source
        assert not has_people or column_of(key) in {None, *frame.columns}
        for ours, spec in specs(source):
            column = column_of(spec)
            assert column is None or column in frame.columns, (table, ours)
            if isinstance(spec, dict):
                codes = set(spec.get("values", {})) | set(spec.get("true", []))
                codes |= set(spec.get("false", []))
                assert not codes or codes <= set(frame[column]), (table, ours)
        for column, kept in source.get("keep", {}).items():
            assert set(kept) <= set(frame[column])
        if "rename" in source:
            measured = column_of(source[TABLES[table].measured])
            assert set(source["rename"]) <= set(frame[measured])


@pytest.mark.data
@needs_data
def test_codes_leave_no_event_unmapped():
    for name in NAMES:
        settings = tomllib.loads(study_text(name))
        for _, source in sources(settings):
            place = source.get("file", settings.get("file")).split("/", 1)[1]
            frame = read(Path(os.environ["MACROIMMUNE_DATA"]) / place)
            for ours, spec in specs(source):
                if isinstance(spec, dict) and "true" in spec:
                    assert set(frame[spec["column"]]) == {*spec["true"], *spec["false"]}, ours


@pytest.mark.data
@needs_data
def test_the_stacked_cohorts_hold_2320_participants():
    settings = tomllib.loads(study_text("chowell-against-no-ici"))
    heights = [
        read(Path(os.environ["MACROIMMUNE_DATA"]) / source["file"].split("/", 1)[1]).height
        for source in settings["participants"]
    ]
    assert heights == [964, 515, 841]
    prefixes = [source["prefix"] for source in settings["participants"]]
    assert len(set(prefixes)) == 3
    for table in ("outcomes", "blood_counts", "supplied_features"):
        assert [source["prefix"] for source in settings[table]] == prefixes


@pytest.mark.data
@needs_data
def test_the_selection_of_prince_keeps_105_randomised():
    selection = tomllib.loads(study_text("prince"))["selection"]["Efficacy population"]
    clinical = read(locate("prince") / "PICI0002_ph2_clinical.csv")
    kept = clinical.filter(pl.col(selection["column"]).is_in(selection["keep"]))
    assert kept.height == 105
    assert kept.group_by("Arm").len().height == 3


@pytest.mark.data
@needs_data
def test_a_written_study_points_to_files_that_exist(tmp_path):
    path = write_study("prince", tmp_path / "study")
    assert path == tmp_path / "study" / "study.toml"
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    for _, source in sources(settings):
        assert Path(source.get("file", settings["file"])).is_file()
    assert write_study("prince", tmp_path / "study") == path


@pytest.mark.data
@needs_data
def test_another_study_in_the_folder_is_not_overwritten(tmp_path):
    (tmp_path / "study.toml").write_text('name = "mine"\n', encoding="utf-8")
    with pytest.raises(InputError, match="another study stands here"):
        write_study("prince", tmp_path)
    assert (tmp_path / "study.toml").read_text(encoding="utf-8") == 'name = "mine"\n'


def test_a_misspelled_study_is_answered_with_the_closest():
    with pytest.raises(InputError, match="Did you mean 'chowell-train'"):
        study_text("chowell-trian")


def test_a_study_whose_data_are_absent_is_an_error(monkeypatch, tmp_path):
    monkeypatch.delenv("MACROIMMUNE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(InputError, match="MACROIMMUNE_DATA"):
        write_study("prince", tmp_path / "study")
