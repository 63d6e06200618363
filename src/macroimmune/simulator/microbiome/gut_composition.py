"""True composition of the gut of virtual people, and what sequencing counts of it."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.plan import MicrobiomePlan
from macroimmune.simulator.streams import random_stream

__all__ = ["GutSample", "common_change", "draw_gut", "gut_taxa"]

Values = NDArray[np.float64]

# How the chance of absence falls with the abundance of a taxon, log odds per natural logarithm:
# assumed.
_ABSENCE_PER_LOG = -0.6
_BISECTIONS = 60
_SEED, _PEOPLE = 20261126, 4000


@dataclass(frozen=True, slots=True, eq=False)
class GutSample:
    """One stool sample.

    Parameters
    ----------
    abundance : float array, shape (taxa,)
        True shares; they sum to 1, absent taxa have 0.
    counts : int array, shape (taxa,)
        Reads.
    """

    abundance: Values
    counts: NDArray[np.int64]


@cache
def gut_taxa() -> pl.DataFrame:
    """Return the taxa; `SOURCES.md` beside them tells where names and signs come from.

    Returns
    -------
    taxa : DataFrame
        `taxon`, `phylum`, `percent` (where present, before scaling), `response` (1 more and -1
        less in responders, 0 null), `absence` (log odds beyond those of its abundance).
    """
    folder = files("macroimmune.simulator.microbiome")
    return pl.read_csv((folder / "taxa.csv").read_bytes())


def draw_gut(
    seed: int,
    plan: MicrobiomePlan,
    person: str,
    *,
    is_responder: bool,
    has_antibiotic: bool,
    batch: int,
) -> GutSample:
    """Return the stool of one person at baseline.

    Parameters
    ----------
    seed : int
    plan : MicrobiomePlan
    person : str
        Id of the participant.
    is_responder : bool
    has_antibiotic : bool
        A course within `antibiotic_days` before.
    batch : int
        Of the extraction.

    Notes
    -----
    Convention: log-normal abundances around that of the taxon, some absent, scaled to sum to 1:
    where some taxa rise, the shares of all others fall (`common_change`), though nothing moves
    them. The draws of a person are the same with and without response and antibiotic.
    """
    taxa = gut_taxa()
    level, sign = np.log(taxa["percent"].to_numpy()), taxa["response"].to_numpy()
    rng = random_stream(seed, "microbiome", "person", person)
    own, absence, loss = (
        rng.standard_normal(level.size),
        rng.random(level.size),
        rng.random(level.size),
    )
    is_there = absence >= _absence(plan.absent)
    if has_antibiotic:
        is_there &= loss >= plan.antibiotic_loss
    # Nobody's gut is empty: the commonest taxon stays.
    is_there[np.argmax(level)] |= not is_there.any()
    shift = plan.in_responders * sign if is_responder else 0.0
    amount = np.where(is_there, np.exp(level + plan.person_spread * own + shift), 0.0)

    tube = random_stream(seed, "microbiome", "tube", person)
    extraction = random_stream(seed, "microbiome", "batch", batch)
    distortion = plan.noise * tube.standard_normal(level.size)
    distortion = distortion + plan.batch_spread * extraction.standard_normal(level.size)
    seen = amount * np.exp(distortion)
    reads = tube.poisson(plan.reads * np.exp(plan.reads_spread * tube.standard_normal()))
    return GutSample(amount / amount.sum(), tube.multinomial(reads, seen / seen.sum()))


@cache
def common_change(plan: MicrobiomePlan) -> float:
    """Return what response does to the share of a taxon that nothing moves.

    Parameters
    ----------
    plan : MicrobiomePlan

    Returns
    -------
    change : float
        Natural logarithm, mean of 4,000 people without antibiotic who are the same ones in every
        study: below 0 where taxa that rise are commoner than those that fall.
    """
    taxa = gut_taxa()
    level, sign = np.log(taxa["percent"].to_numpy()), taxa["response"].to_numpy()
    rng = random_stream(_SEED, "microbiome", "common change")
    own = rng.standard_normal((_PEOPLE, level.size))
    is_there = rng.random((_PEOPLE, level.size)) >= _absence(plan.absent)
    is_there[~is_there.any(axis=1), np.argmax(level)] = True
    amount = np.where(is_there, np.exp(level + plan.person_spread * own), 0.0)
    grown = amount @ np.exp(plan.in_responders * sign)
    return float(np.log(amount.sum(axis=1) / grown).mean())


@cache
def _absence(share: float) -> Values:
    """Return the chance of absence of each taxon; their mean is `share`."""
    taxa = gut_taxa()
    odds = _ABSENCE_PER_LOG * np.log(taxa["percent"].to_numpy()) + taxa["absence"].to_numpy()
    if share == 0.0:
        return np.zeros(odds.size)
    low, high = -30.0, 30.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        if np.mean(1.0 / (1.0 + np.exp(-(odds + middle)))) < share:
            low = middle
        else:
            high = middle
    return np.asarray(1.0 / (1.0 + np.exp(-(odds + low))))
