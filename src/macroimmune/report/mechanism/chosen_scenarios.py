"""The page of chosen scenarios of the model: run them, then draw them."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.model import model_text
from macroimmune.mechanism.scenarios import (
    TUMOUR_FREE,
    Intervention,
    Scenario,
    ScenarioRun,
    dose_days,
    implantation_day,
    interventions,
    read_scenario,
    ready_scenarios,
    run_scenario,
)
from macroimmune.report.mechanism.dose_response_figure import DoseResponse
from macroimmune.report.mechanism.model_run import Dose, ModelRun
from macroimmune.report.mechanism.quantities import quantity_words
from macroimmune.report.mechanism.scenarios_page import write_scenarios_page

__all__ = ["chosen_scenario", "model_page", "model_run"]

# Of the stated dose; the third part of a decade between neighbours.
_FACTORS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# Days that are shown before the implantation, and at most before day 0 of those after it.
_BEFORE = 7.0


def chosen_scenario(name: str) -> Scenario:
    """Return a ready scenario by its name, or that of a TOML file.

    Raises
    ------
    InputError
        If there is neither, or the file has a fault.
    """
    ready = ready_scenarios()
    if name in ready:
        return ready[name]
    if name.endswith(".toml"):
        return read_scenario(Path(name))
    msg = f"scenario {name!r} is unknown. {did_you_mean(name, ready)}"
    raise InputError(msg)


def model_page(
    out: Path,
    names: Sequence[str],
    *,
    day: float | None = None,
    shown: Sequence[str] = (),
    doses: Sequence[str] = (),
    of: str = "Tum",
) -> Path:
    """Run scenarios, write their page and return its path.

    Parameters
    ----------
    out : Path
        One HTML file.
    names : sequence of str
        Ready scenarios or TOML files; the first is the comparator.
    day : float or None
        At which they are compared; None: the last day that all have, at most 28.
    shown : sequence of str
        Columns of the model in place of the usual ones.
    doses : sequence of str
        Interventions of the scenarios whose dose is changed.
    of : str
        Column that their figures show.

    Raises
    ------
    InputError
        If a scenario, an intervention or a column is unknown, or the day lies outside a run.
    """
    scenarios = [chosen_scenario(name) for name in names]
    last = min(scenario.days for scenario in scenarios)
    at = min(28.0, last) if day is None else day
    if not 0 <= at <= last:
        msg = f"day {at:g} is to be compared, but the shortest scenario ends on day {last:g}"
        raise InputError(msg)
    runs = [run_scenario(scenario) for scenario in scenarios]
    _must_be_columns((*shown, *((of,) if doses else ())), runs[0].course.columns)
    return write_scenarios_page(
        out,
        [model_run(run) for run in runs],
        day=at,
        wanted=shown,
        doses=[_dose_response(scenarios, name, of, at) for name in doses],
        provenance=(
            ("Version", f"macroimmune {version('macroimmune')}"),
            ("Scenarios", ", ".join(names)),
            ("Model and parameters", f"SHA-256 {sha256(model_text().encode()).hexdigest()[:16]}"),
        ),
    )


def model_run(run: ScenarioRun) -> ModelRun:
    """Return a run as the pictures take it: from just before the tumour on, with its doses."""
    scenario, course = run.scenario, run.course
    begins = implantation_day(scenario)
    rest = course.filter(pl.col("day") < begins).tail(1).drop("day")
    return ModelRun(
        name=_words(scenario.name),
        course=course.filter(pl.col("day") >= max(begins - _BEFORE, -scenario.days)),
        doses=tuple(Dose(*_dose_words(one), dose_days(one)) for one in scenario.interventions),
        status=run.status,
        tumour_days=0.0 if scenario.tumour == TUMOUR_FREE else -begins,
        host=_host(scenario),
        resting=rest.row(0, named=True) if rest.height else {},
    )


def _host(scenario: Scenario) -> str:
    tumour = (
        "no tumour"
        if scenario.tumour == TUMOUR_FREE
        else f"{_words(scenario.tumour)} tumour, {-implantation_day(scenario):g} days old"
    )
    differs = {**scenario.host, **scenario.tumour_inputs}
    words = "".join(f"; {name} = {value:g}" for name, value in differs.items())
    return f"{scenario.species}, {tumour}{words}"


def _dose_words(given: Intervention) -> tuple[str, str]:
    """Return the intervention in words, and its dose."""
    kinds = interventions()[given.name]
    kind = kinds.get(given.kind, next(iter(kinds.values())))
    dose = kind.dose if given.dose is None else given.dose
    words = _words(given.name) + (f" ({_words(given.kind)})" if given.kind else "")
    where = f" in {given.compartment}" if given.compartment else ""
    return f"{words}{where}", f"{dose:g} ({kind.unit})"


def _words(name: str) -> str:
    """Return an id as it is read: `anti_PD1` as anti-PD1."""
    return name.replace("anti_", "anti-").replace("_", " ")


def _must_be_columns(wanted: Sequence[str], columns: Sequence[str]) -> None:
    for name in wanted:
        if name not in columns:
            msg = f"the model has no column {name!r}. {did_you_mean(name, columns)}"
            raise InputError(msg)


def _dose_response(scenarios: Sequence[Scenario], name: str, of: str, day: float) -> DoseResponse:
    given = {one.name: one for scenario in scenarios for one in scenario.interventions}
    if name not in given:
        msg = f"no scenario of the page has the intervention {name!r}. {did_you_mean(name, given)}"
        raise InputError(msg)
    scenario = next(
        one for one in scenarios if any(each.name == name for each in one.interventions)
    )
    kinds = interventions()[name]
    kind = kinds.get(given[name].kind, next(iter(kinds.values())))
    stated = kind.dose if given[name].dose is None else float(given[name].dose or 0.0)
    removes = any(effect.operation == "remove" for effect in kind.effects)
    doses = _SHARES if removes else tuple(stated * factor for factor in _FACTORS)
    values = tuple(_reached(scenario, name, dose, of, day) for dose in doses)
    reached = [(d, v) for d, v in zip(doses, values, strict=True) if v is not None]
    what = quantity_words(of)
    return DoseResponse(
        title=f"{what} on day {day:g}, by dose of {_words(name)} ({_words(scenario.name)})",
        across_title=f"{_words(name)}, {kind.unit}",
        up_title=what,
        doses=tuple(dose for dose, _ in reached),
        values=tuple(value for _, value in reached),
        marked=stated,
    )


def _reached(scenario: Scenario, name: str, dose: float, of: str, day: float) -> float | None:
    changed = replace(
        scenario,
        interventions=tuple(
            replace(one, dose=dose) if one.name == name else one for one in scenario.interventions
        ),
    )
    course = run_scenario(changed, days=[day]).course.filter(pl.col("day") == day)
    return float(course[of][0]) if course.height else None
