"""True shares of clones at one draw of blood or one biopsy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.repertoires.clones import Clones
from macroimmune.simulator.repertoires.person import Draw, Person
from macroimmune.simulator.repertoires.phenotypes import MEMORY, NAIVE
from macroimmune.simulator.streams import random_stream

__all__ = ["CloneFractions", "clone_fractions"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CloneFractions:
    """Shares of all T cells at one draw.

    Parameters
    ----------
    listed : float array, shape (clones,)
        Of the clones in `Clones`.
    naive : float
        Of all naive clones together; with `listed` it sums to 1.
    naive_clones : int
        Among which that is divided evenly.
    """

    listed: Values
    naive: float
    naive_clones: int


def clone_fractions(person: Person, clones: Clones, draw: Draw) -> CloneFractions:
    """Return the true shares of clones at one draw.

    Notes
    -----
    Convention: in blood, clones of a phenotype make up exactly its share at that draw; within it
    they wander (log-normal, anew at each draw) and, on immunotherapy, approach their fold as
    1 - exp(-days / expansion_days). In a tumour the share of circulating clones keeps to the plan
    but for what treatment does.
    """
    plan = person.plan
    place = ("clone drift", draw.compartment, draw.visit)
    rng = random_stream(person.seed, "repertoires", person.participant_id, *place)
    drift = np.exp(plan.drift * rng.standard_normal(len(clones)))
    acting = max(draw.day, 0) if person.is_treated else 0
    reached = 1.0 - np.exp(-acting / plan.expansion_days)
    acted = 1.0 + (clones.fold - 1.0) * reached
    acted[clones.is_novel] = reached
    if draw.compartment == "tumour":
        weight = _wandered(clones, drift) * acted
        return CloneFractions(weight / weight.sum(), 0.0, 0)
    is_circulating = clones.phenotype >= 0
    kinds = clones.phenotype[is_circulating]
    weight = (clones.size * drift * acted)[is_circulating]
    total = np.bincount(kinds, weight, minlength=len(MEMORY))
    share = np.divide(draw.shares, total, out=np.zeros(len(MEMORY)), where=total > 0)
    listed = np.zeros(len(clones))
    listed[is_circulating] = weight * share[kinds]
    return CloneFractions(listed, float(draw.shares[NAIVE].sum()), plan.naive_clones)


def _wandered(clones: Clones, drift: Values) -> Values:
    """Return sizes in the tumour that wandered within circulating and within resident clones."""
    weight = clones.tumour_size * drift
    is_resident = clones.is_in_tumour & (clones.phenotype < 0)
    for group in (clones.is_shared & ~clones.is_novel, is_resident):
        total = weight[group].sum()
        if total > 0:
            weight[group] *= clones.tumour_size[group].sum() / total
    return weight
