"""Novel clones of a tumour on treatment: how many of them are in blood, at any time and before.

A clone that a later biopsy holds and an earlier one lacks is called novel; that follows the depth
of both biopsies, and whether it is found in blood follows the depth of the blood. Both stand beside
what the depths of all samples would give if they had been dealt out from one pool.
"""

from collections.abc import Iterator
from itertools import pairwise

from macroimmune.repertoires.repertoire import is_sampling_known
from macroimmune.repertoires.sharing.blood_and_tumour import (
    BLOOD,
    OF_READS,
    TUMOUR,
    percentages,
    places_of,
)
from macroimmune.repertoires.sharing.participant_clones import KIND, ParticipantClones, Row
from macroimmune.statistics import novel_kinds_elsewhere

__all__ = ["novel_rows"]

ANY, BEFORE = "blood at any time", "blood before treatment"


def novel_rows(clones: ParticipantClones) -> Iterator[Row]:
    """Yield rows of table `novel_tumour_clones`: each pair of tumour samples x blood.

    Parameters
    ----------
    clones : ParticipantClones

    Notes
    -----
    Convention: the last biopsy up to day 0 against each later one; where there is none up to day 0,
    or none after it, each biopsy against the next. Blood before treatment is that up to day 0,
    several draws put together; later draws are then part of the pool.
    """
    blood = places_of(clones, BLOOD)
    early = [place for place in blood if _is_early(clones.rows[place])]
    seen = [(ANY, blood), *([(BEFORE, early)] if early else [])]
    if not blood:
        return
    for before, after in _pairs(clones):
        for words, places in seen:
            aside = [place for place in blood if place not in places]
            yield _row(clones, before, after, words, (places, aside))


def _is_early(row: Row) -> bool:
    day = row["days_from_treatment_start"]
    return isinstance(day, int | float) and day <= 0


def _pairs(clones: ParticipantClones) -> list[tuple[int, int]]:
    """Return places of an earlier and a later biopsy; those without a day are left out."""
    dated = [
        place
        for place in places_of(clones, TUMOUR)
        if clones.rows[place]["days_from_treatment_start"] is not None
    ]
    early = [place for place in dated if _is_early(clones.rows[place])]
    late = dated[len(early) :]
    if early and late:
        return [(early[-1], place) for place in late]
    days = [clones.rows[place]["days_from_treatment_start"] for place in dated]
    return [(dated[i], dated[j]) for i, j in pairwise(range(len(dated))) if days[i] != days[j]]


def _row(
    clones: ParticipantClones,
    before: int,
    after: int,
    words: str,
    blood: tuple[list[int], list[int]],
) -> Row:
    first, second = clones.rows[before], clones.rows[after]
    places, aside = blood
    known = is_sampling_known(str(first["counted"]))
    found = novel_kinds_elsewhere(
        clones.dense([before]),
        clones.dense([after]),
        clones.dense(places),
        aside=clones.dense(aside),
    )
    return {
        "participant_id": first["participant_id"],
        **{name: first[name] for name in KIND},
        "before": first["repertoire_id"],
        "after": second["repertoire_id"],
        "day_before": first["days_from_treatment_start"],
        "day_after": second["days_from_treatment_start"],
        "seen_in": words,
        "blood": ";".join(str(clones.rows[place]["repertoire_id"]) for place in places),
        "n_after": int(clones.kinds[after].size),
        "n_novel": found.n,
        "expected_n_novel": found.expected_n if known else None,
        "n_found": found.n_found,
        **percentages(found, "found_percent", is_known=known),
        "status": found.status if known else OF_READS,
    }
