"""Courses beside another integrator, and populations that must stay absent."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from macroimmune.mechanism.model import Action, Engine
from macroimmune.mechanism.scenarios import Intervention, Scenario
from macroimmune.mechanism.scenarios.actions import scenario_actions, scenario_values
from macroimmune.mechanism.virtual_patients import draw_patients

DAYS = [-300.0, -1.0, *map(float, range(20, 201, 20))]
SCENARIO = Scenario(
    "patient",
    species="human",
    tumour="generic",
    days=200,
    interventions=(
        Intervention("anti_PD1", every=21, times=6),
        Intervention("chemotherapy", every=21, times=3),
    ),
)
PATIENTS = draw_patients(24, seed=2021).drop("patient")
TREATED = draw_patients(8, seed=8).drop("patient")


def planned(patient: dict[str, float], engine: Engine) -> tuple[dict[str, float], list[Action]]:
    values = dict(scenario_values(SCENARIO, patient))
    return values, list(scenario_actions(SCENARIO, values, engine.states))


@pytest.mark.slow
@pytest.mark.parametrize("tolerance", [1e-7, 1e-9])
def test_what_nobody_brings_into_a_host_never_appears(tolerance: float) -> None:
    engine = Engine(tolerance)
    absent = [engine.columns.index(name) for name in ("Listeria", "LCMV", "Allo", "Dist")]
    for patient in PATIENTS.iter_rows(named=True):
        course = engine.run(*planned(patient, engine), [-300, -200, -100, -1])
        assert course.status == ""
        assert not course.values[:, absent].any()


def explicit(
    engine: Engine, values: dict[str, float], actions: list[Action]
) -> tuple[list[str], np.ndarray]:
    """Integrate with Runge-Kutta formulas of order 8 on rates that libRoadRunner computes."""
    engine.run(values, [], DAYS[:1])
    runner = engine._runner
    names = list(engine.states)
    places = [engine.populations.index(name) for name in names]

    def rates(_: float, state: np.ndarray) -> np.ndarray:
        runner.model.setFloatingSpeciesAmounts(places, state)
        return np.asarray(runner.getRatesOfChange()).ravel()

    state = np.array(runner.model.getFloatingSpeciesAmounts(places))
    days, rows = np.array(DAYS), []
    stops = np.unique([DAYS[0], DAYS[-1], *(one.day for one in actions)])
    for begin, end in zip(stops[:-1], stops[1:], strict=True):
        runner.model.setFloatingSpeciesAmounts(places, state)
        for action in (one for one in actions if one.day == begin):
            assert action.operation in {"add", "set"}
            before = runner.model[action.quantity] if action.operation == "add" else 0.0
            runner.model[action.quantity] = before + action.amount
        state = np.array(runner.model.getFloatingSpeciesAmounts(places))
        asked = days[(days >= begin) & (days < end)]
        found = solve_ivp(
            rates, (begin, end), state, "DOP853", t_eval=[*asked, end], rtol=1e-9, atol=1e-13
        )
        rows.append(found.y.T[:-1])
        state = found.y[:, -1]
    return names, np.vstack([*rows, state])


@pytest.mark.slow
def test_courses_of_patients_agree_with_an_explicit_integrator_to_a_ten_thousandth() -> None:
    engine = Engine()
    for patient in TREATED.iter_rows(named=True):
        values, actions = planned(patient, engine)
        names, theirs = explicit(engine, values, actions)
        course = engine.run(values, actions, DAYS)
        assert course.status == ""
        ours = course.values[:, [engine.columns.index(name) for name in names]]
        scale = np.maximum(np.abs(theirs), np.maximum(1e-6 * np.abs(theirs).max(axis=0), 1e-7))
        assert (np.abs(ours - theirs) / scale).max() < 1e-4
