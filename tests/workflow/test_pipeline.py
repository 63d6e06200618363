import pytest

import macroimmune as mi
from macroimmune.errors import InputError, ResultsError
from macroimmune.results import open_results
from macroimmune.study import AnalysisSettings
from macroimmune.workflow import SheetOptions, draft_study, open_study, run_study


@pytest.fixture
def study(frames):
    return mi.study_from_frames("small", **frames)


@pytest.mark.parametrize(
    ("last", "present", "absent"),
    [
        ("features", "features.parquet", "associations.csv"),
        ("associate", "associations.csv", "report.html"),
        ("report", "report.html", "truth.csv"),
    ],
)
def test_a_run_stops_after_the_stage_that_was_asked_for(study, tmp_path, last, present, absent):
    results = run_study(study, tmp_path / "out", command="x", last_stage=last)
    assert (results.path / present).exists()
    assert not (results.path / absent).exists()


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_computed(
    study, tmp_path, monkeypatch
):
    (tmp_path / "thesis.docx").write_bytes(b"years")
    monkeypatch.setattr(
        "macroimmune.workflow.pipeline.compute_features", lambda _study: pytest.fail("computed")
    )
    with pytest.raises(ResultsError, match="not results"):
        run_study(study, tmp_path, command="x")


def test_progress_names_every_stage_and_ends_whole(study, tmp_path):
    told = []
    run_study(study, tmp_path / "out", command="x", progress=lambda *step: told.append(step))
    last = {stage: (done, total) for stage, done, total in told}
    assert list(last) == ["features", "associate", "report"]
    assert all(done == total for done, total in last.values())


def test_the_run_record_counts_what_was_done(study, tmp_path):
    results = run_study(study, tmp_path / "out", command="x", seed=3)
    described = open_results(tmp_path / "out").run["study"]
    listed = results.table("feature_list").filter(status="computed")
    assert described["n_features"] == listed.height
    assert described["n_tests"] == results.table("ledger").height
    assert results.run["seed"] == 3
    assert results.run["methods"]


def test_the_same_seed_gives_the_same_tables_byte_for_byte_and_another_seed_others(
    frames, tmp_path
):
    analysis = AnalysisSettings(search_cut_points=("all",))
    study = mi.study_from_frames("small", analysis=analysis, **frames)
    one, two, other = (
        run_study(study, tmp_path / name, command="x", last_stage="associate", seed=seed).path
        for name, seed in (("one", 5), ("two", 5), ("other", 6))
    )
    tables = sorted(path.name for path in one.iterdir() if path.name != "run.json")
    assert "cut_points.csv" in tables
    for name in tables:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
    changed = [name for name in tables if (one / name).read_bytes() != (other / name).read_bytes()]
    assert "cut_points.csv" in changed


def test_nothing_at_the_place_is_told_with_the_path(tmp_path):
    with pytest.raises(InputError, match="nowhere: not found"):
        open_study(tmp_path / "nowhere")


def test_a_folder_without_settings_says_how_to_draft_them(tmp_path):
    with pytest.raises(InputError, match="draft it with: macroimmune init"):
        open_study(tmp_path)


def test_a_study_opens_from_its_folder_its_settings_or_one_sheet(frames, tmp_path):
    wide = frames["outcomes"].join(
        frames["blood_counts"].drop("days_from_treatment_start"), on="participant_id"
    )
    wide.write_csv(tmp_path / "wide.csv")
    options = SheetOptions(
        participant="participant_id", os_time="os_time_days", os_event="os_event=true"
    )
    sheet = open_study(tmp_path / "wide.csv", options)
    (tmp_path / "study.toml").write_text(sheet.settings_text, encoding="utf-8")
    for place in (tmp_path, tmp_path / "study.toml", str(tmp_path)):
        again = open_study(place)
        assert again.participants.height == sheet.participants.height == 90
        assert again.tables["blood_counts"].equals(sheet.tables["blood_counts"])


def test_a_draft_never_replaces_settings(frames, tmp_path):
    frames["outcomes"].write_csv(tmp_path / "outcomes.csv")
    path, findings = draft_study(tmp_path)
    assert path == tmp_path / "study.toml"
    assert findings
    with pytest.raises(InputError, match="already there"):
        draft_study(tmp_path)


@pytest.mark.parametrize("lost", ["os_event", "os_time_days"])
def test_a_study_without_any_endpoint_is_refused_before_it_is_tested(frames, tmp_path, lost):
    outcomes = frames["outcomes"].drop(lost, "best_response")
    study = mi.study_from_frames("small", **{**frames, "outcomes": outcomes})
    run_study(study, tmp_path / "features", command="x", last_stage="features")
    with pytest.raises(InputError, match=rf"no participant has an endpoint \(os_.*{lost} has none"):
        run_study(study, tmp_path / "out", command="x")
    assert not (tmp_path / "out").exists()


def test_of_many_errors_the_first_is_told_and_the_others_counted(tmp_path):
    rows = [f"p{number},{-number},1" for number in range(1, 6)]
    (tmp_path / "c.csv").write_text("\n".join(["ID,OS_days,OS_event", *rows]) + "\n")
    study = open_study(tmp_path / "c.csv", SheetOptions(os_time="OS_days", os_event="OS_event=1"))
    with pytest.raises(InputError, match=r"row 2, OS_days.*\(\+4 more; see macroimmune check\)$"):
        run_study(study, tmp_path / "out", command="x")


def test_a_row_without_id_is_told_once_though_two_tables_need_it(tmp_path):
    rows = ["p1,100,1", ",200,0", "p3,300,1"]
    (tmp_path / "c.csv").write_text("\n".join(["ID,OS_days,OS_event", *rows]) + "\n")
    options = SheetOptions(participant="ID", os_time="OS_days", os_event="OS_event=1")
    study = open_study(tmp_path / "c.csv", options)
    assert [one.code for one in study.errors].count("required-value-missing") == 1


def test_dates_in_a_column_of_times_are_called_dates(tmp_path):
    rows = [f"p{number},2024-05-0{number},1" for number in range(1, 6)]
    (tmp_path / "c.csv").write_text("\n".join(["ID,OS_days,OS_event", *rows]) + "\n")
    study = open_study(tmp_path / "c.csv", SheetOptions(os_time="OS_days", os_event="OS_event=1"))
    assert [one.found for one in study.errors if one.code == "dates-in-number-column"] == [
        "this column holds dates (5 cells, the first '2024-05-01')"
    ]
