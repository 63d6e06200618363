"""What each command does, seen from outside."""

import pytest

from macroimmune.cli.study_commands import grouped
from macroimmune.datasets import datasets, ready_studies
from macroimmune.evidence import lookup
from macroimmune.results import Finding, open_results


def rows_of(outcome) -> list[dict[str, str]]:
    header, *lines = (line.split("\t") for line in outcome.data.splitlines())
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_evidence_is_found_with_its_source(command):
    outcome = command("evidence", "search", "NLR")
    rows = rows_of(outcome)
    assert rows[0]["evidence_id"] == "nlr-1"
    assert rows[0]["sentence"] == lookup("nlr-1").sentence
    assert all(row["source"] for row in rows)
    assert outcome.talk.strip() == f"{len(rows)} lines"


def test_a_limit_on_the_lines_is_kept(command):
    assert len(rows_of(command("evidence", "search", "cell", "--limit", "3"))) == 3


def test_words_that_occur_nowhere_give_a_header_and_exit_0(command):
    outcome = command("evidence", "search", "xyzzy")
    assert outcome.code == 0
    assert rows_of(outcome) == []


def test_a_population_is_shown_with_its_definitions_and_their_sources(command):
    shown = {row["field"]: row["value"] for row in rows_of(command("evidence", "show", "treg"))}
    assert shown["human 2"] == "CD25hi CD127lo of cd4_t; HIPC standard set"
    assert shown["human 2 note"] == "without FOXP3"
    assert "doi:10.1038/nri3158" in shown["human 2 source"]
    state = {row["field"]: row["value"] for row in rows_of(command("evidence", "show", "ki67_cd8"))}
    assert "not in stimulated wells" in state["human 1"]


def test_an_antigen_is_shown_under_any_of_its_names(command):
    shown = {row["field"]: row["value"] for row in rows_of(command("evidence", "show", "BDCA-2"))}
    assert (shown["id"], shown["role"], shown["species"]) == ("CD303", "lineage", "human")


def test_a_line_of_the_evidence_is_shown_whole(command):
    shown = {row["field"]: row["value"] for row in rows_of(command("evidence", "show", "nlr-1"))}
    assert shown["evidence_id"] == "nlr-1"
    assert shown["favourable_direction"] == "low"
    assert shown["source"]


def test_every_cohort_and_every_ready_study_is_listed(command):
    listed = {(row["kind"], row["name"]) for row in rows_of(command("data", "list"))}
    assert listed == {("cohort", item.name) for item in datasets()} | {
        ("study", item.name) for item in ready_studies()
    }


def test_a_cohort_that_is_not_here_says_how_to_get_it(command, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("MACROIMMUNE_DATA", str(tmp_path))
    outcome = command("data", "path", "prince")
    assert outcome.code == 1
    assert "MACROIMMUNE_DATA" in outcome.talk


@pytest.mark.data
def test_the_path_of_a_cohort_is_the_only_line_on_stdout(command, public_data):
    assert command("data", "path", "prince").data == f"{(public_data / 'prince').resolve()}\n"


def test_a_drafted_study_can_be_checked_and_run(command, sheet, tmp_path):
    (tmp_path / "my").mkdir()
    (tmp_path / "cohort.csv").rename(tmp_path / "my" / "cohort.csv")
    drafted = command("init", "my")
    assert drafted.code == 0
    assert "confirm what was guessed" in drafted.talk.splitlines()[-1]
    assert command("check", "my").code == 0
    assert command("associate", "my").code == 0
    assert not open_results(tmp_path / "results").table("associations").is_empty()


def test_a_study_toml_that_is_there_is_not_drafted_over(command, virtual_study):
    before = (virtual_study / "study.toml").read_bytes()
    outcome = command("init", "my_study")
    assert outcome.code == 1
    assert "already there" in outcome.talk
    assert (virtual_study / "study.toml").read_bytes() == before


def test_features_stop_before_outcomes_and_associate_before_the_report(command, sheet, tmp_path):
    place = tmp_path / "my"
    place.mkdir()
    (tmp_path / "cohort.csv").rename(place / "cohort.csv")
    command("init", "my")
    assert command("features", "my", "--out", "only").code == 0
    assert {path.name for path in (tmp_path / "only").iterdir()} == {
        *("run.json", "study.toml", "findings.csv", "participant_flow.csv"),
        *("features.parquet", "feature_list.csv"),
    }
    assert command("associate", "my", "--out", "tables").code == 0
    assert not (tmp_path / "tables" / "report.html").exists()
    assert (tmp_path / "tables" / "ledger.csv").exists()


def test_a_run_leaves_every_table_and_the_settings_that_were_inferred(command, sheet, tmp_path):
    outcome = command("run", *sheet)
    assert outcome.code == 0
    folder = tmp_path / "results"
    assert {path.name for path in folder.iterdir()} == {
        *("run.json", "study.toml", "findings.csv", "participant_flow.csv", "features.parquet"),
        *("feature_list.csv", "associations.csv", "predictive.csv", "agreement.csv"),
        *("ledger.csv", "curves.parquet", "report.html", "results.json", "tables.xlsx"),
        # The sheet has NLR, over which its other biomarkers are tested.
        "added_value.csv",
    }
    assert "OS_days" in (folder / "study.toml").read_text(encoding="utf-8")
    assert "report in results/report.html" in outcome.talk.replace("\\", "/")


def test_the_inferred_settings_give_the_same_results_again(command, sheet, tmp_path):
    assert command("run", *sheet, "--out", "first").code == 0
    (tmp_path / "study.toml").write_bytes((tmp_path / "first" / "study.toml").read_bytes())
    assert command("associate", "study.toml", "--out", "second").code == 0
    first, second = (open_results(tmp_path / name) for name in ("first", "second"))
    for table in ("features", "associations", "ledger", "agreement", "participant_flow"):
        assert first.table(table).equals(second.table(table)), table


def test_the_report_and_its_figures_are_written_anew(command, sheet, tmp_path):
    command("run", *sheet)
    page = tmp_path / "results" / "report.html"
    before = page.read_bytes()
    page.unlink()
    outcome = command("report", "results", "--figures", "figures")
    assert outcome.code == 0
    assert page.read_bytes() == before
    figures = list((tmp_path / "figures").glob("*.svg"))
    assert f"{len(figures)} figures in figures" in outcome.talk
    assert figures


def test_the_demo_is_a_study_like_any_other_beside_its_truth(command, tmp_path):
    assert command("demo", "--out", "demo", "--participants", 50, "--seed", 1).code == 0
    assert command("associate", "demo/study", "--out", "again", "--seed", 1).code == 0
    demo, again = open_results(tmp_path / "demo" / "results"), open_results(tmp_path / "again")
    for table in ("features", "associations", "ledger", "agreement"):
        assert demo.table(table).equals(again.table(table)), table
    assert (demo.run["seed"], again.run["seed"]) == (1, 1)
    estimated = demo.table("associations").drop_nulls("estimate")
    both = demo.table("truth").join(estimated, on=["feature", "endpoint", "effect"])
    assert both.height > 20


def test_alike_findings_are_one_line_with_the_first_of_them():
    alike = [
        Finding("warning", "duplicate-rows", "a.csv", row, "ID", f"p{row}", "one", "Go.")
        for row in (5, 9)
    ]
    alone = Finding("note", "inferred", "a.csv", None, "OS", "read", "this", "Confirm.")
    assert grouped([*alike, alone]) == [
        "warning: 2 x duplicate-rows, the first: a.csv, row 5, ID: p5; expected one. Go.",
        "note: inferred: a.csv, OS: read; expected this. Confirm.",
    ]
