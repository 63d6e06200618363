"""Pictures of the model draw its numbers, with units, days and names."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.report.mechanism.burden_figure import burden_figure
from macroimmune.report.mechanism.change import change_between
from macroimmune.report.mechanism.change_bars_figure import change_bars_figure
from macroimmune.report.mechanism.course_scale import course_scale
from macroimmune.report.mechanism.courses_figure import apart, courses_figure
from macroimmune.report.mechanism.display_unit import display_unit, shown_courses
from macroimmune.report.mechanism.dose_response_figure import (
    DoseResponse,
    dose_response_figure,
    dose_scale,
)
from macroimmune.report.mechanism.heat_table_figure import heat_table_figure
from macroimmune.report.mechanism.map_figure import Mapped, map_figure
from macroimmune.report.mechanism.quantities import quantity_of, shown_by_compartment
from macroimmune.report.mechanism.schedule_figure import schedule_figure


def texts(figure):
    return re.findall(r"<text[^>]*>([^<]*)</text>", figure.body)


def lines(figure, look):
    found = re.findall(rf'<path d="M(-?\d+) (-?\d+)([^"]*)" class="{look}"', figure.body)
    return [(int(x), int(y), rest) for x, y, rest in found]


def courses(runs):
    return courses_figure(
        "x", "bl", (quantity_of("Neu_bl"), quantity_of("PMN_bl"), quantity_of("GCSF")), runs
    )


def test_every_panel_has_its_unit_and_a_letter_for_each_scenario(runs):
    said = texts(courses(runs))
    assert said.count("10⁹ cells") == 1
    assert said.count("10⁹ cells, log axis") == 1
    assert "× healthy, log axis" in said
    for letter in "ABC":
        assert said.count(letter) == 4


def test_names_are_escaped_in_every_figure(runs):
    one = quantity_of("Tum")
    change = change_between(2.0, 1.0)
    figures = (
        courses(runs),
        schedule_figure("x", runs),
        burden_figure("x", one, runs, day=28),
        change_bars_figure("x", [(0, runs[0].name, change)], title="t", axis="ratio"),
        heat_table_figure("x", [("<b>", [change])], [(0, runs[0].name)], title="t", contrast="c"),
        map_figure("x", {"tu": [Mapped(one, change)]}, title="<b>", contrast="<b>"),
    )
    for figure in figures:
        assert "<b>" not in figure.body
        assert figure.title
        assert figure.description
        assert not re.search(r"\b(nan|inf|None)\b", figure.body)


def test_a_course_is_drawn_at_its_height(runs):
    figure = courses(runs)
    first = [lines(figure, f"c{k}")[1] for k in range(3)]
    # Neutrophils are 20, 10 and 60 on a linear axis from 0 to 1.06 x 60.
    heights = [262 - y for _, y, _ in first]
    assert heights == [pytest.approx(188 * n / 63.6, abs=1) for n in (20, 10, 60)]


def test_only_days_on_the_axis_have_marks_of_interventions(runs):
    marks = re.findall(r'd="([^"]*)" class="f1"><title>([^<]*)', schedule_figure("x", runs).body)
    assert [(words, d.count("M")) for d, words in marks] == [("anti-X", 2)]
    assert "cut on day 90" in schedule_figure("x", runs).description


def test_the_axis_is_logarithmic_where_numbers_span_decades():
    assert course_scale([np.array([0.0, 0.1, 4.0])], 0, 1).is_log
    assert not course_scale([np.array([0.2, 4.0])], 0, 1).is_log
    assert not course_scale([np.zeros(3)], 0, 1).is_log
    assert course_scale([np.array([1e-30, 1.0, 1e3])], 0, 1).low > 0.5


@given(st.lists(st.floats(0, 500), min_size=1, max_size=8))
def test_labels_keep_their_order_and_their_distance(heights):
    moved = apart(heights, 20.0)
    order = np.argsort(heights, kind="stable")
    gaps = np.diff(np.array(moved)[order])
    assert (gaps >= 20.0 - 1e-6).all()
    assert np.mean(moved) == pytest.approx(np.mean(heights), abs=1e-6)


@given(st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=9, unique=True))
def test_larger_doses_lie_further_right(doses):
    given_doses = sorted({0.0, *doses})
    scale = dose_scale(given_doses)
    across = [scale.at(dose) for dose in given_doses[1:]]
    assert across == sorted(across)
    assert scale.start <= across[0] <= across[-1] <= scale.end


def test_no_dose_stands_apart_and_every_dose_is_a_point():
    figure = dose_response_figure(
        "x", DoseResponse("t", "drug, mg", "cells, 10⁹", (0, 0.1, 1, 10), (4, 3, 2, 1), marked=1.0)
    )
    (points,) = re.findall(r'd="([^"]*)" class="point"', figure.body)
    assert points.count("h0") == 4
    assert len(lines(figure, "c0")) == 1
    assert {"drug, mg", "cells, 10⁹", "0", "as the scenario"} <= set(texts(figure))
    assert "0: 4; 0.1: 3; 1: 2; 10: 1" in figure.description


def test_bars_end_at_the_ratio():
    changes = [change_between(value, 1.0) for value in (2.0, 0.5, 0.0)]
    figure = change_bars_figure(
        "x", [(k + 1, f"run {k}", change) for k, change in enumerate(changes)], title="t",
        axis="ratio",
    )  # fmt: skip
    bars = re.findall(r'd="M(\d+) \d+H(\d+)v30H\d+z" class="cell (u\d)"', figure.body)
    widths = [(int(end) - int(start), look) for start, end, look in bars]
    assert widths[0][0] == -widths[1][0] > 0
    assert [look for _, look in widths] == ["u7", "u1", "u0"]
    assert int(bars[2][1]) == 400
    assert "gone" in texts(figure)


def test_the_map_writes_the_ratio_of_every_cell_it_draws():
    found = {
        place: [Mapped(one, change_between(3.0, 1.0)) for one in rows]
        for place, rows in shown_by_compartment([
            "PMN_bl",
            "Neu_bl",
            "Tum",
            "HSC_bm",
            "DC1_sp",
            "Treg_ln",
            "Met_lu",
            "GCSF",
        ]).items()
    }
    figure = map_figure("x", found, title="t", contrast="a against b")
    said = texts(figure)
    assert said.count("×3") == 7
    assert {"Bone marrow", "Blood", "Spleen", "Draining node", "Tumour", "Lung"} <= set(said)
    assert "PMN-MDSC ×3" in figure.description
    assert figure.body.count('class="cell u7"') == 7


def test_a_map_of_many_populations_says_how_many_are_drawn():
    one = Mapped(quantity_of("E8_tu"), change_between(1.0, 1.0))
    figure = map_figure("x", {"tu": [one] * 15}, title="t", contrast="c")
    assert "Tumour (12 of 15)" in texts(figure)


def test_unknown_columns_keep_their_own_name():
    assert quantity_of("burden").name == "burden"
    assert quantity_of("Nobody_bl").name == "Nobody_bl"
    assert quantity_of("GCSF_signal").name == "G-CSF after blockade"


def test_cells_are_written_in_a_unit_that_people_read(runs):
    small = tuple(replace(run, count_scale=0.000357) for run in runs)
    courses, unit, factor = shown_courses(quantity_of("Neu_bl"), small)
    # 20 x 10^9 neutrophils of an adult human are 7.14 million in a mouse.
    assert unit == "10⁶ cells"
    assert courses[0][0] == pytest.approx(7.14)
    assert factor == pytest.approx(0.357)
    assert "10⁶ cells" in texts(courses_figure("x", "bl", (quantity_of("Neu_bl"),), small))


@given(st.floats(1e-9, 1e4), st.floats(1e-4, 1.0))
def test_a_unit_changes_no_number_of_cells(number, scale):
    factor, unit = display_unit("10⁹ cells", number, scale)
    cells = {"10⁹ cells": 1e9, "10⁶ cells": 1e6, "10³ cells": 1e3, "cells": 1.0}[unit]
    assert number * factor * cells == pytest.approx(number * scale * 1e9)
    assert number * factor >= 1 or unit == "cells"
