"""Assays of living cells: degranulation of NK cells, cytokines of T cells after PMA."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit

from macroimmune.simulator.people import People, Samples
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["functional_assays_table"]


@dataclass(frozen=True, slots=True)
class _Assay:
    """One assay, and what it gives: median percent and SD of the logit between people."""

    effector: str
    stimulus: str | None
    target: str | None
    ratio: float | None
    readout: str
    percent: float
    spread: float


_PMA = "PMA and ionomycin"
# Medians and spreads are assumed, of the order that healthy donors show.
_ASSAYS = (
    _Assay("NK cells", None, None, None, "degranulation (CD107a+)", 2.0, 0.4),
    _Assay("NK cells", None, "K562", 1.0, "degranulation (CD107a+)", 25.0, 0.5),
    _Assay("CD4 T cells", _PMA, None, None, "IFN-gamma+", 15.0, 0.5),
    _Assay("CD8 T cells", _PMA, None, None, "IFN-gamma+", 35.0, 0.6),
    _Assay("CD4 T cells", _PMA, None, None, "IL-2+", 30.0, 0.5),
)


def functional_assays_table(plan: StudyPlan, people: People, samples: Samples) -> pl.DataFrame:
    """Return one row per draw and assay: percent of the effector cells that answer.

    Notes
    -----
    Convention: how strongly a person's cells answer is a trait of the person, independent of
    outcome and of all other measurements.
    """
    stated = plan.functional_assays
    rng = random_stream(plan.seed, "tables", "functional assays")
    traits = rng.normal(size=(people.arm.size, len(_ASSAYS)))
    errors = rng.normal(size=(samples.days.size, len(_ASSAYS)))
    is_there = rng.random(samples.days.size) >= stated.missing
    frames = []
    for place, assay in enumerate(_ASSAYS):
        own = assay.spread * traits[samples.participant, place] + stated.noise * errors[:, place]
        percent = np.round(100.0 * expit(logit(assay.percent / 100.0) + own), 1)
        frames.append(_rows(assay, samples, percent, place).filter(pl.Series(is_there)))
    return pl.concat(frames).sort("sample", "order").drop("sample", "order")


def _rows(
    assay: _Assay, samples: Samples, percent: NDArray[np.float64], order: int
) -> pl.DataFrame:
    return pl.DataFrame({"Sample": samples.sample_ids, "Percent": percent}).select(
        "Sample",
        pl.lit(assay.effector).alias("Effector"),
        pl.lit(assay.stimulus, dtype=pl.String).alias("Stimulus"),
        pl.lit(assay.target, dtype=pl.String).alias("Target"),
        pl.lit(assay.ratio, dtype=pl.Float64).alias("E:T"),
        pl.lit(assay.readout).alias("Readout"),
        "Percent",
        pl.int_range(pl.len()).alias("sample"),
        pl.lit(order).alias("order"),
    )
