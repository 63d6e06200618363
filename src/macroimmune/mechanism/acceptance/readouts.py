"""How an observable of the vocabulary is read: under which challenge or therapy, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.conditions import Condition
from macroimmune.mechanism.acceptance.declared import check_word, declared_tables, window

__all__ = [
    "Readout",
    "challenge_days_of",
    "composition",
    "quantity_of",
    "readout_of",
    "schedule_of",
    "species_of",
    "tumour_days_of",
    "windows_of",
]


@dataclass(frozen=True, slots=True)
class Readout:
    """How one observable of the vocabulary is read.

    Parameters
    ----------
    observable : str
    tumour : str
        How far the tumour is advanced, before that of the condition; empty: as the condition.
    day : float or None, days
        Before that of the condition; of a challenge, counted from it. None: as the condition.
    challenge : tuple of mapping
        Interventions of both sides on the challenge day.
    therapy : tuple of mapping
        Interventions of both sides from day 0.
    is_efficacy : bool
        Whether it is what the therapy gains against the untreated host.
    """

    observable: str
    tumour: str = ""
    day: float | None = None
    challenge: tuple[Mapping[str, Any], ...] = ()
    therapy: tuple[Mapping[str, Any], ...] = ()
    is_efficacy: bool = False


def readout_of(observable: str) -> Readout:
    """Return how an observable is read, from `data/readouts.toml`."""
    tables = declared_tables("readouts.toml")
    said = tables["observables"].get(observable, {})
    challenge = tables["challenge"].get(observable, {})
    efficacy = tables["efficacy"].get(observable, ())
    return Readout(
        observable=observable,
        tumour=said.get("tumour", ""),
        day=challenge.get("day", said.get("day")),
        challenge=tuple(challenge.get("interventions", ())),
        therapy=tuple({"name": name} for name in efficacy)
        or tuple(tables["therapy"].get(observable, ())),
        is_efficacy=bool(efficacy),
    )


def windows_of(
    claim: Claim, condition: Condition, comparator: Condition
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the days on which condition and comparator are read.

    Notes
    -----
    Convention: the day of the claim comes first, then that of the observable, then each side's
    own, then that of the other side, then day 0. A day of a claim, or of an observable with a
    challenge, counts from the challenge. Before treatment is the day before.
    """
    first, second = (
        _window(claim, side, other)
        for side, other in ((condition, comparator), (comparator, condition))
    )
    return first, second


def _window(claim: Claim, side: Condition, other: Condition) -> tuple[float, float]:
    if side.relative_to:
        before = (side.day or 0.0) - 1
        return before, before
    readout = readout_of(side.readout or claim.observable)
    common = _stated(claim.day) if claim.day else readout.day
    if common is None:
        return window(_first(side.day, _of_other(other), 0.0))
    low, high = window(common)
    start = challenge_days_of(readout, side)
    return low + start, high + start


def challenge_days_of(readout: Readout, side: Condition) -> float:
    """Return the day of the challenge in a condition; 0 without one."""
    return side.challenge_day if readout.challenge else 0.0


def _of_other(other: Condition) -> float | None:
    return None if other.relative_to else other.day


def _first(*days: float | list[float] | None) -> float | list[float]:
    return next(day for day in days if day is not None)


def _stated(day: str) -> list[float]:
    low, _, high = day.lstrip(">").partition("-")
    return [float(low), float(high or low)]


def species_of(claim: Claim) -> str:
    """Return the species in which a claim is run."""
    return str(declared_tables("readouts.toml")["species"][claim.species])


def tumour_days_of(species: str, advanced: str) -> float:
    """Return the days of growth before day 0 by how far the tumour is advanced.

    Raises
    ------
    InputError
        If the word is not declared; with the nearest.
    """
    known = declared_tables("readouts.toml")["tumour_days"][species]
    check_word(f"readouts.toml, tumour_days.{species}", advanced, known)
    return float(known[advanced])


def schedule_of(given: Mapping[str, Any], species: str, tumour: str) -> dict[str, Any]:
    """Return an intervention with the schedule of its species and the class usual for the tumour.

    Notes
    -----
    Convention: what the intervention states itself comes first.
    """
    tables = declared_tables("readouts.toml")
    filled = dict(given)
    if not {"every", "times", "until"} & set(given):
        filled.update(tables["schedules"][species].get(given["name"], {}))
    if given["name"] == "chemotherapy" and "kind" not in given:
        kind = tables["chemotherapy_kind"].get(tumour)
        filled.update({"kind": kind} if kind else {})
    return filled


def quantity_of(observable: str) -> Mapping[str, Any]:
    """Return how a number is found; empty where it is read as any observable."""
    found: Mapping[str, Any] = declared_tables("readouts.toml")["quantities"].get(observable, {})
    return found


def composition() -> dict[str, tuple[str, ...]]:
    """Return, by compartment, the observables that make the composition of a distance."""
    declared = declared_tables("readouts.toml").get("composition", {})
    return {place: tuple(names) for place, names in declared.items()}
