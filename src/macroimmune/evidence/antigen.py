"""The vocabulary of antigens: one name for each, the other names that panels use, its role."""

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, get_args

from macroimmune.evidence.tables import parts, table

__all__ = ["Antigen", "Role", "antigens", "find_antigen"]

Role = Literal[
    "lineage",
    "state",
    "viability",
    "dna",
    "bead",
    "barcode",
    "scatter",
    "time",
    "event_length",
    "other",
]


@dataclass(frozen=True, slots=True)
class Antigen:
    """What a channel can measure.

    Parameters
    ----------
    id : str
        The name in use here: CD3, HLA-DR, pSTAT1, viability, DNA1.
    aliases : tuple of str
        Other names; case, spaces, hyphens and underscores do not matter.
    role : str
        What it is for, unless a panel says otherwise: `lineage` markers type cells, `state`
        markers never do, because a stimulus moves them.
    """

    id: str
    aliases: tuple[str, ...]
    role: Role


@cache
def antigens() -> tuple[Antigen, ...]:
    """Return every known antigen, in file order."""
    roles = {str(role): role for role in get_args(Role)}
    return tuple(
        Antigen(id=row["id"], aliases=parts(row["aliases"]), role=roles[row["role"]])
        for row in table("antigens")
    )


def find_antigen(name: str) -> Antigen | None:
    """Return the antigen that a name means, None where it is not known.

    Examples
    --------
    >>> find_antigen("CD279").id, find_antigen("hla dr").id, find_antigen("CD8a").id
    ('PD1', 'HLA-DR', 'CD8')
    >>> find_antigen("a lamp") is None
    True
    """
    return _by_key().get(_key(name))


def _key(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()


@cache
def _by_key() -> MappingProxyType[str, Antigen]:
    names: dict[str, Antigen] = {}
    for antigen in antigens():
        for name in (antigen.id, *antigen.aliases):
            names.setdefault(_key(name), antigen)
    return MappingProxyType(names)
