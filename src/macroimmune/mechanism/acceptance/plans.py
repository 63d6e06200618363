"""The plan of every scored claim: a contrast, a number or an association."""

from collections.abc import Iterable

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.evidence import Claim, claims
from macroimmune.mechanism.acceptance.association import (
    Association,
    association_of,
    is_association,
)
from macroimmune.mechanism.acceptance.contrast import Contrast, contrast_of
from macroimmune.mechanism.acceptance.needs import NotEvaluatedError
from macroimmune.mechanism.acceptance.scorable import scorable_claims
from macroimmune.mechanism.acceptance.stated_numbers import StatedNumber, number_of

__all__ = ["Plan", "plan_of", "plans_of", "scored_claims", "section_claims"]

Plan = Contrast | StatedNumber | Association


def scored_claims() -> tuple[Claim, ...]:
    """Return the claims of the frozen set that are scored, in the order of the table."""
    frozen = scorable_claims()
    return tuple(
        claim
        for claim in claims()
        if claim.evidence_id in frozen and frozen[claim.evidence_id].is_scored
    )


def section_claims(section: str) -> tuple[Claim, ...]:
    """Return the scored claims of a section, all of them for an empty name.

    Raises
    ------
    InputError
        If there is no such section; with the nearest.
    """
    every = scored_claims()
    known = list(dict.fromkeys(claim.section for claim in every))
    if section and section not in known:
        msg = f"section {section!r} has no scored claims. {did_you_mean(section, known)}"
        raise InputError(msg)
    return tuple(claim for claim in every if section in {"", claim.section})


def plan_of(claim: Claim, n_patients: int) -> Plan:
    """Return how a claim is evaluated.

    Parameters
    ----------
    claim : Claim
    n_patients : int
        Of the virtual cohort.

    Raises
    ------
    InputError
        If a word of the claim is not declared.
    NotEvaluatedError
        If the model lacks the observable.
    """
    if is_association(claim):
        return association_of(claim, n_patients)
    if claim.direction == "value":
        return number_of(claim, n_patients)
    return contrast_of(claim)


def plans_of(chosen: Iterable[Claim], n_patients: int) -> dict[str, Plan | str]:
    """Return the plan of each claim by its id, or why there is none."""
    found: dict[str, Plan | str] = {}
    for claim in chosen:
        try:
            found[claim.evidence_id] = plan_of(claim, n_patients)
        except (InputError, NotEvaluatedError) as error:
            found[claim.evidence_id] = str(error)
    return found
