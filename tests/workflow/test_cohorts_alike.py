"""The same patients in two folders are told of; other patients of the same kind are not."""

import json

import numpy as np
import polars as pl
import pytest

import macroimmune
from macroimmune.association import associate, study_summary
from macroimmune.features import compute_features
from macroimmune.results import RunRecord, open_results, save_run, save_table
from macroimmune.study import study_from_frames
from macroimmune.workflow.cohorts_alike import CODE, alike_findings


@pytest.fixture(scope="module")
def draw():
    """Return a function that draws the tables of a cohort in whole months of follow-up."""

    def build(seed, n=90):
        rng = np.random.default_rng(seed)
        ids = [f"P{number:03d}" for number in range(n)]
        death, end = rng.exponential(500.0, n), rng.uniform(200.0, 1500.0, n)
        months = np.maximum(np.ceil(np.minimum(death, end) / 30.4375), 1.0)
        return {
            "participants": pl.DataFrame({"participant_id": ids}),
            "outcomes": pl.DataFrame({
                "participant_id": ids,
                "os_time_days": months * 30.4375,
                "os_event": death <= end,
                "response": rng.random(n) < 0.35,
            }),
            "blood_counts": pl.DataFrame({
                "participant_id": ids,
                "days_from_treatment_start": [-1.0] * n,
                "neutrophils": np.round(rng.lognormal(1.4, 0.5, n), 1),
                "lymphocytes": np.round(rng.lognormal(0.4, 0.3, n), 1),
            }),
        }

    return build


@pytest.fixture(scope="module")
def save(tmp_path_factory):
    """Return a function that writes the tables of a cohort as results, without a page."""
    place = tmp_path_factory.mktemp("alike")

    def write(name, tables):
        study = study_from_frames(name, **tables)
        folder = place / name
        folder.mkdir()
        found = associate(study, compute_features(study))
        save_table(folder, "associations", found.associations)
        summary = study_summary(study)
        save_run(folder, RunRecord("0", "", "", 0.0, None, study=summary))
        return open_results(folder)

    return write


def renamed(tables, seed):
    """Return the tables with other ids and every table in another order of rows."""
    ids = tables["participants"]["participant_id"].to_list()
    new = {
        one: f"hospital-{k}" for k, one in enumerate(np.random.default_rng(seed).permutation(ids))
    }
    return {
        name: frame.with_columns(pl.col("participant_id").replace_strict(new)).sample(
            fraction=1.0, shuffle=True, seed=seed
        )
        for name, frame in tables.items()
    }


def test_the_same_cohort_with_other_ids_in_another_order_is_told_of(draw, save):
    tables = draw(1)
    named = {"one": save("one", tables), "other": save("other", renamed(tables, 2))}
    (finding,) = alike_findings(named)
    assert (finding.code, finding.severity) == (CODE, "warning")
    assert finding.found.startswith("other looks like one: ")
    assert "in the same" in finding.found
    assert "estimates are the same" in finding.found


def test_the_same_patients_with_other_biomarkers_are_told_of_by_their_outcomes(draw, save):
    tables = draw(3)
    values = np.random.default_rng(4).lognormal(4.0, 0.3, 90)
    other = renamed(tables, 5)
    other["blood_counts"] = other["blood_counts"].select(
        "participant_id", "days_from_treatment_start", platelets=pl.Series(values)
    )
    named = {"counts": save("counts", tables), "platelets": save("platelets", other)}
    (finding,) = alike_findings(named)
    assert "in the same" in finding.found
    assert "estimates" not in finding.found


def test_the_same_patients_in_another_unit_of_time_are_told_of_by_their_estimates(draw, save):
    tables = draw(6)
    rounded = pl.col("os_time_days").truediv(30.4375).round() * 30.0
    other = renamed(tables, 7)
    other["outcomes"] = other["outcomes"].with_columns(os_time_days=rounded)
    named = {"days": save("days", tables), "months": save("months", other)}
    (finding,) = alike_findings(named)
    assert "in the same" not in finding.found
    assert "estimates are the same" in finding.found


def test_no_two_of_sixteen_cohorts_of_one_kind_and_size_are_told_of(draw, save):
    named = {f"cohort {seed}": save(f"cohort {seed}", draw(seed)) for seed in range(100, 116)}
    events = [one.run["study"]["endpoints"][0]["n_events"] for one in named.values()]
    # Many pairs do have the same number of participants and of events.
    assert len(set(events)) < 14
    assert list(alike_findings(named)) == []


def test_a_pooled_folder_carries_the_finding_and_its_page_shows_it(draw, tmp_path):
    folders = []
    for name, tables in (
        ("first", draw(8)),
        ("second", renamed(draw(8), 9)),
        ("third", draw(10)),
    ):
        study = study_from_frames(name, **tables)
        folders.append(macroimmune.run(study, tmp_path / name).path)
    pooled = macroimmune.meta_analysis(folders, tmp_path / "pooled")
    assert pooled.table("findings")["code"].to_list() == [CODE]
    page = (pooled.path / "report.html").read_text(encoding="utf-8")
    assert "second looks like first" in page


def test_a_record_without_endpoints_is_compared_by_its_estimates_alone(draw, save):
    tables = draw(11)
    one, other = save("whole", tables), save("bare", renamed(tables, 12))
    (other.path / "run.json").write_text(json.dumps({"version": "0"}), encoding="utf-8")
    (finding,) = alike_findings({"whole": one, "bare": open_results(other.path)})
    assert "in the same" not in finding.found
