"""Stimuli of blood cells, and the markers by which the answer to each is declared."""

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, get_args

from macroimmune.evidence.tables import parts, table

__all__ = ["MarkerKind", "MarkerList", "Stimulus", "find_stimulus", "marker_lists", "stimuli"]

MarkerKind = Literal["early", "induced", "cytokine", "degranulation"]
_LATIN = str.maketrans("αβγλωµμ", "abglouu")
_LETTERS = (("alpha", "a"), ("beta", "b"), ("gamma", "g"), ("lambda", "l"), ("omega", "o"))
# What a word for a stimulus says beside it: how much, how long, whose protein.
_AMOUNT = re.compile(
    r"\(?(?<![a-z0-9])\d[\d.,]*\s*(?:(?:k|m)?i?u|[munp]?g|[munp]?m)\s*(?:/\s*[mun]?l)?\)?(?![a-z0-9])"
)
_TIME = re.compile(
    r"\(?(?<![a-z0-9])\d[\d.,]*\s*(?:min|mins|minutes?|h|hr|hrs|hours?)\)?(?![a-z0-9])"
)
_ORIGIN = re.compile(r"^\s*(?:recombinant[- ]+(?:human[- ]+)?|human[- ]+|r?hu?[- ]?(?=if|il|gm))")


@dataclass(frozen=True, slots=True)
class Stimulus:
    """What cells are given before they are measured.

    Parameters
    ----------
    id, name : str
    family : str
        Stimuli of one family are read by the same marker lists: IFN-alpha, IFN-beta.
    aliases : tuple of str
        Other names; case, spaces and punctuation do not matter.
    """

    id: str
    name: str
    family: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkerList:
    """The markers of one kind of answer to one family of stimuli, declared before outcomes.

    Parameters
    ----------
    id : str
    family : str
        Of stimuli.
    kind : {"early", "induced", "cytokine", "degranulation"}
        Phosphorylation within minutes; proteins made within hours; secreted; brought to the
        surface. Kinds are never mixed.
    minutes_low, minutes_high : float
        How long the stimulus acts where the list is read; the upper end counts to the list.
    markers : tuple of str
        Antigens.
    populations : tuple of str
        In which it is read; the first is the primary one.
    source : str
    """

    id: str
    family: str
    kind: MarkerKind
    minutes_low: float
    minutes_high: float
    markers: tuple[str, ...]
    populations: tuple[str, ...]
    source: str

    def covers(self, minutes: float | None) -> bool:
        """Whether the list is read after so many minutes; where they are unknown, it is."""
        return minutes is None or self.minutes_low < minutes <= self.minutes_high


@cache
def stimuli() -> tuple[Stimulus, ...]:
    """Return every known stimulus, in file order."""
    return tuple(
        Stimulus(row["id"], row["name"], row["family"], parts(row["aliases"]))
        for row in table("stimuli")
    )


@cache
def marker_lists(family: str = "") -> tuple[MarkerList, ...]:
    """Return the marker lists of a family of stimuli, of all where it is empty.

    Examples
    --------
    >>> [one.id for one in marker_lists("type_1_interferon") if one.covers(15)]
    ['ifn1_early']
    """
    kinds = {str(kind): kind for kind in get_args(MarkerKind)}
    return tuple(
        MarkerList(
            id=row["id"],
            family=row["family"],
            kind=kinds[row["kind"]],
            minutes_low=float(row["minutes_low"]),
            minutes_high=float(row["minutes_high"]),
            markers=parts(row["markers"]),
            populations=parts(row["populations"]),
            source=row["source"],
        )
        for row in table("stimulus_markers")
        if family in {"", row["family"]}
    )


@cache
def find_stimulus(words: str) -> Stimulus | None:
    """Return the stimulus that a laboratory's words mean, None where they are not known.

    Case, spaces, punctuation and the spelling of Greek letters do not matter, nor do a dose, a
    time, or that a protein is recombinant or human.

    Examples
    --------
    >>> find_stimulus("IFNα2b").id, find_stimulus("ifn-I").id, find_stimulus("tea") is None
    ('ifn_alpha', 'ifn_1', True)
    >>> find_stimulus("rhIL-6 (20 ng/mL), 15 min").id
    'il6'
    """
    plain = words.lower().translate(_LATIN)
    bare = _ORIGIN.sub("", _TIME.sub(" ", _AMOUNT.sub(" ", plain)))
    known = _by_key()
    return known.get(_key(plain)) or known.get(_key(bare))


@cache
def _by_key() -> MappingProxyType[str, Stimulus]:
    return MappingProxyType({
        _key(name): one for one in stimuli() for name in (one.id, one.name, *one.aliases)
    })


def _key(words: str) -> str:
    key = re.sub(r"[^a-z0-9]+", "", words.lower().translate(_LATIN))
    for letter, short in _LETTERS:
        key = key.replace(letter, short)
    return key
