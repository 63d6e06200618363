"""Sections say what the tables say, and say so plainly where the tables are silent."""

import dataclasses

import polars as pl
import pytest

from macroimmune.report.agreement_section import agreement_section
from macroimmune.report.association_cells import endpoint_short, endpoint_words
from macroimmune.report.biomarkers_section import MOST_IN_FOREST, biomarkers_section, forest_rows
from macroimmune.report.findings_section import findings_section
from macroimmune.report.ledger_section import ledger_section
from macroimmune.report.predictive_section import predictive_section
from macroimmune.report.remark import UNKNOWN, remark_section
from macroimmune.report.restricted_mean_section import restricted_mean_section
from macroimmune.report.source import read_source
from macroimmune.report.study_section import study_section
from macroimmune.report.trajectories_section import trajectories_section
from macroimmune.report.truth_section import truth_section
from macroimmune.results import empty


@pytest.fixture(scope="module")
def source(results):
    return read_source(results)


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_the_study_shows_endpoints_and_who_was_left_out(source):
    section = study_section(source)
    assert texts(section.endpoints)[1][:3] == [
        "progression-free survival",
        "240",
        "200 (83\u00a0%)",
    ]
    assert texts(section.endpoints)[1][4] == "6.9 months (5.9 to not reached)"
    assert texts(section.endpoints)[0][5] == (
        "Arm A: 64\u00a0% (55\u00a0% to 72\u00a0%); Arm B: – (–)"
    )
    assert texts(section.flow)[2] == ["With an outcome", "6", "240", "no follow-up and no response"]
    assert ("Baseline window", "day −42 to 0 of treatment") in {
        (fact.name, fact.value) for fact in section.facts
    }


def test_restricted_means_show_means_differences_and_what_is_missing(source):
    section = restricted_mean_section(source)
    mean, difference, missing = texts(section.means)
    assert mean[:7] == ["Overall survival", "365", "", "arm A", "251.3", "232.6 to 269.9", "9.5"]
    assert mean[7:9] == ["", ""]
    assert difference[3:9] == [
        "treated less control", "-12.0", "-33.6 to 9.5", "11.0", "0.2700", "0.4100",
    ]  # fmt: skip
    assert missing[4:7] == ["–", "–", "–"]
    assert missing[-1] == "the horizon lies past the last follow-up"
    without = with_table(source, "restricted_means", empty("restricted_means"))
    assert restricted_mean_section(without) is None


def test_findings_show_ten_rows_of_a_kind_and_count_the_rest(source):
    section = findings_section(source)
    assert section.summary.startswith("14 warnings, 1 note.")
    assert len(section.groups[0].rows) == 10
    assert section.groups[0].note == "and 4 more in findings.csv"


def test_a_forest_of_many_biomarkers_says_how_many_it_leaves_out(source):
    rows = source.associations["nlr"]
    names = [f"f{index}" for index in range(MOST_IN_FOREST + 5)]
    many = {name: tuple({**row, "feature": name} for row in rows) for name in names}
    anchors = {feature: feature for feature in many}
    crowded = dataclasses.replace(source, associations=many, anchors=anchors)
    section = biomarkers_section(crowded)
    assert all("60 estimates with the smallest p" in part.note for part in section.forests)
    assert all("5 more are in the table" in part.note for part in section.forests)
    assert len(section.associations.rows) == (MOST_IN_FOREST + 5) * len(rows)


def test_the_table_carries_the_verdicts_of_its_feature_and_endpoint(source):
    table = biomarkers_section(source).associations
    verdict = [column.heading for column in table.columns].index("Evidence")
    found = {(row[0].text, row[1].text): row[verdict].text for row in table.rows}
    assert found["Nlr", "OS"] == "agrees"
    assert found["Serum il8", "OS"] == "contradicts"
    assert found["Nlr", "PFS"] == ""


def test_without_a_control_arm_nothing_is_called_predictive(source):
    section = predictive_section(with_table(source, "predictive", empty("predictive")))
    assert section.verdicts is None
    assert "cannot be told" in section.lead


def test_agreement_counts_each_verdict_and_lists_what_is_missing(source):
    section = agreement_section(source)
    assert section.lead == ("5 published lines: agrees 2, contradicts 1. 2 were not measured here.")
    assert [row[2] for row in texts(section.unmeasured)] == [
        "no mass cytometry", "no T cell repertoires"
    ]  # fmt: skip


def test_coverage_is_the_share_of_intervals_that_hold_the_marginal_truth(source):
    truth = source.tables["truth"]
    joined = source.tables["associations"].join(truth, on=["feature", "endpoint", "effect"])
    held = joined.filter(pl.col("marginal").is_between(pl.col("ci_low"), pl.col("ci_high"))).height
    assert f"{held} of {joined.height} " in truth_section(source).lead
    moved = truth_section(with_table(source, "truth", truth.with_columns(marginal=pl.lit(50.0))))
    assert f"known. 0 of {joined.height} " in moved.lead


def test_truth_on_another_scale_is_not_compared(source):
    other = source.tables["truth"].with_columns(scale=pl.lit("per doubling"))
    section = truth_section(with_table(source, "truth", other))
    assert section.forests == ()
    assert {row[-1] for row in texts(section.rows)} == {"not comparable (per doubling)"}


def test_a_real_study_has_no_truth(source):
    assert truth_section(with_table(source, "truth", empty("truth"))) is None


def test_the_ledger_tells_tests_from_tests_with_a_p(source):
    ledger = source.tables["ledger"]
    section = ledger_section(source)
    with_p = ledger["p_value"].drop_nulls().len()
    assert with_p == ledger.height - 1
    assert section.lead.startswith(f"{ledger.height} tests were run and {with_p} gave a p-value.")
    assert len(section.tests.rows) == 20


def test_the_family_of_the_q_values_is_the_rows_that_have_one(source):
    ledger = source.tables["ledger"].with_columns(
        pl.when(pl.col("order") > 4).then(pl.col("q_value")).alias("q_value")
    )
    with_q = ledger["q_value"].drop_nulls().len()
    lead = ledger_section(with_table(source, "ledger", ledger)).lead
    assert f"are taken over {with_q} of them" in lead


def test_remark_has_twenty_items_and_invents_nothing(source):
    section = remark_section(source)
    assert [item.number for item in section.items] == list(range(1, 21))
    silent = {item.number for item in section.items if not item.is_answered}
    assert silent == {5, 9, 14, 16, 17, 20}
    assert {item.answer for item in section.items if item.number in silent} == {UNKNOWN}


def test_remark_of_an_empty_run_answers_nothing(tmp_path):
    (tmp_path / "run.json").write_text('{"version": "0.0.test"}', encoding="utf-8")
    section = remark_section(read_source(tmp_path))
    assert {item.answer for item in section.items} == {UNKNOWN}


def test_the_course_under_treatment_is_shown_where_it_was_analysed(source):
    assert trajectories_section(source) is None
    row = {
        "feature": ["nlr", "nlr"], "endpoint": ["course", "response"],
        "comparison": ["change with time", "responders against others"], "until_days": [90.0] * 2,
        "scale": ["doublings per 30 days"] * 2, "estimate": [-0.2, None],
        "ci_low": [-0.3, None], "ci_high": [-0.1, None], "degrees_of_freedom": [31.4, None],
        "p_value": [0.001, None], "q_value": [0.01, None], "n": [40, 0], "n_samples": [160, 0],
        "method": ["linear mixed model"] * 2, "status": ["", "one of the two groups is empty"],
    }  # fmt: skip
    section = trajectories_section(with_table(source, "trajectories", pl.DataFrame(row)))
    assert "to day 90" in section.lead
    assert [cells[2].text for cells in section.changes.rows] == ["-0.20 (-0.30 to -0.10)", "–"]
    (forest,) = section.forests
    assert "-0.20 (-0.30 to -0.10)" in forest.figure.body


def test_a_time_dependent_row_says_so_beside_its_endpoint(source):
    row = {"endpoint": "os", "landmark_days": None, "method": "time-dependent Cox model"}
    assert endpoint_short(source, row) == "OS, value at each time"
    assert endpoint_words(source, row) == "overall survival, value at each time"
    assert endpoint_short(source, row | {"method": "Cox model, continuous"}) == "OS"
    (line,) = forest_rows(
        source,
        [
            source.associations["nlr"][0]
            | {"method": "time-dependent Cox model", "landmark_days": None}
        ],
    )
    assert line.label.endswith(" (at each time)")
