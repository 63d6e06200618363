import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.mechanism.model import Engine, parameters
from macroimmune.mechanism.scenarios import (
    Intervention,
    Scenario,
    dose_days,
    run_scenario,
    species_scales,
    tumours,
)
from macroimmune.mechanism.scenarios.actions import scenario_actions, scenario_values

POPULATIONS = ("Tum", "E8_tu", "PMN_tu", "Wound", "anti_GCSF", "anti_PD1", "Neu_bl")


def done(*interventions: Intervention, **fields) -> list[tuple[float, str, str, float]]:
    """Return day, quantity, operation and amount of what a scenario does, in order."""
    scenario = Scenario("x", interventions=interventions, **fields)
    actions = scenario_actions(scenario, scenario_values(scenario, {}), POPULATIONS)
    return [(a.day, a.quantity, a.operation, a.amount) for a in actions]


def test_doses_are_given_on_the_days_of_their_schedule() -> None:
    assert done(
        Intervention("anti_GCSF", day=2, dose=3, every=7, times=3),
        Intervention("anti_PD1", day=-1, every=2.5, until=4),
    ) == [
        (-1.0, "anti_PD1", "add", 10.0),
        (1.5, "anti_PD1", "add", 10.0),
        (2.0, "anti_GCSF", "add", 3.0),
        (4.0, "anti_PD1", "add", 10.0),
        (9.0, "anti_GCSF", "add", 3.0),
        (16.0, "anti_GCSF", "add", 3.0),
    ]


def test_a_last_dose_on_the_day_of_until_is_given_whatever_the_rounding() -> None:
    assert len(dose_days(Intervention("anti_PD1", every=0.1, until=0.3))) == 4
    assert len(dose_days(Intervention("anti_PD1", every=0.1, until=0.29))) == 3


def test_on_one_day_inputs_are_set_then_cells_are_removed_then_doses_are_added() -> None:
    found = done(
        Intervention("anti_PD1"),
        Intervention("resect_tumour", dose=0.9),
        Intervention("clamp", kind="more_GCSF", dose=2),
        tumour="generic",
        tumour_days=0,
    )
    assert found == [
        (0.0, "Tum", "add", tumours()["generic"].implanted),
        (0.0, "more_GCSF", "set", 2.0),
        (0.0, "Tum", "multiply", pytest.approx(0.1)),
        (0.0, "E8_tu", "multiply", pytest.approx(0.1)),
        (0.0, "PMN_tu", "multiply", pytest.approx(0.1)),
        (0.0, "anti_PD1", "add", 10.0),
        (0.0, "Wound", "add", 0.9),
    ]


def test_an_input_that_is_held_goes_back_to_what_the_host_has() -> None:
    clamp = Intervention("clamp", kind="more_GCSF", dose=5, day=1, until=4)
    assert done(clamp, host={"more_GCSF": 2.0}) == [
        (1.0, "more_GCSF", "set", 5.0),
        (4.0, "more_GCSF", "set", 2.0),
    ]
    assert done(Intervention("clamp", kind="more_GCSF", dose=5, day=1)) == [
        (1.0, "more_GCSF", "set", 5.0)
    ]


def test_of_two_holds_on_one_input_the_later_counts_and_then_the_other_again() -> None:
    assert done(
        Intervention("clamp", kind="more_GCSF", dose=5, day=1, until=9),
        Intervention("clamp", kind="more_GCSF", dose=7, day=3, until=6),
    ) == [
        (1.0, "more_GCSF", "set", 5.0),
        (3.0, "more_GCSF", "set", 7.0),
        (6.0, "more_GCSF", "set", 5.0),
        (9.0, "more_GCSF", "set", 0.0),
    ]


def test_daily_doses_that_last_a_day_hold_an_input_without_a_gap() -> None:
    assert done(Intervention("GCSF", dose=20, every=1, times=3)) == [
        (0.0, "more_GCSF", "set", 20.0),
        (1.0, "more_GCSF", "set", 20.0),
        (2.0, "more_GCSF", "set", 20.0),
        (3.0, "more_GCSF", "set", 0.0),
    ]


def test_what_the_model_lacks_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        InputError, match="x: the model has no 'anti_CTLA4', on which anti_CTLA4 acts. Did you mean"
    ):
        done(Intervention("anti_CTLA4"))


def test_a_tumour_grows_at_the_pace_of_its_species_unless_the_scenario_says() -> None:
    growth = parameters()["growth_Tum"].value
    pace = species_scales()["human"].tumour_pace
    slow = Scenario("x", species="human", tumour="generic")
    stated = Scenario("x", species="human", tumour="generic", tumour_inputs={"growth_Tum": 0.1})
    assert scenario_values(slow, {})["growth_Tum"] == pytest.approx(growth * pace)
    assert scenario_values(stated, {})["growth_Tum"] == 0.1
    assert scenario_values(stated, {"growth_Tum": 0.3})["growth_Tum"] == 0.3


@settings(max_examples=6, deadline=None)
@given(
    dose=st.floats(0.01, 50),
    share=st.floats(0.01, 0.99),
    day=st.integers(-10, 10),
    name=st.sampled_from(["anti_GCSF", "anti_PD1", "egress_block"]),
)
def test_a_dose_in_two_halves_on_one_day_gives_the_same_course(dose, share, day, name) -> None:
    engine = Engine(relative_tolerance=1e-9)
    one, two = (
        run_scenario(
            Scenario(
                "x",
                tumour="generic",
                tumour_days=15,
                settle_days=0,
                days=12,
                interventions=tuple(Intervention(name, day=day, dose=part) for part in parts),
            ),
            engine=engine,
        ).course.to_numpy()
        for parts in ((dose,), (dose * share, dose * (1 - share)))
    )
    assert np.allclose(one, two, rtol=1e-6, atol=1e-9)
