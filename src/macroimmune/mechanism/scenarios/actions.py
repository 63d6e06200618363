"""What a scenario does to the model: values from the start, and actions on days, in order."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.model import Action, parameters
from macroimmune.mechanism.scenarios.dosing import dose_days, implantation_day
from macroimmune.mechanism.scenarios.interventions import (
    CLAMP,
    Effect,
    InterventionKind,
    interventions,
)
from macroimmune.mechanism.scenarios.records import TUMOUR_FREE, Intervention, Scenario
from macroimmune.mechanism.scenarios.species import species_scales
from macroimmune.mechanism.scenarios.tumours import tumours

__all__ = ["intervention_kind", "scenario_actions", "scenario_values"]

TUMOUR_CELLS = "Tum"
_GROWTH = "growth_Tum"


def scenario_values(scenario: Scenario, values: Mapping[str, float]) -> dict[str, float]:
    """Return the parameters of a run that differ from the table.

    Notes
    -----
    Convention: later ones win: species, tumour profile, scenario, then `values`. The growth of a
    profile is slowed by the pace of the species; a growth that the scenario states is not.
    """
    pace = species_scales()[scenario.species].tumour_pace
    merged: dict[str, float] = {}
    if scenario.tumour != TUMOUR_FREE:
        merged.update(tumours()[scenario.tumour].inputs)
        if _GROWTH in parameters():
            merged[_GROWTH] = merged.get(_GROWTH, parameters()[_GROWTH].value) * pace
    return {**merged, **scenario.host, **scenario.tumour_inputs, **values}


def intervention_kind(given: Intervention) -> InterventionKind:
    """Return the catalogue's entry of an intervention that was checked."""
    kinds = interventions()[given.name]
    return kinds[""] if given.name == CLAMP else kinds[given.kind or next(iter(kinds))]


def scenario_actions(
    scenario: Scenario, values: Mapping[str, float], populations: Sequence[str]
) -> list[Action]:
    """Return the actions of a checked scenario, in the order in which they are done.

    Parameters
    ----------
    scenario : Scenario
    values : mapping
        Parameters of the run that differ from the table: what a held input is set back to.
    populations : sequence of str
        Of the model.

    Raises
    ------
    InputError
        If the model lacks what an intervention acts on.

    Notes
    -----
    Convention: on one day the tumour is implanted first; then inputs are set and set back; then
    cells are removed; then doses are added; each in the order of the scenario. Of two holds on
    one input the one that began last counts, and after it the other, if that still lasts.
    """
    _must_be_there(scenario, populations)
    held: dict[str, list[tuple[float, float, float]]] = {}
    removed: list[Action] = []
    added: list[Action] = []
    for given in scenario.interventions:
        for effect, day, dose in _doses(given):
            amount = effect.amount * dose
            if effect.operation == "add":
                added.append(Action(day, effect.quantity, "add", amount))
            elif effect.operation == "remove":
                removed += [
                    Action(day, name, "multiply", 1 - amount)
                    for name in _matching(effect.quantity, populations)
                ]
            else:
                value = effect.amount if effect.operation == "set" else amount
                quantity = given.kind if given.name == CLAMP else effect.quantity
                held.setdefault(quantity, []).append((day, _end(given, effect, day), value))
    ordered = [*_implantation(scenario), *_settings(held, values, scenario.days), *removed, *added]
    return sorted(ordered, key=lambda action: action.day)


def _doses(given: Intervention) -> Iterable[tuple[Effect, float, float]]:
    kind = intervention_kind(given)
    dose = kind.dose if given.dose is None else given.dose
    for day in dose_days(given):
        for effect in kind.effects_in(given.compartment):
            yield effect, day, dose


def _end(given: Intervention, effect: Effect, day: float) -> float:
    """Return when a held input is set back; infinite where it is held to the end."""
    if given.until is not None and given.every is None:
        return given.until
    return float("inf") if effect.lasts is None else day + effect.lasts


def _implantation(scenario: Scenario) -> list[Action]:
    if scenario.tumour == TUMOUR_FREE:
        return []
    amount = tumours()[scenario.tumour].implanted
    return [Action(implantation_day(scenario), TUMOUR_CELLS, "add", amount)]


def _settings(
    held: Mapping[str, Sequence[tuple[float, float, float]]],
    values: Mapping[str, float],
    last_day: float,
) -> list[Action]:
    """Return what holds on inputs mean, day by day: each begins, ends, or gives way."""
    actions = []
    for quantity, holds in held.items():
        before = values.get(quantity, parameters()[quantity].value)
        turns = sorted({day for begin, end, _ in holds for day in (begin, end)})
        for day in (turn for turn in turns if turn <= last_day):
            active = [(hold[0], n) for n, hold in enumerate(holds) if hold[0] <= day < hold[1]]
            amount = holds[max(active)[1]][2] if active else before
            actions.append(Action(day, quantity, "set", amount))
    return actions


def _matching(pattern: str, populations: Sequence[str]) -> list[str]:
    return [name for name in populations if fnmatchcase(name, pattern)]


def _must_be_there(scenario: Scenario, populations: Sequence[str]) -> None:
    missing = {}
    for given in scenario.interventions:
        for effect in intervention_kind(given).effects_in(given.compartment):
            if not _is_there(effect, given, populations):
                missing[effect.quantity] = given.name
    if missing:
        known = (*populations, *parameters())
        told = "; ".join(
            f"the model has no {quantity!r}, on which {name} acts. {did_you_mean(quantity, known)}"
            for quantity, name in missing.items()
        )
        msg = f"{scenario.name}: {told}"
        raise InputError(msg)


def _is_there(effect: Effect, given: Intervention, populations: Sequence[str]) -> bool:
    if effect.operation == "add":
        return effect.quantity in populations
    if effect.operation == "remove":
        return bool(_matching(effect.quantity, populations))
    return (given.kind if given.name == CLAMP else effect.quantity) in parameters()
