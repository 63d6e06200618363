"""Which tumours of the catalogue a claim is run in."""

import re

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.declared import check_word, declared_tables
from macroimmune.mechanism.acceptance.readouts import species_of

__all__ = ["tumours_of"]

_STAGE = re.compile(r" \((M|NM|M/NM)\)$")


def tumours_of(claim: Claim) -> tuple[str, ...]:
    """Return the ids of the tumours that a claim names, each once; `none` is a host without.

    Raises
    ------
    InputError
        If a term is not declared; with the nearest.

    Notes
    -----
    Convention: a bracket with a stage is left off; the others name a model or a subtype.
    """
    terms, species = declared_tables("tumour_terms.toml")["terms"], species_of(claim)
    found = []
    for term in claim.tumours:
        bare = _STAGE.sub("", term)
        check_word("tumour_terms.toml", bare, terms)
        name = terms[bare]
        found.append(name if isinstance(name, str) else name[species])
    return tuple(dict.fromkeys(found))
