"""Cytokines in serum, measured plate by plate and undetected below a limit."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.features import LIMITS_OF_DETECTION
from macroimmune.simulator.people import People, Samples
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream
from macroimmune.simulator.tables.draws import moved_since_first

__all__ = ["serum_proteins_table"]

Values = NDArray[np.float64]

_LABELS = {
    "il6": "IL-6",
    "il8": "IL-8",
    "tnf": "TNF",
    "il2": "IL-2",
    "il10": "IL-10",
    "il4": "IL-4",
}


def serum_proteins_table(plan: StudyPlan, people: People, samples: Samples) -> pl.DataFrame:
    """Return one row per tube and cytokine; undetected ones are written as below their limit.

    Notes
    -----
    Convention: all tubes of a person are on one plate, people on plates by chance. A plate has one
    factor per cytokine; each well has its own error. The level at the first draw is the true one
    of the person, at later draws it has moved by chance.
    """
    stated = plan.proteins
    rng = random_stream(plan.seed, "tables", "proteins")
    names = [name for name in LIMITS_OF_DETECTION if name in people.baseline]
    shape = (samples.days.size, len(names))
    steps, errors = rng.normal(size=shape), rng.normal(size=shape)
    is_there = rng.random(samples.days.size) >= stated.missing
    plate = _plates(plan, people.arm.size, samples)
    first = np.column_stack([people.baseline[name] for name in names])
    spread = np.full(len(names), stated.day_to_day)
    levels = moved_since_first(first, samples, spread, steps)
    factors = stated.plate_effect * rng.normal(size=(plate.max(initial=0) + 1, len(names)))
    levels *= np.exp(factors[plate] + stated.noise * errors)
    frames = [
        pl.DataFrame({
            "Patient": people.participant_ids[samples.participant],
            "Day": samples.days,
            "Analyte": np.full(samples.days.size, _LABELS[name]),
            "Result pg/mL": _reported(levels[:, place], LIMITS_OF_DETECTION[name]),
            "LOD": np.full(samples.days.size, LIMITS_OF_DETECTION[name]),
            "Plate": np.char.mod("P%d", plate + 1),
        }).filter(pl.Series(is_there))
        for place, name in enumerate(names)
    ]
    return pl.concat(frames).sort("Patient", "Day", "Analyte")


def _reported(levels: Values, limit: float) -> NDArray[np.str_]:
    rounded = np.round(levels, 2)
    return np.where(rounded < limit, f"<{limit:g}", np.char.mod("%.2f", rounded))


def _plates(plan: StudyPlan, n: int, samples: Samples) -> NDArray[np.int64]:
    """Return the plate of each sample, from 0; a person who does not fit begins the next one."""
    order = random_stream(plan.seed, "tables", "plates").permutation(n)
    held = np.bincount(samples.participant, minlength=n)
    of_person = np.zeros(n, dtype=np.int64)
    plate, used = 0, 0
    for who in order:
        if used and used + held[who] > plan.proteins.per_plate:
            plate, used = plate + 1, 0
        of_person[who] = plate
        used += int(held[who])
    return of_person[samples.participant]
