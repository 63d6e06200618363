"""A million patients under a plan, drawn in pieces: what a large enough study would see."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.outcomes import Survival
from macroimmune.simulator.calibration import draw_joint
from macroimmune.simulator.features import FEATURES, is_per_sd
from macroimmune.simulator.people import (
    draw_outcomes,
    patients_of,
    scaled_feature,
)
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["GeneratedPatients", "generate_patients"]

# The truth is of the plan, not of the study: it has a seed of its own, whatever the study's is.
_SEED = 20261121
_PIECE = 50_000


@dataclass(frozen=True, slots=True)
class GeneratedPatients:
    """Many patients with their features and outcomes.

    Parameters
    ----------
    names : tuple of str
        Of the features.
    features : float32 array, shape (patients, features)
        True values on the scale of each feature.
    units : float array, shape (features,)
        What one unit of an effect is: the standard deviation, or 1.
    arm : int array, shape (patients,)
        Place among the arms of the plan.
    survival : mapping from endpoint to Survival
        `os`, and `pfs` or `rfs`; observed as in the study.
    response : bool array, shape (patients,), or None
        None where no tumour is left that could respond.
    """

    names: tuple[str, ...]
    features: NDArray[np.float32]
    units: NDArray[np.float64]
    arm: NDArray[np.int64]
    survival: Mapping[str, Survival]
    response: NDArray[np.bool_] | None


def generate_patients(
    plan: StudyPlan, names: tuple[str, ...] = tuple(FEATURES)
) -> GeneratedPatients:
    """Return `plan.truth_patients` patients.

    Parameters
    ----------
    plan : StudyPlan
        Its seed, sizes and visits do not matter.
    names : tuple of str
        The features to keep, of `FEATURES`.

    Returns
    -------
    patients : GeneratedPatients
        Some 260 bytes per patient; no more than a piece of 50,000 is ever held in full.
    """
    n = plan.truth_patients
    stated = dataclasses.replace(plan, seed=_SEED)
    # Columns are read one by one, so each lies in one piece.
    features = np.empty((n, len(names)), dtype=np.float32, order="F")
    arm = np.empty(n, dtype=np.int64)
    death, progression, seen = np.empty(n), np.empty(n), np.empty(n)
    response = np.empty(n, dtype=np.bool_)
    arms = np.array([known.name for known in plan.arms])
    for piece, first in enumerate(range(0, n, _PIECE)):
        rows = slice(first, min(first + _PIECE, n))
        place = ("truth", piece)
        rng = random_stream(_SEED, "people", "patients", *place)
        drawn = draw_joint("patient", rows.stop - rows.start, rng=rng)
        people = patients_of(stated, drawn, place=place)
        outcomes = draw_outcomes(stated, people, place=place)
        for column, feature in enumerate(names):
            features[rows, column] = scaled_feature(people, feature)
        arm[rows] = (people.arm[:, None] == arms).argmax(axis=1)
        death[rows], progression[rows] = outcomes.death_days, outcomes.progression_days
        seen[rows], response[rows] = outcomes.last_seen_days, outcomes.response
    is_metastatic = plan.outcomes.disease == "metastatic"
    survival = {
        "os": _observed(death, seen),
        "pfs" if is_metastatic else "rfs": _observed(np.minimum(death, progression), seen),
    }
    return GeneratedPatients(
        names=names,
        features=features,
        units=_units(features, names),
        arm=arm,
        survival=survival,
        response=response if is_metastatic else None,
    )


def _observed(days: NDArray[np.float64], seen: NDArray[np.float64]) -> Survival:
    return Survival(time=np.minimum(days, seen), event=days <= seen)


def _units(features: NDArray[np.float32], names: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array([
        float(np.std(features[:, place], dtype=np.float64))
        if is_per_sd(FEATURES[name].scale)
        else 1.0
        for place, name in enumerate(names)
    ])
