"""Populations of people's gates: members and counts by id of the evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.gated import PopulationCount
from macroimmune.cytometry.manual.manual_gates import (
    ALL_EVENTS,
    GatePath,
    ManualGate,
    ManualGates,
)
from macroimmune.cytometry.manual.population_counts import counted_share

__all__ = ["GatedPopulations", "gate_populations"]


@dataclass(frozen=True, slots=True, eq=False)
class GatedPopulations:
    """Populations that people told, by gates or labels.

    Parameters
    ----------
    members : mapping from population to bool array, shape (events,)
        By id of the evidence, or by the laboratory's own word where that knows none.
    known : frozenset of str
        Those of the populations that are ids of the evidence.
    counts : tuple of PopulationCount
        Each population against the one above and against every known one above; `all events`
        where there is none.
    notes : mapping from population to str
        How to read those that are not simply one gate or label.
    missing : mapping from population to str
        Of those that could not be told, why.
    """

    members: Mapping[str, NDArray[np.bool_]]
    known: frozenset[str]
    counts: tuple[PopulationCount, ...]
    notes: Mapping[str, str]
    missing: Mapping[str, str]


def gate_populations(gates: ManualGates) -> GatedPopulations:
    """Return the populations that gates of people tell.

    Parameters
    ----------
    gates : ManualGates

    Returns
    -------
    populations : GatedPopulations

    Notes
    -----
    Convention: of gates of one population within each other the innermost counts; gates of one
    population beside each other count together. A share is of the cells that are in both.

    Examples
    --------
    >>> one = ManualGate(("T cells",), "t_cell", True, "RectangleGate", 2, -1, "")
    >>> told = np.array([True, True, False])
    >>> gates = ManualGates("a.fcs", "a.wsp", 3, (one,), {("T cells",): told}, ())
    >>> gate_populations(gates).counts[0].fraction
    0.6666666666666666
    """
    applied = [one for one in gates.gates if one.path in gates.members]
    names = dict.fromkeys(one.population for one in applied)
    chosen = {name: _innermost(applied, name) for name in names}
    members = {
        name: np.logical_or.reduce([gates.members[one.path] for one in ones])
        for name, ones in chosen.items()
    }
    notes = {name: note for name, ones in chosen.items() if (note := _note(ones))}
    by_path = {one.path: one for one in applied}
    counts = [
        _share(name, parent, members, gates.n_events, notes.get(name, ""))
        for name, ones in chosen.items()
        for parent in _parents(ones, by_path)
    ]
    return GatedPopulations(
        members=members,
        known=frozenset(one.population for one in applied if one.is_known),
        counts=tuple(counts),
        notes=notes,
        missing={one.population: one.status for one in gates.gates if one.population not in names},
    )


def _innermost(gates: Iterable[ManualGate], population: str) -> list[ManualGate]:
    same = [one for one in gates if one.population == population]
    return [
        one
        for one in same
        if not any(
            len(other.path) > len(one.path) and other.path[: len(one.path)] == one.path
            for other in same
        )
    ]


def _note(ones: Sequence[ManualGate]) -> str:
    sentences = [one.status for one in ones if one.status]
    if len(ones) > 1:
        sentences.append("gates together: " + ", ".join("/".join(one.path) for one in ones))
    return "; ".join(sentences)


def _parents(ones: Sequence[ManualGate], by_path: Mapping[GatePath, ManualGate]) -> list[str]:
    """Return the population above, and the known ones above, that all gates share."""
    chains = [_above(one, by_path) for one in ones]
    shared = [one for one in chains[0] if all(one in chain for chain in chains[1:])]
    known = {one.population for one in by_path.values() if one.is_known}
    kept = [name for k, name in enumerate(shared) if k == 0 or name in known]
    return list(dict.fromkeys(kept)) or [ALL_EVENTS]


def _above(gate: ManualGate, by_path: Mapping[GatePath, ManualGate]) -> list[str]:
    """Return the populations of the gates above, nearest first, without the gate's own."""
    paths = (gate.path[:k] for k in range(len(gate.path) - 1, 0, -1))
    names = [by_path[path].population for path in paths if path in by_path]
    return [name for name in names if name != gate.population]


def _share(
    name: str,
    parent: str,
    members: Mapping[str, NDArray[np.bool_]],
    n_events: int,
    note: str,
) -> PopulationCount:
    if parent == ALL_EVENTS:
        return counted_share(name, parent, int(members[name].sum()), n_events, note)
    n_cells = int((members[name] & members[parent]).sum())
    return counted_share(name, parent, n_cells, int(members[parent].sum()), note)
