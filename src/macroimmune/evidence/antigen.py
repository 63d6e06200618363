"""The vocabulary of antigens: one name for each, the other names that panels use, its role."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, get_args

from macroimmune.evidence.tables import parts, table

__all__ = ["Antigen", "Role", "antigens", "find_antigen", "named_antigen"]

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

_LATIN = str.maketrans("αβγδεκζ", "abgdekz")
# What labels of mass cytometry say beside the antigen: 145Nd, In115, Nd145Di.
_SYMBOL = "(Y|Rh|Pd|Ag|Cd|In|I|Te|Ba|La|Ce|Pr|Nd|Sm|Eu|Gd|Tb|Dy|Ho|Er|Tm|Yb|Lu|Os|Ir|Pt|Bi)"
_MASS = r"([89]\d|1\d\d|20\d)"
_METAL = re.compile(rf"({_SYMBOL}{_MASS}|{_MASS}{_SYMBOL})?(Di|Dd)?")


@dataclass(frozen=True, slots=True)
class Antigen:
    """What a channel can measure.

    Parameters
    ----------
    id : str
        The name in use here: CD3, HLA-DR, pSTAT1, viability, DNA1.
    aliases : tuple of str
        Other names; case, spaces, hyphens, underscores, dots and slashes do not matter.
    role : str
        What it is for, unless a panel says otherwise: `lineage` markers type cells, `state`
        markers never do, because a stimulus moves them.
    species : str
        `human` or `mouse` where the marker is used in one of them alone, else empty.
    note : str
        What its role does not tell, empty for most.
    """

    id: str
    aliases: tuple[str, ...]
    role: Role
    species: str = ""
    note: str = ""

    @property
    def evidence_id(self) -> str:
        """The id, under the name that every line of the evidence has."""
        return self.id

    @property
    def sentence(self) -> str:
        """The antigen in one sentence."""
        others = f"; also {', '.join(self.aliases)}" if self.aliases else ""
        kind = f"{self.role} marker" if self.role in {"lineage", "state"} else self.role
        where = f" in the {self.species}" if self.species else ""
        note = f"; {self.note}" if self.note else ""
        return f"{self.id}, {kind}{where}{others}{note}."

    @property
    def citation(self) -> str:
        """That the name and the role are of the vocabulary in use here."""
        return "vocabulary of macroimmune"


@cache
def antigens() -> tuple[Antigen, ...]:
    """Return every known antigen, in file order."""
    roles = {str(role): role for role in get_args(Role)}
    return tuple(
        Antigen(
            id=row["id"],
            aliases=parts(row["aliases"]),
            role=roles[row["role"]],
            species=row["species"],
            note=row["note"],
        )
        for row in table("antigens")
    )


@cache
def find_antigen(label: str) -> Antigen | None:
    """Return the antigen that a name or the label of a channel means, None where it is not known.

    Parameters
    ----------
    label : str
        A name, or a label that has a metal, a fluorochrome, a clone or a second name beside it.

    Notes
    -----
    Convention: the whole label goes before its parts, longer parts before shorter ones. A label
    that names two antigens (CD14_CD15) means neither, unless both in one channel are an entry of
    their own (CD3_CD19).

    Examples
    --------
    >>> find_antigen("CD279").id, find_antigen("hla dr").id, find_antigen("CD8a").id
    ('PD1', 'HLA-DR', 'CD8')
    >>> find_antigen("145Nd_CD4").id, find_antigen("CD45(In115)Dd").id
    ('CD4', 'CD45')
    >>> find_antigen("167Er_CD197_CCR7").id, find_antigen("CD4 PE-Cy7-A").id
    ('CCR7', 'CD4')
    >>> find_antigen("a lamp") is None, find_antigen("CD14_CD15") is None
    (True, True)
    """
    whole = named_antigen(label)
    if whole is not None:
        return whole
    words = [word for word in re.split(r"[\s_\-:;,|()\[\]/]+", label) if word]
    named = list(_named(tuple(word for word in words if not _METAL.fullmatch(word))))
    return named[0] if len({antigen.id for antigen in named}) == 1 else None


def named_antigen(name: str) -> Antigen | None:
    """Return the antigen that a whole name means, None where it is not known.

    Examples
    --------
    >>> named_antigen("BDCA-2").id, named_antigen("145Nd_CD4") is None
    ('CD303', True)
    """
    return _by_key().get(_key(name))


def _named(words: tuple[str, ...]) -> Iterator[Antigen]:
    """Give the antigens that runs of words name, the longest run first, each word used once."""
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            antigen = named_antigen("".join(words[start : start + length]))
            if antigen is not None:
                yield antigen
                yield from _named(words[:start])
                yield from _named(words[start + length :])
                return


def _key(name: str) -> str:
    return re.sub(r"[\s_\-./]+", "", name.translate(_LATIN)).casefold()


@cache
def _by_key() -> MappingProxyType[str, Antigen]:
    names: dict[str, Antigen] = {}
    for antigen in antigens():
        for name in (antigen.id, *antigen.aliases):
            names.setdefault(_key(name), antigen)
    return MappingProxyType(names)
