"""How populations are recognised: parent, signs of markers, fall-backs for the panel at hand."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from macroimmune.evidence.tables import parts, table

__all__ = ["Level", "MarkerSign", "PopulationDefinition", "Species", "population_definitions"]

Level = Literal["negative", "positive", "low", "dim", "high"]
Species = Literal["human", "mouse"]

_LEVELS: dict[str, Level] = {
    "+": "positive",
    "-": "negative",
    "lo": "low",
    "dim": "dim",
    "hi": "high",
}
_SIGN = re.compile(r"(?P<antigen>\S+?)(?P<level>\+|-|lo|dim|hi)")


@dataclass(frozen=True, slots=True)
class MarkerSign:
    """One condition on one antigen.

    Parameters
    ----------
    antigen : str
        Id of an antigen of the evidence.
    level : {"negative", "positive", "low", "dim", "high"}
        `negative`: up to the threshold of positivity; `positive`: above it; `low`: up to the
        threshold that separates cells with much from those with little (CD127lo, HLA-DRlo), the
        negative ones included; `high`: above that second threshold; `dim`: positive, not high.
    """

    antigen: str
    level: Level

    def __str__(self) -> str:
        return self.antigen + next(s for s, level in _LEVELS.items() if level == self.level)


@dataclass(frozen=True, slots=True)
class PopulationDefinition:
    """One way to recognise a population.

    Parameters
    ----------
    population : str
        Id of a population of the evidence.
    species : {"human", "mouse"}
    preference : int
        1 is the definition of choice; higher ones are fall-backs for panels that lack a marker.
    parent : str
        Id of the population whose cells are looked at; empty: every live single cell.
    signs : tuple of MarkerSign
        All must hold; none: every cell of the parent.
    excluding : tuple of str
        Populations whose cells do not count (effector CD4 T cells are no regulatory T cells).
    union : tuple of str
        Populations that together make up this one; then there are no signs.
    standard : str
        `hipc`, or empty.
    note : str
        What a reader of the numbers must know.
    source : str
        Id of a source, or its citation.
    """

    population: str
    species: Species
    preference: int
    parent: str
    signs: tuple[MarkerSign, ...]
    excluding: tuple[str, ...]
    union: tuple[str, ...]
    standard: str
    note: str
    source: str


def parse_signs(text: str) -> tuple[MarkerSign, ...]:
    """Return the signs that a text lists.

    Raises
    ------
    ValueError
        If a word is no antigen followed by a level.

    Examples
    --------
    >>> [str(sign) for sign in parse_signs("CD3+ CD127lo HLA-DR-")]
    ['CD3+', 'CD127lo', 'HLA-DR-']
    """
    signs = []
    for word in text.split():
        match = _SIGN.fullmatch(word)
        if match is None:
            msg = f"{word!r} is no sign of a marker; expected CD3+, CD8-, CD25hi, CD127lo, CD56dim"
            raise ValueError(msg)
        signs.append(MarkerSign(match["antigen"], _LEVELS[match["level"]]))
    return tuple(signs)


@cache
def population_definitions(species: Species) -> tuple[PopulationDefinition, ...]:
    """Return every definition for a species, in file order."""
    return tuple(
        PopulationDefinition(
            population=row["population"],
            species=species,
            preference=int(row["preference"]),
            parent=row["parent"],
            signs=parse_signs(row["signs"]),
            excluding=parts(row["excluding"]),
            union=parts(row["union"]),
            standard=row["standard"],
            note=row["note"],
            source=row["source"],
        )
        for row in table("population_definitions")
        if row["species"] == species
    )
