"""Scenarios from TOML: ready ones and files, read with every fault at once."""

import math
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.model import parameters
from macroimmune.mechanism.scenarios.checking import scenario_problems
from macroimmune.mechanism.scenarios.records import TUMOUR_FREE, Intervention, Scenario

__all__ = ["find_scenario", "read_scenario", "ready_scenarios"]

# Of a section [tumour] that states no profile.
_DEFAULT_TUMOUR = "generic"
_TOP = {"name": str, "meaning": str, "days": float, "settle_days": float}
_TUMOUR = {"profile": str, "tumour_days": float}
_INTERVENTION = {
    "name": str,
    "day": float,
    "dose": float,
    "every": float,
    "times": int,
    "until": float,
    "compartment": str,
    "kind": str,
}
_WORDS = {str: "a text in quotes", float: "a number", int: "a whole number"}


def read_scenario(path: Path) -> Scenario:
    """Return the scenario that a TOML file states; what it leaves out has its default.

    Parameters
    ----------
    path : Path
        `name`, `meaning`, `days`, `settle_days`; `[host]` with `species` and inputs of role host;
        `[tumour]` with `profile`, `tumour_days` and inputs of role tumour; `[[interventions]]`
        with the fields of `Intervention`.

    Raises
    ------
    InputError
        With every fault: where, what was found, what was expected, the nearest valid name.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        msg = (
            f"{path}: cannot be read ({error.strerror}); correct the path, or take a ready one: "
            f"{', '.join(_ready_files())}"
        )
        raise InputError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path.name}: not TOML in UTF-8: {error}"
        raise InputError(msg) from error
    return _scenario_of(text, path.stem, path.name)


def find_scenario(name_or_path: str) -> Scenario:
    """Return a shipped scenario by its name, or the one in a TOML file.

    Raises
    ------
    InputError
        If it is neither; names the nearest shipped one.
    """
    path = Path(name_or_path)
    ready = _ready_files()
    if name_or_path in ready and not path.is_file():
        entry = ready[name_or_path]
        return _scenario_of(entry.read_text("utf-8"), name_or_path, entry.name)
    if path.suffix == ".toml" or path.is_file():
        return read_scenario(path)
    msg = f"scenario {name_or_path!r} is neither ready nor a TOML file. "
    raise InputError(msg + did_you_mean(name_or_path, ready, shown=len(ready)))


@cache
def ready_scenarios() -> dict[str, Scenario]:
    """Return the shipped scenarios by name."""
    return {
        name: _scenario_of(entry.read_text("utf-8"), name, entry.name)
        for name, entry in _ready_files().items()
    }


def _ready_files() -> dict[str, Traversable]:
    folder = files("macroimmune.mechanism.scenarios") / "data" / "ready"
    found = {entry.name.removesuffix(".toml"): entry for entry in folder.iterdir()}
    return dict(sorted(found.items()))


def _scenario_of(text: str, name: str, where: str) -> Scenario:
    """Return the scenario of a TOML text.

    Raises
    ------
    InputError
        With every fault.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Besides faults of TOML: whole numbers of thousands of digits, and endless brackets.
        msg = f"{where}: not TOML: {error}"
        raise InputError(msg) from error
    problems: list[str] = []
    fields = {"name": name} | _scenario_fields(table, where, problems)
    scenario = Scenario(**fields)
    problems += scenario_problems(scenario)
    if problems:
        # The name of the file says where, better than the name of the scenario.
        begin = f"{scenario.name}: "
        told = (f"{where}: {one.removeprefix(begin)}" for one in dict.fromkeys(problems))
        raise InputError(
            "; ".join(one.replace(f"{where}: {where}: ", f"{where}: ") for one in told)
        )
    return scenario


def _scenario_fields(table: Mapping[str, Any], where: str, problems: list[str]) -> dict[str, Any]:
    sections = {"host": dict, "tumour": dict, "interventions": list}
    fields = _typed(table, _TOP, where, problems, beside=sections)
    found = {
        name: _section(table, name, expected, where, problems)
        for name, expected in sections.items()
    }
    host = found["host"]
    fields |= _typed(host, {"species": str}, f"{where}: host", problems, beside=host)
    fields["host"] = _inputs(host, {"species"}, f"{where}: host", problems)
    tumour = found["tumour"]
    stated = _typed(tumour, _TUMOUR, f"{where}: tumour", problems, beside=tumour)
    default = _DEFAULT_TUMOUR if "tumour" in table else TUMOUR_FREE
    fields["tumour"] = stated.pop("profile", default)
    fields |= stated
    fields["tumour_inputs"] = _inputs(tumour, set(_TUMOUR), f"{where}: tumour", problems)
    fields["interventions"] = tuple(_interventions(found["interventions"], where, problems))
    return fields


def _section(
    table: Mapping[str, Any], name: str, expected: type, where: str, problems: list[str]
) -> Any:
    value = table.get(name, expected())
    if isinstance(value, expected):
        return value
    spelled = f"[[{name}]]" if expected is list else f"[{name}]"
    problems.append(f"{where}: {name} = {value!r}: expected a section {spelled}")
    return expected()


def _interventions(listed: list[Any], where: str, problems: list[str]) -> Iterator[Intervention]:
    for number, table in enumerate(listed, start=1):
        place = f"{where}: intervention {number}"
        if not isinstance(table, dict):
            problems.append(f"{place}: expected a section [[interventions]], found {table!r}")
        elif "name" not in table:
            problems.append(f"{place}: name is missing")
        else:
            fields = _typed(table, _INTERVENTION, place, problems)
            if "name" in fields:
                yield Intervention(**fields)


def _typed(
    table: Mapping[str, Any],
    expected: Mapping[str, type],
    where: str,
    problems: list[str],
    beside: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the entries that are as expected; the others become problems."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in expected:
            if key not in (beside or {}):
                advice = did_you_mean(key, [*expected, *(beside or {})])
                problems.append(f"{where}: key {key!r} is unknown. {advice}")
        elif not _is_a(value, expected[key]):
            problems.append(f"{where}: {key} = {value!r}: expected {_WORDS[expected[key]]}")
        else:
            found[key] = _number(value) if expected[key] is float else value
    return found


def _number(value: float) -> float:
    """Return a number as float; what is too large for one is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _is_a(value: object, expected: type) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float)) if expected is float else isinstance(value, expected)


def _inputs(
    table: Mapping[str, Any], reserved: set[str], where: str, problems: list[str]
) -> dict[str, float]:
    """Return the inputs of a section; a knock-out may be written as true or false."""
    found = {}
    for key, value in table.items():
        if key in reserved:
            continue
        is_number = isinstance(value, (bool, int, float))
        if key not in parameters():
            # The check of the scenario names the nearest.
            found[key] = 0.0
        elif not is_number or (isinstance(value, bool) and not key.startswith("no_")):
            problems.append(f"{where}: {key} = {value!r}: expected a number")
        else:
            found[key] = _number(value)
    return found
