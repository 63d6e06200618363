"""Tumour clones in blood: how many, and how many these depths would give if both were one pool."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from macroimmune.repertoires.repertoire import is_sampling_known
from macroimmune.repertoires.sharing.participant_clones import KIND, ParticipantClones, Row
from macroimmune.statistics import SharedKinds, kind_overlap, shared_kinds

__all__ = ["BLOOD", "OF_READS", "TUMOUR", "percentages", "places_of", "sharing_rows"]

BLOOD, TUMOUR = "blood", "tumour"
OF_READS = (
    "reads are counted, so how many cells were sampled is not known: no expectation from depth; "
    "the percentage follows depth"
)


def sharing_rows(clones: ParticipantClones) -> Iterator[Row]:
    """Yield a row of table `clone_sharing` for every blood and tumour repertoire.

    Parameters
    ----------
    clones : ParticipantClones

    Notes
    -----
    Convention: expected from one pool, see `statistics.shared_kinds`. Observed below expected means
    that the compartments hold other clones, not that one of them was sequenced less.
    """
    for blood, tumour in product(places_of(clones, BLOOD), places_of(clones, TUMOUR)):
        yield _row(clones, blood, tumour)


def places_of(clones: ParticipantClones, compartment: str) -> list[int]:
    """Return the places of the repertoires of a compartment."""
    return [i for i, row in enumerate(clones.rows) if row["compartment"] == compartment]


def _row(clones: ParticipantClones, blood: int, tumour: int) -> Row:
    in_blood, in_tumour = clones.rows[blood], clones.rows[tumour]
    known = is_sampling_known(str(in_blood["counted"]))
    shared = shared_kinds(clones.dense([tumour]), clones.dense([blood]))
    overlap = kind_overlap(
        clones.kinds[blood], clones.counts[blood], clones.kinds[tumour], clones.counts[tumour]
    )
    return {
        "participant_id": in_blood["participant_id"],
        **{name: in_blood[name] for name in KIND},
        "blood": in_blood["repertoire_id"],
        "tumour": in_tumour["repertoire_id"],
        "day_blood": in_blood["days_from_treatment_start"],
        "day_tumour": in_tumour["days_from_treatment_start"],
        "clonotype": in_blood["clonotype"],
        "n_tumour": shared.n,
        "n_shared": shared.n_found,
        **percentages(shared, "shared_percent", is_known=known),
        "shared_mass_tumour": overlap.shared_mass_other,
        "shared_mass_blood": overlap.shared_mass_one,
        "morisita_horn": overlap.morisita_horn,
        "status": shared.status if known else OF_READS,
    }


def percentages(shared: SharedKinds, name: str, *, is_known: bool) -> Row:
    """Return observed and expected percentages with their intervals.

    Parameters
    ----------
    shared : SharedKinds
    name : str
        Of the column of the observed percentage.
    is_known : bool
        Whether cells or molecules were counted; of reads nothing is expected.
    """
    nothing = float("nan")
    expected = (shared.expected, shared.expected_low, shared.expected_high)
    values = (
        shared.share,
        shared.ci_low,
        shared.ci_high,
        *(expected if is_known else [nothing] * 3),
    )
    names = (
        name,
        f"{name}_ci_low",
        f"{name}_ci_high",
        "expected_percent",
        "expected_percent_low",
        "expected_percent_high",
    )
    percent = 100.0 * np.array(values)
    return {key: float(value) for key, value in zip(names, percent, strict=True)}
