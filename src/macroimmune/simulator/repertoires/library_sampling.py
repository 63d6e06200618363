"""From true shares of clones to what a sequencing library counts: templates, then reads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SampledClones", "read_templates", "reads_of", "templates_of"]

Values = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SampledClones:
    """Clones of which at least one template was caught.

    Parameters
    ----------
    clone : int array, shape (sampled,)
        Place among the listed clones; naive clones follow behind them.
    templates : int array, shape (sampled,)
        From 1 up.
    """

    clone: Counts
    templates: Counts


def templates_of(
    listed: Values,
    naive: float,
    naive_clones: int,
    *,
    expected: float,
    variation: float,
    rng: np.random.Generator,
) -> SampledClones:
    """Return the clones whose templates are caught.

    Parameters
    ----------
    listed : float array, shape (clones,)
        True shares.
    naive : float
        True share of all naive clones together.
    naive_clones : int
        Among which that share is divided evenly.
    expected : float
        Templates of the whole library: cells times the share of them that is captured.
    variation : float
        SD over mean of a clone's share between libraries of one tube, beyond chance; 0: none.
    rng : numpy Generator

    Notes
    -----
    Convention: Poisson counts, which is a sample of cells thinned to those captured; a gamma factor
    per clone and library adds `variation`. Two such counts x1 and x2 of equal depth then have
    x1 / (x1 + x2) beta-binomial with intra-class correlation variation^2 / (2 + variation^2).
    """
    mean = expected * listed
    if variation > 0:
        shape = variation**-2
        mean = mean * rng.gamma(shape, 1.0 / shape, len(mean))
    counts = rng.poisson(mean)
    seen = np.flatnonzero(counts)
    caught = rng.integers(0, max(naive_clones, 1), rng.poisson(expected * naive))
    drawn, repeats = np.unique(caught, return_counts=True)
    return SampledClones(
        clone=np.concatenate([seen, len(listed) + drawn]),
        templates=np.concatenate([counts[seen], repeats]),
    )


def reads_of(
    templates: Counts, *, mean: float, variation: float, rng: np.random.Generator
) -> Counts:
    """Return the reads of clones, given their templates.

    Parameters
    ----------
    templates : int array, shape (clones,)
    mean : float
        Reads per template.
    variation : float
        SD over mean of the copies that PCR makes of a template; 0: none.
    rng : numpy Generator

    Returns
    -------
    reads : int array, shape (clones,)
        Zero where no copy was read.

    Notes
    -----
    Convention: copies of each template are gamma distributed, reads are Poisson: for t templates a
    negative binomial count with mean t * mean and variance t * mean * (1 + variation^2 * mean).
    """
    if variation == 0:
        return rng.poisson(mean * templates)
    shape = variation**-2
    return rng.poisson(rng.gamma(shape * templates, mean / shape))


def read_templates(
    templates: Counts,
    *,
    mean: float,
    variation: float,
    rng: np.random.Generator,
    at_a_time: int = 2_000_000,
) -> tuple[Counts, Counts]:
    """Return how many templates of each clone are read, and by how many reads.

    Parameters
    ----------
    templates : int array, shape (clones,)
    mean, variation, rng
        As in `reads_of`.
    at_a_time : int
        Templates that are drawn together; more memory above, the same law.

    Returns
    -------
    read, reads : int array, shape (clones,)
        Zero where no copy of any template was read.

    Notes
    -----
    Convention: each template is amplified and read by itself, so that those of large clones are
    lost as often as those of small ones. A clone would else keep templates that nobody saw, and
    clones seen once would be too few.
    """
    read, reads = np.zeros(len(templates), np.int64), np.zeros(len(templates), np.int64)
    block = np.cumsum(templates) // at_a_time
    for number in np.unique(block):
        here = np.flatnonzero(block == number)
        owner = np.repeat(np.arange(len(here)), templates[here])
        single = reads_of(np.ones(len(owner), np.int64), mean=mean, variation=variation, rng=rng)
        read[here] = np.bincount(owner[single > 0], minlength=len(here))
        reads[here] = np.bincount(owner, single, minlength=len(here)).astype(np.int64)
    return read, reads
