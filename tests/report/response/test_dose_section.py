"""Dose and response on the page: points, curves, EC50 or the reason for none."""

import dataclasses
import re

import numpy as np
import polars as pl

from macroimmune.report.response import dose_section
from macroimmune.report.response.dose_figure import DoseCurve, DoseSeries, dose_figure
from macroimmune.report.response.dose_section import hill_curve


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


def test_without_doses_there_is_no_section(plain):
    assert dose_section(plain) is None


def test_series_of_a_population_and_marker_share_a_figure(stimulated):
    section = dose_section(stimulated)
    assert section.lead.startswith(
        "4 series of doses; an EC50 was estimated for 2, 2 do not reach their plateau."
    )
    assert [part.figure.description.count("EC50 8 pM") for part in section.figures] == [1, 1]
    assert all("IFN-b, no EC50" in part.figure.description for part in section.figures)


def test_the_table_gives_intervals_or_the_reason_for_none(stimulated):
    rows = [[cell.text for cell in row] for row in dose_section(stimulated).curves.rows]
    assert rows[0][3] == "8 (5.33 to 12) pM"
    assert rows[0][6:8] == ["4", "7, 14, 2"]
    assert rows[2][3] == "–"
    assert rows[2][6] == "not reached"
    assert rows[2][-1] == "the doses do not reach the plateau"


def test_a_curve_that_its_parameters_do_not_give_is_drawn_as_it_was_stored(stimulated):
    moved = stimulated.tables["dose_points"].with_columns(fitted=pl.col("fitted") + 1.0)
    bent = dose_section(with_table(stimulated, "dose_points", moved)).figures[0].figure.body
    smooth = dose_section(stimulated).figures[0].figure.body
    pattern = r'd="(M[^"]*)" class="k0"'
    assert max(d.count("l") for d in re.findall(pattern, smooth)) > 20
    assert max(d.count("l") for d in re.findall(pattern, bent)) < 7


def test_half_the_effect_is_at_the_ec50_whatever_the_hill_coefficient():
    for hill in (0.5, 1.0, 3.0):
        level = hill_curve(np.array([7.0]), ec50=7.0, hill=hill, bottom=2.0, top=-4.0)
        np.testing.assert_allclose(level, [-1.0])


def series(doses, **given):
    doses = np.asarray(doses, dtype=float)
    known = {"label": "IFN", "dose": doses, "value": doses * 0.1, "ec50": None,
             "curve": DoseCurve(doses, doses * 0.1)}  # fmt: skip
    return DoseSeries(**(known | given))


def test_no_dose_stands_left_of_the_smallest_one_and_the_curve_is_broken_between():
    figure = dose_figure("x", [series([0, 1, 10])], title="t", unit="u", dose_unit="pM")
    dots = re.search(r'd="([^"]*)" class="d0 big"', figure.body)[1]
    places = [int(x) for x in re.findall(r"M(\d+) ", dots)]
    assert places == sorted(places)
    assert places[0] == 110
    curves = re.findall(r'd="(M[^"]*)" class="k0"', figure.body)
    assert not any(re.match(r"M110 \d+l", curve) for curve in curves)


def test_one_dose_alone_is_drawn():
    figure = dose_figure("x", [series([5.0])], title="t", unit="", dose_unit="")
    assert "M" in re.search(r'd="([^"]*)" class="d0 big"', figure.body)[1]


def test_many_stimuli_look_alike_and_are_counted():
    many = [series([1, 10], label=f"stimulus {k}") for k in range(30)]
    figure = dose_figure("x", many, title="t", unit="u", dose_unit="pM")
    assert ">30 stimuli<" in figure.body
    assert "stimulus 3<" not in figure.body


def test_series_over_all_people_take_the_place_of_those_of_each(stimulated):
    points, curves = (stimulated.tables[name] for name in ("dose_points", "dose_responses"))
    single = [
        frame.with_columns(series=pl.col("series") + ", P001", participant_id=pl.lit("P001"))
        for frame in (points, curves)
    ]
    source = with_table(stimulated, "dose_points", pl.concat([points, single[0]]))
    source = with_table(source, "dose_responses", pl.concat([curves, single[1]]))
    section = dose_section(source)
    assert [part.figure.body for part in section.figures] == [
        part.figure.body for part in dose_section(stimulated).figures
    ]
    assert section.curves.note == "4 more, of single people, in dose_responses.csv."
    alone = with_table(with_table(source, "dose_points", single[0]), "dose_responses", single[1])
    assert len(dose_section(alone).curves.rows) == 4


def test_an_interval_that_is_open_to_one_side_says_so(stimulated):
    curves = stimulated.tables["dose_responses"].with_columns(ec50_ci_high=pl.lit(None, pl.Float64))
    section = dose_section(with_table(stimulated, "dose_responses", curves))
    assert section.curves.rows[0][3].text == "8 (5.33 or more) pM"
