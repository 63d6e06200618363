"""The targets are complete, and are measured on courses as one would by hand."""

import numpy as np
import polars as pl
import pytest

from macroimmune.mechanism.fitting import (
    MEASURES,
    experiments,
    measured_targets,
    parameter_space,
    target_objective,
    target_terms,
    targets,
    unmeasurable,
    with_cell_groups,
)
from macroimmune.mechanism.fitting.experiments import _measure
from macroimmune.mechanism.fitting.targets import Target
from macroimmune.mechanism.model import Engine, parameters


def target(measure, day=None, expression="x"):
    return Target("t", "healthy", measure, expression, day, 1, 0.5, 2, "1", "estimated", "", "")


def course(days, values):
    return pl.DataFrame({"day": np.array(days, float), "x": np.array(values, float)})


def test_every_target_has_a_value_within_its_range_a_measure_and_a_source():
    for one in targets():
        assert 0 < one.low < one.value < one.high, one.id
        assert one.measure in MEASURES, one.id
        assert one.experiment in experiments(), one.id
        assert one.grade in {"measured", "derived", "estimated"}, one.id
        assert one.source or one.grade == "estimated", one.id
        assert (one.day is not None) == (one.measure in {"fold", "fold_of_peak"}), one.id
    assert len({one.id for one in targets()}) == len(targets())


def test_the_spread_of_a_target_is_that_at_which_its_range_holds_95_percent():
    one = target("level")
    assert target_terms((one,)).sd == pytest.approx([np.log(4) / (2 * 1.959964)])


@pytest.mark.parametrize(
    ("measure", "day", "values", "expected"),
    [
        ("level", None, [1, 2, 3, 4], 4.0),
        ("fold", 2, [2, 2, 5, 4], 2.5),
        ("fold_of_peak", 3, [2, 8, 5, 4], 0.5),
        ("peak_fold", None, [2, 8, 5, 4], 4.0),
        ("peak_day", None, [2, 4, 8, 4], 2.0),
        ("nadir_fold", None, [2, 1, 0.5, 2], 0.25),
        ("nadir_day", None, [2, 1, 0.5, 1], 2.0),
        ("recovery_day", None, [10, 1, 5, 7], 2.5),
        ("half_life", None, [16, 8, 4, 2], 1.0),
    ],
)
def test_measures_of_a_course_by_hand(measure, day, values, expected):
    assert _measure(course(range(4), values), target(measure, day)) == pytest.approx(expected)


def test_a_count_that_never_comes_back_has_no_day_of_recovery():
    assert np.isnan(_measure(course(range(3), [10, 1, 2]), target("recovery_day")))


def test_groups_are_sums_over_populations_and_compartments_and_weigh_what_their_cells_weigh():
    columns = ("day", "Neu_bm1", "Neu_bm2", "Neu_bl", "PMN_bl", "GCSF")
    course = pl.DataFrame([[0.0, 10.0, 20.0, 3.0, 1.0, 7.0]], schema=columns, orient="row")
    frame = with_cell_groups(course, {})
    row = frame.row(0, named=True)
    assert row["neutrophils"] == 34
    assert row["neutrophils_marrow"] == 30
    assert row["neutrophils_blood"] == 4
    # Outside the model: 520 lymphocytes, 180 macrophages, 160 others.
    assert row["immune_cells"] == 34 + 520 + 180 + 160
    assert row["immune_cells_blood"] == 4
    grams = 34 * 0.25 + 520 * 0.25 + 180 * 3.3 + 160 * 1.4
    assert row["immune_mass"] == pytest.approx(grams / 1e3)


def test_what_the_model_lacks_is_said_by_name():
    strange = target("level", expression="Unicorn_bl / blood_litres")
    assert unmeasurable([strange]) == {"t": "the model has no Unicorn_bl"}


def test_the_objective_of_the_targets_is_finite_on_the_model_as_it_stands():
    objective = target_objective()
    start = objective.space.start
    assert np.isfinite(objective.loss(start, objective.measured(start)))


def test_a_parameter_that_is_measured_itself_reads_what_is_set():
    name, low = parameter_space().names[0], parameters()[parameter_space().names[0]].low
    one = target("parameter", expression=f"2 * {name}")
    assert measured_targets(Engine(), {name: low}, [one])[0] == pytest.approx(np.log(2 * low))


def test_only_estimated_and_fitted_immune_parameters_are_moved():
    for name in parameter_space().names:
        assert parameters()[name].role == "immune"
        assert parameters()[name].grade in {"estimated", "fitted"}
