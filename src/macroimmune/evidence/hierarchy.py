"""Which populations a panel can show: of each the best definition whose markers it has."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from macroimmune.evidence.population_definition import (
    PopulationDefinition,
    Species,
    population_definitions,
)

__all__ = ["Hierarchy", "gating_hierarchy"]

# In these the same markers mean other cells.
_MATERIALS = {"pbmc": "PBMC", "whole blood": "whole blood"}


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What can be gated with a panel, parents before children.

    Parameters
    ----------
    nodes : tuple of PopulationDefinition
        One per population, with the signs, excluded populations and parts of unions that the
        panel can show and no others; parents, excluded populations and parts come first.
    missing : mapping from population id to str
        Of the others, what the panel lacks, as a sentence.
    """

    nodes: tuple[PopulationDefinition, ...]
    missing: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The populations, in the order of the nodes."""
        return tuple(node.population for node in self.nodes)


def gating_hierarchy(
    antigens: Collection[str],
    species: Species,
    *,
    state_antigens: Collection[str] = (),
    material: str = "",
) -> Hierarchy:
    """Return the populations that a panel can show.

    Parameters
    ----------
    antigens : collection of str
        Ids of the antigens that the panel measures and that may type cells: its lineage markers.
    species : {"human", "mouse"}
    state_antigens : collection of str
        Ids of its state markers, empty for wells that were stimulated. They serve populations of
        kind `state` alone, so that no stimulus can move a cell from one lineage to another.
    material : str
        What the cells are, as the samples of a study say it. Granulocytes are neutrophils in
        `whole blood` and suppressor cells of low density in `PBMC`; for other words, or none,
        both are given.

    Returns
    -------
    hierarchy : Hierarchy

    Examples
    --------
    >>> gating_hierarchy({"CD45", "CD3", "CD20"}, "human").names[:3]
    ('leukocytes', 't_cell', 'b_cell')
    """
    choice = _Choice(frozenset(antigens), frozenset(state_antigens), species, material.casefold())
    names = _by_population(species)
    for name in names:
        choice.node(name)
    nodes = tuple(node for node in choice.found.values() if node is not None)
    missing = {name: choice.lack(name) for name in names if choice.found[name] is None}
    return Hierarchy(nodes, MappingProxyType(missing))


@cache
def _by_population(
    species: Species,
) -> MappingProxyType[str, tuple[PopulationDefinition, ...]]:
    """Give the definitions of each population, best first, in the order of the file."""
    groups: dict[str, list[PopulationDefinition]] = {}
    for one in population_definitions(species):
        groups.setdefault(one.population, []).append(one)
    return MappingProxyType({
        name: tuple(sorted(group, key=lambda one: one.preference)) for name, group in groups.items()
    })


class _Choice:
    """The definitions chosen so far; `found` is in the order in which they can be gated."""

    def __init__(
        self,
        antigens: frozenset[str],
        state_antigens: frozenset[str],
        species: Species,
        material: str,
    ) -> None:
        self._antigens = {"lineage": antigens, "state": antigens | state_antigens}
        self._definitions = _by_population(species)
        self._material = material if material in _MATERIALS else ""
        self.found: dict[str, PopulationDefinition | None] = {}

    def node(self, name: str) -> PopulationDefinition | None:
        """Return the best definition of a population that the panel allows."""
        if name not in self.found:
            # What a definition needs is asked for before it is taken, so that it comes first.
            chosen = next(
                (
                    one
                    for one in self._definitions[name]
                    if self._is_of_material(one) and not self._lacks(one)
                ),
                None,
            )
            self.found[name] = None if chosen is None else self._resolved(chosen)
        return self.found[name]

    def lack(self, name: str) -> str:
        """Say what the panel would need for the definition that it comes nearest to."""
        of_material = [one for one in self._definitions[name] if self._is_of_material(one)]
        if not of_material:
            return f"in {_MATERIALS[self._material]} these markers mean other cells"
        lacks = sorted((self._lacks(one) for one in of_material), key=len)
        return f"the panel lacks {', '.join(lacks[0])}"

    def _is_of_material(self, one: PopulationDefinition) -> bool:
        return not self._material or one.material.casefold() in {"", self._material}

    def _lacks(self, one: PopulationDefinition) -> tuple[str, ...]:
        there = self._antigens[one.kind]
        markers = [*(sign.antigen for sign in one.signs if not sign.is_optional), *one.needs]
        populations = (*filter(None, [one.parent]), *one.excluding, *one.union)
        absent = [name for name in populations if self.node(name) is None]
        return (
            *(antigen for antigen in markers if antigen not in there),
            *(name for name in absent if name not in one.optional),
        )

    def _resolved(self, one: PopulationDefinition) -> PopulationDefinition:
        there = self._antigens[one.kind]
        return replace(
            one,
            signs=tuple(
                replace(sign, is_optional=False) for sign in one.signs if sign.antigen in there
            ),
            excluding=tuple(name for name in one.excluding if self.node(name) is not None),
            union=tuple(name for name in one.union if self.node(name) is not None),
            optional=frozenset(),
        )
