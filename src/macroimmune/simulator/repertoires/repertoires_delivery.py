"""T cell receptor repertoires of a virtual study: its files, and the table of them."""

import dataclasses
from pathlib import PurePosixPath

import numpy as np
import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.simulator.delivery import Delivery
from macroimmune.simulator.file_tasks import FileTask
from macroimmune.simulator.people import Outcomes, People, Samples
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.repertoires.person import Draw, Person
from macroimmune.simulator.repertoires.person_files import (
    LibraryFile,
    library_files,
    person_paths,
    write_person,
)
from macroimmune.simulator.repertoires.phenotypes import phenotype_shares
from macroimmune.simulator.streams import random_stream

__all__ = ["MANIFEST", "repertoires_delivery", "sequenced_people"]

MANIFEST = "repertoires/files.csv"
_TISSUES = {"blood": "Peripheral blood", "tumour": "Tumour"}
_LAYOUTS = {"airr": "AIRR", "immunoseq": "immunoSEQ", "mixcr": "MiXCR", "filtered contigs": "10x"}
_STUDY = f"""
[repertoires]
file = "{MANIFEST}"
participant_id = "Subject"
sample_id = "Sample name"
days_from_treatment_start = "Day"
compartment = {{ column = "Tissue", values = {{ "Peripheral blood" = "blood", \
Tumour = "tumour" }} }}
raw_file = "File"
format = {{ column = "Export", values = {{ AIRR = "airr", "10x" = "10x", immunoSEQ = "immunoseq", \
MiXCR = "mixcr" }} }}
chain = {{ column = "Locus", values = {{ TRB = "TRB", "TRA+TRB" = "several" }} }}
counted = "Quantity"
library = "Library"
labels = "Cell types"
batch = "Batch"
"""


def repertoires_delivery(
    plan: StudyPlan, people: People, samples: Samples, outcomes: Outcomes
) -> Delivery:
    """Return the files of all repertoires of a study, as tasks, and the table that lists them.

    Parameters
    ----------
    plan : StudyPlan
    people : People
    samples : Samples
    outcomes : Outcomes

    Returns
    -------
    delivery : Delivery
        One task per person; empty where the plan writes no repertoires.

    Raises
    ------
    InputError
        If the plan names a visit that there is not.
    """
    if not plan.repertoires.is_written:
        return Delivery()
    sequenced = sequenced_people(plan, people, samples, outcomes)
    batches = dict(zip(samples.sample_ids.tolist(), samples.batch.tolist(), strict=True))
    rows = [
        _row(plan, person, file, batches)
        for person in sequenced
        for file in library_files(person)
        if file.layout in _LAYOUTS
    ]
    tasks = tuple(FileTask(person_paths(person), write_person, person) for person in sequenced)
    return Delivery(
        tables={MANIFEST: pl.DataFrame(rows, infer_schema_length=None)}, tasks=tasks, study=_STUDY
    )


def _row(
    plan: StudyPlan, person: Person, file: LibraryFile, batches: dict[str, int]
) -> dict[str, object]:
    draw, is_single_cell = file.draw, file.replicate == 0
    return {
        "Subject": person.participant_id,
        "Sample name": draw.sample_id,
        "Visit": draw.visit,
        "Day": draw.day,
        "Tissue": _TISSUES[draw.compartment],
        "Library": "10x V(D)J" if is_single_cell else f"Library {file.replicate}",
        "Locus": "TRA+TRB" if is_single_cell else "TRB",
        "Export": _LAYOUTS[file.layout],
        "Quantity": _quantity(file, plan.repertoires.counted),
        "Batch": f"Run {batches[draw.sample_id.removesuffix(_BIOPSY)] + 1}",
        "File": file.path,
        "Cell types": str(PurePosixPath(file.path).parent / "cell_types.csv")
        if is_single_cell
        else None,
    }


def _cell_types(file: LibraryFile) -> str:
    return str(PurePosixPath(file.path).with_name("cell_types.csv"))


def _quantity(file: LibraryFile, counted: str) -> str:
    """Return what the file counts: MiXCR knows reads, and molecules where they carry UMIs."""
    if file.replicate == 0:
        return "cells"
    return "reads" if file.layout == "mixcr" and counted == "templates" else counted


_BIOPSY = "-T"


def sequenced_people(
    plan: StudyPlan, people: People, samples: Samples, outcomes: Outcomes
) -> tuple[Person, ...]:
    """Return the people whose cells are sequenced, with their draws and biopsies in order of day.

    Raises
    ------
    InputError
        If the plan names a visit that there is not.
    """
    visits = tuple(dict.fromkeys(visit.name for visit in plan.visits))
    blood = _known(plan.repertoires.visits, visits, "visits") or visits
    tumour = _known(plan.repertoires.tumour_visits, visits, "tumour_visits")
    tumour = tumour or (visits[0], visits[-1])
    treating = {arm.name for arm in plan.arms if arm.is_immunotherapy}
    limit = plan.repertoires.participants or len(people.participant_ids)
    found: list[Person] = []
    for place in range(len(people.participant_ids)):
        draws = _draws(plan, people, samples, place, blood, tumour)
        if not draws or len(found) == limit:
            continue
        if len(found) < plan.repertoires.single_cell_participants:
            draws = tuple(_with_single_cells(draw) for draw in draws)
        is_patient = bool(people.is_patient[place])
        found.append(
            Person(
                seed=plan.seed,
                participant_id=str(people.participant_ids[place]),
                age_years=float(people.age_years[place]),
                is_patient=is_patient,
                is_cmv_positive=bool(people.is_cmv_positive[place]),
                is_treated=is_patient and str(people.arm[place]) in treating,
                is_responder=is_patient and bool(outcomes.response[place]),
                shares=phenotype_shares(people.fractions[place]),
                draws=draws,
                plan=plan.repertoires,
            )
        )
    return tuple(found)


def _known(named: tuple[str, ...], visits: tuple[str, ...], setting: str) -> tuple[str, ...]:
    """Return the visits named.

    Raises
    ------
    InputError
        If there is no such visit.
    """
    for name in named:
        if name not in visits:
            advice = did_you_mean(name, visits)
            msg = f"repertoires.{setting}: found {name!r}, no visit of the plan. {advice}"
            raise InputError(msg)
    return named


def _draws(
    plan: StudyPlan,
    people: People,
    samples: Samples,
    place: int,
    blood: tuple[str, ...],
    tumour: tuple[str, ...],
) -> tuple[Draw, ...]:
    draws = []
    for row in np.flatnonzero(samples.participant == place):
        visit, name = str(samples.visit[row]), str(samples.sample_ids[row])
        day, shares = int(samples.days[row]), phenotype_shares(samples.fractions[row])
        if visit in blood:
            draws.append(Draw(name, visit, "blood", day, shares))
        if visit in tumour and people.is_patient[place]:
            who = str(people.participant_ids[place])
            chance = random_stream(plan.seed, "repertoires", who, "biopsy", visit).random()
            if chance < plan.repertoires.biopsied:
                draws.append(Draw(name + _BIOPSY, visit, "tumour", day, shares))
    return tuple(draws)


def _with_single_cells(draw: Draw) -> Draw:
    return dataclasses.replace(draw, has_single_cells=True)
