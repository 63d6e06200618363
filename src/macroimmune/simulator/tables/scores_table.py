"""Responsiveness to type I interferon as another laboratory computed and delivered it."""

import numpy as np
import polars as pl

from macroimmune.simulator.people import People, Samples
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream
from macroimmune.simulator.tables.draws import is_first_draw

__all__ = ["scores_table"]

# Its heading becomes the id under which the truth and the evidence have it.
_RESPONSIVENESS = "IFN1 responsiveness, effector CD4"


def scores_table(plan: StudyPlan, people: People, samples: Samples) -> pl.DataFrame:
    """Return one row per first draw: the true responsiveness with an error of measurement."""
    rng = random_stream(plan.seed, "tables", "scores")
    drawn = rng.random(people.arm.size)
    errors = rng.normal(size=people.arm.size)
    measured = people.ifn_responsiveness + plan.scores.noise * errors
    rows = is_first_draw(samples) & (drawn >= plan.scores.missing)[samples.participant]
    return pl.DataFrame({
        "Sample": samples.sample_ids,
        "Score": np.full(samples.days.size, _RESPONSIVENESS),
        "Value": np.round(measured, 3)[samples.participant],
    }).filter(pl.Series(rows))
