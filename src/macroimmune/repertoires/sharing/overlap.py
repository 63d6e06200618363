"""Overlap of every two repertoires of one participant and kind: blood, tumour, early and late."""

from itertools import combinations

from macroimmune.repertoires.library_dispersion import Overdispersion
from macroimmune.repertoires.repertoire import is_sampling_known
from macroimmune.repertoires.sharing.participant_clones import KIND, ParticipantClones, Row
from macroimmune.statistics import kind_overlap

__all__ = ["overlap_rows"]

OF_READS = (
    "reads are counted, so how many cells were sampled is not known: no interval, and overlap and "
    "turnover follow depth in a way that cannot be told"
)


def overlap_rows(clones: ParticipantClones) -> list[Row]:
    """Return a row of table `repertoire_overlap` for every two repertoires.

    Parameters
    ----------
    clones : ParticipantClones

    Notes
    -----
    Convention: the one is the earlier; on one day compartments stand in alphabetical order. The
    interval holds counting and the variation of a clone's share between libraries of its sample.
    """
    return [_row(clones, one, other) for one, other in combinations(range(len(clones.rows)), 2)]


def _row(clones: ParticipantClones, one: int, other: int) -> Row:
    first, second = clones.rows[one], clones.rows[other]
    varied = [clones.overdispersions[place] for place in (one, other)]
    found = kind_overlap(
        clones.kinds[one],
        clones.counts[one],
        clones.kinds[other],
        clones.counts[other],
        dispersion=(_value(varied[0]), _value(varied[1])),
    )
    known = is_sampling_known(str(first["counted"]))
    return {
        "participant_id": first["participant_id"],
        **{name: first[name] for name in KIND},
        "one": first["repertoire_id"],
        "other": second["repertoire_id"],
        "compartment_one": first["compartment"],
        "compartment_other": second["compartment"],
        "day_one": first["days_from_treatment_start"],
        "day_other": second["days_from_treatment_start"],
        "n_one": found.n_one,
        "n_other": found.n_other,
        "n_shared": found.n_shared,
        "jaccard": found.jaccard,
        "morisita_horn": found.morisita_horn,
        "morisita": found.morisita if known else None,
        "morisita_horn_ci_low": found.ci_low if known else None,
        "morisita_horn_ci_high": found.ci_high if known else None,
        "overdispersion_one": varied[0].value if varied[0] else None,
        "overdispersion_other": varied[1].value if varied[1] else None,
        "overdispersion_source": "; ".join(dict.fromkeys(each.source for each in varied if each)),
        "shared_mass_one": found.shared_mass_one,
        "shared_mass_other": found.shared_mass_other,
        "absent_percent": 100.0 * found.absent,
        "status": found.status if known else OF_READS,
    }


def _value(overdispersion: Overdispersion | None) -> float:
    return overdispersion.value if overdispersion else 0.0
