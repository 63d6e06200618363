"""Courses of other drugs, clear of treatment start and of blood draws."""

import numpy as np
import polars as pl

from macroimmune.simulator.people import Outcomes, People, Samples
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["medications_table"]

_DRUGS = (
    ("antibiotic", "amoxicillin"),
    ("steroid", "prednisone"),
    ("g_csf", "filgrastim"),
    ("other", "pantoprazole"),
)
# Antibiotics within 60 days of the start and steroids within 14 days before a draw would matter.
_CLEAR_DAYS = 75


def medications_table(
    plan: StudyPlan, people: People, samples: Samples, outcomes: Outcomes
) -> pl.DataFrame:
    """Return one row per course; half of them end long before treatment, half begin long after.

    Notes
    -----
    Convention: no course depends on blood or outcome, except that nobody begins one after death or
    the end of observation. G-CSF before treatment goes with therapy before.
    """
    n = people.is_patient.size
    early = int(min(samples.days.min(initial=0), 0)) - _CLEAR_DAYS
    late = int(max(samples.days.max(initial=0), 0)) + _CLEAR_DAYS
    end = np.fmin(outcomes.death_days, outcomes.last_seen_days)
    frames = []
    for order, (drug_class, drug) in enumerate(_DRUGS):
        rng = random_stream(plan.seed, "tables", "medications", drug_class)
        drawn = rng.random((n, 2))
        away, length = rng.integers(0, 120, n), rng.integers(5, 15, n)
        is_early = drawn[:, 0] < 0.5
        if drug_class == "g_csf":
            is_early &= people.has_prior_therapy
        start = np.where(is_early, early - away - length, late + away)
        with np.errstate(invalid="ignore"):
            can_be = people.is_patient & (is_early | (start <= end))
        given = can_be & (drawn[:, 1] < getattr(plan.medications, drug_class))
        frames.append(
            pl.DataFrame({
                "Patient": people.participant_ids,
                "Class": np.full(n, drug_class),
                "Drug": np.full(n, drug),
                "Start": start,
                "Stop": start + length,
                "person": np.arange(n),
                "order": np.full(n, order),
            }).filter(pl.Series(given))
        )
    return pl.concat(frames).sort("person", "Start", "order").drop("person", "order")
