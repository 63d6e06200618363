"""A run as SED-ML: which model, how it is simulated, what is reported and drawn."""

from collections.abc import Iterable, Sequence
from math import ceil
from xml.etree import ElementTree

from macroimmune.mechanism.exchange.planned_run import PlannedRun
from macroimmune.mechanism.exchange.sbml import DAY

__all__ = ["run_sedml"]

_NAMESPACE = "http://sed-ml.org/sed-ml/level1/version3"
_SBML = "http://www.sbml.org/sbml/level3/version2/core"
_MATHML = "http://www.w3.org/1998/Math/MathML"
# Terms of the Kinetic Simulation Algorithm Ontology.
_CVODE, _RELATIVE, _ABSOLUTE = "KISAO:0000019", "KISAO:0000209", "KISAO:0000211"
_PLOTS = {
    "bm": "marrow", "bl": "blood", "sp": "spleen", "ln": "draining node", "tu": "tumour",
    "lu": "lung",
}  # fmt: skip

_Element = ElementTree.Element


def run_sedml(
    planned: PlannedRun, populations: Sequence[str], signals: Sequence[str], model_file: str
) -> str:
    """Return a run as SED-ML Level 1 Version 3, the one that most tools open.

    Parameters
    ----------
    planned : PlannedRun
    populations, signals : sequence of str
        As an `Engine` has them: what is reported.
    model_file : str
        The SBML of the run, relative to where the text will stand.

    Notes
    -----
    Convention: time starts at 0, steps are even and at most one day. A plot for each compartment
    has the day on its x axis.
    """
    root = _Element("sedML", {
        "xmlns": _NAMESPACE, "xmlns:sbml": _SBML, "level": "1", "version": "3",
    })  # fmt: skip
    _sub(_sub(root, "listOfModels"), "model", id="model", source=model_file,
         language="urn:sedml:language:sbml.level-3.version-2", name=planned.name)  # fmt: skip
    _simulation(_sub(root, "listOfSimulations"), planned.times[-1])
    _sub(_sub(root, "listOfTasks"), "task", id="task", modelReference="model",
         simulationReference="course")  # fmt: skip
    generators = _sub(root, "listOfDataGenerators")
    _generator(generators, "time", symbol="urn:sedml:symbol:time")
    for name in populations:
        _generator(generators, name, target=_target("Species", "species", name))
    for name in (*signals, DAY):
        _generator(generators, name, target=_target("Parameters", "parameter", name))
    outputs = _sub(root, "listOfOutputs")
    _plots(outputs, populations)
    report = _sub(_sub(outputs, "report", id="report", name="all columns"), "listOfDataSets")
    for name in ("time", DAY, *populations, *signals):
        _sub(report, "dataSet", id=f"set_{name}", label=name, dataReference=f"data_{name}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _sub(parent: _Element, tag: str, **attributes: str) -> _Element:
    return ElementTree.SubElement(parent, tag, attributes)


def _simulation(parent: _Element, end: float) -> None:
    course = _sub(parent, "uniformTimeCourse", id="course", initialTime="0", outputStartTime="0",
                  outputEndTime=repr(end), numberOfPoints=str(max(1, ceil(end))))  # fmt: skip
    settings = _sub(_sub(course, "algorithm", kisaoID=_CVODE), "listOfAlgorithmParameters")
    _sub(settings, "algorithmParameter", kisaoID=_RELATIVE, value="1e-08")
    _sub(settings, "algorithmParameter", kisaoID=_ABSOLUTE, value="1e-12")


def _target(group: str, kind: str, name: str) -> str:
    return f"/sbml:sbml/sbml:model/sbml:listOf{group}/sbml:{kind}[@id='{name}']"


def _generator(parent: _Element, name: str, **source: str) -> None:
    made = _sub(parent, "dataGenerator", id=f"data_{name}", name=name)
    variables = _sub(made, "listOfVariables")
    _sub(variables, "variable", id=f"of_{name}", taskReference="task", **source)
    _sub(_sub(made, "math", xmlns=_MATHML), "ci").text = f"of_{name}"


def _plots(parent: _Element, populations: Iterable[str]) -> None:
    by_compartment: dict[str, list[str]] = {}
    for name in populations:
        by_compartment.setdefault(name.rpartition("_")[2], []).append(name)
    for short, title in _PLOTS.items():
        if short in by_compartment:
            plot = _sub(parent, "plot2D", id=f"plot_{short}", name=title)
            curves = _sub(plot, "listOfCurves")
            for name in by_compartment[short]:
                _sub(curves, "curve", id=f"curve_{name}", name=name, logX="false", logY="false",
                     xDataReference=f"data_{DAY}", yDataReference=f"data_{name}")  # fmt: skip
