"""All repertoires of one participant and kind as sorted numbers, so that any two are compared fast.

Clonotypes are long texts. Each gets a number once per participant; every repertoire is then an
ascending array of numbers with its counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.repertoires.library_dispersion import Dispersions, Overdispersion, remaining
from macroimmune.repertoires.repertoire import Repertoires

__all__ = ["KIND", "ParticipantClones", "Row", "kinds_of_participants", "participant_clones"]

Row = dict[str, object]
Kinds = NDArray[np.int64]

KIND = ("chain", "population", "counted")


@dataclass(frozen=True, slots=True, eq=False)
class ParticipantClones:
    """Repertoires of one participant and kind, in the order of their days; unknown days last.

    Parameters
    ----------
    rows : tuple of dict
        Rows of table `repertoires`.
    clonotypes : polars DataFrame
        Columns clonotype and junction_aa; the number of a clonotype is its row.
    overdispersions : tuple of Overdispersion or None
        Of each repertoire, libraries put together; None for reads.
    kinds, counts : tuple of int array
        Of each repertoire: numbers of its clonotypes, ascending, and what they count.
    """

    rows: tuple[Row, ...]
    clonotypes: pl.DataFrame
    overdispersions: tuple[Overdispersion | None, ...]
    kinds: tuple[Kinds, ...]
    counts: tuple[Kinds, ...]

    def dense(self, places: list[int]) -> Kinds:
        """Return counts of all clonotypes, summed over the repertoires at these places."""
        total = np.zeros(self.clonotypes.height, dtype=np.int64)
        for place in places:
            total[self.kinds[place]] += self.counts[place]
        return total


def kinds_of_participants(listed: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the rows of each participant, chain, population and what is counted, in time.

    Parameters
    ----------
    listed : polars DataFrame
        Table `repertoires`; empty repertoires are passed over.
    """
    usable = listed.filter(pl.col("n_clonotypes") > 0).with_columns(
        pl.col("population").fill_null("")
    )
    for _, rows in usable.group_by("participant_id", *KIND, maintain_order=True):
        yield rows.sort(
            "days_from_treatment_start", "compartment", "repertoire_id", nulls_last=True
        )


def participant_clones(
    repertoires: Repertoires, rows: pl.DataFrame, dispersions: Dispersions
) -> ParticipantClones:
    """Return the repertoires of these rows as sorted numbers; they are read one at a time.

    Parameters
    ----------
    repertoires : Repertoires
    rows : polars DataFrame
        From `kinds_of_participants`.
    dispersions : mapping from kind to Overdispersion
    """
    parts, varied = [], []
    for place, row in enumerate(rows.iter_rows(named=True)):
        repertoire = repertoires.read(row["repertoire_id"])
        varied.append(remaining(dispersions, row, repertoire))
        parts.append(
            repertoire.clonotypes.select("clonotype", "junction_aa", "count").with_columns(
                place=pl.lit(place, dtype=pl.Int32)
            )
        )
    together = pl.concat(parts)
    names = together.group_by("clonotype").agg(pl.col("junction_aa").first()).sort("clonotype")
    numbered = (
        together
        .lazy()
        .select("clonotype", "count", "place")
        .join(names.lazy().select("clonotype").with_row_index("kind"), on="clonotype")
        .select("place", pl.col("kind").cast(pl.Int64), "count")
        .sort("place", "kind")
        .collect()
    )
    ends = np.searchsorted(numbered["place"].to_numpy(), np.arange(len(parts) + 1))
    kinds, counts = numbered["kind"].to_numpy(), numbered["count"].to_numpy()
    spans = [slice(ends[i], ends[i + 1]) for i in range(len(parts))]
    return ParticipantClones(
        rows=tuple(rows.iter_rows(named=True)),
        clonotypes=names,
        overdispersions=tuple(varied),
        kinds=tuple(kinds[span] for span in spans),
        counts=tuple(counts[span] for span in spans),
    )
