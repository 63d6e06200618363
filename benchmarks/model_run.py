"""Run the mechanistic model beside COPASI and scipy: CPU time of a run, and how far they agree.

Run from the root of the repository: ``python benchmarks/model_run.py``. First a person over 400
days, values of every day, anti-PD1 every three weeks: our engine (CVODE on machine code), COPASI
(LSODA; it reads the SBML that is exported) and scipy (LSODA on rates that libRoadRunner computes,
between the same doses). Then all ready scenarios beside COPASI: the largest relative difference
over all columns and days, |a - b| / max(|b|, 1e-6 of the column's largest, 1e-7). COPASI's time is
without reading the file. A peer that is not installed is said to be missing; `make bench` installs
it.
"""

import importlib.util
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
from scipy.integrate import solve_ivp

from macroimmune.mechanism.exchange import (
    PlannedRun,
    copasi_course,
    largest_difference,
    planned_scenario,
    run_sbml,
)
from macroimmune.mechanism.exchange.copasi import copasi_library
from macroimmune.mechanism.model import Course, Engine
from macroimmune.mechanism.scenarios import Intervention, Scenario, ready_scenarios

REPEATS = 20
GOAL_MS = 40
PERSON = Scenario(
    "person",
    species="human",
    tumour="generic",
    settle_days=60,
    tumour_days=100,
    days=240,
    interventions=(Intervention("anti_PD1", every=21, times=12),),
)


def milliseconds(run: Callable[[], object], repeats: int = REPEATS) -> tuple[float, float]:
    """Return median and least CPU time of a run."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        taken.append(1000 * (time.process_time() - start))
    return float(np.median(taken)), min(taken)


def copasi_milliseconds(planned: PlannedRun) -> float:
    """Return the CPU time of COPASI for one run, the file already read."""
    basico = copasi_library()
    loaded = basico.load_model_from_string(run_sbml(planned))
    settings = {"method": "deterministic", "r_tol": 1e-7, "a_tol": 1e-12, "model": loaded}
    try:
        taken, _ = milliseconds(
            lambda: basico.run_time_course(values=planned.times, **settings), repeats=3
        )
    finally:
        basico.remove_datamodel(loaded)
    return taken


def scipy_course(planned: PlannedRun) -> Course:
    """Integrate the populations with scipy's LSODA, between the same doses."""
    import roadrunner

    runner = roadrunner.RoadRunner(run_sbml(PlannedRun("none", planned.values, [], [0, 1])))
    model = runner.model
    # Some populations follow others by a rule and are no states.
    known, ruled = list(model.getFloatingSpeciesIds()), set(runner.getAssignmentRuleIds())
    names = [name for name in known if name not in ruled]
    places = [known.index(name) for name in names]

    def rates(_: float, state: np.ndarray) -> np.ndarray:
        model.setFloatingSpeciesAmounts(places, state)
        return np.asarray(runner.getRatesOfChange()).ravel()

    state = np.array(model.getFloatingSpeciesAmounts(places))
    days = np.asarray(planned.days)
    rows = np.empty((len(days), len(names)))
    stops = np.unique([days[0], days[-1], *(action.day for action in planned.actions)])
    for begin, end in zip(stops[:-1], stops[1:], strict=True):
        for action in (one for one in planned.actions if one.day == begin):
            state[names.index(action.quantity)] += action.amount
        asked = (days >= begin) & (days < end)
        found = solve_ivp(
            rates, (begin, end), state, "LSODA", t_eval=[*days[asked], end], rtol=1e-7, atol=1e-12
        )
        rows[asked] = found.y.T[:-1]
        state = found.y[:, -1]
    rows[-1] = state
    return Course(days, rows, tuple(names), "")


def show_person(engine: Engine, *, has_copasi: bool) -> None:
    """Print the run of one person by each program."""
    planned = planned_scenario(PERSON, engine)
    ours = planned.course(engine)
    median, least = milliseconds(lambda: planned.course(engine))
    print(
        f"one person, {planned.times[-1]:g} days, {len(planned.days)} reported, "
        f"{len(planned.actions)} actions, {len(engine.states)} states, "
        f"{len(engine.columns)} columns{'; ' + ours.status if ours.status else ''}"
    )
    met = "met" if median < GOAL_MS else "missed"
    print(f"  macroimmune {median:8.1f} ms, least {least:.1f} (goal {GOAL_MS} ms: {met})")
    if has_copasi:
        taken = copasi_milliseconds(planned)
        difference, column, day = largest_difference(ours, copasi_course(planned))
        print(f"  COPASI      {taken:8.1f} ms, difference {difference:.1e} ({column}, day {day:g})")
    start = time.process_time()
    theirs = scipy_course(planned)
    taken = 1000 * (time.process_time() - start)
    wanted = [ours.columns.index(name) for name in theirs.columns]
    states = Course(ours.days, ours.values[:, wanted], theirs.columns, "")
    difference, column, day = largest_difference(states, theirs)
    print(f"  scipy       {taken:8.1f} ms, difference {difference:.1e} ({column}, day {day:g})")


def main() -> None:
    """Run the person, then every ready scenario; print."""
    start = time.process_time()
    engine = Engine()
    loading = time.process_time() - start
    has_copasi = importlib.util.find_spec("basico") is not None
    programs = ["macroimmune", "libroadrunner", "antimony", "scipy"]
    programs += ["copasi-basico", "python-copasi"] if has_copasi else []
    print(", ".join(f"{name} {version(name)}" for name in programs))
    print(f"loading the model: {loading:.2f} s")
    show_person(engine, has_copasi=has_copasi)
    if not has_copasi:
        print("COPASI is missing: make bench installs it")
        return
    print(f"\n{'scenario':40} {'days':>5} {'ours ms':>8} {'COPASI ms':>9} {'difference':>11}")
    for name, scenario in ready_scenarios().items():
        planned = planned_scenario(scenario, engine)
        median, _ = milliseconds(lambda planned=planned: planned.course(engine), repeats=5)
        difference, column, day = largest_difference(planned.course(engine), copasi_course(planned))
        taken = copasi_milliseconds(planned)
        print(
            f"{name:40} {planned.times[-1]:5g} {median:8.1f} {taken:9.1f} {difference:11.1e}"
            f"  {column}, day {day:g}"
        )


if __name__ == "__main__":
    main()
