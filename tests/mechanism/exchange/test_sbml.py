import libsbml
import numpy as np
import pytest
import roadrunner

from macroimmune.errors import MacroimmuneError
from macroimmune.mechanism.exchange import PlannedRun, run_sbml
from macroimmune.mechanism.exchange.sbml import run_antimony
from macroimmune.mechanism.model import Action, Engine, model_sbml, parameters


def test_a_tool_that_reads_the_file_gets_our_course(dosed: PlannedRun, engine: Engine) -> None:
    runner = roadrunner.RoadRunner(run_sbml(dosed))
    runner.integrator.relative_tolerance = 1e-10
    runner.integrator.absolute_tolerance = 1e-14
    runner.timeCourseSelections = ["time", *engine.columns]
    theirs = np.asarray(runner.simulate(times=dosed.times))
    ours = dosed.course(Engine(1e-10))
    assert theirs[:, 0].tolist() == dosed.times
    assert np.allclose(theirs[:, 1:], ours.values, rtol=1e-6, atol=1e-9)


def test_time_starts_at_zero_and_the_day_stands_beside(dosed: PlannedRun) -> None:
    runner = roadrunner.RoadRunner(run_sbml(dosed))
    assert runner["day_zero"] == 30
    assert np.asarray(runner.simulate(times=[0, 30, 60], selections=["day"])).ravel().tolist() == [
        -30, 0, 30,
    ]  # fmt: skip


def test_the_model_does_not_know_the_time_so_that_shifting_it_changes_nothing() -> None:
    assert "symbols/time" not in model_sbml()
    assert "symbols/delay" not in model_sbml()


def test_actions_of_one_day_are_one_event_in_their_order(dosed: PlannedRun) -> None:
    text = run_antimony(dosed)
    assert "day_14_5: at (time >= 44.5), t0=false: anti_GCSF = (anti_GCSF + (5.0))*(0.5)" in text
    assert "day_0: at (time >= 30.0), t0=false: Tum = Tum*(0.25), anti_GCSF = " in text
    assert "day_m30: at (time >= 0.0), t0=false: anti_GCSF = (1.5)" in text
    assert "day_99" not in text


def test_values_keep_fifteen_digits_and_changing_ones_are_not_constant(dosed: PlannedRun) -> None:
    model = libsbml.readSBMLFromString(run_sbml(dosed)).getModel()
    growth = model.getParameter("growth_Tum")
    assert growth.getValue() == pytest.approx(0.1234567890123456, rel=1e-14)
    assert not growth.getConstant()
    kept = {name: p.value for name, p in parameters().items() if name not in dosed.values}
    assert {name: model.getParameter(name).getValue() for name in kept} == kept
    assert model.getParameter("stay_HSC").getConstant()


def test_the_file_is_valid_and_says_what_it_is(dosed: PlannedRun) -> None:
    document = libsbml.readSBMLFromString(run_sbml(dosed))
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.checkConsistency()
    assert document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) == 0
    assert document.getLevel() == 3
    notes = document.getModel().getNotesString()
    assert "doses &amp; more" in notes
    assert "day 0 of the run is time 30" in notes
    assert "turnover of cytokines (1/day)" in (
        document.getModel().getParameter("turnover_cytokine").getNotesString()
    )


def test_what_antimony_cannot_read_is_an_error_of_one_line() -> None:
    planned = PlannedRun("odd", {}, [Action(0, "no name", "set", 1.0)], [0, 1])
    with pytest.raises(MacroimmuneError, match="odd: the run cannot be written as SBML"):
        run_sbml(planned)
