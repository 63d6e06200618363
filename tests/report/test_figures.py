"""Figures draw what the curves say, inside their box, and name what they draw."""

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.report.axes import Scale, follow_up_ticks, linear_ticks, log_ticks
from macroimmune.report.biomarker_section import biomarker_figures
from macroimmune.report.curves import Line, read_curves
from macroimmune.report.distribution_figure import distribution_figure
from macroimmune.report.effect_figure import effect_figure
from macroimmune.report.flow_figure import flow_figure
from macroimmune.report.forest_figure import ForestRow, forest_figure
from macroimmune.report.kaplan_meier_figure import kaplan_meier_figure
from macroimmune.report.over_time_figure import over_time_figure
from macroimmune.report.source import read_source
from macroimmune.report.svg import (
    FIGURE_STYLE,
    band,
    clean,
    inline,
    polyline,
    staircase,
    staircase_band,
)
from macroimmune.results import empty

STEP = re.compile(r"([MLHVhvlz])\s*(-?\d+)?(?: (-?\d+))?")


def corners(commands):
    """Walk a path; return every point it visits."""
    x = y = 0
    visited = []
    for command, first, second in STEP.findall(commands):
        if command in "ML":
            x, y = int(first), int(second)
        elif command == "l":
            x, y = x + int(first), y + int(second)
        elif command == "h":
            x += int(first)
        elif command == "v":
            y += int(first)
        elif command == "H":
            x = int(first)
        elif command == "V":
            y = int(first)
        visited.append((x, y))
    return visited


def line_of(x, y, low=None, high=None, n=None):
    x = np.asarray(x, dtype=float)
    blank = np.full(x.size, np.nan)
    return Line(x, np.asarray(y, dtype=float),
                *(blank if part is None else np.asarray(part, dtype=float)
                  for part in (low, high, n)))  # fmt: skip


whole_runs = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)),
    min_size=1,
    max_size=40,
)


@given(whole_runs)
def test_a_staircase_is_at_every_x_at_the_level_of_its_last_jump(run):
    x = np.cumsum([step for step, _, _ in run])
    y = np.array([level for _, level, _ in run])
    visited = corners(staircase(x, y))
    assert visited[0][0] == x[0]
    assert visited[-1] == (x[-1], y[-1])
    for place in range(x[0], x[-1] + 1, max(1, (x[-1] - x[0]) // 50)):
        # Right-continuous: at and after each jump the new level, until the next.
        expected = y[np.flatnonzero(x <= place)[-1]]
        drawn = [py for px, py in visited if px <= place][-1]
        assert drawn == expected


@given(whole_runs)
def test_a_band_between_equal_edges_has_no_area(run):
    x = np.cumsum([step for step, _, _ in run])
    y = np.array([level for _, level, _ in run])
    for commands in (staircase_band(x, y, y), band(x, y, y)):
        points = np.array(corners(commands.rstrip("z")))
        across, up = points[:, 0], points[:, 1]
        area = np.sum(across * np.roll(up, -1) - np.roll(across, -1) * up) / 2
        assert area == 0


def test_a_band_of_two_steps_has_the_area_between_its_edges():
    commands = staircase_band([0, 10, 30], [4, 6, 6], [1, 2, 2]).rstrip("z")
    points = np.array(corners(commands))
    across, up = points[:, 0], points[:, 1]
    area = abs(np.sum(across * np.roll(up, -1) - np.roll(across, -1) * up)) / 2
    assert area == 10 * 3 + 20 * 4


@given(whole_runs)
def test_a_polyline_visits_every_point_in_order(run):
    x, y = [px for px, _, _ in run], [py for _, py, _ in run]
    visited = iter(corners(polyline(x, y)))
    assert all(point in visited for point in _without_repeats(zip(x, y, strict=True)))


def _without_repeats(points):
    kept = []
    for point in points:
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept


def test_survival_is_drawn_at_its_height():
    figure = kaplan_meier_figure(
        "x", {"all": line_of([0, 100, 400], [1, 0.5, 0.5], n=[4, 4, 1])}, {},
        outcome="Overall survival", landmark_days=None, subject="",
    )  # fmt: skip
    commands = re.search(r'd="([^"]+)" class="k0"', figure.body)[1]
    data = dict(figure.data)
    left, right, last = (float(part) for part in data["x"].split())
    bottom, top = (float(part) for part in data["y"].split())
    middle = round(left + (right - left) * 100 / last)
    assert corners(commands) == [
        (left, top), (middle, top), (middle, (bottom + top) / 2), (right, (bottom + top) / 2)
    ]  # fmt: skip
    assert "all n = 4" in figure.description


def test_a_curve_that_begins_at_its_first_event_is_drawn_from_day_zero():
    figure = kaplan_meier_figure(
        "x", {"all": line_of([100, 400], [0.5, 0.5])}, {},
        outcome="OS", landmark_days=42.0, subject="",
    )  # fmt: skip
    commands = re.search(r'd="([^"]+)" class="k0"', figure.body)[1]
    assert corners(commands)[0] == (92, 48)
    assert "after day 42" in figure.body


def test_only_seven_groups_are_drawn_and_the_figure_says_so():
    curves = {f"arm {index}": line_of([0, 10], [1, 0.5]) for index in range(9)}
    figure = kaplan_meier_figure("x", curves, {}, outcome="OS", landmark_days=None, subject="")
    assert figure.body.count('class="k') == 7
    assert "2 further groups are not drawn" in figure.description


def test_numbers_at_risk_stand_under_their_days():
    at_risk = {"all": line_of([0, 182.625], [np.nan, np.nan], n=[40, 31])}
    figure = kaplan_meier_figure(
        "x", {"all": line_of([0, 365.25], [1, 0.5])}, at_risk,
        outcome="OS", landmark_days=None, subject="",
    )  # fmt: skip
    middle = round((92 + 742) / 2)
    assert f'<tspan x="{middle}">31</tspan>' in figure.body
    assert f'<text x="{middle}" y="482" class="t m">6</text>' in figure.body


def over_time(curve, **said):
    usual = {
        "outcome": "overall survival", "subject": "NLR", "scale": "per doubling",
        "landmark_days": None, "average": 1.5, "p_value": 0.012,
    }  # fmt: skip
    return over_time_figure("x", curve, **(usual | said))


def test_a_hazard_ratio_over_time_is_drawn_from_its_first_to_its_last_event():
    curve = line_of([30, 300], [4, 0.5], [2, 0.25], [8, 1], [90, 12])
    figure = over_time(curve)
    points = corners(re.search(r'd="([^"]+)" class="k0"', figure.body)[1])
    # The axis runs from day 0 to 300 and, on the log scale, from 1/4 to 8.
    assert points[0] == (round(92 + (930 - 92) * 0.1), round(448 - 400 * 4 / 5))
    assert points[-1] == (930, round(448 - 400 / 5))
    assert "90 at risk at the first event, 12 at the last" in figure.description
    assert "the one ratio of the model, 1.50" in figure.description
    assert "Proportional hazards p = 0.0120" in figure.body
    assert "Hazard ratio per doubling" in figure.body
    assert "after day 42" in over_time(curve, landmark_days=42.0).body


def test_a_band_without_an_end_stays_inside_the_axis_and_no_ratio_is_no_line():
    curve = line_of([30, 300], [4, 0.5], [1e-9, np.nan], [np.nan, 1e9], [90, 12])
    figure = over_time(curve, average=None, p_value=None)
    for commands in re.findall(r' d="([^"]+)" class="b0"', figure.body):
        points = np.array(corners(commands))
        assert points[:, 1].min() >= 48
        assert points[:, 1].max() <= 448
    assert 'class="k1"' not in figure.body
    assert "Proportional" not in figure.body


def test_every_coordinate_of_a_report_lies_inside_its_figure(results):
    source = read_source(results)
    figures = [
        part.figure
        for feature in source.associations
        for part in biomarker_figures(source, feature)
    ]
    assert len(figures) > 30
    for figure in figures:
        for commands in re.findall(r' d="([^"]+)"', figure.body):
            if "m" not in commands:
                points = np.array(corners(commands))
                assert points.min() >= 0
                assert (points <= (figure.width, figure.height)).all()


def test_intervals_that_leave_the_axis_end_in_an_arrow():
    rows = [ForestRow("wide", "per SD", 1.0, 0.001, 900.0, None)]
    body = forest_figure("x", rows, title="t", effect="Hazard ratio", null=1).body
    ci = re.search(r'd="([^"]+)" class="ci"', body)[1]
    assert ci.count("M") == 3
    assert "1.00 (0.001 to 900)" in body


def test_only_q_below_005_is_filled_in_a_forest():
    rows = [
        ForestRow("a", "per SD", 2.0, 1.5, 2.5, 0.04),
        ForestRow("b", "per SD", 2.0, 1.5, 2.5, 0.05),
        ForestRow("c", "per SD", 2.0, 1.5, 2.5, None),
    ]
    figure = forest_figure("x", rows, title="t", effect="Hazard ratio", null=1)
    assert figure.body.count('class="est q"') == 1
    assert "1 with q &lt; 0.05" in inline(figure)


def test_one_scale_stands_on_the_axis_and_several_beside_the_names():
    rows = [ForestRow(name, "per SD", 2.0, 1.5, 2.5, 0.04) for name in "ab"]
    one = forest_figure("x", rows, title="t", effect="Hazard ratio", null=1).body
    assert one.count(">Hazard ratio, per SD</text>") == 1
    assert one.count(">per SD</text>") == 0
    mixed = [rows[0], ForestRow("c", "per doubling", 2.0, 1.5, 2.5, 0.04)]
    two = forest_figure("x", mixed, title="t", effect="Hazard ratio", null=1).body
    assert two.count(">per SD</text>") == two.count(">per doubling</text>") == 1


def test_long_names_keep_their_ends_in_a_forest():
    rows = [ForestRow("regulatory T cells, percent of CD4 T cells, " * 2 + day, "per SD", 2.0, 1.5,
                      2.5, 0.04) for day in ("day 21", "day 42")]  # fmt: skip
    body = forest_figure("x", rows, title="t", effect="Hazard ratio", null=1).body
    assert re.findall(r"…[^<]*(day \d+)</text>", body) == ["day 21", "day 42"]


def test_the_truth_is_a_diamond_at_its_value():
    rows = [ForestRow("a", "per SD", 2.0, 1.5, 2.5, 0.04, truth=1.0)]
    body = forest_figure("x", rows, title="t", effect="Hazard ratio", null=1).body
    diamond = corners(re.search(r'd="([^"]+)" class="truth"', body)[1])
    reference = corners(re.search(r'd="([^"]+)" class="ref"', body)[1])
    assert diamond[0][0] == reference[0][0]


def test_an_effect_of_one_lies_on_the_reference_line():
    figure = effect_figure(
        "x", line_of([1.0, 2.0, 3.0], [1.0, 1.0, 1.0]), outcome="OS", effect="Hazard ratio",
        subject="NLR", unit="ratio", n="3 participants", nonlinearity_p_value=0.00001,
    )  # fmt: skip
    curve = corners(re.search(r'd="([^"]+)" class="k0"', figure.body)[1])
    reference = corners(re.search(r'd="([^"]+)" class="ref"', figure.body)[1])
    assert {y for _, y in curve} == {y for _, y in reference}
    assert "Non-linearity p &lt; 0.0001" in figure.body


def test_a_distribution_shows_every_participant_as_a_dot():
    boxes = {"responders": line_of([0.05, 0.25, 0.5, 0.75, 0.95], [1, 2, 3, 4, 5], n=[7] * 5)}
    points = {"responders": line_of(np.arange(7), [1, 2, 3, 3, 4, 5, 5])}
    figure = distribution_figure(
        "x", boxes, points, outcome="response", subject="NLR", unit="ratio"
    )
    assert re.search(r'd="([^"]+)" class="d0"', figure.body)[1].count("M") == 7
    assert "responders n = 7" in figure.description


def test_the_flow_draws_a_side_box_only_where_somebody_left():
    figure = flow_figure([("In the files", 10, 0, ""), ("With an outcome", 7, 3, "none <given>")])
    assert figure.body.count('class="fbox"') == 2
    assert figure.body.count('class="fout"') == 1
    assert "none &lt;given&gt;" in figure.body


@given(st.text())
def test_cleaned_words_are_valid_xml(words):
    from xml.etree import ElementTree

    printable = words.encode("utf-8", "ignore").decode("utf-8")
    ElementTree.fromstring(f'<a b="{clean(printable)}">{clean(printable)}</a>')


@given(st.floats(1e-3, 1e3), st.floats(1.01, 1e3))
def test_ticks_lie_on_their_axis_and_are_not_too_many(low, factor):
    high = low * factor
    for ticks, most in ((linear_ticks(low, high), 8), (log_ticks(low, high), 8)):
        assert 1 <= len(ticks) <= most
        assert all(low * (1 - 1e-6) <= tick <= high * (1 + 1e-6) for tick in ticks)
        assert list(ticks) == sorted(ticks)


def test_follow_up_is_labelled_in_months_where_the_days_are_months():
    assert follow_up_ticks(800, (0.0, 365.25, 730.5))[1:] == (("0", "12", "24"), "months")
    assert follow_up_ticks(1000, (0.0, 182.0, 364.0, 910.0))[2] == "months"
    assert follow_up_ticks(800, (0.0, 100.0, 200.0))[1:] == (("0", "100", "200"), "days")
    days, labels, unit = follow_up_ticks(1000.0)
    assert (labels, unit) == (("0", "6", "12", "18", "24", "30"), "months")
    assert days[1] == pytest.approx(182.625)


@given(st.floats(0.01, 100))
def test_a_log_scale_puts_one_in_the_middle_of_a_symmetric_axis(value):
    scale = Scale(1 / 128, 128, 0, 700, is_log=True)
    assert scale.at(1) == pytest.approx(350)
    assert scale.at(value) + scale.at(1 / value) == pytest.approx(700)
    assert scale(np.array([value]))[0] == pytest.approx(scale.at(value))


def test_lines_keep_the_order_of_the_file_and_drop_points_without_value():
    frame = pl.DataFrame({
        "curve": ["kaplan_meier"] * 4, "feature": [""] * 4, "endpoint": ["os"] * 4,
        "landmark_days": [None] * 4, "group": ["b", "a", "b", "b"], "x": [0.0, 0.0, 5.0, 9.0],
        "y": [1.0, 1.0, 0.5, None], "ci_low": [None] * 4, "ci_high": [None] * 4, "n": [4, 3, 2, 1],
    }).cast(empty("curves").schema)  # fmt: skip
    groups = read_curves(frame).groups("kaplan_meier", "", "os", None)
    assert list(groups) == ["b", "a"]
    assert groups["b"].x.tolist() == [0.0, 5.0]


def test_only_bands_are_faint():
    faint = re.findall(r"([^}]*)\{opacity:\.12\}", FIGURE_STYLE)
    assert [rule.split(",") for rule in faint] == [[f"\n.fig .b{n}" if not n else f".fig .b{n}"
                                                    for n in range(7)]]  # fmt: skip


def test_a_distribution_without_dots_does_not_speak_of_them():
    boxes = {"with response": line_of([0.05, 0.25, 0.5, 0.75, 0.95], [1, 2, 3, 4, 5], n=[7] * 5)}
    figure = distribution_figure("x", boxes, {}, outcome="response", subject="IL-6", unit="pg/mL")
    assert "dots" not in figure.description
    assert ">IL-6, pg/mL</text>" in figure.body
