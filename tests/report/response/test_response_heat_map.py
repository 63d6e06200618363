"""Heat maps of responses: each cell once, falls told without colour."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.report.response.response_heat_map import (
    ResponseRow,
    response_heat_map,
    response_steps,
    round_limit,
)


def heat(differences, uses=None):
    differences = np.asarray(differences, dtype=float)
    uses = np.zeros(differences.size, dtype=int) if uses is None else np.asarray(uses)
    row = ResponseRow("CD4 <T>", "pSTAT1", differences, uses)
    return response_heat_map("heat", [row], title="t", unit="arcsinh", across="donors")


def strokes(figure):
    """Widths drawn in each of the nine colours, without the boxes of the legend."""
    drawn = re.findall(r'<path d="([^"]*)" class="v(\d)"/>', figure.body)[:-9]
    spans = {}
    for commands, look in drawn:
        for start, end in re.findall(r"M(\d+) \d+H(\d+)", commands):
            spans[int(look)] = spans.get(int(look), 0) + int(end) - int(start)
    return spans


def test_few_donors_have_their_numbers_in_the_cells():
    body = heat([1.0, -0.5, 0.001, np.nan], [0, 0, 0, 2]).body
    assert ">+1.00<" in body
    assert ">-0.50<" in body
    assert body.count(">0.00<") == 2
    assert 'class="hat"' in body


def test_many_donors_have_no_numbers_and_falls_carry_a_bar():
    body = heat(np.tile([1.0, -1.0], 20)).body
    assert ">+1.00<" not in body
    assert body.count('class="fall"') == 2


def test_neighbours_of_one_colour_are_one_stroke_where_cells_are_thin():
    body = heat(np.ones(200)).body
    (commands,) = [d for d, look in re.findall(r'd="([^"]*)" class="v(\d)"', body)[:-9]]
    assert commands.count("M") == 1


def test_cells_on_few_cells_are_underlined_and_missing_pairs_stay_empty():
    figure = heat([1.0, 1.0, np.nan], [1, 0, 3])
    assert re.search(r'd="M(\d+) \d+h\d+" class="few"', figure.body)
    assert 'class="hat"' not in figure.body
    assert "1 cell of the map on 20 to 49 cells, 0 without an estimate" in figure.description


def test_names_are_escaped():
    assert "CD4 &lt;T&gt;" in heat([1.0]).body


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_the_limit_is_round_and_no_smaller_than_nearly_all(values):
    differences = np.array(values)
    limit = round_limit(differences)
    assert limit > 0
    assert (np.abs(differences) <= limit * (1 + 1e-9)).mean() >= min(0.95, 1 - 1 / len(values))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40))
def test_a_change_of_sign_turns_the_colours_round(values):
    differences = np.array(values)
    np.testing.assert_array_equal(
        response_steps(-differences, 2.0), -response_steps(differences, 2.0)
    )


def test_every_known_difference_is_drawn():
    differences = np.linspace(-2, 2, 150)
    differences[[3, 77]] = np.nan
    spans = strokes(heat(differences, np.where(np.isnan(differences), 2, 0)))
    assert len(spans) == 9
    assert abs(sum(spans.values()) - 1300 * 148 / 150) <= 20
