"""The section on what biomarkers add: what is absent, the order of rows, and silence."""

import dataclasses

import polars as pl
import pytest

from macroimmune.report.added_value_section import (
    added_value_facts,
    added_value_forests,
    added_value_section,
)
from macroimmune.report.source import read_source
from macroimmune.results import RESULT_TABLES, conform

OVER = "routine bloods: nlr, albumin"


@pytest.fixture(scope="module")
def source(results):
    return read_source(results)


def line(feature, p, **said):
    usual = dict.fromkeys(RESULT_TABLES["added_value"].schema) | {
        "feature": feature,
        "endpoint": "os",
        "over": OVER,
        "absent": "LDH",
        "scale": "per doubling",
        "effect": "hazard_ratio",
        "estimate": 1.5,
        "ci_low": 1.1,
        "ci_high": 2.0,
        "p_value": p,
        "q_value": p,
        "n": 100,
        "n_events": 60,
        "n_resamples": 200,
        "horizon_days": 365.0,
        "threshold": 0.4,
        "concordance_base": 0.6,
        "change_of_concordance": 0.02,
        "change_of_concordance_ci_low": 0.005,
        "change_of_concordance_ci_high": 0.04,
        "status": "LDH not measured at baseline: over NLR and albumin alone",
    }
    return usual | said


def with_rows(source, *rows):
    schema = RESULT_TABLES["added_value"].schema
    frame = conform("added_value", pl.DataFrame(list(rows), schema=schema, orient="row"))
    return dataclasses.replace(source, tables={**source.tables, "added_value": frame})


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_the_base_and_what_is_absent_stand_in_the_lead(source):
    section = added_value_section(with_rows(source, line("a", 0.01), line("b", 0.5)))
    assert "Not in the base, because not measured well enough: LDH." in section.lead
    assert "2 comparisons, 1 with q < 0.05." in section.lead
    assert "OS up to day 365, acting at a probability of 40\u00a0%" in section.lead


def test_rows_are_sorted_by_p_and_what_all_say_is_said_once(source):
    late = line("b", 0.5)
    late["status"] += "; shares lymphocytes with nlr"
    section = added_value_section(with_rows(source, late, line("a", 0.01)))
    rows = texts(section.compared)
    assert [row[0] for row in rows] == ["a", "b"]
    assert [row[-1] for row in rows] == ["", "shares lymphocytes with nlr"]
    assert "+0.020 (0.005 to 0.040)" in rows[0]
    assert "HR 1.50 (1.10 to 2.00) per doubling" in rows[0]
    # One base is named in the lead and needs no column.
    assert "Over" not in [column.heading for column in section.compared.columns]


def test_a_change_is_marked_only_where_the_test_stands_behind_it(source):
    section = added_value_section(with_rows(source, line("a", 0.01), line("b", 0.5)))
    headings = [column.heading for column in section.compared.columns]
    place = headings.index("Change of C")
    assert [row[place].look for row in section.compared.rows] == ["strong", ""]


def test_several_bases_have_a_column(source):
    other = line("a", 0.2, over="score loris_score", absent="")
    section = added_value_section(with_rows(source, line("a", 0.01), other))
    assert "Over" in [column.heading for column in section.compared.columns]
    assert len(section.forests) == 2


def test_what_could_not_be_compared_says_why(source):
    gaps = {"estimate": None, "ci_low": None, "ci_high": None, "status": "is part of the base"}
    section = added_value_section(with_rows(source, line("a", None, **gaps)))
    assert section.compared is None
    assert texts(section.not_compared)[0][-1] == "is part of the base"


def test_comparisons_that_were_not_resampled_are_counted(source):
    bare = line("b", 0.5, n_resamples=0, change_of_concordance=None)
    section = added_value_section(with_rows(source, line("a", 0.01), bare))
    assert "They were resampled for 1 of the comparisons" in section.lead


def test_without_a_base_the_section_says_that_it_cannot_be_told(source):
    section = added_value_section(with_rows(source))
    assert section.lead.startswith("Neither NLR nor LDH nor albumin was measured")
    assert section.compared is None
    bare = dataclasses.replace(with_rows(source), associations={})
    assert added_value_section(bare) is None


def test_a_biomarker_names_its_smallest_p_over_each_base(source):
    rows = (line("a", 0.01), line("a", 0.001, endpoint="pfs"), line("b", 0.2))
    (fact,) = added_value_facts(with_rows(source, *rows), "a")
    assert fact.name == f"Beside the routine bloods ({source.feature_name('nlr')} and albumin), PFS"
    assert fact.value == ("HR 1.50 (1.10 to 2.00), q = 0.0010; change of C +0.020 (0.005 to 0.040)")


def test_a_forest_holds_the_smallest_p_values_and_says_of_how_many(source):
    rows = [line(f"marker {k}", 0.001 * (k + 1)) for k in range(15)]
    (forest,) = added_value_forests(with_rows(source, *rows))
    assert "The 12 smallest p-values of 15." in forest.note
    assert "marker 14" not in forest.figure.body
