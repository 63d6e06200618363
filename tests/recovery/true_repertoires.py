"""What is true of the clones of a virtual study: at any depth, and between any two samples.

A true Hill number of fifty million naive clones is none that a sample could show. What a sample is
to show at a coverage is the expectation, over samples, at the size that has this coverage: from the
true shares, for which counts are Poisson.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from scipy import optimize, special

from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.repertoires.clone_fractions import CloneFractions, clone_fractions
from macroimmune.simulator.repertoires.clones import draw_clones
from macroimmune.simulator.repertoires.person import Person
from macroimmune.simulator.repertoires.repertoires_delivery import sequenced_people
from macroimmune.simulator.virtual_study import draw_virtual_study

__all__ = ["TruePerson", "expected_hill", "size_at_coverage", "true_morisita_horn", "true_people"]

# Below this many expected counts their entropy is summed, above it is that of the mean.
_SUMMED = 400.0


@dataclass(frozen=True, slots=True, eq=False)
class TruePerson:
    """One person: the true shares at each draw, and the clones that files can name.

    Parameters
    ----------
    person : Person
    fractions : mapping from sample id to CloneFractions
    clones : polars DataFrame
        `clonotype`, the flags of `clone_table`, and `clone_id`; a row per clonotype.
    """

    person: Person
    fractions: dict[str, CloneFractions]
    clones: pl.DataFrame

    def share(self, sample_id: str) -> np.ndarray:
        """Return the true share of each row of `clones` in a sample."""
        own, ids = self.fractions[sample_id], self.clones["clone_id"].to_numpy()
        naive = own.naive / own.naive_clones if own.naive_clones else 0.0
        return np.append(own.listed, naive)[np.minimum(ids, len(own.listed))]


def true_people(plan: StudyPlan, folder: Path) -> Iterator[TruePerson]:
    """Yield what is true of every sequenced person of a study that was written to a folder."""
    study = draw_virtual_study(plan)
    for person in sequenced_people(plan, study.people, study.samples, study.outcomes):
        clones = draw_clones(person)
        fractions = {draw.sample_id: clone_fractions(person, clones, draw) for draw in person.draws}
        named = pl.read_parquet(folder / "truth" / "clones" / f"{person.participant_id}.parquet")
        clonotype = pl.concat_str("v_gene", "junction", "j_gene", separator="|")
        flags = ["is_expanding", "is_contracting", "is_novel", "is_tumour_shared"]
        yield TruePerson(
            person,
            fractions,
            # A few clones have equal chains; a file cannot tell them apart.
            named.select(clonotype.alias("clonotype"), "clone_id", "phenotype", *flags).unique(
                "clonotype", keep="first", maintain_order=True
            ),
        )


def _means(fractions: CloneFractions, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Return expected counts of clones at a size, and how many clones have each."""
    own = fractions.listed[fractions.listed > 0]
    if not fractions.naive_clones or fractions.naive == 0:
        return size * own, np.ones(len(own))
    naive = fractions.naive / fractions.naive_clones
    return size * np.append(own, naive), np.append(np.ones(len(own)), fractions.naive_clones)


def expected_coverage(fractions: CloneFractions, size: float) -> float:
    """Return the share of all cells in clones that a sample of a size is expected to hold."""
    mean, times = _means(fractions, size)
    return float((times * mean * -np.expm1(-mean)).sum() / (times * mean).sum())


def size_at_coverage(fractions: CloneFractions, coverage: float) -> float:
    """Return the size at which samples are expected to have a coverage."""
    return float(
        np.exp(
            optimize.brentq(
                lambda log: expected_coverage(fractions, np.exp(log)) - coverage, 0.0, 25.0
            )
        )
    )


def expected_hill(fractions: CloneFractions, size: float) -> np.ndarray:
    """Return the Hill numbers of order 0, 1, 2 that samples of a size are expected to have.

    As analytic rarefaction has them: of order 1 the exponential of the expected entropy, of order 2
    the inverse of the expected concentration.
    """
    mean, times = _means(fractions, size)
    kinds = float((times * -np.expm1(-mean)).sum())
    grid = np.geomspace(max(mean.min(), 1e-12), max(mean.max(), 1e-11), 600)
    x_log_x = np.exp(np.interp(np.log(mean), np.log(grid), np.log(_x_log_x(grid))))
    entropy = np.log(size) - float((times * x_log_x).sum()) / size
    squares = float((times * mean**2).sum()) / size**2
    return np.array([kinds, np.exp(entropy), 1.0 / (1.0 / size + (1.0 - 1.0 / size) * squares)])


def _x_log_x(mean: np.ndarray) -> np.ndarray:
    """Return the expectation of x log x of Poisson counts."""
    small = mean <= _SUMMED
    k = np.arange(2.0, _SUMMED + 12.0 * np.sqrt(_SUMMED))
    term = special.xlogy(k, k)
    log_p = k * np.log(mean[small])[:, None] - mean[small][:, None] - special.gammaln(k + 1.0)
    found = np.empty(len(mean))
    found[small] = np.exp(log_p) @ term
    # The second-order term of x log x around the mean is half.
    found[~small] = mean[~small] * np.log(mean[~small]) + 0.5
    return found


def true_morisita_horn(one: CloneFractions, other: CloneFractions) -> float:
    """Return the Morisita-Horn overlap of all clones at two draws."""
    product = float((one.listed * other.listed).sum())
    squares = 0.0
    for own in (one, other):
        squares += float((own.listed**2).sum())
        if own.naive_clones:
            squares += own.naive**2 / own.naive_clones
    if one.naive_clones and other.naive_clones:
        product += one.naive * other.naive / one.naive_clones
    return 2.0 * product / squares
