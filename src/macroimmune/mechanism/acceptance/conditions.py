"""What a condition or comparator of the vocabulary is: changes against the host of the claim."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from macroimmune.mechanism.acceptance.declared import (
    check_keys,
    check_word,
    declared_tables,
)

__all__ = ["BEFORE", "BY_CHANCE", "PRESENT", "Condition", "condition_of", "conditions"]

PRESENT = "present"
# The run of the other side, read before treatment.
BEFORE = "other arm"
# A readout: what chance gives of the observable of the other side.
BY_CHANCE = "chance overlap"

Given = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition or comparator of the vocabulary, whichever claim uses it.

    Parameters
    ----------
    text : str
        As claims spell it: the heading of its table in `data/conditions.toml`.
    tumour : str
        `none`, or how far advanced: a word of `tumour_days` in `data/readouts.toml`.
    tumour_id : str
        A tumour in place of the claim's; empty: the claim's.
    host, tumour_inputs : mapping of str to float
        Inputs of role host and of role tumour.
    interventions : tuple of mapping
        Keys as in a scenario: name, day, dose, every, times, until, compartment, kind.
    alternatives : tuple of tuple of mapping
        Sets of interventions, one run each; the greatest value counts.
    day : float or None
        On which it is read; None: as the other side.
    challenge_day : float
        On which a challenge that the observable names is given.
    relative_to : str
        `other arm`: the run of the other side, read before treatment; else empty.
    readout, compartment : str
        Read in place of the claim's; empty: the claim's.
    is_untreated : bool
        Whether a therapy that the observable names, such as that of an efficacy, is left out.
    group : str
        `high` or `low`: patients of a cohort, declared in `data/associations.toml`; else empty.
    """

    text: str
    tumour: str = PRESENT
    tumour_id: str = ""
    host: Mapping[str, float] = field(default_factory=dict)
    tumour_inputs: Mapping[str, float] = field(default_factory=dict)
    interventions: Given = ()
    alternatives: tuple[Given, ...] = ()
    day: float | None = None
    challenge_day: float = 0.0
    relative_to: str = ""
    readout: str = ""
    compartment: str = ""
    is_untreated: bool = False
    group: str = ""


@cache
def conditions() -> dict[str, Condition]:
    """Return the conditions by text.

    Raises
    ------
    InputError
        If a table has a key or a word that is not known.
    """
    return {
        text: _condition(text, said) for text, said in declared_tables("conditions.toml").items()
    }


def condition_of(text: str) -> Condition:
    """Return the condition of this text.

    Raises
    ------
    InputError
        If it is not declared; with the nearest.
    """
    check_word("conditions.toml", text, conditions())
    return conditions()[text]


def _condition(text: str, said: Mapping[str, Any]) -> Condition:
    where = f"conditions.toml, {text!r}"
    check_keys(where, said, Condition, "text")
    check_word(f"{where}, relative_to", said.get("relative_to", ""), ("", BEFORE))
    check_word(f"{where}, group", said.get("group", ""), ("", "high", "low"))
    given = {
        "interventions": tuple(said.get("interventions", ())),
        "alternatives": tuple(tuple(one) for one in said.get("alternatives", ())),
    }
    return Condition(**{**said, **given, "text": text})
