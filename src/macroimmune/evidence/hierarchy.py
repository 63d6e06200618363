"""Which populations a panel can show: of each the best definition whose markers it has."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from macroimmune.evidence.population_definition import (
    PopulationDefinition,
    Species,
    population_definitions,
)

__all__ = ["Hierarchy", "gating_hierarchy"]


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What can be gated with a panel, parents before children.

    Parameters
    ----------
    nodes : tuple of PopulationDefinition
        One per population: parents, excluded populations and parts of unions come first.
    missing : mapping from population id to str
        Of the others, what the panel lacks, as a sentence.
    """

    nodes: tuple[PopulationDefinition, ...]
    missing: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The populations, in the order of the nodes."""
        return tuple(node.population for node in self.nodes)


def gating_hierarchy(antigens: Collection[str], species: Species) -> Hierarchy:
    """Return the populations that a panel can show.

    Parameters
    ----------
    antigens : collection of str
        Ids of the antigens that the panel measures and that may type cells; state markers are
        left out by the caller.
    species : {"human", "mouse"}

    Returns
    -------
    hierarchy : Hierarchy

    Examples
    --------
    >>> gating_hierarchy({"CD45", "CD3", "CD20"}, "human").names
    ('leukocytes', 't_cell', 'b_cell')
    """
    by_population = {
        name: sorted(group, key=lambda one: one.preference)
        for name, group in groupby(
            sorted(population_definitions(species), key=lambda one: one.population),
            key=lambda one: one.population,
        )
    }
    order = list(dict.fromkeys(one.population for one in population_definitions(species)))
    nodes: dict[str, PopulationDefinition] = {}
    missing: dict[str, str] = {}
    waiting = order
    while waiting:
        later = []
        for name in waiting:
            chosen = next(
                (one for one in by_population[name] if _is_possible(one, antigens, nodes)), None
            )
            if chosen is None:
                later.append(name)
            else:
                nodes[name] = chosen
        if later == waiting:
            missing = {name: _lack(by_population[name][0], antigens, nodes) for name in later}
            break
        waiting = later
    return Hierarchy(tuple(nodes.values()), MappingProxyType(missing))


def _is_possible(
    one: PopulationDefinition, antigens: Collection[str], nodes: Collection[str]
) -> bool:
    needed = (*filter(None, [one.parent]), *one.excluding, *one.union)
    return all(sign.antigen in antigens for sign in one.signs) and all(
        name in nodes for name in needed
    )


def _lack(one: PopulationDefinition, antigens: Collection[str], nodes: Collection[str]) -> str:
    markers = [sign.antigen for sign in one.signs if sign.antigen not in antigens]
    cells = [
        name for name in (one.parent, *one.excluding, *one.union) if name and name not in nodes
    ]
    return f"the panel lacks {', '.join(markers + cells)}"
