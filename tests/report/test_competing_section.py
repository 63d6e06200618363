"""The section on competing events: incidence, arms, both hazards, and silence without causes."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from macroimmune.report.competing_section import competing_section
from macroimmune.report.curves import read_curves
from macroimmune.report.source import read_source
from macroimmune.report.svg import inline
from macroimmune.results import conform


@pytest.fixture(scope="module")
def source(results):
    return read_source(results)


def ratios(features, *, p=0.01):
    kinds = (
        ("progression", "cause_specific_hazard_ratio", 1.5, ""),
        ("progression", "subdistribution_hazard_ratio", 1.2, "3 events of an unknown cause"),
        ("death without progression", "cause_specific_hazard_ratio", 1.9, ""),
    )
    return [
        {"feature": name, "cause": cause, "effect": effect, "estimate": value, "status": status}
        | {"ci_low": value / 1.3, "ci_high": value * 1.3, "p_value": p * (1 + place)}
        for place, name in enumerate(features)
        for cause, effect, value, status in kinds
    ]


def arms():
    row = {"feature": "arm", "cause": "progression", "effect": "gray_test", "p_value": 0.04}
    return [row | {"status": "chi-squared 4.2 on 1 df; A 20 of 50, B 30 of 50"}]


def with_competing(source, rows):
    usual = {"endpoint": "pfs", "landmark_days": None, "scale": "per doubling", "q_value": 0.02}
    counts = {"n": 100, "n_events": 50, "n_competing": 20, "n_excluded": 0, "method": "m"}
    gaps = {"estimate": None, "ci_low": None, "ci_high": None}
    frame = pl.DataFrame(
        [usual | counts | gaps | row for row in rows],
        schema_overrides={"landmark_days": pl.Float64},
        infer_schema_length=None,
    )
    tables = {**source.tables, "competing_risks": conform("competing_risks", frame)}
    days = np.array([0.0, 50.0, 100.0])
    curves = pl.concat([
        pl.DataFrame({
            "curve": curve,
            "feature": feature,
            "endpoint": "pfs",
            "landmark_days": None,
            "group": group,
            "x": days,
            "y": days / 300.0,
            "ci_low": days / 400.0,
            "ci_high": days / 200.0,
            "n": [50, 40, 30],
        })
        for curve in ("cumulative_incidence", "competing_incidence")
        for feature in ("", "nlr")
        for group in ("A", "B")
    ])
    curves = conform("curves", curves)
    return dataclasses.replace(
        source, tables={**tables, "curves": curves}, curves=read_curves(curves)
    )


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_there_is_no_section_where_no_events_are_told_apart(source):
    assert competing_section(source) is None


def test_both_hazards_of_a_biomarker_stand_in_one_row(source):
    section = competing_section(with_competing(source, [*arms(), *ratios(["nlr"])]))
    (row,) = texts(section.hazards)
    assert row[1:4] == ["PFS", "progression", "1.50 (1.15 to 1.95)"]
    assert row[5] == "1.20 (0.92 to 1.56)"
    assert row[7] == "1.90 (1.46 to 2.47)"
    assert row[-1] == "3 events of an unknown cause"
    (test,) = texts(section.arms)
    assert test[1:3] == ["progression", "0.0400"]
    assert "progression-free survival" in section.lead
    assert len(section.questions) == 3


def test_incidence_is_drawn_of_both_events_and_never_one_less_kaplan_meier(source):
    section = competing_section(with_competing(source, ratios(["nlr"])))
    assert section.arms is None
    headings = [part.heading for part in (*section.figures, *section.strongest)]
    assert headings[:2] == [
        "Cumulative incidence: progression",
        "Cumulative incidence: death without progression",
    ]
    assert "by " in headings[2]
    drawn = inline(section.figures[0].figure)
    assert "Progression, %" in drawn
    assert "Kaplan" not in drawn
    # The curve begins at nobody and climbs: its last step stands above the first.
    assert "Cumulative incidence with 95 % bands; A n = 50, B n = 50" in drawn


def test_the_smallest_p_comes_first_and_what_is_left_out_is_counted(source):
    names = [f"f{number}" for number in range(130)]
    section = competing_section(with_competing(source, ratios(list(reversed(names)), p=1e-4)))
    assert len(section.hazards.rows) == 100
    assert section.hazards.rows[0][0].text == "f129"
    assert section.hazards.note == "30 rows more in competing_risks.csv."
