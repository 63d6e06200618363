"""The forest of cohorts draws each cohort, the diamond and the prediction interval as declared."""

import re

import pytest

from macroimmune.report.cohort_forest_figure import (
    CohortRow,
    PooledRow,
    cohort_forest_figure,
)

COHORTS = (
    CohortRow("A", 100, 40, 1.0, 0.5, 2.0, 20.0),
    CohortRow("B", 400, 160, 2.0, 1.0, 4.0, 80.0),
    CohortRow("C", None, None, None, None, None, None),
)
POOLED = PooledRow(500, 200, 1.5, 0.75, 3.0, 0.01, 12.0)


def drawn(cohorts=COHORTS, pooled=POOLED, **said):
    usual = {"title": "t", "axis": "Hazard ratio, per doubling", "null": 1.0, "note": "tau 0.1"}
    return cohort_forest_figure("x", cohorts, pooled, **(usual | said))


def words(figure):
    return re.findall(r">([^<>]+)</text>", figure.body)


def test_every_column_is_written_out():
    found = words(drawn())
    for text in ("A", "100", "40", "1.00 (0.50 to 2.00)", "20.0 %", "80.0 %", "no estimate"):
        assert text in found
    for text in ("Pooled (random effects)", "500", "200", "1.50 (0.75 to 3.00)", "0.01 to 12.00"):
        assert text in found
    assert "Hazard ratio, per doubling" in found
    assert "tau 0.1" in found


def test_the_area_of_a_square_goes_with_the_weight():
    sides = [int(side) for side in re.findall(r'h(\d+)v\1h-\1z" class="est full"', drawn().body)]
    assert sides[1] ** 2 / sides[0] ** 2 == pytest.approx(4.0, rel=0.2)


def test_the_diamond_spans_the_interval_of_the_mean():
    (diamond,) = re.findall(r'd="M(\d+) \d+L(\d+) \d+L(\d+) \d+L\d+ \d+z" class="diamond"',
                            drawn().body)  # fmt: skip
    low, middle, high = (int(x) for x in diamond)
    # On a logarithmic axis 0.75, 1.5 and 3 are equally far apart.
    assert middle - low == pytest.approx(high - middle, abs=1)


def test_the_prediction_interval_is_a_line_of_its_own_that_may_leave_the_axis():
    (line,) = re.findall(r'd="([^"]+)" class="prediction"', drawn().body)
    assert line.count("l") == 4, "an arrow at either end"
    inside = PooledRow(500, 200, 1.5, 0.75, 3.0, 0.6, 3.5)
    (line,) = re.findall(r'd="([^"]+)" class="prediction"', drawn(pooled=inside).body)
    assert line.count("v20") == 2, "a bar at either end"


def test_without_a_pooled_effect_there_is_no_diamond_and_the_note_says_why():
    figure = drawn(pooled=None, note="Not pooled: fewer than three cohorts")
    assert "diamond" not in figure.body
    assert "prediction" not in figure.body
    assert "Not pooled: fewer than three cohorts" in words(figure)
    assert figure.height < drawn().height


def test_an_area_has_a_linear_axis_around_one_half():
    area = CohortRow("A", 10, 4, 0.6, 0.55, 0.65, None)
    figure = drawn((area,), None, null=0.5, axis="AUC")
    assert {"0.4", "0.5", "0.6"} <= set(words(figure))
