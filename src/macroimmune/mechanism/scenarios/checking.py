"""Whether a scenario can be run: every fault at once, each with the nearest valid name."""

import math
from collections.abc import Iterable, Iterator, Mapping

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.model import Parameter, parameters
from macroimmune.mechanism.scenarios.dosing import dose_days, end_day, is_repeated, start_day
from macroimmune.mechanism.scenarios.interventions import CLAMP, InterventionKind, interventions
from macroimmune.mechanism.scenarios.records import TUMOUR_FREE, Intervention, Scenario
from macroimmune.mechanism.scenarios.species import species_scales
from macroimmune.mechanism.scenarios.tumours import tumours

__all__ = ["checked_scenario", "scenario_problems"]

_LONGEST_DAYS = 3650
_MOST_DOSES = 1000
# What stands beside the inputs in the sections of a file.
_KEYS = {"host": ("species",), "tumour": ("profile", "tumour_days")}


def checked_scenario(scenario: Scenario) -> Scenario:
    """Return the scenario as it is.

    Raises
    ------
    InputError
        With every fault: where, what was found, what was expected, the nearest valid name.

    Examples
    --------
    >>> checked_scenario(Scenario("x", species="mose"))
    Traceback (most recent call last):
    macroimmune.errors.InputError: x: species = 'mose' is unknown. Did you mean 'mouse'?
    """
    problems = scenario_problems(scenario)
    if problems:
        raise InputError("; ".join(problems))
    return scenario


def scenario_problems(scenario: Scenario) -> list[str]:
    """Return every fault of a scenario, one sentence each; none where it can be run."""
    where = scenario.name
    found = [
        *_unknown(where, "species", scenario.species, species_scales()),
        *_unknown(where, "tumour profile", scenario.tumour, (TUMOUR_FREE, *tumours())),
        *_day_problems(scenario),
        *_input_problems(f"{where}: host", scenario.host, "host"),
        *_input_problems(f"{where}: tumour", scenario.tumour_inputs, "tumour"),
    ]
    if scenario.tumour == TUMOUR_FREE and scenario.tumour_inputs:
        found.append(
            f"{where}: inputs of a tumour ({', '.join(scenario.tumour_inputs)}) without a tumour; "
            "state its profile"
        )
    # Whether an intervention is within the run can be said of a run that has a sound length.
    within = None if found else scenario
    for number, given in enumerate(scenario.interventions, start=1):
        found += _intervention_problems(f"{where}: intervention {number}", given, within)
    return found


def _unknown(where: str, what: str, name: str, known: Iterable[str]) -> Iterator[str]:
    names = list(known)
    if name not in names:
        yield f"{where}: {what} = {name!r} is unknown. {did_you_mean(name, names)}"


def _day_problems(scenario: Scenario) -> Iterator[str]:
    lengths = (
        ("days", scenario.days, 1),
        ("settle_days", scenario.settle_days, 0),
        ("tumour_days", 0 if scenario.tumour_days is None else scenario.tumour_days, 0),
    )
    for name, value, least in lengths:
        if not least <= value <= _LONGEST_DAYS:
            yield f"{scenario.name}: {name} = {value:g}: outside {least} to {_LONGEST_DAYS} days"


def _input_problems(where: str, inputs: Mapping[str, float], role: str) -> Iterator[str]:
    table = parameters()
    names = [parameter.name for parameter in table.values() if parameter.role == role]
    for name, value in inputs.items():
        if name in names:
            yield from _range_problems(where, table[name], value)
        elif name in table:
            yield (
                f"{where}: {name} is not an input of the {role} but belongs to the "
                f"{table[name].role} parameters. {did_you_mean(name, names)}"
            )
        else:
            yield f"{where}: {name!r} is unknown. {did_you_mean(name, [*_KEYS[role], *names])}"


def _range_problems(where: str, parameter: Parameter, value: float) -> Iterator[str]:
    if not parameter.low <= value <= parameter.high:
        yield (
            f"{where}: {parameter.name} = {value:g}: outside {parameter.low:g} to "
            f"{parameter.high:g} {'' if parameter.unit == '1' else parameter.unit}".rstrip()
        )


def _intervention_problems(where: str, given: Intervention, scenario: Scenario | None) -> list[str]:
    catalogue = interventions()
    found = list(_unknown(where, "name", given.name, catalogue))
    if found:
        return found
    where = f"{where} ({given.name})"
    kinds = catalogue[given.name]
    if given.name == CLAMP:
        kind = kinds[""]
        found += _clamp_problems(where, given)
    else:
        found += _unknown(where, "kind", given.kind or next(iter(kinds)), kinds)
        kind = kinds.get(given.kind or next(iter(kinds)), next(iter(kinds.values())))
    found += _place_problems(where, given, kind)
    found += _dose_problems(where, given, kind)
    schedule = _schedule_problems(where, given, kind)
    if not schedule and scenario is not None:
        schedule = _end_problems(where, given, scenario)
    return found + schedule


def _clamp_problems(where: str, given: Intervention) -> Iterator[str]:
    inputs = {p.name: p for p in parameters().values() if p.role in {"host", "tumour"}}
    if given.kind not in inputs:
        yield (
            f"{where}: kind = {given.kind!r} names no input of host or tumour. "
            f"{did_you_mean(given.kind, inputs)}"
        )
    elif given.dose is None:
        yield f"{where}: dose is missing: the value at which {given.kind} is held"
    elif given.dose >= 0:
        yield from _range_problems(where, inputs[given.kind], given.dose)


def _place_problems(where: str, given: Intervention, kind: InterventionKind) -> Iterator[str]:
    if given.compartment is None or given.compartment in kind.compartments:
        return
    known = [name for name in kind.compartments if name]
    advice = did_you_mean(given.compartment, known) if known else "Leave the compartment out."
    yield f"{where}: compartment = {given.compartment!r} is not one it is given in. {advice}"


def _dose_problems(where: str, given: Intervention, kind: InterventionKind) -> Iterator[str]:
    dose = kind.dose if given.dose is None else given.dose
    if not 0 <= dose < math.inf:
        yield f"{where}: dose = {dose:g}: a dose is a number from 0 upwards, in {kind.unit}"
        return
    removals = [e.amount for e in kind.effects_in(given.compartment) if e.operation == "remove"]
    if removals and max(removals) * dose > 1:
        yield f"{where}: dose = {dose:g}: a {kind.unit} is 0 to 1"


def _schedule_problems(where: str, given: Intervention, kind: InterventionKind) -> list[str]:
    found = []
    if given.every is not None and not 0 < given.every < math.inf:
        found.append(f"{where}: every = {given.every:g}: more than 0 days lie between doses")
    if given.times < 1 or given.times > _MOST_DOSES:
        found.append(f"{where}: times = {given.times}: outside 1 to {_MOST_DOSES} doses")
    if given.every is None and given.times > 1:
        found.append(f"{where}: times = {given.times} without every: state the days between doses")
    if given.every is not None and given.times == 1 and given.until is None:
        found.append(f"{where}: every = {given.every:g} without times or until: state one of them")
    if given.until is not None:
        found += _until_problems(where, given, kind)
    return found


def _until_problems(where: str, given: Intervention, kind: InterventionKind) -> Iterator[str]:
    until = given.until or 0.0
    if given.times > 1:
        yield f"{where}: times and until both say when the doses end: leave one out"
    if not until >= given.day:
        yield f"{where}: until = {until:g}: before its own day {given.day:g}"
    if given.every is None and not kind.holds:
        yield f"{where}: until without every: state the days between doses"
    if given.every and (until - given.day) / given.every > _MOST_DOSES:
        yield f"{where}: more than {_MOST_DOSES} doses until day {until:g}: raise every"


def _end_problems(where: str, given: Intervention, scenario: Scenario) -> list[str]:
    first, last = start_day(scenario), scenario.days
    days = dose_days(given)
    found = []
    if not first <= given.day <= last:
        found.append(
            f"{where}: day = {given.day:g}: outside the run, which lasts from day {first:g} to "
            f"day {last:g}"
        )
    elif days[-1] > last or end_day(given) > last:
        latest = days[-1] if is_repeated(given) else end_day(given)
        found.append(
            f"{where}: ends on day {latest:g}, after the end of the run on day {last:g}: raise "
            "days, or end it earlier"
        )
    return found
