"""How populations are recognised: parent, signs of markers, fall-backs for the panel at hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from macroimmune.evidence.tables import parts, table

__all__ = [
    "Level",
    "MarkerSign",
    "PopulationDefinition",
    "PopulationKind",
    "Species",
    "population_definitions",
]

Level = Literal["negative", "positive", "low", "dim", "high"]
PopulationKind = Literal["lineage", "state"]
Species = Literal["human", "mouse"]

_LEVELS: dict[str, Level] = {
    "+": "positive",
    "-": "negative",
    "lo": "low",
    "dim": "dim",
    "hi": "high",
}
_SIGN = re.compile(r"(?P<antigen>[^\s+?]+?)(?P<level>\+|-|lo|dim|hi)(?P<optional>\??)")
_KINDS: dict[str, PopulationKind] = {"lineage": "lineage", "state": "state"}


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
    is_optional : bool
        True where the sign counts only if the panel has the marker.
    """

    antigen: str
    level: Level
    is_optional: bool = False

    def __str__(self) -> str:
        level = next(sign for sign, level in _LEVELS.items() if level == self.level)
        return f"{self.antigen}{level}{'?' if self.is_optional else ''}"


@dataclass(frozen=True, slots=True)
class PopulationDefinition:
    """One way to recognise a population.

    Parameters
    ----------
    population : str
        Id of a population of the evidence.
    species : {"human", "mouse"}
    kind : {"lineage", "state"}
        `lineage`: told by lineage markers alone. `state`: told by markers that a stimulus moves
        as well, be it a state (Ki67+, PD1lo) or not (CD38hi plasmablasts): never the parent, a
        part or an excluded population of a lineage one, and not to be gated in stimulated wells.
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
    optional : frozenset of str
        Those of `excluding` and `union` that count only if the panel can show them.
    material : str
        `PBMC` or `whole blood` where the same markers mean other cells in the other one
        (granulocytes among mononuclear cells are suppressor cells of low density), else empty.
    standard : str
        `hipc` for the standard set of the Human Immunology Project, or empty.
    note : str
        What a reader of the numbers must know.
    source : tuple of str
        Ids of sources, a term of the Cell Ontology, or that it is standard usage or of our own.
    needs : tuple of str
        Antigens that the panel must have though they have no sign here: those by which it is
        known for one of granulocytes, say.
    """

    population: str
    species: Species
    kind: PopulationKind
    preference: int
    parent: str
    signs: tuple[MarkerSign, ...]
    excluding: tuple[str, ...]
    union: tuple[str, ...]
    optional: frozenset[str]
    material: str
    standard: str
    note: str
    source: tuple[str, ...]
    needs: tuple[str, ...] = ()

    @property
    def phrase(self) -> str:
        """How the cells are told, without species, note and source."""
        of = self.parent or "live single cells"
        without = f", without {' and '.join(self._asked(self.excluding))}" if self.excluding else ""
        material = f", in {self.material}" if self.material else ""
        needs = f", if the panel has {' and '.join(self.needs)}" if self.needs else ""
        if self.union:
            return f"{' or '.join(self._asked(self.union))}, of {of}{without}{material}{needs}"
        signs = " ".join(str(sign) for sign in self.signs) or "all"
        return f"{signs} of {of}{without}{material}{needs}"

    def _asked(self, names: tuple[str, ...]) -> list[str]:
        return [f"{name}?" if name in self.optional else name for name in names]


def parse_signs(text: str) -> tuple[MarkerSign, ...]:
    """Return the signs that a text lists.

    Raises
    ------
    ValueError
        If a word is no antigen followed by a level.

    Examples
    --------
    >>> [str(sign) for sign in parse_signs("CD3+ CD127lo HLA-DR- CD19-?")]
    ['CD3+', 'CD127lo', 'HLA-DR-', 'CD19-?']
    """
    signs = []
    for word in text.split():
        match = _SIGN.fullmatch(word)
        if match is None:
            msg = (
                f"{word!r} is no sign of a marker; expected CD3+, CD8-, CD25hi, CD127lo, CD56dim, "
                "or CD19-? for a sign that counts if the panel has the marker"
            )
            raise ValueError(msg)
        signs.append(
            MarkerSign(match["antigen"], _LEVELS[match["level"]], match["optional"] == "?")
        )
    return tuple(signs)


@cache
def population_definitions(species: Species) -> tuple[PopulationDefinition, ...]:
    """Return every definition for a species, in file order."""
    return tuple(
        _definition(row, species)
        for row in table("population_definitions")
        if row["species"] == species
    )


def _definition(row: Mapping[str, str], species: Species) -> PopulationDefinition:
    excluding, union = parts(row["excluding"]), parts(row["union"])
    return PopulationDefinition(
        population=row["population"],
        species=species,
        kind=_KINDS[row["kind"]],
        preference=int(row["preference"]),
        parent=row["parent"],
        signs=parse_signs(row["signs"]),
        excluding=tuple(name.removesuffix("?") for name in excluding),
        union=tuple(name.removesuffix("?") for name in union),
        optional=frozenset(
            name.removesuffix("?") for name in (*excluding, *union) if name.endswith("?")
        ),
        material=row["material"],
        standard=row["standard"],
        note=row["note"],
        source=parts(row["source"]),
        needs=parts(row["needs"]),
    )
