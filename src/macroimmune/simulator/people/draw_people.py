"""Draw the participants of a virtual study: who they are before treatment."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.calibration import JointDraw, draw_joint
from macroimmune.simulator.people.arms import draw_arms
from macroimmune.simulator.people.people import People
from macroimmune.simulator.plan import ClinicPlan, StudyPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["draw_people", "patients_of"]

Texts = NDArray[np.str_]


def draw_people(plan: StudyPlan) -> People:
    """Return the patients of a study and after them its healthy controls.

    Parameters
    ----------
    plan : StudyPlan

    Returns
    -------
    people : People
        Patients are `V001`, `V002` ..., healthy people `H001`, `H002` ....

    Notes
    -----
    Convention: what the clinic knows (tumour, stage, performance status, prior therapy) is drawn
    by its shares, independent of blood, arm and outcome. More patients of the same seed are the
    same ones with others after them, except for the arms of the last block.

    Examples
    --------
    >>> people = draw_people(StudyPlan(patients=4, healthy=2))
    >>> people.participant_ids.tolist()
    ['V001', 'V002', 'V003', 'V004', 'H001', 'H002']
    """
    patients = draw_joint("patient", plan.patients, rng=_stream(plan, "patients"))
    people = patients_of(plan, patients, place=())
    if not plan.healthy:
        return people
    healthy = draw_joint("healthy", plan.healthy, rng=_stream(plan, "healthy"))
    return _together(people, healthy)


def patients_of(plan: StudyPlan, joint: JointDraw, *, place: tuple[str | int, ...]) -> People:
    """Return patients with this blood: their arm, and what the clinic knows of them.

    Parameters
    ----------
    plan : StudyPlan
    joint : JointDraw
    place : tuple of str or int
        Where in the stream of the seed they are drawn; other places give other arms.
    """
    n = joint.age_years.size
    clinic = plan.clinic
    status = _by_shares(n, clinic.performance_status, plan, "performance status", *place)
    return People(
        participant_ids=_identities("V", n),
        is_patient=np.ones(n, dtype=bool),
        arm=draw_arms(
            n, plan.arms, is_randomised=plan.is_randomised, rng=_stream(plan, "arms", *place)
        ),
        age_years=joint.age_years,
        is_female=joint.is_female,
        is_cmv_positive=joint.is_cmv_positive,
        baseline=joint.baseline,
        fractions=joint.fractions,
        ifn_responsiveness=joint.ifn_responsiveness,
        cancer_type=_by_shares(n, clinic.cancer_types, plan, "cancer type", *place),
        stage=_by_shares(n, clinic.stages, plan, "stage", *place),
        performance_status=status.astype(np.float64),
        has_prior_therapy=_prior_therapy(n, clinic, plan, place),
    )


def _prior_therapy(
    n: int, clinic: ClinicPlan, plan: StudyPlan, place: tuple[str | int, ...]
) -> NDArray[np.bool_]:
    return _stream(plan, "prior therapy", *place).random(n) < clinic.prior_therapy


def _stream(plan: StudyPlan, *place: str | int) -> np.random.Generator:
    return random_stream(plan.seed, "people", *place)


def _identities(letter: str, n: int) -> Texts:
    width = max(3, len(str(n)))
    return np.array([f"{letter}{number:0{width}d}" for number in range(1, n + 1)], dtype=np.str_)


def _by_shares(n: int, shares: Mapping[str, float], plan: StudyPlan, *place: str | int) -> Texts:
    """Return names drawn with these shares, relative to their sum."""
    names = np.array(list(shares), dtype=np.str_)
    edges = np.cumsum(np.array(list(shares.values()), dtype=float))
    # The edges are divided by their last one, which is then exactly 1: no draw lies above it.
    drawn = np.searchsorted(edges / edges[-1], _stream(plan, *place).random(n), side="right")
    return np.asarray(names[drawn], dtype=np.str_)


def _together(patients: People, healthy: JointDraw) -> People:
    n = healthy.age_years.size
    nothing = np.full(n, "", dtype=np.str_)
    baseline = {
        name: np.concatenate((values, healthy.baseline[name]))
        for name, values in patients.baseline.items()
    }
    return People(
        participant_ids=np.concatenate((patients.participant_ids, _identities("H", n))),
        is_patient=np.concatenate((patients.is_patient, np.zeros(n, dtype=bool))),
        arm=np.concatenate((patients.arm, nothing)),
        age_years=np.concatenate((patients.age_years, healthy.age_years)),
        is_female=np.concatenate((patients.is_female, healthy.is_female)),
        is_cmv_positive=np.concatenate((patients.is_cmv_positive, healthy.is_cmv_positive)),
        baseline=MappingProxyType(baseline),
        fractions=np.concatenate((patients.fractions, healthy.fractions)),
        ifn_responsiveness=np.concatenate((
            patients.ifn_responsiveness,
            healthy.ifn_responsiveness,
        )),
        cancer_type=np.concatenate((patients.cancer_type, nothing)),
        stage=np.concatenate((patients.stage, nothing)),
        performance_status=np.concatenate((patients.performance_status, np.full(n, np.nan))),
        has_prior_therapy=np.concatenate((patients.has_prior_therapy, np.zeros(n, dtype=bool))),
    )
