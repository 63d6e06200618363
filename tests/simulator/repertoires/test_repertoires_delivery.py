import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.simulator.file_tasks import write_files
from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import RepertoiresPlan, StudyPlan
from macroimmune.simulator.repertoires import (
    MANIFEST,
    CloneFractions,
    repertoires_delivery,
    sequenced_people,
)
from macroimmune.simulator.repertoires.repertoire_truth import hill_numbers
from macroimmune.simulator.virtual_study import draw_virtual_study
from macroimmune.study import load_study

SMALL = {
    "is_written": True,
    "clones": 1_000,
    "blood_cells": 4_000,
    "tumour_cells": 2_000,
    "tumour_clones": 300,
    "single_cells": 200,
    "single_cell_participants": 1,
}


def plan_of(**settings) -> StudyPlan:
    return StudyPlan(patients=5, healthy=2, repertoires=RepertoiresPlan(**{**SMALL, **settings}))


def delivered(plan: StudyPlan):
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    samples = draw_samples(plan, people, outcomes)
    return repertoires_delivery(plan, people, samples, outcomes), (people, samples, outcomes)


def checksums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_one_and_two_workers_write_the_same_bytes(tmp_path):
    delivery, _ = delivered(plan_of(compressed=True))
    for workers in (1, 2):
        write_files(tmp_path / str(workers), delivery.tasks[:3], workers=workers)
    one, two = checksums(tmp_path / "1"), checksums(tmp_path / "2")
    assert one == two
    assert set(one) == {path for task in delivery.tasks[:3] for path in task.paths}
    assert not any(Path(name).name.startswith("unfinished") for name in one)


def test_another_seed_writes_other_clones(tmp_path):
    plan = plan_of()
    for seed in (1, 2):
        delivery, _ = delivered(dataclasses.replace(plan, seed=seed))
        write_files(tmp_path / str(seed), delivery.tasks[:1])
    tables = [
        pl.read_parquet(next((tmp_path / str(seed) / "truth/clones").iterdir())) for seed in (1, 2)
    ]
    assert len(set(tables[0]["junction"]) & set(tables[1]["junction"])) < 20


def test_files_stand_in_the_manifest_with_their_sample_and_day():
    delivery, (people, samples, _) = delivered(plan_of())
    manifest = delivery.tables[MANIFEST]
    blood = manifest.filter(pl.col("Tissue") == "Peripheral blood", pl.col("Export") == "AIRR")
    assert blood["Sample name"].to_list() == samples.sample_ids.tolist()
    assert blood["Day"].to_list() == samples.days.tolist()
    assert set(manifest["Subject"]) == set(people.participant_ids)
    tumour = manifest.filter(pl.col("Tissue") == "Tumour")
    assert tumour["Subject"].str.starts_with("V").all()
    assert set(manifest.filter(pl.col("Export") == "10x")["Quantity"]) == {"cells"}
    assert not manifest["File"].is_duplicated().any()


def test_labels_of_cells_and_libraries_of_a_tube_stand_in_the_manifest():
    delivery, _ = delivered(plan_of(replicates=2))
    manifest = delivery.tables[MANIFEST]
    contigs = manifest.filter(pl.col("Export") == "10x")
    written = {path for task in delivery.tasks for path in task.paths}
    assert set(contigs["Cell types"]) <= written
    blood = manifest.filter(pl.col("Tissue") == "Peripheral blood", pl.col("Export") == "AIRR")
    assert blood["Cell types"].null_count() == blood.height
    per_tube = blood.group_by("Sample name").agg(pl.col("Library").sort())
    assert set(map(tuple, per_tube["Library"])) == {("Library 1", "Library 2")}


def test_a_study_with_repertoires_loads_without_errors(tmp_path):
    study = draw_virtual_study(plan_of(formats=("airr", "immunoseq", "mixcr")))
    for name, table in study.files.tables.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(table.to_bytes())
    (tmp_path / "study.toml").write_text(study.files.settings, encoding="utf-8")
    loaded = load_study(tmp_path)
    assert [finding for finding in loaded.findings if finding.severity == "error"] == []
    listed = loaded.tables["repertoires"]
    assert len(listed) == len(study.files.tables[MANIFEST].frame)
    assert set(listed["compartment"]) == {"blood", "tumour"}
    assert set(listed["format"]) == {"airr", "10x", "immunoseq", "mixcr"}
    assert set(listed["counted"]) == {"templates", "reads", "cells"}


def test_nothing_is_delivered_where_the_plan_writes_none():
    delivery, _ = delivered(plan_of(is_written=False))
    assert delivery.tasks == ()
    assert not delivery.tables


def test_an_unknown_visit_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match=r"repertoires.visits: found 'weak 3'.*week 3"):
        delivered(plan_of(visits=("weak 3",)))
    with pytest.raises(InputError, match=r"repertoires.tumour_visits"):
        delivered(plan_of(tumour_visits=("surgery",)))


def test_only_so_many_participants_and_visits_are_sequenced_as_asked_for():
    plan = plan_of(participants=3, visits=("baseline",), biopsied=0.0, single_cell_participants=0)
    delivery, _ = delivered(plan)
    manifest = delivery.tables[MANIFEST]
    assert manifest["Subject"].n_unique() == 3
    assert set(manifest["Visit"]) == {"baseline"}
    assert set(manifest["Tissue"]) == {"Peripheral blood"}


def test_only_arms_with_immunotherapy_are_treated():
    plan = plan_of()
    arm = dataclasses.replace(plan.arms[0], is_immunotherapy=False)
    plan = dataclasses.replace(plan, arms=(arm,))
    _, drawn = delivered(plan)
    assert not any(person.is_treated for person in sequenced_people(plan, *drawn))


def test_the_truth_of_each_draw_agrees_with_its_clones(tmp_path):
    delivery, _ = delivered(plan_of())
    write_files(tmp_path, delivery.tasks[:1])
    draws = pl.read_csv(next((tmp_path / "truth/repertoires").iterdir()))
    clones = pl.read_parquet(next((tmp_path / "truth/clones").iterdir()))
    for row in draws.iter_rows(named=True):
        share = clones[f"{row['compartment']}, {row['visit']}"]
        assert share.sum() == pytest.approx(row["listed"])
        assert row["listed"] <= 1.0 + 1e-9
        assert share.filter(clones["is_expanding"]).sum() == pytest.approx(row["expanding_share"])
        assert share.filter(clones["is_novel"]).sum() == pytest.approx(row["novel_share"])
        assert row["hill_0"] >= row["hill_1"] >= row["hill_2"] >= 1.0
        assert row["simpson_clonality"] == pytest.approx(row["hill_2"] ** -0.5)
        assert 0.0 < row["clonality"] < 1.0


def test_hill_numbers_count_naive_clones_by_hand():
    # Half in two equal clones, half in 50 naive ones.
    found = hill_numbers(CloneFractions(np.array([0.25, 0.25, 0.0]), 0.5, 50))
    entropy = -2 * 0.25 * np.log(0.25) - 50 * 0.01 * np.log(0.01)
    assert found == pytest.approx((52.0, np.exp(entropy), 1 / (2 * 0.25**2 + 50 * 0.01**2)))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"formats": ()}, "formats is empty"),
        ({"expanding_share": 0.9}, "more than all clones"),
        ({"tumour_exhausted": 0.9}, "more than all T cells"),
        ({"tumour_shared_mass": 0.0}, "both zero"),
        ({"tumour_shared_clones": 1.0}, "both one"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        RepertoiresPlan(**settings)
