"""Sensitivity of toys whose effects and shares are known by hand."""

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import EstimationError, InputError
from macroimmune.mechanism.fitting import (
    ParameterSpace,
    SensitivityPlan,
    available_outputs,
    morris,
    morris_points,
    outputs,
    sensitivity_tables,
    sobol,
    sobol_points,
)
from macroimmune.mechanism.fitting.sensitivity_study import _filled

RANGES = np.array([2.0, 1.0, 4.0, 1.0])
SLOPES = np.array([3.0, -2.0, 0.5, 0.0])
SPACE = ParameterSpace(
    ("a", "b", "c", "d"), np.zeros(4), np.zeros(4), RANGES, RANGES / 2, RANGES / 4
)


def rows(frame, *columns):
    return {row["parameter"]: [row[name] for name in columns] for row in frame.to_dicts()}


def test_effects_of_a_linear_toy_are_slope_times_range_without_spread():
    points = morris_points(SPACE, 8, seed=1)
    told = rows(morris(SPACE, points, points @ SLOPES, seed=1), "effect", "signed", "spread")
    for name, expected in zip("abcd", SLOPES * RANGES, strict=True):
        assert told[name] == pytest.approx([abs(expected), expected, 0.0], abs=1e-9)


def test_the_strongest_parameter_stands_first():
    points = morris_points(SPACE, 8, seed=1)
    found = morris(SPACE, points, points @ SLOPES, seed=1)
    assert found["parameter"].to_list()[0] == "a"
    assert found["parameter"].to_list()[-1] == "d"


def test_shares_of_a_linear_toy_are_the_parts_of_its_variance():
    points = sobol_points(SPACE, 1024, seed=1)
    told = rows(sobol(SPACE, points @ SLOPES, seed=1), "first", "total")
    parts = (SLOPES * RANGES) ** 2
    for name, part in zip("abcd", parts / parts.sum(), strict=True):
        assert told[name] == pytest.approx([part, part], abs=0.02)


def test_interaction_is_in_the_total_share_alone():
    points = sobol_points(SPACE, 1024, seed=1)
    product = (points[:, 0] - 1.0) * (points[:, 1] - 0.5)
    told = rows(sobol(SPACE, product, seed=1), "first", "total")
    assert told["a"] == pytest.approx([0.0, 1.0], abs=0.05)
    assert told["b"] == pytest.approx([0.0, 1.0], abs=0.05)


def test_an_output_that_does_not_vary_has_no_shares():
    points = sobol_points(SPACE, 8, seed=1)
    found = sobol(SPACE, np.ones(len(points)), seed=1)
    assert found["total"].to_list() == [0.0] * 4


def test_gaps_are_refused_by_the_analysis_and_told_by_the_study():
    points = morris_points(SPACE, 4, seed=1)
    found = points @ SLOPES
    found[3] = np.nan
    with pytest.raises(InputError, match="1 of 20 outputs are no numbers"):
        morris(SPACE, points, found, seed=1)
    filled, status = _filled(found, "burden")
    assert filled[3] == np.median(found[np.isfinite(found)])
    assert status == "1 of 20 runs ended early and count as the median"
    with pytest.raises(EstimationError, match="burden: 11 of 20 runs ended early"):
        _filled(np.where(np.arange(20) < 11, np.nan, 1.0), "burden")


def test_an_unknown_method_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(InputError, match="Did you mean 'morris'"):
        sensitivity_tables(SensitivityPlan("moris"), tmp_path)


def test_outputs_are_declared_with_a_meaning_and_a_day_of_their_scenario():
    for one in outputs():
        assert one.meaning
        assert 0 <= one.day <= one.scenario.days
    assert available_outputs()


def test_priming_depends_on_its_own_rate_and_hardly_on_eosinophils(tmp_path):
    plan = SensitivityPlan("sobol", 4, base=4, strongest=1, parameters=("prime_CD8", "stay_Eos_sp"))
    tables = sensitivity_tables(plan, tmp_path)
    effects = tables["model_sensitivity_morris"]
    assert set(effects["output"]) == {one.name for one in available_outputs()}
    priming = rows(effects.filter(pl.col("output") == "CD8_priming"), "effect")
    assert priming["prime_CD8"][0] > 100 * priming["stay_Eos_sp"][0]
    assert set(tables["model_sensitivity_sobol"]["parameter"]) == {"prime_CD8"}


def test_a_parameter_that_is_not_fitted_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(InputError, match="'prime_CD9' is not one that is fitted. Did you mean"):
        sensitivity_tables(SensitivityPlan(parameters=("prime_CD9",)), tmp_path)
