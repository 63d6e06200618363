"""Followed clones: the largest at baseline, those that changed, those of the tumour."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.repertoires.sharing.blood_and_tumour import BLOOD, TUMOUR, places_of
from macroimmune.repertoires.sharing.participant_clones import ParticipantClones, Row

__all__ = ["tracking_rows"]

LARGEST, TUMOUR_CLONE = "largest at baseline", "tumour clone"
_CALLS = ("expanded", "contracted")
_MOST = 10
_OF = (
    "repertoire_id", "participant_id", "sample_id", "days_from_treatment_start", "compartment",
    "chain", "population", "counted",
)  # fmt: skip


def tracking_rows(clones: ParticipantClones, changes: pl.DataFrame) -> Iterator[Row]:
    """Yield rows of table `clone_tracking`: every followed clonotype in every repertoire.

    Parameters
    ----------
    clones : ParticipantClones
        A single repertoire is not followed.
    changes : polars DataFrame
        Table `clone_changes`, of any participants.

    Notes
    -----
    Convention: up to 10 clonotypes each: the largest of the baseline (the last draw of blood up to
    day 0, else the first; without blood of the first compartment) that were counted at least twice,
    expanded and contracted clones
    with the smallest q, and the largest of the tumour. A clonotype followed for several reasons
    has them joined by "; ".
    """
    if len(clones.rows) < 2:
        return
    reasons: dict[int, list[str]] = {}
    for reason, kinds in _followed(clones, changes):
        for kind in kinds:
            reasons.setdefault(int(kind), []).append(reason)
    totals = [int(counts.sum()) for counts in clones.counts]
    names = clones.clonotypes[list(reasons)].rows()
    for (kind, why), (clonotype, junction_aa) in zip(reasons.items(), names, strict=True):
        for place, row in enumerate(clones.rows):
            count = _count(clones, place, kind)
            yield {
                **{name: row[name] for name in _OF},
                "clonotype": clonotype,
                "junction_aa": junction_aa,
                "followed_as": "; ".join(why),
                "count": count,
                "share": count / totals[place],
            }


def _followed(
    clones: ParticipantClones, changes: pl.DataFrame
) -> Iterator[tuple[str, NDArray[np.int64]]]:
    yield LARGEST, _largest(clones, [_baseline(clones)])
    own = changes.filter(
        pl.col("after").is_in([str(row["repertoire_id"]) for row in clones.rows])
    ).sort("q_value", pl.col("count_before") + pl.col("count_after"), descending=[False, True])
    for call in _CALLS:
        names = own.filter(call=call)["clonotype"].unique(maintain_order=True).head(_MOST)
        yield call, clones.clonotypes["clonotype"].search_sorted(names).to_numpy().astype(np.int64)
    yield TUMOUR_CLONE, _largest(clones, places_of(clones, TUMOUR))


def _baseline(clones: ParticipantClones) -> int:
    compartments = [row["compartment"] for row in clones.rows]
    places = places_of(clones, BLOOD if BLOOD in compartments else str(compartments[0]))
    days = [clones.rows[place]["days_from_treatment_start"] for place in places]
    early = [i for i, day in zip(places, days, strict=True) if isinstance(day, float) and day <= 0]
    return early[-1] if early else places[0]


def _largest(clones: ParticipantClones, places: list[int]) -> NDArray[np.int64]:
    """Return the kinds with the highest counts, those counted once never: they are all alike."""
    counts = clones.dense(places)
    order = np.argsort(-counts, kind="stable")[:_MOST]
    return np.asarray(order[counts[order] > 1])


def _count(clones: ParticipantClones, place: int, kind: int) -> int:
    at = int(np.searchsorted(clones.kinds[place], kind))
    is_there = at < clones.kinds[place].size and clones.kinds[place][at] == kind
    return int(clones.counts[place][at]) if is_there else 0
