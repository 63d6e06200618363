"""In which places of the model an observable of a claim is read."""

from macroimmune.mechanism.acceptance.frozen_rules import rules
from macroimmune.mechanism.acceptance.needs import NotEvaluatedError
from macroimmune.mechanism.acceptance.read_from_clones import clonal_places
from macroimmune.mechanism.scenarios import observables

__all__ = ["places_of"]

# Words of claims for compartments that the model names otherwise.
_SAME = {"lymph node": "dLN"}
_ANYWHERE = "none"
_PERIPHERY = "periphery"


def places_of(compartment: str, observable: str) -> tuple[tuple[str, str], ...]:
    """Return compartment and observable of each reading.

    Parameters
    ----------
    compartment : str
        As claims spell it.
    observable : str

    Returns
    -------
    places : tuple of (str, str)
        Of periphery those of the rules in which the observable exists, else the one that is
        declared for it; without an anatomical readout the first place of all that has it.

    Raises
    ------
    NotEvaluatedError
        If the model has no such observable there; says where it has.
    """
    known = observables().entries
    having = [place for place, name in known if name == observable]
    having = having or list(clonal_places(observable))
    if compartment == _PERIPHERY:
        found = [place for place in rules().places if place in having]
        found = found or [_PERIPHERY] * (_PERIPHERY in having)
    elif compartment == _ANYWHERE:
        found = having[:1]
    else:
        named = (compartment, _SAME.get(compartment, compartment))
        found = [place for place in named if place in having][:1]
    if not found:
        where = f"; it is read in {', '.join(having)}" if having else ""
        msg = f"the model has no observable {observable!r} in {compartment}{where}"
        raise NotEvaluatedError(msg)
    return tuple((place, observable) for place in found)
