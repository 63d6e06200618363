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
    InterventionKind,
    Scenario,
    ScenarioRun,
    dose_days,
    implantation_day,
    interventions,
    observables,
    observe,
    read_scenario,
    ready_scenarios,
    run_scenario,
    species_scales,
)
from macroimmune.report.mechanism.display_unit import display_unit
from macroimmune.report.mechanism.dose_response_figure import DoseResponse
from macroimmune.report.mechanism.model_run import Dose, ModelRun
from macroimmune.report.mechanism.quantities import intervention_words, quantity_of, quantity_words
from macroimmune.report.mechanism.readouts_section import READOUTS
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
    count_scale, counted = _counted(scenarios)
    return write_scenarios_page(
        out,
        [model_run(run, count_scale) for run in runs],
        day=at,
        wanted=shown,
        doses=[_dose_response(scenarios, name, of, at, count_scale) for name in doses],
        readouts=[_readouts(run, at) for run in runs],
        counted=counted,
        provenance=(
            ("Version", f"macroimmune {version('macroimmune')}"),
            ("Scenarios", ", ".join(names)),
            ("Model and parameters", f"SHA-256 {sha256(model_text().encode()).hexdigest()[:16]}"),
        ),
    )


def _counted(scenarios: Sequence[Scenario]) -> tuple[float, str]:
    """Return cells of the species for one of an adult human, and in whose numbers is counted."""
    species = {scenario.species for scenario in scenarios}
    if len(species) > 1:
        return 1.0, "Cells of all species are counted on the scale of an adult human."
    (name,) = species
    return species_scales()[name].count_scale, f"Cells are counted as in an adult {name}."


def model_run(run: ScenarioRun, count_scale: float = 1.0) -> ModelRun:
    """Return a run as the pictures take it: from just before the tumour on, with its doses.

    Parameters
    ----------
    run : ScenarioRun
    count_scale : float
        Cells of the species for one of an adult human.
    """
    scenario, course = run.scenario, run.course
    begins = implantation_day(scenario)
    rest = course.filter(pl.col("day") < begins).tail(1).drop("day")
    return ModelRun(
        name=intervention_words(scenario.name),
        course=course.filter(pl.col("day") >= max(begins - _BEFORE, -scenario.days)),
        doses=tuple(Dose(*_dose_words(one), dose_days(one)) for one in scenario.interventions),
        status=run.status,
        tumour_days=0.0 if scenario.tumour == TUMOUR_FREE else -begins,
        host=_host(scenario),
        resting=rest.row(0, named=True) if rest.height else {},
        count_scale=count_scale,
    )


def _readouts(run: ScenarioRun, day: float) -> dict[str, float | None]:
    """Return the observables of the page at the day; empty where the run did not get there."""
    there = run.course.filter(pl.col("day") == day)
    if there.is_empty():
        return {}
    known = [key for key in READOUTS if key in observables().entries]
    found = observe(there, known, values=run.values)
    return found.drop("day").row(0, named=True)


def _host(scenario: Scenario) -> str:
    tumour = "no tumour"
    if scenario.tumour != TUMOUR_FREE:
        name, days = intervention_words(scenario.tumour), -implantation_day(scenario)
        tumour = f"{name} tumour, {days:g} days old"
    differs = {**scenario.host, **scenario.tumour_inputs}
    words = "".join(f"; {name} = {value:g}" for name, value in differs.items())
    return f"{scenario.species}, {tumour}{words}"


def _dose_words(given: Intervention) -> tuple[str, str]:
    """Return the intervention in words, and its dose."""
    kind, dose = _kind_and_dose(given)
    words = intervention_words(given.name) + (
        f" ({intervention_words(given.kind)})" if given.kind else ""
    )
    where = f" in {given.compartment}" if given.compartment else ""
    return f"{words}{where}", f"{dose:g} ({kind.unit})"


def _must_be_columns(wanted: Sequence[str], columns: Sequence[str]) -> None:
    for name in wanted:
        if name not in columns:
            msg = f"the model has no column {name!r}. {did_you_mean(name, columns)}"
            raise InputError(msg)


def _dose_response(
    scenarios: Sequence[Scenario], name: str, of: str, day: float, count_scale: float
) -> DoseResponse:
    having = [one for one in scenarios if any(each.name == name for each in one.interventions)]
    if not having:
        known = {each.name for one in scenarios for each in one.interventions}
        msg = f"no scenario of the page has the intervention {name!r}. {did_you_mean(name, known)}"
        raise InputError(msg)
    scenario = having[0]
    kind, stated = _kind_and_dose(next(one for one in scenario.interventions if one.name == name))
    removes = any(effect.operation == "remove" for effect in kind.effects)
    doses = _SHARES if removes else tuple(stated * factor for factor in _FACTORS)
    values = tuple(_reached(scenario, name, dose, of, day) for dose in doses)
    reached = [(d, v) for d, v in zip(doses, values, strict=True) if v is not None]
    high = max((value for _, value in reached), default=0.0)
    factor, unit = display_unit(quantity_of(of).unit, high, count_scale)
    what, drug = quantity_words(of), intervention_words(name)
    return DoseResponse(
        title=f"{what}, on day {day:g} by dose of {drug}",
        across_title=f"{drug}, {kind.unit}",
        up_title=f"{what}, {unit}",
        doses=tuple(dose for dose, _ in reached),
        values=tuple(value * factor for _, value in reached),
        ended_early=len(doses) - len(reached),
        marked=stated if stated in dict(reached) else None,
        scenario=intervention_words(scenario.name),
    )


def _kind_and_dose(given: Intervention) -> tuple[InterventionKind, float]:
    kinds = interventions()[given.name]
    kind = kinds.get(given.kind, next(iter(kinds.values())))
    return kind, kind.dose if given.dose is None else float(given.dose)


def _reached(scenario: Scenario, name: str, dose: float, of: str, day: float) -> float | None:
    changed = replace(
        scenario,
        interventions=tuple(
            replace(one, dose=dose) if one.name == name else one for one in scenario.interventions
        ),
    )
    course = run_scenario(changed, days=[day]).course.filter(pl.col("day") == day)
    return float(course[of][0]) if course.height else None
