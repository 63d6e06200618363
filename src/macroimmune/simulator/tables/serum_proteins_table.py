"""Cytokines in serum, measured plate by plate and undetected below a limit."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.features import LIMITS_OF_DETECTION
from macroimmune.simulator.people import People, Samples
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream
from macroimmune.simulator.tables.draws import followed, moved_since_first

__all__ = ["serum_proteins_table", "true_serum_proteins"]

Values = NDArray[np.float64]

_LABELS = {
    "il6": "IL-6",
    "il8": "IL-8",
    "tnf": "TNF",
    "il2": "IL-2",
    "il10": "IL-10",
    "il4": "IL-4",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Proteins:
    """Arrays of shape (draws, cytokines), of (plates, cytokines) and of (draws,)."""

    names: tuple[str, ...]
    true: Values
    measured: Values
    log_factors: Values
    plate: NDArray[np.int64]
    is_there: NDArray[np.bool_]


def serum_proteins_table(plan: StudyPlan, people: People, samples: Samples) -> pl.DataFrame:
    """Return one row per tube and cytokine; undetected ones are written as below their limit.

    Notes
    -----
    Convention: all tubes of a person are on one plate, people on plates by chance. A plate has one
    factor per cytokine; each well has its own error. The level at the first draw is the true one
    of the person, at later draws it has moved by chance.
    """
    drawn = _draw(plan, people, samples)
    frames = [
        pl.DataFrame({
            "Patient": people.participant_ids[samples.participant],
            "Day": samples.days,
            "Analyte": np.full(samples.days.size, _LABELS[name]),
            "Result pg/mL": _reported(drawn.measured[:, place], LIMITS_OF_DETECTION[name]),
            "LOD": np.full(samples.days.size, LIMITS_OF_DETECTION[name]),
            "Plate": np.char.mod("P%d", drawn.plate + 1),
        }).filter(pl.Series(drawn.is_there))
        for place, name in enumerate(drawn.names)
    ]
    return pl.concat(frames).sort("Patient", "Day", "Analyte")


def true_serum_proteins(plan: StudyPlan, people: People, samples: Samples) -> pl.DataFrame:
    """Return one row per draw and cytokine: what was in the serum, and what its plate made of it.

    Notes
    -----
    Convention: the measured value is `true_pg_ml` times the exponential of `plate_log_factor` and
    of the well's own error. Tubes that are missing from the table have their row.
    """
    drawn = _draw(plan, people, samples)
    columns = len(drawn.names)
    return pl.DataFrame({
        "sample_id": np.repeat(samples.sample_ids, columns),
        "participant_id": np.repeat(people.participant_ids[samples.participant], columns),
        "analyte": np.tile(
            np.array([_LABELS[name] for name in drawn.names], np.str_), samples.days.size
        ),
        "true_pg_ml": drawn.true.ravel(),
        "plate": np.repeat(np.char.mod("P%d", drawn.plate + 1), columns),
        "plate_log_factor": drawn.log_factors[drawn.plate].ravel(),
    })


def _draw(plan: StudyPlan, people: People, samples: Samples) -> _Proteins:
    stated = plan.proteins
    rng = random_stream(plan.seed, "tables", "proteins")
    names = tuple(name for name in LIMITS_OF_DETECTION if name in people.baseline)
    shape = (samples.days.size, len(names))
    steps, errors = rng.normal(size=shape), rng.normal(size=shape)
    is_there = rng.random(samples.days.size) >= stated.missing
    plate = _plates(plan, people.arm.size, samples)
    first = np.column_stack([people.baseline[name] for name in names])
    spread = np.full(len(names), stated.day_to_day)
    levels = moved_since_first(first, samples, spread, steps) * followed(samples, names)
    factors = stated.plate_effect * rng.normal(size=(plate.max(initial=0) + 1, len(names)))
    measured = levels * np.exp(factors[plate] + stated.noise * errors)
    return _Proteins(names, levels, measured, factors, plate, is_there)


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
