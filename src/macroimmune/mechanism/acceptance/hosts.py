"""The scenario of a condition: host, tumour, and what is done to them."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from macroimmune.mechanism.acceptance.conditions import PRESENT, Condition
from macroimmune.mechanism.acceptance.readouts import Readout, schedule_of, tumour_days_of
from macroimmune.mechanism.scenarios import TUMOUR_FREE, Intervention, Scenario

__all__ = ["scenarios_of_condition", "untreated"]

_NAME = "claim"


def scenarios_of_condition(
    condition: Condition,
    readout: Readout,
    species: str,
    tumour: str,
    *,
    other: Condition | None = None,
    challenge_day: float = 0.0,
) -> tuple[Scenario, ...]:
    """Return the scenarios of a condition: one, or one for each of its alternatives.

    Parameters
    ----------
    condition : Condition
    readout : Readout
        Of the claim's observable: its challenge and therapy come on top.
    species, tumour : str
        The tumour is that of the claim; `none` is a host without, whatever the condition says.
    other : Condition, optional
        The other side of the contrast.
    challenge_day : float, days

    Notes
    -----
    Convention: a therapy that the observable names is added where the condition does not give it.
    """
    chosen = condition.tumour_id or tumour
    has_tumour = TUMOUR_FREE not in {condition.tumour, tumour}
    base = Scenario(
        _NAME,
        species=species,
        tumour=chosen if has_tumour else TUMOUR_FREE,
        tumour_days=_growth(condition, other, readout, species) if has_tumour else 0.0,
        host=condition.host,
        tumour_inputs=condition.tumour_inputs if has_tumour else {},
    )
    return tuple(
        dataclasses.replace(
            base,
            interventions=tuple(
                _intervention(given, species, chosen)
                for given in _all_given(condition, readout, alternative, challenge_day)
            ),
        )
        for alternative in condition.alternatives or ((),)
    )


def untreated(scenario: Scenario, therapy: Sequence[str]) -> Scenario:
    """Return the same host, tumour and interventions without the therapy that is judged.

    Parameters
    ----------
    scenario : Scenario
    therapy : sequence of str
        Interventions that make the therapy; what else is done to the host stays.
    """
    kept = tuple(given for given in scenario.interventions if given.name not in therapy)
    return dataclasses.replace(scenario, interventions=kept)


def _growth(condition: Condition, other: Condition | None, readout: Readout, species: str) -> float:
    """Return the days of growth; a tumour that is just present is as old as that of the others."""
    words = [condition.tumour, other.tumour if other else "", readout.tumour]
    said = [word for word in words if word not in {"", PRESENT, TUMOUR_FREE}]
    return tumour_days_of(species, said[0] if said else PRESENT)


def _all_given(
    condition: Condition,
    readout: Readout,
    alternative: Sequence[Mapping[str, Any]],
    challenge_day: float,
) -> list[Mapping[str, Any]]:
    own = [*condition.interventions, *alternative]
    held = {given["name"] for given in own}
    therapy = () if condition.is_untreated else readout.therapy
    added = [given for given in therapy if given["name"] not in held]
    challenge = [
        {**given, "day": challenge_day + given.get("day", 0.0)} for given in readout.challenge
    ]
    return [*own, *added, *challenge]


def _intervention(given: Mapping[str, Any], species: str, tumour: str) -> Intervention:
    return Intervention(**schedule_of(given, species, tumour))
