"""Pre-gated populations as the cytometry laboratory reports them: percent of a parent."""

import numpy as np
import polars as pl

from macroimmune.evidence import find_population
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.people import Samples
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.populations import PARENTS, POPULATIONS
from macroimmune.simulator.streams import random_stream
from macroimmune.simulator.tables.gated_counts import gated_counts

__all__ = ["populations_table"]

_PLACE = {leaf: place for place, leaf in enumerate(LEAVES)}
_ALL = "PBMC"


def populations_table(plan: StudyPlan, samples: Samples) -> pl.DataFrame:
    """Return one row per tube and population that the plan reports.

    Notes
    -----
    Convention: percent of the stated parent, from counts of the cells gated in one tube per draw;
    a population without a single cell of its parent has no row.
    """
    stated = plan.populations
    rng = random_stream(plan.seed, "tables", "populations")
    is_there = rng.random(samples.days.size) >= stated.missing
    groups = tuple(
        tuple(_PLACE[leaf] for leaf in leaves) for name, leaves in PARENTS.items() if name != _ALL
    )
    counts = gated_counts(
        samples.fractions,
        groups,
        cells=stated.cells,
        overdispersion=stated.overdispersion,
        rng=rng,
    )
    frames = []
    for order, name in enumerate(stated.reported):
        known = POPULATIONS[name]
        part = counts[:, [_PLACE[leaf] for leaf in known.leaves]].sum(axis=1)
        whole = counts[:, [_PLACE[leaf] for leaf in PARENTS[known.parent]]].sum(axis=1)
        percent = np.round(100.0 * part / np.maximum(whole, 1), 3)
        frame = pl.DataFrame({
            "Sample": samples.sample_ids,
            "Population": np.full(whole.size, _label(name)),
            "Parent": np.full(whole.size, known.parent),
            "Percent": percent,
            "Parent events": whole,
            "order": np.full(whole.size, order),
            "sample": np.arange(whole.size),
        })
        frames.append(frame.filter(pl.Series(is_there & (whole > 0))))
    return pl.concat(frames).sort("sample", "order").drop("sample", "order")


def _label(name: str) -> str:
    known = find_population(name)
    return known.name if known is not None else name
