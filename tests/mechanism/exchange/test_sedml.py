from pathlib import Path

import libsbml
import libsedml

from macroimmune.mechanism.exchange import PlannedRun, run_sbml, run_sedml
from macroimmune.mechanism.exchange.copasi import copasi_library
from macroimmune.mechanism.model import Engine


def written(planned: PlannedRun, engine: Engine) -> str:
    return run_sedml(planned, engine.populations, engine.signals, "model.xml")


def test_libsedml_finds_nothing_wrong(dosed: PlannedRun, engine: Engine) -> None:
    document = libsedml.readSedMLFromString(written(dosed, engine))
    assert document.getNumErrors() == 0
    assert (document.getLevel(), document.getVersion()) == (1, 3)
    course = document.getSimulation(0)
    assert (course.getOutputEndTime(), course.getNumberOfPoints()) == (60, 60)


def test_every_target_is_in_the_model(dosed: PlannedRun, engine: Engine) -> None:
    model = libsbml.readSBMLFromString(run_sbml(dosed)).getModel()
    document = libsedml.readSedMLFromString(written(dosed, engine))
    targets = [
        generator.getVariable(0).getTarget()
        for generator in document.getListOfDataGenerators()
        if generator.getVariable(0).isSetTarget()
    ]
    assert len(targets) == len(engine.columns) + 1
    for target in targets:
        found = {"species": model.getSpecies, "parameter": model.getParameter}
        assert found[target.split("sbml:")[-1].split("[")[0]](target.split("'")[1]) is not None


def test_copasi_opens_it_with_its_model_and_its_plots(
    dosed: PlannedRun, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "model.xml").write_text(run_sbml(dosed))
    (tmp_path / "run.sedml").write_text(written(dosed, engine))
    basico = copasi_library()
    loaded = basico.load_model(str(tmp_path / "run.sedml"))
    try:
        assert len(basico.get_species(model=loaded)) == len(engine.populations)
        problem = basico.get_task_settings("Time-Course", model=loaded)["problem"]
        assert (problem["Duration"], problem["StepNumber"]) == (60.0, 60)
        assert {"marrow", "blood"} <= set(basico.get_plots(model=loaded).index)
    finally:
        basico.remove_datamodel(loaded)
