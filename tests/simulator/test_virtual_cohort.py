"""The files of a virtual cohort."""

import tomllib

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.results import conform
from macroimmune.schema import ANALYTES, TABLES
from macroimmune.simulator import true_effects, virtual_cohort, write_virtual_cohort
from macroimmune.units import UNITS


def written(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("virtual")
    write_virtual_cohort(path, 400, 11)
    return path


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    write_virtual_cohort(tmp_path, 400, 11)
    assert written(tmp_path) == written(folder)


def test_another_seed_gives_other_patients(folder, tmp_path):
    write_virtual_cohort(tmp_path, 400, 12)
    ours, other = written(folder), written(tmp_path)
    assert ours.keys() == other.keys()
    same = {name for name in ours if ours[name] == other[name]}
    assert same == {"truth.csv"}


def test_writing_again_replaces_an_earlier_virtual_cohort(tmp_path):
    write_virtual_cohort(tmp_path, 20, 1)
    path = write_virtual_cohort(tmp_path, 30, 2)
    assert path.read_text(encoding="utf-8").startswith("# Virtual cohort: 30 patients, seed 2.\n")
    assert pl.read_csv(tmp_path / "patients.csv").height == 30


def test_only_the_dead_have_a_cause_of_death_and_those_who_progressed_die_from_the_cancer(folder):
    people = pl.read_csv(folder / "patients.csv")
    alive, dead = (people.filter(Status=status) for status in ("alive", "dead"))
    assert set(alive["Cause of death"]) == {""}
    progressed = dead["PFS (months)"] < dead["OS (months)"]
    assert (dead["Cause of death"] == "cancer").equals(progressed, null_equal=False)
    assert 0.5 < progressed.mean() < 0.95


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.xlsx").write_bytes(b"mine")
    with pytest.raises(InputError, match=r"mine\.xlsx"):
        write_virtual_cohort(tmp_path, 20, 1)
    assert written(tmp_path) == {"mine.xlsx": b"mine"}


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "here").write_bytes(b"")
    with pytest.raises(InputError, match="a file"):
        write_virtual_cohort(tmp_path / "here", 20, 1)


@pytest.mark.parametrize(("n", "seed"), [(0, 1), (20, -1)])
def test_impossible_sizes_and_seeds_are_refused(tmp_path, n, seed):
    with pytest.raises(InputError):
        write_virtual_cohort(tmp_path, n, seed)


def test_one_patient_is_a_cohort(tmp_path):
    write_virtual_cohort(tmp_path, 1, 3)
    assert pl.read_csv(tmp_path / "patients.csv").height == 1


def test_the_truth_is_written_as_the_contract_says(folder):
    assert conform("truth", pl.read_csv(folder / "truth.csv")).equals(true_effects())


def test_study_toml_maps_every_declared_column_of_the_files_to_one_that_exists(folder):
    text = (folder / "study.toml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 65
    settings = tomllib.loads(text)
    for table in set(settings) & set(TABLES):
        source = settings[table]
        heading = pl.read_csv(folder / source.get("file", settings["file"]), n_rows=0).columns
        assert settings["participant_id"] in heading
        declared = {column.name for column in TABLES[table].columns}
        wide = source.get("wide", {})
        assert set(wide) <= set(ANALYTES)
        for ours, spec in {**source, **wide}.items():
            if ours in {"file", "wide"}:
                continue
            assert ours in declared | set(wide)
            column = spec if isinstance(spec, str) else spec.get("column")
            assert column is None or column in heading
            if isinstance(spec, dict):
                assert spec.get("unit", "day") in UNITS
    mapped = {settings.get("file")} | {settings[t].get("file") for t in set(settings) & set(TABLES)}
    assert {path.name for path in folder.glob("*.csv")} <= mapped | {"truth.csv"}


def test_baseline_samples_lie_in_the_declared_window_and_others_before_the_landmark(folder):
    analysis = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))["analysis"]
    low, high = analysis["baseline_window_days"]
    for name in ("blood_counts.csv", "serum_proteins.csv", "populations.csv"):
        days = pl.read_csv(folder / name)["Day"]
        before, after = days.filter(days <= 0), days.filter(days > 0)
        assert before.is_between(low, high).all()
        assert after.max() <= analysis["landmarks_days"][0]


def test_leukocytes_are_the_sum_of_their_parts(folder):
    counts = pl.read_csv(folder / "blood_counts.csv")
    parts = counts.select("Neutrophils", "Lymphocytes", "Monocytes", "Eosinophils").sum_horizontal()
    assert ((counts["Leukocytes"] - parts) - 0.04).abs().max() < 0.011


def test_undetected_proteins_are_written_with_their_limit(folder):
    proteins = pl.read_csv(folder / "serum_proteins.csv", infer_schema=False)
    below = proteins.filter(pl.col("Result pg/mL").str.starts_with("<"))
    assert (below["Result pg/mL"].str.strip_prefix("<") == below["LOD"]).all()
    share = below["Analyte"].value_counts()
    assert share.sort("count")["Analyte"][-1] == "IL-4"
    above = proteins.filter(~pl.col("Result pg/mL").str.starts_with("<"))
    numbers = above.select(pl.col("Result pg/mL", "LOD").cast(pl.Float64))
    assert (numbers["Result pg/mL"] >= numbers["LOD"]).all()


def test_nobody_gives_blood_or_is_scanned_after_the_last_day_of_observation(folder):
    patients = pl.read_csv(folder / "patients.csv")
    last = patients.select("Patient", last=pl.col("OS (months)") * 30.4375)
    for name in ("blood_counts", "serum_proteins", "populations", "tumour_measurements"):
        seen = pl.read_csv(folder / f"{name}.csv").join(last, on="Patient")
        late = seen.filter((pl.col("Day") > 0) & (pl.col("Day") > pl.col("last")))
        assert late.is_empty(), name


def test_some_values_and_visits_are_missing_but_not_many(folder):
    counts = pl.read_csv(folder / "blood_counts.csv")
    baseline = counts.filter(pl.col("Day") <= 0)
    assert baseline.height == 400
    assert 0 < baseline["LDH"].null_count() < 40
    week_6 = counts.filter(pl.col("Day") > 0).height
    assert 280 < week_6 < 400
    tubes = pl.read_csv(folder / "populations.csv").filter(pl.col("Day") <= 0)["Patient"].n_unique()
    assert 320 < tubes < 400


def test_keys_of_measured_tables_do_not_repeat():
    tables = virtual_cohort(300, rng=np.random.default_rng(5)).tables
    keys = {
        "patients.csv": ["Patient"],
        "blood_counts.csv": ["Patient", "Day"],
        "serum_proteins.csv": ["Patient", "Day", "Analyte"],
        "populations.csv": ["Patient", "Day", "Population"],
        "tumour_measurements.csv": ["Patient", "Day"],
    }
    for name, key in keys.items():
        assert tables[name].select(key).is_duplicated().sum() == 0


def test_responders_shrink_and_proliferate(folder):
    patients = pl.read_csv(folder / "patients.csv")
    responders = patients.filter(pl.col("Best response").is_in(["CR", "PR"]))["Patient"].implode()
    scans = pl.read_csv(folder / "tumour_measurements.csv")
    size = "Sum of diameters (mm)"
    change = (
        scans
        .group_by("Patient")
        .agg(
            first=pl.col(size).sort_by("Day").first(),
            second=pl.col(size).sort_by("Day").get(1, null_on_oob=True),
        )
        .with_columns(ratio=pl.col("second") / pl.col("first"))
        .drop_nulls()
        .with_columns(responds=pl.col("Patient").is_in(responders))
    )
    assert change.filter("responds")["ratio"].median() < 0.7
    assert change.filter(~pl.col("responds"))["ratio"].median() > 0.8
