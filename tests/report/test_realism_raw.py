import polars as pl
import pytest

from macroimmune.report.realism_raw import absent_sentence, point_figures, strip_figures
from macroimmune.report.realism_raw_figures import against_figure, along_figure, strip_figure


def values(real, virtual, unit="0 to 1"):
    rows = [("real", value) for value in real] + [("virtual", value) for value in virtual]
    return pl.DataFrame({
        "variable": "clonality, <blood>",
        "unit": unit,
        "is_log": unit != "0 to 1",
        "source": [source for source, _ in rows],
        "value": [value for _, value in rows],
    })


def test_every_library_is_a_dot_and_names_are_escaped():
    figure = strip_figure("x", values([0.1, 0.2, 0.3], [0.1, 0.4]))
    assert figure.body.count("h0") == 5
    assert "<blood>" not in figure.body
    assert "3 real and 2 virtual libraries" in figure.description


@pytest.mark.parametrize("unit", ["count", "0 to 1"])
def test_a_strip_of_equal_or_zero_values_is_drawn(unit):
    for real in ([0.0, 2.0], [3.0, 3.0]):
        assert strip_figure("x", values(real, real, unit)).body.count("h0") == 4


def test_equal_points_lie_on_the_dashed_line():
    points = pl.DataFrame({
        "figure": "V genes", "unit": "%", "label": ["a", "b"], "x": [None, None],
        "real": [0.0, 4.0], "virtual": [0.0, 4.0],
    })  # fmt: skip
    body = against_figure("x", points).body
    dashed = body.split('class="ref"')[0].rsplit('d="', 1)[1]
    start, end = dashed.split('"')[0].removeprefix("M").split("L")
    for place, label in ((start, "a"), (end, "b")):
        assert f'<path d="M{place}h0" class="d0"><title>{label}: ' in body


def test_points_along_a_mean_are_two_lines():
    points = pl.DataFrame({
        "figure": "zeros", "unit": "%", "label": ["a", "b"], "x": [0.1, 1.0],
        "real": [90.0, 40.0], "virtual": [91.0, 35.0],
    })  # fmt: skip
    body = along_figure("x", points).body
    assert body.count('class="k6"') == body.count('class="k0"') == 1
    (part,) = point_figures(points.with_columns(cohort=pl.lit("c")))
    assert "5.0 percentage points" in part.note


def test_a_note_names_the_points_that_are_farthest_off():
    points = pl.DataFrame({
        "cohort": "c", "figure": "level", "unit": "arcsinh", "label": ["CD3", "CD19", "CD4"],
        "x": None, "real": [4.0, 4.0, 3.0], "virtual": [4.1, 0.0, 3.5],
    })  # fmt: skip
    (part,) = point_figures(points)
    assert part.note.index("CD19") < part.note.index("CD4")
    assert "CD3 " not in part.note


def test_the_note_of_a_strip_states_numbers_and_medians():
    measures = pl.DataFrame({
        "cohort": ["c"], "measure": ["clonality, <blood>"], "n_real": [3], "n_virtual": [2],
        "real_median": [0.2], "virtual_median": [0.25],
    })  # fmt: skip
    (part,) = strip_figures(values([0.1, 0.2, 0.3], [0.1, 0.4]), measures)
    assert part.note == "n = 3 real, 2 virtual; median 0.2 real, 0.25 virtual"


def test_absent_cohorts_are_named():
    there = {"name": "a", "kind": "repertoires", "absent": None}
    gone = {"name": "b", "kind": "mass cytometry", "absent": "no such folder"}
    assert absent_sentence([there]) == ""
    assert "mass cytometry of b." in absent_sentence([there, gone])
