"""What is true of virtual people, their samples and their outcomes: arrays that go together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Outcomes", "People", "Samples"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]


def _no_texts() -> Texts:
    return np.array([], dtype=np.str_)


def _no_values() -> Values:
    return np.array([], dtype=np.float64)


def _no_flags() -> Flags:
    return np.array([], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class People:
    """Virtual patients and healthy people as they are before treatment.

    Parameters
    ----------
    participant_ids : text array, shape (people,)
    is_patient : bool array, shape (people,)
    arm : text array, shape (people,)
        Empty for healthy people.
    age_years : float array, shape (people,)
    is_female, is_cmv_positive : bool array, shape (people,)
    baseline : mapping from name to float array, shape (people,)
        True values before measurement error, limits of detection and missingness: blood counts in
        10^9/L, `haemoglobin` and `albumin` in g/L, `ldh` in U/L, `crp` in mg/L, cytokines (`il6`,
        `il8`, `tnf`, `il2`, `il10`, `il4` ...) in pg/mL.
    fractions : float array, shape (people, leaves)
        Of the mononuclear cells, in the order of `LEAVES`; each row sums to 1.
    ifn_responsiveness : float array, shape (people,)
        How strongly the cells answer type I interferon: standard deviations of healthy people
        around their mean. Set before treatment.
    cancer_type, stage : text array, shape (people,)
        Empty for healthy people.
    performance_status : float array, shape (people,)
        ECOG; NaN for healthy people.
    has_prior_therapy : bool array, shape (people,)
        Systemic therapy before this one; False for healthy people.
    """

    participant_ids: Texts
    is_patient: Flags
    arm: Texts
    age_years: Values
    is_female: Flags
    is_cmv_positive: Flags
    baseline: Mapping[str, Values]
    fractions: Values
    ifn_responsiveness: Values
    cancer_type: Texts = field(default_factory=_no_texts)
    stage: Texts = field(default_factory=_no_texts)
    performance_status: Values = field(default_factory=_no_values)
    has_prior_therapy: Flags = field(default_factory=_no_flags)


@dataclass(frozen=True, slots=True)
class Samples:
    """Blood draws of virtual people.

    Parameters
    ----------
    sample_ids : text array, shape (samples,)
    participant : int array, shape (samples,)
        Place in `People`.
    visit : text array, shape (samples,)
        `baseline`, `week 3`, `week 6` ... as the plan names them.
    days : int array, shape (samples,)
        From treatment start; healthy people have day 0.
    batch : int array, shape (samples,)
        Measured together, from 0.
    fractions : float array, shape (samples, leaves)
        True at that draw, as in `People`.
    moves : mapping from name to float array, shape (samples,)
        Of blood values: the natural logarithm of the true value against that before treatment,
        beside chance; what is not there moves by chance alone.
    """

    sample_ids: Texts
    participant: NDArray[np.int64]
    visit: Texts
    days: NDArray[np.int64]
    batch: NDArray[np.int64]
    fractions: Values
    moves: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How virtual patients fare; rows of healthy people hold no event at time NaN.

    Parameters
    ----------
    response : bool array, shape (people,)
    progression_days, death_days : float array, shape (people,)
        When they would come, seen or not.
        In adjuvant studies progression is relapse, and nobody has a tumour that could respond.
    last_seen_days : float array, shape (people,)
        Data cut or loss to follow-up, whichever is first.
    death_cause : text array, shape (people,)
        `cancer` where progression comes before death, else `treatment` or `other`; of the death
        to come, seen or not. Empty for healthy people.
    best : text array, shape (people,)
        Best response by RECIST where it follows from a tumour course; no element where it is
        drawn.
    sums_mm : tuple with one entry per patient
        Day and sum of diameters at each scan that could be made, the one before treatment first;
        empty where scans are drawn.
    """

    response: Flags
    progression_days: Values
    death_days: Values
    last_seen_days: Values
    death_cause: Texts = field(default_factory=_no_texts)
    best: Texts = field(default_factory=_no_texts)
    sums_mm: tuple[tuple[tuple[int, float], ...], ...] = ()
