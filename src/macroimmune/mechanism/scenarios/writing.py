"""Scenarios as TOML, written so that they read back equal."""

import dataclasses
from collections.abc import Iterator

from macroimmune.mechanism.scenarios.records import TUMOUR_FREE, Intervention, Scenario

__all__ = ["scenario_text"]

# Control characters, which TOML wants escaped, come before.
_NO_CONTROL = 0x80


def scenario_text(scenario: Scenario) -> str:
    """Return the scenario as TOML, which reads back equal.

    Examples
    --------
    >>> print(scenario_text(Scenario("rest", days=10)), end="")
    name = "rest"
    days = 10.0
    settle_days = 60.0
    <BLANKLINE>
    [host]
    species = "mouse"
    """
    lines = [f"name = {_spelled(scenario.name)}"]
    if scenario.meaning:
        lines.append(f"meaning = {_spelled(scenario.meaning)}")
    lines += [f"days = {scenario.days!r}", f"settle_days = {scenario.settle_days!r}"]
    lines += ["", "[host]", f"species = {_spelled(scenario.species)}"]
    lines += [f"{name} = {value!r}" for name, value in scenario.host.items()]
    if scenario.tumour != TUMOUR_FREE or scenario.tumour_days is not None:
        lines += ["", "[tumour]", f"profile = {_spelled(scenario.tumour)}"]
        if scenario.tumour_days is not None:
            lines.append(f"tumour_days = {scenario.tumour_days!r}")
        lines += [f"{name} = {value!r}" for name, value in scenario.tumour_inputs.items()]
    for given in scenario.interventions:
        lines += ["", "[[interventions]]", *_intervention_lines(given)]
    return "\n".join(lines) + "\n"


def _intervention_lines(given: Intervention) -> Iterator[str]:
    default = Intervention(given.name)
    for name in (field.name for field in dataclasses.fields(Intervention)):
        value = getattr(given, name)
        if name in {"name", "day"} or value != getattr(default, name):
            yield f"{name} = {_spelled(value)}"


def _spelled(value: object) -> str:
    """Return a value as TOML; of a text, control characters as their numbers."""
    if not isinstance(value, str):
        return repr(value)
    text = value.replace("\\", "\\\\").replace('"', '\\"')
    plain = (c if c.isprintable() or ord(c) >= _NO_CONTROL else f"\\u{ord(c):04X}" for c in text)
    return f'"{"".join(plain)}"'
