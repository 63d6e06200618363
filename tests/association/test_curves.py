import numpy as np
import pytest

from macroimmune.association.curves import (
    THIRDS,
    curves_frame,
    distribution,
    effect_curve,
    kaplan_meier_curves,
    thirds,
)
from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.survival_association import effect_spline
from macroimmune.association.values import ParticipantValues
from macroimmune.features import scaled
from macroimmune.outcomes import Survival
from macroimmune.schema import ENDPOINTS
from macroimmune.statistics import kaplan_meier


def survival_data(n: int, seed: int = 3) -> EndpointData:
    rng = np.random.default_rng(seed)
    survival = Survival(time=np.ceil(rng.exponential(400.0, n)), event=rng.random(n) < 0.7)
    return EndpointData(ENDPOINTS["os"], np.ones(n, dtype=bool), survival, None)


def test_thirds_hold_everybody_once_and_a_value_at_a_cut_lies_below_it():
    values = np.arange(1.0, 16.0)
    groups = thirds(values, "doubling")
    assert [name for name, _ in groups] == list(THIRDS)
    np.testing.assert_array_equal(sum(rows.astype(int) for _, rows in groups), 1)
    assert [int(rows.sum()) for _, rows in groups] == [5, 5, 5]


def test_halves_stand_in_where_ties_leave_a_third_too_small():
    values = np.array([1.0] * 10 + [2.0] * 6)
    groups = thirds(values, "sd")
    assert [(name, int(rows.sum())) for name, rows in groups] == [
        ("at or below the median", 10),
        ("above the median", 6),
    ]


@pytest.mark.parametrize("values", [np.full(20, 3.0), np.array([1.0, 2.0, 3.0]), np.array([])])
def test_nothing_is_grouped_where_nothing_varies_or_few_are_left(values):
    assert thirds(values, "sd") == []


def test_a_flag_is_grouped_by_detection():
    groups = thirds(np.array([0.0, 1.0, 1.0]), "flag")
    assert [(name, int(rows.sum())) for name, rows in groups] == [
        ("not detected", 1),
        ("detected", 2),
    ]


@pytest.mark.parametrize("n", [12, 400])
def test_curve_points_and_numbers_at_risk_are_those_of_kaplan_meier(n):
    data = survival_data(n)
    frame = curves_frame(kaplan_meier_curves("nlr", data, [("everybody", data.survival)]))
    fit = kaplan_meier(data.survival)
    curve = frame.filter(curve="kaplan_meier")
    survival, low, high = fit.at(curve["x"].to_numpy())
    np.testing.assert_array_equal(curve["y"], survival)
    np.testing.assert_array_equal(curve["ci_low"].fill_null(np.nan), low)
    np.testing.assert_array_equal(curve["ci_high"].fill_null(np.nan), high)
    np.testing.assert_array_equal(curve["n"], fit.at_risk(curve["x"].to_numpy()))
    at_risk = frame.filter(curve="at_risk")
    by_hand = [int((data.survival.time >= day).sum()) for day in at_risk["x"]]
    assert at_risk["n"].to_list() == by_hand


def test_a_long_curve_is_thinned_and_keeps_both_ends():
    data = survival_data(3000)
    (curve, _) = kaplan_meier_curves("", data, [("everybody", data.survival)])
    assert curve.x.size <= 50
    assert curve.x[0] == 0.0
    assert curve.x[-1] == data.survival.time.max()
    assert curve.y[0] == 1.0


@pytest.mark.parametrize("scale", ["doubling", "share", "root", "sd", "npx"])
def test_the_effect_is_drawn_along_the_values_in_their_own_unit(scale, make_definition):
    data, rng = survival_data(200), np.random.default_rng(5)
    levels = rng.uniform(5.0, 60.0, 200)
    definition = make_definition("marker", scale=scale)
    values = ParticipantValues(definition, None, levels, scaled(levels, scale))
    (curve,) = effect_curve(values, data, effect_spline(values, data, None))
    low, high = np.quantile(levels, [0.025, 0.975])
    # The quantiles are taken on the scale of the model, between neighbouring observations.
    np.testing.assert_allclose([curve.x[0], curve.x[-1]], [low, high], rtol=0.02)
    assert (np.diff(curve.x) > 0).all()
    assert ((curve.ci_low <= curve.y) & (curve.y <= curve.ci_high)).all()


def test_a_distribution_holds_the_quantiles_of_responders_and_of_the_others(make_definition):
    levels = np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.nan, 9.0])
    known = np.array([True, True, True, True, True, True, False])
    outcome = np.array([True, True, True, False, False, True])
    data = EndpointData(ENDPOINTS["response"], known, None, outcome)
    values = ParticipantValues(make_definition("nlr"), None, levels, np.log2(levels))
    frame = curves_frame(distribution(values, data))
    quantiles = frame.filter(curve="distribution")
    yes, no = quantiles.filter(group="yes"), quantiles.filter(group="no")
    np.testing.assert_allclose(yes["y"], np.quantile([1.0, 2.0, 3.0], yes["x"].to_numpy()))
    np.testing.assert_allclose(no["y"], np.quantile([4.0, 5.0], no["x"].to_numpy()))
    assert set(yes["n"]) == {3}
    assert set(no["n"]) == {2}
    assert frame.filter(curve="points", group="yes")["y"].to_list() == [1.0, 2.0, 3.0]


def test_no_curves_make_an_empty_table():
    assert curves_frame([]).is_empty()
