import numpy as np
import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.model import Action, Course, Engine
from macroimmune.mechanism.scenarios import Intervention, Scenario, run_scenario


def test_a_run_equals_the_engine_with_the_same_values_and_actions() -> None:
    scenario = Scenario(
        "x",
        tumour="generic",
        tumour_days=20,
        settle_days=5,
        days=10,
        tumour_inputs={"growth_Tum": 0.15},
        interventions=(
            Intervention("anti_GCSF", day=2, dose=3, every=4, times=2),
            Intervention("clamp", kind="more_GCSF", dose=5, day=1, until=4),
        ),
    )
    run = run_scenario(scenario, values={"stay_HSC": 21.0})
    course = Engine().run(
        {"growth_Tum": 0.15, "stay_HSC": 21.0},
        [
            Action(-20, "Tum", "add", 1.0),
            Action(1, "more_GCSF", "set", 5.0),
            Action(4, "more_GCSF", "set", 0.0),
            Action(2, "anti_GCSF", "add", 3.0),
            Action(6, "anti_GCSF", "add", 3.0),
        ],
        list(range(-25, 11)),
    )
    assert run.status == ""
    assert run.course.columns == ["day", *course.columns]
    assert run.course["day"].to_list() == list(range(-25, 11))
    assert np.array_equal(run.course.drop("day").to_numpy(), course.values)


class _Failing(Engine):
    """An engine whose runs end as the test says."""

    def run(self, values, actions, days, columns=None, stop=None) -> Course:
        whole = super().run(values, actions, days, columns)
        return Course(whole.days[:3], whole.values[:3], whole.columns, "it ended")


def test_a_failed_run_keeps_the_days_that_were_reached_and_says_why() -> None:
    run = run_scenario(Scenario("x", settle_days=2, days=5), engine=_Failing())
    assert run.course["day"].to_list() == [-2.0, -1.0, 0.0]
    assert run.status == "it ended"


def test_an_unknown_value_and_a_day_outside_are_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="parameter 'stay_HCS' is unknown. Did you mean"):
        run_scenario(Scenario("x"), values={"stay_HCS": 2.0})
    with pytest.raises(InputError, match="day 99 is asked for, outside the run from day -60"):
        run_scenario(Scenario("x"), days=[99])
