"""Populations of labels from elsewhere: members and counts by id of the evidence."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.closest import folded
from macroimmune.cytometry.gated import PopulationCount
from macroimmune.cytometry.manual.event_labels import EventLabels
from macroimmune.cytometry.manual.gate_populations import GatedPopulations
from macroimmune.cytometry.manual.manual_gates import ALL_EVENTS
from macroimmune.cytometry.manual.population_counts import counted_share
from macroimmune.cytometry.manual.population_names import population_id
from macroimmune.errors import InputError
from macroimmune.evidence import populations

__all__ = ["label_populations"]

_NO_CELLS = frozenset({
    "bead", "beads", "dead", "deadcell", "deadcells", "debris", "doublet", "doublets", "margin",
    "multiplet", "multiplets",
})  # fmt: skip


def label_populations(
    labels: EventLabels,
    *,
    names: Mapping[str, str] = MappingProxyType({}),
    cells: NDArray[np.bool_] | None = None,
) -> GatedPopulations:
    """Return the populations that labels tell.

    Parameters
    ----------
    labels : EventLabels
    names : mapping of str to str
        The laboratory's own names for populations, see `read_population_names`.
    cells : bool array, shape (events,), or None
        Live single cells, of which shares without a population above are; None: all events whose
        label does not say otherwise (debris, dead, doublets, beads).

    Returns
    -------
    populations : GatedPopulations
        Populations of which the evidence says that those of the labels are parts are told too, as
        the sum of their parts; `notes` names the labels.

    Raises
    ------
    InputError
        If `cells` is not of one length with the labels.

    Notes
    -----
    Convention: an event counts in the population of its label and in all above; shares are given
    of every population above, and of all cells (parent empty) or all events.

    Examples
    --------
    >>> labels = EventLabels(("CD4 T cells", "B cells"), np.array([0, 0, 1, -1], dtype=np.int32))
    >>> told = label_populations(labels)
    >>> list(told.members), told.notes["t_cell"]
    (['cd4_t', 'b_cell', 't_cell', 'lymphocytes', 'leukocytes'], 'sum of the labels CD4 T cells')
    """
    if cells is not None and cells.shape != labels.codes.shape:
        msg = f"{cells.size} events are told to be cells or not; expected {labels.codes.size}"
        raise InputError(msg)
    no_cells = [k for k, name in enumerate(labels.names) if folded(name) in _NO_CELLS]
    among = ~np.isin(labels.codes, no_cells) if cells is None else cells
    ids = {name: population_id(name, names) for name in labels.names}
    named = [name for k, name in enumerate(labels.names) if k not in no_cells]
    parts = _parts(named, ids)
    members = {
        population: np.isin(labels.codes, [labels.names.index(one) for one in of]) & among
        for population, of in parts.items()
    }
    notes = {
        population: f"sum of the labels {', '.join(of)}"
        for population, of in parts.items()
        if any((ids[one] or one) != population for one in of)
    }
    root = ALL_EVENTS if cells is None else ""
    return GatedPopulations(
        members=members,
        known=frozenset(name for name in parts if name in _parents()),
        counts=tuple(_counts(members, among, root, notes)),
        notes=notes,
        missing={},
    )


def _parents() -> dict[str, str]:
    return {one.id: one.parent for one in populations()}


def _above(population: str) -> list[str]:
    """Return the populations of the evidence above one, nearest first."""
    parents = _parents()
    chain = []
    while parent := parents.get(population, ""):
        chain.append(parent)
        population = parent
    return chain


def _parts(labels: Iterable[str], ids: Mapping[str, str | None]) -> dict[str, list[str]]:
    """Return the labels that make up each population: those of the labels, then those above."""
    parts: dict[str, list[str]] = {}
    for label in labels:
        parts.setdefault(ids[label] or label, []).append(label)
    for label in labels:
        for above in _above(ids[label] or ""):
            of = parts.setdefault(above, [])
            of += [] if label in of else [label]
    return parts


def _counts(
    members: Mapping[str, NDArray[np.bool_]],
    among: NDArray[np.bool_],
    root: str,
    notes: Mapping[str, str],
) -> Iterable[PopulationCount]:
    totals = {name: int(one.sum()) for name, one in members.items()}
    for name, n_cells in totals.items():
        for parent in _above(name):
            status = "; ".join(f"{one}: {notes[one]}" for one in (name, parent) if one in notes)
            yield counted_share(name, parent, n_cells, totals[parent], status)
        yield counted_share(name, root, n_cells, int(among.sum()), notes.get(name, ""))
