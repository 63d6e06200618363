"""Which thresholds a hierarchy needs, and on which side of them the cells of a population lie."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from macroimmune.cytometry.gated import Threshold
from macroimmune.cytometry.gating.marker_thresholds import IS_ONE_POPULATION
from macroimmune.evidence import (
    Hierarchy,
    MarkerSign,
    PopulationDefinition,
    population_definitions,
)

__all__ = ["NodeTests", "ThresholdKey", "node_keys", "node_tests", "separating", "threshold_keys"]

ThresholdKey = tuple[str, str, Literal["positive", "high"]]

# Of each level: the threshold, and whether cells lie above it.
_SIDES: dict[str, tuple[tuple[Literal["positive", "high"], bool], ...]] = {
    "negative": (("positive", False),),
    "positive": (("positive", True),),
    "low": (("high", False),),
    "high": (("high", True),),
    "dim": (("positive", True), ("high", False)),
}


def node_keys(node: PopulationDefinition) -> tuple[tuple[ThresholdKey, bool], ...]:
    """Return the thresholds of a population, and whether its cells lie above them.

    Examples
    --------
    >>> from macroimmune.evidence import population_definitions
    >>> one = next(d for d in population_definitions("human") if d.population == "t_cell")
    >>> node_keys(one)[0]
    (('CD3', 'leukocytes', 'positive'), True)
    """
    return tuple(
        ((sign.antigen, node.parent, level), above)
        for sign in node.signs
        for level, above in _sides(sign)
    )


def _sides(sign: MarkerSign) -> tuple[tuple[Literal["positive", "high"], bool], ...]:
    return _SIDES[sign.level]


def threshold_keys(hierarchy: Hierarchy) -> tuple[ThresholdKey, ...]:
    """Return every threshold that a hierarchy needs: antigen, population within, level."""
    keys = (key for node in hierarchy.nodes for key, _ in node_keys(node))
    return tuple(dict.fromkeys(keys))


@dataclass(frozen=True, slots=True)
class NodeTests:
    """What must hold of a cell of one population, by the places of thresholds and populations.

    Parameters
    ----------
    parent : int
        -1: all cells.
    cuts : tuple of (int, bool)
        Threshold, and whether the cell lies above it.
    excluding, union : tuple of int
        The cell belongs to none of the former, and to one of the latter if there are any.
    spared : frozenset of int
        Of the thresholds up to which the cell lies, those that a panel without the marker is
        allowed to lack.
    """

    parent: int
    cuts: tuple[tuple[int, bool], ...]
    excluding: tuple[int, ...]
    union: tuple[int, ...]
    spared: frozenset[int] = frozenset()


def node_tests(hierarchy: Hierarchy) -> tuple[NodeTests, ...]:
    """Return the tests of each population, in the order of the hierarchy."""
    places = {key: place for place, key in enumerate(threshold_keys(hierarchy))}
    names = {name: place for place, name in enumerate(hierarchy.names)}
    return tuple(
        NodeTests(
            parent=names.get(node.parent, -1),
            cuts=tuple((places[key], above) for key, above in node_keys(node)),
            excluding=tuple(names[name] for name in node.excluding),
            union=tuple(names[name] for name in node.union),
            spared=frozenset(
                places[key]
                for key, above in node_keys(node)
                if not above and key[0] in _spared_antigens(node)
            ),
        )
        for node in hierarchy.nodes
    )


def _spared_antigens(node: PopulationDefinition) -> frozenset[str]:
    """Return the markers of excluding signs without which the population can be told as well."""
    known = [
        one
        for one in population_definitions(node.species)
        if (one.population, one.parent, one.kind) == (node.population, node.parent, node.kind)
    ]
    signs = {(sign.antigen, sign.level) for sign in node.signs}
    # A definition that asks for nothing else holds without the marker too.
    return frozenset(
        antigen
        for antigen, _ in signs
        if any(
            asked and asked <= {sign for sign in signs if sign[0] != antigen}
            for one in known
            if (asked := {(s.antigen, s.level) for s in one.signs if not s.is_optional})
        )
    )


def separating(tests: NodeTests, thresholds: Sequence[Threshold]) -> NodeTests:
    """Return the tests without excluding signs of markers that show one population.

    Parameters
    ----------
    tests : NodeTests
    thresholds : sequence of Threshold
        In the order of the hierarchy.

    Notes
    -----
    Convention: a marker with one population cannot tell which cells to exclude. Where the evidence
    tells the population without the marker too, it is as if the panel lacked it; a sign by which a
    population is defined stays.
    """
    return replace(
        tests,
        cuts=tuple(
            (cut, above)
            for cut, above in tests.cuts
            if not (cut in tests.spared and thresholds[cut].status in IS_ONE_POPULATION)
        ),
    )
