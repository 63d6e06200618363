"""By how much libraries of one sample differ beyond counting: measured, or the stated prior."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import polars as pl

from macroimmune.repertoires.repertoire import Repertoire, Repertoires, is_sampling_known
from macroimmune.statistics import RepeatedCounts, pooled_dispersion, repeated_counts

__all__ = [
    "KIND",
    "Dispersions",
    "Overdispersion",
    "kind_of",
    "library_dispersions",
    "of_libraries",
    "remaining",
]

# Libraries of one kind vary alike: one over-dispersion for all participants.
KIND = ("compartment", "chain", "population", "counted")
_PRIOR = "the stated prior"

Kind = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """Squared SD over mean of a clone's share between libraries of one sample, and its source.

    Parameters
    ----------
    value : float
    ci_low, ci_high : float or None
        None for a prior.
    source, status : str
    """

    value: float
    ci_low: float | None
    ci_high: float | None
    source: str
    status: str


Dispersions = Mapping[Kind, Overdispersion]


def kind_of(row: Mapping[str, object]) -> Kind:
    """Return the kind of a row of table `repertoires`, within which libraries vary alike.

    Examples
    --------
    >>> kind_of({"compartment": "blood", "chain": "TRB", "population": None, "counted": "cells"})
    ('blood', 'TRB', '', 'cells')
    """
    return tuple("" if row[name] is None else str(row[name]) for name in KIND)


def library_dispersions(
    repertoires: Repertoires, listed: pl.DataFrame, *, prior: float
) -> Dispersions:
    """Return the over-dispersion of each kind of repertoire.

    Parameters
    ----------
    repertoires : Repertoires
    listed : polars DataFrame
        Rows of table `repertoires`; each with several libraries is read once.
    prior : float
        Where no sample of a kind has two libraries: `settings.overdispersion`.

    Notes
    -----
    Convention: kinds are compartment, chain, population and what is counted. Of several libraries
    neighbours are compared, each library once; with an odd number the last two are a pair as well.
    """
    found: dict[Kind, Overdispersion] = {}
    for kind, rows in listed.group_by(KIND, maintain_order=True):
        key = kind_of(dict(zip(KIND, kind, strict=True)))
        if is_sampling_known(key[-1]):
            found[key] = _measured(repertoires, rows, prior)
    return found


def _measured(repertoires: Repertoires, rows: pl.DataFrame, prior: float) -> Overdispersion:
    several = rows.filter(pl.col("n_libraries") > 1)
    repeats = [
        pair
        for identity in several["repertoire_id"]
        for pair in _library_pairs(repertoires.read(identity))
    ]
    stated = (
        f"exploratory: no replicates of this kind; the over-dispersion of {prior:g} is a stated "
        "prior"
    )
    if not repeats:
        return Overdispersion(prior, None, None, _PRIOR, stated)
    pooled = pooled_dispersion(repeats)
    if pooled.status:
        few = f"{stated}, for replicates tell too little: {pooled.status}"
        return Overdispersion(prior, None, None, _PRIOR, few)
    people = several["participant_id"].n_unique()
    source = f"replicates: {len(repeats)} pairs of libraries of {people} participants"
    return Overdispersion(pooled.dispersion, pooled.ci_low, pooled.ci_high, source, "")


def _library_pairs(repertoire: Repertoire) -> Iterator[RepeatedCounts]:
    libraries = repertoire.libraries
    for place, (one, other) in enumerate(pairwise(libraries)):
        if place % 2 == 0 or place == len(libraries) - 2:
            both = one.join(other, on="clonotype", how="full", coalesce=True, suffix="_other")
            counts = both.select(pl.col("count", "count_other").fill_null(0))
            yield repeated_counts(counts["count"].to_numpy(), counts["count_other"].to_numpy())


def of_libraries(repertoire: Repertoire) -> float:
    """Return the part of the over-dispersion that is left when libraries were put together.

    Notes
    -----
    Convention: the sum of squared parts of the counts; half of it for two libraries of one size.

    Examples
    --------
    >>> of_libraries(Repertoire("P1", pl.DataFrame()))
    1.0
    """
    if len(repertoire.libraries) < 2:
        return 1.0
    sizes = np.array([float(one["count"].sum()) for one in repertoire.libraries])
    return float(((sizes / sizes.sum()) ** 2).sum())


def remaining(
    known: Dispersions, row: Mapping[str, object], repertoire: Repertoire
) -> Overdispersion | None:
    """Return the over-dispersion of one repertoire, libraries put together; None for reads.

    Parameters
    ----------
    known : mapping from kind to Overdispersion
        From `library_dispersions`.
    row : mapping
        Of table `repertoires`.
    repertoire : Repertoire
    """
    found = known.get(kind_of(row))
    if found is None:
        return None
    return replace(found, value=found.value * of_libraries(repertoire))
