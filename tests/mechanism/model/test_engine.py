import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import InputError
from macroimmune.mechanism.model import Action, Course, Engine, parameters

DAYS = np.arange(-30.0, 61.0)
TUMOUR = Action(-20, "Tum", "add", 0.01)
DOSES = [Action(day, "anti_GCSF", "add", 5.0) for day in (0, 14, 28)]


def column(course: Course, name: str) -> np.ndarray:
    return course.values[:, course.columns.index(name)]


def test_a_host_without_a_tumour_stays_healthy() -> None:
    course = Engine().run({}, [], [0, 50, 100])
    assert course.status == ""
    assert np.allclose(course.values[0], course.values[-1], rtol=1e-4, atol=1e-6)


def test_an_action_is_done_before_its_day_is_reported() -> None:
    course = Engine().run({}, [Action(5, "Tum", "add", 2.0)], [4, 5, 6])
    assert column(course, "Tum").tolist()[:2] == [0.0, 2.0]


def test_actions_of_one_day_are_done_in_the_order_given() -> None:
    first, second = Action(5, "Tum", "add", 2.0), Action(5, "Tum", "multiply", 3.0)
    assert column(Engine().run({}, [first, second], [4, 5]), "Tum")[-1] == 6.0
    assert column(Engine().run({}, [second, first], [4, 5]), "Tum")[-1] == 2.0


def test_an_action_between_two_days_counts_from_its_moment() -> None:
    dose = Action(4.5, "anti_GCSF", "set", 1.0)
    course = Engine().run({}, [dose], [4, 5])
    expected = np.exp(-0.5 / parameters()["stay_antibody"].value)
    assert column(course, "anti_GCSF") == pytest.approx([0.0, expected], rel=1e-5)


def test_an_action_on_a_parameter_holds_until_the_run_ends_and_no_longer() -> None:
    stop = Action(0, "growth_Tum", "set", 0.0)
    tumour = column(Engine().run({}, [TUMOUR, stop], DAYS), "Tum")[DAYS >= 0]
    assert (np.diff(tumour) <= 0).all()
    assert tumour[0] > 0.01
    assert column(Engine().run({}, [TUMOUR], DAYS), "Tum")[-1] > tumour[-1]


def test_what_comes_after_the_last_day_is_left_out() -> None:
    late = Action(100, "Tum", "add", 2.0)
    assert column(Engine().run({}, [late], DAYS), "Tum").max() == 0


def test_the_healthy_state_follows_the_parameters() -> None:
    course = Engine().run({"ref_Neu_bl": 33.0}, [], [0, 30])
    assert column(course, "Neu_bl") == pytest.approx([33.0, 33.0], rel=1e-4)
    again = Engine().run({}, [], [0, 30])
    assert column(again, "Neu_bl")[0] == parameters()["ref_Neu_bl"].value


def test_runs_do_not_depend_on_those_before() -> None:
    first = Engine().run({}, [TUMOUR, *DOSES], DAYS)
    Engine(1e-9).run({"more_GCSF": 5.0}, [TUMOUR], [-30, 10])
    again = Engine().run({}, [TUMOUR, *DOSES], DAYS)
    assert np.array_equal(first.values, again.values)


def test_days_between_do_not_change_what_is_reported() -> None:
    daily = Engine().run({}, [TUMOUR, *DOSES], DAYS)
    sparse = Engine().run({}, [TUMOUR, *DOSES], DAYS[::30])
    assert np.allclose(daily.values[::30], sparse.values, rtol=1e-4, atol=1e-9)


def test_an_action_that_rounding_sets_beside_a_span_of_the_integrator_is_done() -> None:
    # -176.594... + 60 ends in ...297, the day of the action in ...299.
    day = -116.59406739793299
    course = Engine().run({}, [Action(day, "Tum", "set", 1.0)], [day - 60.0, 0.0])
    assert (course.status, len(course.days)) == ("", 2)


def test_the_tolerance_holds_a_ten_thousandth() -> None:
    usual = Engine().run({}, [TUMOUR, *DOSES], DAYS).values
    fine = Engine(1e-10).run({}, [TUMOUR, *DOSES], DAYS).values
    scale = np.maximum(np.abs(fine), np.maximum(1e-6 * np.abs(fine).max(axis=0), 1e-7))
    assert (np.abs(usual - fine) / scale).max() < 1e-4


def test_a_run_that_fails_keeps_the_days_that_were_reached() -> None:
    broken = Action(10, "stay_HSC", "set", 0.0)
    course = Engine().run({}, [broken], [0, 5, 10, 15])
    assert course.days.tolist() == [0, 5, 10]
    assert course.values.shape == (3, len(course.columns))
    assert course.status.startswith("stopped after day 10: the solver finds no next state")


def test_a_run_that_fails_between_actions_keeps_its_days() -> None:
    # A tumour whose growth quickens with its size is without bound after ln(101)/0.2 = 23 days.
    course = Engine().run({"largest_Tum": -1.0, "growth_Tum": 0.2}, [TUMOUR], DAYS)
    assert course.days.tolist() == list(range(-30, 4))
    assert np.isfinite(course.values).all()
    assert course.status.startswith("stopped after day 3: the solver ")


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from([name for name, p in parameters().items() if p.role == "immune"]),
    st.sampled_from([0.0, -1.0, 1e-12, 1e12, -1e6]),
)
def test_absurd_values_give_a_status_or_finite_numbers(name: str, value: float) -> None:
    course = Engine().run({name: value}, [TUMOUR], [-30, -10, 0, 10])
    assert np.isfinite(course.values).all()
    assert bool(course.status) == (len(course.days) < 4)


def test_a_run_ends_where_it_is_told_to() -> None:
    asked = []

    def stop(course: Course) -> str:
        asked.append(course.days.tolist())
        return "enough" if course.days[-1] >= 3 else ""

    doses = [Action(day, "anti_GCSF", "add", 1.0) for day in (2, 4, 6)]
    course = Engine().run({}, doses, range(9), stop=stop)
    assert asked == [[0, 1], [0, 1, 2, 3]]
    assert course.days.tolist() == [0, 1, 2, 3]
    assert course.status == "enough"
    whole = Engine().run({}, doses, range(9))
    assert np.array_equal(whole.values[:4], course.values)


def test_a_failed_run_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert Engine().run({"stay_HSC": 0.0}, [], [0, 5]).status
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("values", "actions", "days", "message"),
    [
        ({"growth_tumor": 1.0}, [], [0, 1], "no parameter 'growth_tumor'.*'growth_Tum'"),
        ({"Tum": 1.0}, [], [0, 1], "no parameter 'Tum'"),
        ({"growth_Tum": float("nan")}, [], [0, 1], "growth_Tum = nan"),
        ({}, [Action(0, "anti_GCFS", "add", 1)], [0, 1], "'anti_GCFS'.*'anti_GCSF'"),
        ({}, [Action(0, "GCSF_signal", "set", 1)], [0, 1], "'GCSF_signal' on day 0"),
        ({}, [Action(0, "N8_sp", "add", 1)], [0, 1], "'N8_sp' on day 0: it follows from others"),
        ({}, [Action(0, "Tum", "plus", 1)], [0, 1], "operation 'plus'.*'add'"),
        ({}, [Action(0, "Tum", "add", float("inf"))], [0, 1], "expected finite numbers"),
        ({}, [Action(-5, "Tum", "add", 1)], [0, 1], "begins on day 0"),
        ({}, [], [], "at least one"),
        ({}, [], [0, 0], "strictly rising"),
    ],
)
def test_what_the_model_cannot_do_is_said_in_one_line(
    values: dict[str, float], actions: list[Action], days: list[float], message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        Engine().run(values, actions, days)
    assert "\n" not in str(caught.value)


def test_a_tolerance_out_of_range_is_refused() -> None:
    with pytest.raises(InputError, match="relative_tolerance = 0.5"):
        Engine(0.5)


def ended(engine: Engine) -> list[float]:
    return engine.run({}, [TUMOUR], [-30, 30]).values[-1].tolist()


def test_an_engine_can_be_sent_to_another_process() -> None:
    engine = Engine(1e-7)
    assert len(pickle.dumps(engine)) < 200
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(ended, engine).result() == ended(engine)


def test_a_flow_is_reported_beside_the_populations_it_changes() -> None:
    course = Engine(flows=("neu_lost_sp",)).run({}, [], [0.0, 1.0])
    stay = parameters()["stay_Neu_sp"].value
    assert np.allclose(column(course, "neu_lost_sp"), column(course, "Neu_sp") / stay, rtol=1e-6)


def test_an_engine_that_reports_flows_leaves_others_as_they_are() -> None:
    plain = Engine()
    Engine(flows=("neu_lost_sp",)).run({}, [], [0.0, 1.0])
    course = plain.run({}, [], [0.0, 1.0])
    assert course.values.shape == (2, len(plain.columns))
    assert "neu_lost_sp" not in course.columns


def test_a_flow_that_the_model_lacks_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'antigen_lost'"):
        Engine(flows=("antigen_losst",))


def test_columns_that_are_asked_for_are_those_of_the_whole_course() -> None:
    whole = Engine().run({}, [TUMOUR, *DOSES], DAYS)
    part = Engine().run({}, [TUMOUR, *DOSES], DAYS, ["Tum", "GCSF_signal", "Tum"])
    assert part.columns == ("Tum", "GCSF_signal")
    assert np.array_equal(column(part, "Tum"), column(whole, "Tum"))
    assert np.array_equal(column(part, "GCSF_signal"), column(whole, "GCSF_signal"))


def test_a_column_that_the_model_lacks_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no column 'Tumm'. Did you mean 'Tum'"):
        Engine().run({}, [], [0, 1], ["Tumm"])
