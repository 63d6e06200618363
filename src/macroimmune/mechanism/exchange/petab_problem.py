"""A run as a PEtab problem: what a fit of the immune parameters needs, in tables."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence

import numpy as np

from macroimmune.mechanism.exchange.planned_run import PlannedRun
from macroimmune.mechanism.model import Course, Parameter, parameters

__all__ = ["MODEL_FILE", "petab_files"]

# Assumed: no laboratory's error of measurement stands behind it.
NOISE_SHARE = 0.05
EVERY_DAYS = 7
MODEL_FILE = "model.xml"


def petab_files(planned: PlannedRun, course: Course, populations: Sequence[str]) -> dict[str, str]:
    """Return the tables of a PEtab problem (version 1) by file name, without its SBML.

    Parameters
    ----------
    planned : PlannedRun
    course : Course
        Of the run: what stands as measurements, to be replaced by those of a laboratory.
    populations : sequence of str
        What is measured; those that stay at zero are left out.

    Returns
    -------
    files : dict of str to str
        The problem is `problem.yaml`; its model is `model.xml`.

    Notes
    -----
    Convention: what a scenario sets is a column of the condition; immune parameters are estimated
    between the bounds of the parameter table, in log10 where these are above zero. Standard
    deviations are 5 % of an observable's largest value: assumed, not measured.
    """
    largest = dict(zip(course.columns, np.abs(course.values).max(axis=0).tolist(), strict=True))
    measured = [name for name in populations if largest[name] > 0]
    condition = re.sub(r"\W", "_", planned.name)
    table = parameters()
    inputs = {n: v for n, v in planned.values.items() if table[n].role != "immune"}
    observed = [(f"observable_{n}", n, repr(NOISE_SHARE * largest[n]), "normal") for n in measured]
    files = {
        "conditions.tsv": _tsv(
            ["conditionId", "conditionName", *inputs],
            [[condition, planned.name, *map(repr, map(float, inputs.values()))]],
        ),
        "observables.tsv": _tsv(
            ["observableId", "observableFormula", "noiseFormula", "noiseDistribution"], observed
        ),
        "measurements.tsv": _tsv(
            ["observableId", "simulationConditionId", "measurement", "time"],
            _measurements(planned, course, condition, measured),
        ),
        "parameters.tsv": _tsv(
            ["parameterId", "parameterName", "parameterScale", "lowerBound", "upperBound",
             "nominalValue", "estimate"],
            [_estimated(p, planned) for p in table.values() if p.role == "immune"],
        ),
    }  # fmt: skip
    return {**files, "problem.yaml": _problem()}


def _measurements(
    planned: PlannedRun, course: Course, condition: str, measured: Iterable[str]
) -> Iterable[tuple[str, str, str, str]]:
    times = planned.times
    rows = sorted({*range(0, len(course.days), EVERY_DAYS), len(course.days) - 1})
    for name in measured:
        column = course.values[:, course.columns.index(name)]
        for row in rows:
            yield f"observable_{name}", condition, repr(float(column[row])), repr(times[row])


def _estimated(one: Parameter, planned: PlannedRun) -> list[str]:
    scale = "log10" if one.low > 0 else "lin"
    value = float(planned.values.get(one.name, one.value))
    estimate = str(int(one.low < one.high))
    return [one.name, one.meaning, scale, repr(one.low), repr(one.high), repr(value), estimate]


def _problem() -> str:
    # JSON is YAML, and quotes what needs it.
    files = {
        "sbml_files": [MODEL_FILE],
        "condition_files": ["conditions.tsv"],
        "observable_files": ["observables.tsv"],
        "measurement_files": ["measurements.tsv"],
    }
    told = {"format_version": 1, "parameter_file": "parameters.tsv", "problems": [files]}
    return json.dumps(told, indent=2) + "\n"


def _tsv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
