"""Gene activity from open chromatin: what is true of a sample, and what is counted of it."""

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cells.expression_profiles import (
    expression_profiles,
    interferon_alpha_genes,
)
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import ChromatinPlan
from macroimmune.simulator.streams import random_stream

__all__ = [
    "LEAVES_OF_POPULATION",
    "ActivityCounts",
    "ChromatinSample",
    "draw_activity",
    "encoded_state",
    "signal_of_genes",
]

Values = NDArray[np.float64]

LEAVES_OF_POPULATION = MappingProxyType({
    "CD4 naive": ("naive_cd4",),
    "CD4 effector": ("em_cd4", "temra_cd4"),
    "CD8 T": tuple(name for name, leaf in LEAVES.items() if leaf.lineage == "cd8_t"),
    "NK": tuple(name for name, leaf in LEAVES.items() if leaf.lineage == "nk"),
    "B": ("naive_b", "memory_b"),
    "Monocyte": ("classical_monocyte", "intermediate_monocyte", "non_classical_monocyte"),
})
# Open chromatin follows expression loosely, and closed genes are not empty: assumed.
_POWER_OF_EXPRESSION, _SPREAD_OF_GENES = 0.35, 0.4
# At this enrichment half of the fragments lie where chromatin is open: assumed.
_HALF_ENRICHMENT = 4.0
# SD of the natural logarithm of enrichment between libraries of one sample: assumed.
_TSS_WITHIN = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class ChromatinSample:
    """One unstimulated sample before its chromatin is drawn.

    Parameters
    ----------
    participant_id, sample_id : str
    day, batch : int
    fractions : float array, shape (leaves,)
    encoded : float
        What interferon-stimulated genes encode at rest, in SD.
    """

    participant_id: str
    sample_id: str
    day: int
    batch: int
    fractions: Values
    encoded: float


@dataclass(frozen=True, slots=True, eq=False)
class ActivityCounts:
    """Fragments per gene of the populations of one sample.

    Parameters
    ----------
    counts : int array, shape (populations, genes)
    cells : int array, shape (populations,)
    fragments : int array, shape (populations,)
    tss_enrichment : float array, shape (populations,)
    """

    counts: NDArray[np.int32]
    cells: NDArray[np.int64]
    fragments: NDArray[np.int64]
    tss_enrichment: Values


def encoded_state(seed: int, plan: ChromatinPlan, person: str, responsiveness: float) -> float:
    """Return what interferon-stimulated genes of a person encode at rest.

    Parameters
    ----------
    seed : int
    plan : ChromatinPlan
    person : str
        Id of the participant.
    responsiveness : float
        As `People.ifn_responsiveness`.

    Returns
    -------
    encoded : float
        Among people whose responsiveness has SD 1 it has SD 1 too, and the squared correlation of
        the plan with it.
    """
    other = random_stream(seed, "chromatin", "encoded", person).standard_normal()
    share = plan.responsiveness_r2
    return float(np.sqrt(share) * responsiveness + np.sqrt(1.0 - share) * other)


@cache
def signal_of_genes(seed: int, plan: ChromatinPlan) -> Values:
    """Return the natural logarithm of activity per SD of the encoded state, for each gene.

    Returns
    -------
    signal : float array, shape (genes,)
        0 where a gene carries none; around `activity_per_sd` at the genes that do.
    """
    genes = expression_profiles(plan.genes).genes
    listed = set(interferon_alpha_genes())
    rng = random_stream(seed, "chromatin", "genes that carry")
    carries = rng.random(len(genes)) < plan.carrying
    strength = plan.activity_per_sd * rng.uniform(0.5, 1.5, len(genes))
    is_listed = np.array([gene in listed for gene in genes])
    return np.where(is_listed & carries & (plan.responsiveness_r2 > 0.0), strength, 0.0)


def draw_activity(seed: int, plan: ChromatinPlan, sample: ChromatinSample) -> ActivityCounts:
    """Return the counts of a sample; the same seed and sample give the same, in whichever file.

    Notes
    -----
    Convention: Poisson around the depth times the share of a gene. With low enrichment the shares
    move towards equal ones: all differences shrink.
    """
    genes = len(expression_profiles(plan.genes).genes)
    rng = random_stream(seed, "chromatin", "sample", sample.sample_id)
    donor = random_stream(seed, "chromatin", "donor", sample.participant_id)
    batch = random_stream(seed, "chromatin", "batch", sample.batch)
    names = tuple(LEAVES_OF_POPULATION)
    shape = (len(names), genes)
    shift = sample.encoded * signal_of_genes(seed, plan)
    shift = shift + plan.batch_spread * batch.standard_normal(genes)
    own = plan.donor_spread * donor.standard_normal(shape)
    weights = np.vstack([_weights(sample.fractions, LEAVES_OF_POPULATION[name]) for name in names])
    levels = _resting_activity(seed, plan, weights) * np.exp(shift + own)
    shares = levels / levels.sum(axis=1, keepdims=True)

    cells = np.maximum(1, rng.poisson(plan.cells * sample.fractions @ (weights > 0).T))
    per_cell = plan.fragments * np.exp(plan.fragments_spread * rng.standard_normal())
    quality = plan.tss_spread * rng.standard_normal() + _TSS_WITHIN * rng.standard_normal(shape[0])
    enrichment = plan.tss_enrichment * np.exp(quality)
    is_open = (enrichment / (enrichment + _HALF_ENRICHMENT))[:, None]
    expected = is_open * shares + (1.0 - is_open) / genes
    counts = rng.poisson((cells * per_cell)[:, None] * expected)
    # Every population is drawn, so that a sample does not depend on which are wanted.
    wanted = [names.index(name) for name in plan.populations]
    return ActivityCounts(
        counts[wanted].astype(np.int32),
        cells[wanted],
        counts[wanted].sum(axis=1),
        np.round(enrichment[wanted], 2),
    )


def _weights(fractions: Values, leaves: tuple[str, ...]) -> Values:
    """Return the shares of the leaves within a population, shape (leaves,)."""
    weights = np.where([leaf in leaves for leaf in LEAVES], np.maximum(fractions, 1e-9), 0.0)
    return np.asarray(weights / weights.sum())


def _resting_activity(seed: int, plan: ChromatinPlan, weights: Values) -> Values:
    """Return activity at rest, in no unit, shape (populations, genes)."""
    known = expression_profiles(plan.genes)
    levels = weights @ known.levels[: len(LEAVES)]
    return np.asarray(levels**_POWER_OF_EXPRESSION * _openness(seed, len(known.genes)))


@cache
def _openness(seed: int, genes: int) -> Values:
    """Return how open each gene is beside its expression, in all people."""
    own = random_stream(seed, "chromatin", "genes").standard_normal(genes)
    return np.asarray(np.exp(_SPREAD_OF_GENES * own))
