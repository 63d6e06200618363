"""Sums of diameters at scans that show response and progression as they were recorded."""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.people import Outcomes, People
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream
from macroimmune.simulator.tables.best_response import best_response
from macroimmune.simulator.tables.scans import (
    FIRST_DAY,
    last_scan_days,
    planned_scans,
    progression_days,
)

__all__ = ["tumour_table"]

Values = NDArray[np.float64]

# Relative to the first sum: what partial responses and stable disease look like, and growth from
# the smallest sum at progression. Assumed, within what RECIST 1.1 calls by these names.
_SHRUNKEN, _STABLE, _GROWN = (0.20, 0.60), (0.80, 1.10), (1.25, 1.70)
_FIRST_OF_RESPONSE = 0.68
_RESPONSES = ("CR", "PR")
_SMALLEST_MM, _LEAST_GROWTH_MM = 20, 6


@dataclass(frozen=True, slots=True)
class _Patient:
    """What decides the scans of one patient; days are those of scans that were made."""

    best: str
    first_mm: int
    days: tuple[int, ...]
    progression: float


def tumour_table(plan: StudyPlan, people: People, outcomes: Outcomes) -> pl.DataFrame:
    """Return the scans of patients with a tumour to measure, those of a course as they are.

    Notes
    -----
    Convention: one scan before treatment, then every `scan_every` days until progression, death or
    the end of observation. The scan that shows progression is on its day and the last: the sum is
    at least 20 % and 5 mm above the smallest before. Partial responses are at least 30 % below the
    first sum, complete ones reach 0; stable disease stays between. Patients whose response was not
    evaluable have the first scan alone.
    """
    if outcomes.sums_mm:
        return _followed_scans(people, outcomes)
    best = best_response(plan, people, outcomes)
    planned = planned_scans(plan, people.is_patient.size)
    until, progression = last_scan_days(outcomes), progression_days(outcomes)
    ids: list[str] = []
    days: list[int] = []
    sums: list[int] = []
    for who in np.flatnonzero(people.is_patient):
        name = str(people.participant_ids[who])
        rng = random_stream(plan.seed, "tables", "tumour", name)
        first = plan.tumour.median_mm * np.exp(plan.tumour.spread * rng.normal())
        patient = _Patient(
            best=str(best[who]),
            first_mm=max(round(float(first)), _SMALLEST_MM),
            days=_days(planned[who], float(until[who]), str(best[who])),
            progression=float(progression[who]),
        )
        for day, size in _scans(patient, rng):
            ids.append(name)
            days.append(day)
            sums.append(size)
    return pl.DataFrame({"Patient": ids, "Day": days, "Sum of diameters (mm)": sums})


def _followed_scans(people: People, outcomes: Outcomes) -> pl.DataFrame:
    """Return the scans of a tumour course, until progression, death or the end of observation."""
    end = np.fmin(outcomes.death_days, outcomes.last_seen_days)
    until = np.fmin(end, outcomes.progression_days)
    rows = [
        (str(people.participant_ids[who]), day, round(size))
        for who, scans in enumerate(outcomes.sums_mm)
        for day, size in scans
        if day <= until[who]
    ]
    columns = {"Patient": pl.String, "Day": pl.Int64, "Sum of diameters (mm)": pl.Int64}
    return pl.DataFrame(rows, schema=columns, orient="row")


def _days(planned: NDArray[np.int64], until: float, best: str) -> tuple[int, ...]:
    """Return the days of the scans after the start on which there is no progression."""
    days = tuple(int(day) for day in planned if day <= until)
    if not days and best in _RESPONSES:
        # Response was seen although the patient did not reach the first planned scan.
        return (max(int(0.6 * until), FIRST_DAY),)
    return days


def _scans(patient: _Patient, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Return day and sum of diameters of each scan of a patient."""
    before = (-int(rng.integers(0, 22)), patient.first_mm)
    relative = _relative(patient.best, len(patient.days), rng)
    grown = float(rng.uniform(*_GROWN))
    if patient.best == "NE":
        return [before]
    sums = [round(float(patient.first_mm * part)) for part in relative]
    scans = [before, *zip(patient.days, sums, strict=True)]
    if math.isfinite(patient.progression):
        smallest = min(size for _, size in scans)
        size = max(math.ceil(smallest * grown), smallest + _LEAST_GROWTH_MM)
        scans.append((int(patient.progression), size))
    return scans


def _relative(best: str, n: int, rng: np.random.Generator) -> Values:
    """Return the sums after the start relative to the first one."""
    level = rng.uniform(*(_STABLE if best in {"SD", "PD"} else _SHRUNKEN))
    wobble = rng.uniform(-0.02, 0.02, n)
    relative = np.full(n, level) + wobble
    if best in _RESPONSES and n > 1:
        relative[0] = max(relative[0], rng.uniform(level, _FIRST_OF_RESPONSE))
    if best == "CR":
        relative[min(1, n - 1) :] = 0.0
    return relative
