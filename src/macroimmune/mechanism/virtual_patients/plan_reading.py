"""Plans of cohorts as TOML: read with every fault at once."""

import dataclasses
import tomllib
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import (
    Intervention,
    Scenario,
    read_scenario,
    ready_scenarios,
    scenario_problems,
)
from macroimmune.mechanism.virtual_patients.cohort_plan import CohortArm, CohortPlan
from macroimmune.mechanism.virtual_patients.outcome_rules import OutcomeRules
from macroimmune.mechanism.virtual_patients.population_weights import Target

__all__ = ["find_scenario", "read_cohort_plan"]

_Record = TypeVar("_Record")
_WORDS = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
_PLAIN = ("patients", "seed", "design", "allocation", "varies", "observables", "days")
_SECTIONS = ("scenario", "length", "is_filtered", "outcomes", "arms", "targets")


def find_scenario(name: str, beside: Path | None = None) -> Scenario:
    """Return a scenario by the name of a ready one, or by the path of its file.

    Parameters
    ----------
    name : str
    beside : Path or None
        Folder from which paths count; None: where the program runs.

    Raises
    ------
    InputError
        If there is neither, with the nearest name.
    """
    path = Path(name) if beside is None else beside / name
    if path.suffix == ".toml" or path.is_file():
        return read_scenario(path)
    ready = ready_scenarios()
    if name not in ready:
        msg = f"scenario {name!r}: no file and no ready scenario. {did_you_mean(name, ready)}"
        raise InputError(msg)
    return ready[name]


def read_cohort_plan(path: Path) -> CohortPlan:
    """Return the plan that a TOML file states; what it leaves out has its default.

    Parameters
    ----------
    path : Path
        `scenario` (a ready one, or a file beside the plan) and `length` (its days, if not those
        of the scenario); `patients`, `seed`, `design`, `allocation`, `varies`, `observables`,
        `days`, `is_filtered`; `[outcomes]` with the fields of `OutcomeRules`; `[[arms]]` with
        `name` and `[[arms.interventions]]`; `[[targets]]` with the fields of `Target`.

    Raises
    ------
    InputError
        With every fault: where, what was found, what was expected, the nearest valid name.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); correct the path"
        raise InputError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path.name}: not TOML: {error}"
        raise InputError(msg) from error
    problems: list[str] = []
    where = path.name
    stated = _plain_settings(table, where, problems)
    outcomes = _record(OutcomeRules, table.get("outcomes", {}), f"{where}: outcomes", problems)
    arms = _arms(table, where, problems)
    targets = _records(Target, table.get("targets", []), f"{where}: target", problems)
    if "scenario" not in table:
        ready = ", ".join(ready_scenarios())
        problems.append(f"{where}: scenario is missing; a file, or one of {ready}")
    if problems:
        raise InputError("; ".join(problems))
    scenario = find_scenario(str(table["scenario"]), path.parent)
    if "length" in table:
        scenario = dataclasses.replace(scenario, days=float(table["length"]))
    plan = CohortPlan(
        scenario, arms=arms, outcomes=outcomes or OutcomeRules(), targets=targets, **stated
    )
    _refuse_arms(plan, where)
    return plan


def _plain_settings(table: Mapping[str, Any], where: str, problems: list[str]) -> dict[str, Any]:
    hints = get_type_hints(CohortPlan)
    for name in table:
        if name not in (*_PLAIN, *_SECTIONS):
            advice = did_you_mean(name, (*_PLAIN, *_SECTIONS))
            problems.append(f"{where}: key {name!r} is unknown. {advice}")
    stated = {
        name: _value(hints[name], table[name], f"{where}: {name}", problems)
        for name in _PLAIN
        if name in table
    }
    if "length" in table:
        _value(float, table["length"], f"{where}: length", problems)
    if _value(bool, table.get("is_filtered", True), f"{where}: is_filtered", problems) is False:
        stated["ranges"] = ()
    return stated


def _arms(table: Mapping[str, Any], where: str, problems: list[str]) -> tuple[CohortArm, ...]:
    arms = []
    listed = table.get("arms", [])
    if not isinstance(listed, list):
        problems.append(f"{where}: arms: expected sections [[arms]]")
        return ()
    for number, arm in enumerate(listed, start=1):
        place = f"{where}: arm {number}"
        if not isinstance(arm, Mapping) or not isinstance(arm.get("name"), str):
            problems.append(f"{place}: name is missing")
            continue
        given = arm.get("interventions", [])
        listed_there = _records(Intervention, given, f"{place}: intervention", problems)
        arms.append(CohortArm(arm["name"], listed_there))
        problems += [
            f"{place}: key {key!r} is unknown. {did_you_mean(key, ('name', 'interventions'))}"
            for key in arm
            if key not in {"name", "interventions"}
        ]
    return tuple(arms)


def _refuse_arms(plan: CohortPlan, where: str) -> None:
    """Refuse interventions that the scenario cannot hold.

    Raises
    ------
    InputError
        With every fault.
    """
    problems = []
    for arm in plan.arms:
        given = (*plan.scenario.interventions, *arm.interventions)
        named = dataclasses.replace(
            plan.scenario, name=f"{where}: arm {arm.name}", interventions=given
        )
        problems += scenario_problems(named)
    if problems:
        raise InputError("; ".join(dict.fromkeys(problems)))


def _records(
    kind: type[_Record], listed: object, where: str, problems: list[str]
) -> tuple[_Record, ...]:
    if not isinstance(listed, list):
        problems.append(f"{where}: expected a list of sections")
        return ()
    read = [
        _record(kind, table, f"{where} {number}", problems)
        for number, table in enumerate(listed, start=1)
    ]
    return tuple(one for one in read if one is not None)


def _record(kind: type[_Record], table: object, where: str, problems: list[str]) -> _Record | None:
    """Return a dataclass of plain values; None where something is wrong."""
    if not isinstance(table, Mapping):
        problems.append(f"{where}: found {table!r}, expected a section")
        return None
    hints = get_type_hints(kind)
    before = len(problems)
    values = {}
    for name, value in table.items():
        if name in hints:
            values[name] = _value(hints[name], value, f"{where}: {name}", problems)
        else:
            problems.append(f"{where}: key {name!r} is unknown. {did_you_mean(name, hints)}")
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        if field.default is dataclasses.MISSING and field.name not in table:
            problems.append(f"{where}: {field.name} is missing")
    if len(problems) > before:
        return None
    try:
        return kind(**values)
    except InputError as error:
        problems.append(f"{where}: {error}")
        return None


def _value(hint: Any, value: object, where: str, problems: list[str]) -> Any:
    """Return a value as its annotation asks; a wrong one becomes a problem."""
    if get_origin(hint) in {Union, types.UnionType}:
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            problems.append(f"{where} = {value!r}: expected a list")
            return ()
        return tuple(_value(get_args(hint)[0], one, where, problems) for one in value)
    accepted = (int, float) if hint is float else (hint,)
    if isinstance(value, accepted) and isinstance(value, bool) == (hint is bool):
        return hint(value)
    problems.append(f"{where} = {value!r}: expected {_WORDS[hint]}")
    return None
