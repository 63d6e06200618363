"""The clones of one person: size in blood and tumour, phenotype, what treatment does to them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.repertoires.clone_sizes import exponent_of, power_law_sizes
from macroimmune.simulator.repertoires.person import Person
from macroimmune.simulator.repertoires.phenotypes import (
    BLOOD_PHENOTYPES,
    MEMORY,
    MEMORY_CD8,
    TUMOUR_PHENOTYPES,
    tumour_phenotype_shares,
)
from macroimmune.simulator.streams import random_stream

__all__ = ["Clones", "draw_clones"]

_FOLD_SPREAD = 0.5  # SD of the natural logarithm of expansion and contraction; assumed
_NOVEL_PHENOTYPE = [kind.id for kind in BLOOD_PHENOTYPES].index("em_cd8")
# Share of circulating CD8 clones in tumours that are exhausted there; assumed.
_EXHAUSTED_OF_SHARED = 0.4
# Odds of a circulating clone to be in the tumour: its size to this power. Between two cohorts: with
# it some 4 % of tumour clones are found in as many cells of blood (`tenx_contigs`: 7 to 9 %), and
# they are 5 % of blood (`hammerlab_urothelial`: median 3 %).
_ENTERING = 0.7
# Numbers of clones that live in the tumour alone, by tumour phenotype; assumed.
_RESIDENT_CLONES = np.array([0.35, 0.15, 0.35, 0.15])

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clones:
    """Clones of memory T cells and of the tumour; naive clones are told by their number alone.

    Every array has shape (clones,).

    Parameters
    ----------
    exponent : float
        Of the power law of blood.
    phenotype : int array
        Place in `BLOOD_PHENOTYPES`; -1 for clones that live in the tumour alone.
    size : float array
        Share of the T cells of its phenotype in blood before treatment; what novel clones will
        have.
    tumour_phenotype : int array
        Place in `TUMOUR_PHENOTYPES`; -1 for clones that are not in the tumour.
    tumour_size : float array
        Share of the tumour's T cells before treatment; what novel clones will have.
    fold : float array
        By which its share grows once treatment has acted in full, against clones of its phenotype
        that nothing moves; 1 for most. The shares of these fall where others grow.
    is_expanding, is_contracting, is_novel : bool array
        Novel: absent before treatment.
    """

    exponent: float
    phenotype: Places
    size: Values
    tumour_phenotype: Places
    tumour_size: Values
    fold: Values
    is_expanding: Flags
    is_contracting: Flags
    is_novel: Flags

    def __len__(self) -> int:
        """Return how many."""
        return len(self.size)

    @property
    def is_in_tumour(self) -> Flags:
        """Return which have cells in the tumour, at least after treatment."""
        return self.tumour_phenotype >= 0

    @property
    def is_shared(self) -> Flags:
        """Return which are in both blood and tumour."""
        return self.is_in_tumour & (self.phenotype >= 0)


def draw_clones(person: Person) -> Clones:
    """Return the clones of a person; the same person, the same clones.

    Notes
    -----
    Convention: clones of one phenotype follow one power law and make up its share of T cells
    exactly. Expanding clones are chosen among memory CD8 clones with odds in proportion to the
    square root of size (assumed), so many are too small to be seen before.
    """
    plan = person.plan
    rng = random_stream(person.seed, "repertoires", person.participant_id, "clones")
    exponent = exponent_of(
        plan,
        age_years=person.age_years,
        is_patient=person.is_patient,
        is_cmv_positive=person.is_cmv_positive,
        rng=rng,
    )
    phenotype, size = _memory(person, exponent, rng)
    fates = _fates(person, phenotype, size, rng)
    novel = _novel(person, exponent, rng)
    phenotype = np.concatenate([phenotype, np.full(len(novel), _NOVEL_PHENOTYPE)])
    size = np.concatenate([size, novel])
    n_memory, n_novel = len(fates), len(novel)
    tumour = _tumour(person, phenotype, size, n_novel, rng)
    n = len(tumour[0])
    resident = n - n_memory - n_novel
    place = np.arange(n)
    fold = np.concatenate([fates, np.ones(n_novel + resident)])
    return Clones(
        exponent=exponent,
        phenotype=np.concatenate([phenotype, np.full(resident, -1)]),
        size=np.concatenate([size, np.zeros(resident)]),
        tumour_phenotype=tumour[0],
        tumour_size=tumour[1],
        fold=fold,
        is_expanding=fold > 1.0,
        is_contracting=fold < 1.0,
        is_novel=(place >= n_memory) & (place < n_memory + n_novel),
    )


def _memory(person: Person, exponent: float, rng: np.random.Generator) -> tuple[Places, Values]:
    """Return phenotype and size of memory clones."""
    crowding = np.array([kind.crowding for kind in BLOOD_PHENOTYPES])
    weight = person.shares * crowding
    numbers = np.maximum(np.rint(person.plan.clones * weight / weight.sum()), 5 * MEMORY)
    phenotypes, sizes = [], []
    for place in np.flatnonzero(MEMORY):
        drawn = power_law_sizes(int(numbers[place]), exponent, rng=rng)
        phenotypes.append(np.full(len(drawn), place))
        sizes.append(drawn / drawn.sum())
    return np.concatenate(phenotypes), np.concatenate(sizes)


def _fates(person: Person, phenotype: Places, size: Values, rng: np.random.Generator) -> Values:
    """Return by how much each clone grows or shrinks on treatment."""
    plan, fold = person.plan, np.ones(len(size))
    if not person.is_treated:
        return fold
    places = np.flatnonzero(MEMORY_CD8[phenotype])
    ratio = plan.responder_ratio if person.is_responder else 1.0
    growing = round(plan.expanding_share * ratio * len(places))
    shrinking = round(plan.contracting_share * len(places))
    odds = np.sqrt(size[places] * person.shares[phenotype[places]])
    # Exponential clocks: the first to ring are drawn without replacement by their odds.
    order = places[np.argsort(rng.standard_exponential(len(places)) / odds)]
    chosen = order[: growing + shrinking]
    spread = np.exp(_FOLD_SPREAD * rng.standard_normal(len(chosen)))
    is_growing = rng.permutation(len(chosen)) < growing
    grown = np.maximum(plan.expansion_fold * spread, 1.0)
    shrunk = np.minimum(plan.contraction_fold * spread, 1.0)
    fold[chosen] = np.where(is_growing, grown, shrunk)
    return fold


def _novel(person: Person, exponent: float, rng: np.random.Generator) -> Values:
    """Return the sizes that novel clones will have."""
    plan = person.plan
    if not person.is_treated:
        return np.zeros(0)
    number = round(plan.novel_clones * (plan.responder_ratio if person.is_responder else 1.0))
    if number == 0 or plan.novel_share == 0.0:
        return np.zeros(0)
    sizes = power_law_sizes(number, exponent, rng=rng)
    # Beside clones that make up 1, so that novel ones become the stated share of all.
    return np.asarray(sizes / sizes.sum() * plan.novel_share / (1.0 - plan.novel_share))


def _tumour(
    person: Person, phenotype: Places, size: Values, n_novel: int, rng: np.random.Generator
) -> tuple[Places, Values]:
    """Return phenotype and size in the tumour of all clones, those of the tumour alone behind."""
    plan, n = person.plan, len(size)
    if not any(draw.compartment == "tumour" for draw in person.draws):
        return np.full(n, -1), np.zeros(n)
    memory = n - n_novel
    n_shared = min(round(plan.tumour_shared_clones * plan.tumour_clones), memory)
    odds = (size[:memory] * person.shares[phenotype[:memory]]) ** _ENTERING
    shared = np.argsort(rng.standard_exponential(memory) / odds)[:n_shared]
    entering = memory + np.flatnonzero(rng.random(n_novel) < plan.novel_in_tumour)
    resident = plan.tumour_clones - n_shared
    kinds = np.full(n + resident, -1)
    circulating = np.concatenate([shared, entering])
    kinds[circulating] = _in_tumour(phenotype[circulating], rng)
    kinds[entering] = TUMOUR_PHENOTYPES.index("exhausted_cd8")
    kinds[n:] = rng.choice(len(TUMOUR_PHENOTYPES), resident, p=_RESIDENT_CLONES)
    sizes = np.zeros(n + resident)
    sizes[kinds >= 0] = power_law_sizes(int((kinds >= 0).sum()), plan.tumour_exponent, rng=rng)
    before = np.zeros(n + resident, dtype=bool)
    before[shared] = before[n:] = True
    shares = tumour_phenotype_shares(plan.tumour_exhausted, plan.tumour_bystander)
    return kinds, _scaled(shares, plan.tumour_shared_mass, kinds, sizes, before, n)


def _in_tumour(phenotype: Places, rng: np.random.Generator) -> Places:
    """Return what circulating clones are in the tumour."""
    names = np.array([kind.id for kind in BLOOD_PHENOTYPES])[phenotype]
    is_cd8 = MEMORY_CD8[phenotype]
    is_exhausted = rng.random(len(phenotype)) < _EXHAUSTED_OF_SHARED
    exhausted, bystander, cd4, treg = range(len(TUMOUR_PHENOTYPES))
    of_cd8 = np.where(is_exhausted, exhausted, bystander)
    return np.where(is_cd8, of_cd8, np.where(names == "effector_treg", treg, cd4))


def _scaled(
    shares: Values, shared_mass: float, kinds: Places, sizes: Values, before: Flags, n: int
) -> Values:
    """Return sizes with the planned masses: of circulating clones exactly, of phenotypes nearly."""
    scaled = sizes.copy()
    for kind, share in enumerate(shares):
        mass = sizes[before & (kinds == kind)].sum()
        if mass > 0:
            scaled[kinds == kind] *= share / mass
    is_resident = np.arange(len(sizes)) >= n
    # Novel clones that will enter are scaled with the circulating ones.
    for group, mass in ((~is_resident, shared_mass), (is_resident, 1.0 - shared_mass)):
        total = scaled[group & before].sum()
        if total > 0:
            scaled[group] *= mass / total
    return scaled
