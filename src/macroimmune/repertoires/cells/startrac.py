"""Expansion, migration and transition of the populations of a participant's cells, with words."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from macroimmune.repertoires.cells.clone_indices import CloneQuestion, clone_indices
from macroimmune.repertoires.cells.clone_populations import FEW_CELLS, LEAST_CELLS
from macroimmune.repertoires.cells.participant_cells import ALL_CELLS, ParticipantCells

__all__ = ["startrac_rows"]

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

_ONE_COMPARTMENT = "cells of one compartment alone cannot show migration"
_ONE_POPULATION = "cells of one population alone cannot show transition"
_NOTHING_TO_SHUFFLE = "shuffled labels change nothing here, so that nothing is expected"


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A row of the table to be: what it is called, and its question, or why there is none."""

    population: str
    index: str
    of: str
    other: str
    question: CloneQuestion | None
    note: str = ""
    repertoire_id: str = ""


def startrac_rows(cells: ParticipantCells, *, rng: np.random.Generator) -> list[dict[str, object]]:
    """Return the rows of table `startrac` of one participant.

    Parameters
    ----------
    cells : ParticipantCells
    rng : numpy Generator

    Returns
    -------
    rows : list of dict
        Expansion of each population in each sample; migration over all compartments and between
        two; transition over all populations and between two; "" stands for all cells.

    Notes
    -----
    Convention: expansion is within a sample; for migration and transition the cells of all days
    are put together, and the status says so. Over all: clones are those of all cells, the mean is
    over the cells of the population. Between two compartments: cells of the population alone.
    Between two populations: cells of both, so that the order does not matter; these are the
    narrowest populations, which share no cell.
    """
    asked = [*_expansion(cells), *_migration(cells), *_transition(cells)]
    questions = [one.question for one in asked if one.question is not None]
    found = clone_indices(cells.clones, cells.strata, cells.labels, questions, rng=rng)
    numbers = iter(range(len(questions)))
    rows: list[dict[str, object]] = []
    for one in asked:
        row: dict[str, object] = {
            "participant_id": cells.samples["participant_id"][0],
            "population": one.population,
            "index": one.index,
            "repertoire_id": one.repertoire_id,
            "of": one.of,
            "other": one.other,
        }
        if one.question is None:
            rows.append({**row, "status": one.note})
            continue
        k = next(numbers)
        n_cells = int(found.n_cells[k])
        few = FEW_CELLS if n_cells < LEAST_CELLS else ""
        alike = "" if np.isfinite(found.expected[k]) else _NOTHING_TO_SHUFFLE
        said = [few, one.note, alike] if not found.status[k] else [found.status[k]]
        rows.append({
            **row,
            "n_cells": n_cells,
            "n_clonotypes": int(found.n_clones[k]),
            "value": found.value[k],
            "ci_low": found.ci_low[k],
            "ci_high": found.ci_high[k],
            "expected": found.expected[k],
            "p_value": found.p_value[k],
            "status": "; ".join(filter(None, said)),
        })
    return rows


def _expansion(cells: ParticipantCells) -> Iterator[_Asked]:
    samples = cells.samples.select("repertoire_id", "compartment").iter_rows()
    for stratum, (repertoire_id, compartment) in enumerate(samples):
        here = np.arange(len(cells.samples)) == stratum
        held = np.bincount(cells.labels[cells.strata == stratum], minlength=len(cells.names) + 1)
        for population, is_of in cells.populations().items():
            if held[is_of].sum():
                question = CloneQuestion(here[:, None] & is_of)
                yield _Asked(
                    population, "expansion", compartment, "", question, repertoire_id=repertoire_id
                )


def _migration(cells: ParticipantCells) -> Iterator[_Asked]:
    names, place = cells.compartments()
    all_of = ", ".join(names)
    note = _days(cells)
    everywhere = np.repeat(place[:, None], len(cells.names) + 1, axis=1)
    for population, is_of in cells.populations().items():
        if len(names) == 1:
            yield _Asked(population, "migration", all_of, "", None, _ONE_COMPARTMENT)
            continue
        own = np.broadcast_to(is_of, everywhere.shape)
        question = CloneQuestion(own, everywhere, len(names))
        yield _Asked(population, "migration", all_of, "", question, note)
        for one, other in combinations(range(len(names)), 2):
            of_both = own & np.isin(everywhere, [one, other])
            between = np.where(of_both, (everywhere == other).astype(np.int64), -1)
            question = CloneQuestion(of_both, between, 2)
            yield _Asked(population, "migration", names[one], names[other], question, note)


def _transition(cells: ParticipantCells) -> Iterator[_Asked]:
    n_labels = len(cells.names)
    shape = (len(cells.samples), n_labels + 1)
    note = _days(cells)
    label = np.append(np.arange(n_labels), -1)
    for population, is_of in cells.populations().items():
        # Cells without a label have no place.
        labelled = np.broadcast_to(is_of & (label >= 0), shape)
        if n_labels > 1:
            question = CloneQuestion(labelled, np.broadcast_to(label, shape), n_labels)
            yield _Asked(population, "transition", "populations", "", question, note)
        elif population != ALL_CELLS:
            yield _Asked(population, "transition", "populations", "", None, _ONE_POPULATION)
    for one, other in combinations(range(n_labels), 2):
        of_both = np.broadcast_to(np.isin(label, [one, other]), shape)
        between = np.where(of_both, (label == other).astype(np.int64), -1)
        question = CloneQuestion(of_both, between, 2)
        name, beside = cells.names[one], cells.names[other]
        yield _Asked(name, "transition", "populations", beside, question, note)


def _days(cells: ParticipantCells) -> str:
    days = cells.samples["days_from_treatment_start"].drop_nulls().unique().sort().to_list()
    if len(days) < 2:
        return ""
    return f"cells of days {', '.join(f'{day:g}' for day in days)} together"
