"""Draw when blood is taken and what its cells truly are at each draw."""

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.people.people import Outcomes, People, Samples
from macroimmune.simulator.plan import SamplesPlan, StudyPlan, VisitPlan
from macroimmune.simulator.streams import random_stream
from macroimmune.units import DAYS_PER_MONTH

__all__ = ["draw_samples", "wandering"]

Values = NDArray[np.float64]
Days = NDArray[np.int64]

# What immunotherapy does to other populations after months, natural logarithm of the fraction:
# assumed, small beside the spread between people.
_OTHER_MOVES = MappingProxyType({
    "effector_treg": 0.10,
    "em_cd8": 0.12,
    "em_cd4": 0.08,
    "naive_cd8": -0.06,
    "plasmablast": 0.15,
    "classical_monocyte": -0.05,
    "m_mdsc": -0.08,
})
_OTHER_MOVES_DAYS = 30.0


def draw_samples(plan: StudyPlan, people: People, outcomes: Outcomes) -> Samples:
    """Return the blood draws of people, in order of people and day.

    Parameters
    ----------
    plan : StudyPlan
    people : People
    outcomes : Outcomes

    Returns
    -------
    samples : Samples
        Nobody is drawn after death or the end of observation. Healthy people come to the first
        visit, on day 0, and to those that are for them.

    Notes
    -----
    Convention: the first draw of a person shows the fractions of `people`. Later ones wander from
    there (independent steps of each population's log fraction) and, under immunotherapy, move:
    Ki67+ CD8 T cells rise as t exp(-t) in units of the peak's day, more in responders; others
    approach an assumed small change. All samples of a person are in one batch, people in batches
    by chance, so that a batch goes with neither time nor outcome.
    """
    rows = _visits(plan, people, outcomes)
    participant, visit, days = rows
    names = np.array([planned.name for planned in plan.visits], dtype=np.str_)
    identities = [
        f"{people.participant_ids[who]}-{plan.visits[which].slug}"
        for who, which in zip(participant, visit, strict=True)
    ]
    return Samples(
        sample_ids=np.array(identities, dtype=np.str_),
        participant=participant,
        visit=names[visit],
        days=days,
        batch=_batches(plan, participant, people.arm.size),
        fractions=_moved(plan, people, outcomes, participant, days),
    )


def _visits(plan: StudyPlan, people: People, outcomes: Outcomes) -> tuple[Days, Days, Days]:
    """Return participant, visit and day of every draw that took place."""
    n = people.arm.size
    with np.errstate(invalid="ignore"):
        end = np.fmin(outcomes.death_days, outcomes.last_seen_days)
    parts = []
    for number, planned in enumerate(plan.visits):
        rng = random_stream(plan.seed, "people", "visits", planned.name)
        days, came = _one_visit(planned, n, rng)
        came &= (days <= 0) | (days <= end)
        is_healthy_here = number == 0 or planned.is_for_healthy
        healthy_day = max(planned.day, 0) if number else 0
        days = np.where(people.is_patient, days, healthy_day)
        came = np.where(people.is_patient, came, is_healthy_here)
        who = np.flatnonzero(came)
        parts.append((who, np.full(who.size, number), days[who]))
    participant, visit, days = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((visit, days, participant))
    return (
        participant[order].astype(np.int64),
        visit[order].astype(np.int64),
        days[order].astype(np.int64),
    )


def _one_visit(
    planned: VisitPlan, n: int, rng: np.random.Generator
) -> tuple[Days, NDArray[np.bool_]]:
    drawn = rng.random((n, 2))
    width = 2 * planned.window_days + 1
    offset = np.floor(drawn[:, 0] * width).astype(np.int64) - planned.window_days
    return planned.day + offset, drawn[:, 1] >= planned.missed


def _batches(plan: StudyPlan, participant: Days, n: int) -> Days:
    """Return the batch of each sample: people in random order, batches filled one by one."""
    order = random_stream(plan.seed, "people", "batches").permutation(n)
    held = np.bincount(participant, minlength=n)
    before = np.cumsum(held[order]) - held[order]
    of_person = np.empty(n, dtype=np.int64)
    of_person[order] = before // plan.samples.per_batch
    # Batches that nobody begins leave no gap in the numbers.
    return np.unique(of_person[participant], return_inverse=True)[1].astype(np.int64)


def _moved(
    plan: StudyPlan, people: People, outcomes: Outcomes, participant: Days, days: Days
) -> Values:
    stated = plan.samples
    is_treated = np.isin(people.arm, [arm.name for arm in plan.arms if arm.is_immunotherapy])
    shift = wandering(plan, participant, days)
    time = np.where(is_treated[participant], np.maximum(days, 0), 0).astype(float)
    rise = _rise(plan, outcomes.response)[participant]
    leaves = list(LEAVES)
    shift[:, leaves.index("ki67_cd8")] += rise * _pulse(time, stated)
    plateau = stated.other_moves * -np.expm1(-time / _OTHER_MOVES_DAYS)
    for leaf, size in _OTHER_MOVES.items():
        shift[:, leaves.index(leaf)] += size * plateau
    fractions = people.fractions[participant] * np.exp(shift)
    return np.asarray(fractions / fractions.sum(axis=1, keepdims=True), dtype=float)


def _pulse(time: Values, stated: SamplesPlan) -> Values:
    """Return 0 at start, 1 at the peak, and less and less after it."""
    relative = time / stated.ki67_peak
    return np.asarray(relative * np.exp(1.0 - relative), dtype=float)


def _rise(plan: StudyPlan, is_response: NDArray[np.bool_]) -> Values:
    """Return the natural logarithm of each person's rise at the peak."""
    stated = plan.samples
    rng = random_stream(plan.seed, "people", "ki67 rise")
    own = stated.ki67_spread * rng.normal(size=is_response.size)
    further = np.log(stated.ki67_rise_of_responders) * is_response
    return np.asarray(np.log(stated.ki67_rise) + own + further, dtype=float)


def wandering(plan: StudyPlan, participant: Days, days: Days) -> Values:
    """Return the log change by chance of each leaf since the first draw of each person.

    Parameters
    ----------
    plan : StudyPlan
    participant, days : int array, shape (samples,)
        In order of people and day.

    Returns
    -------
    change : float array, shape (samples, leaves)
    """
    rng = random_stream(plan.seed, "people", "wandering")
    is_first = np.diff(participant, prepend=-1) != 0
    passed = np.where(is_first, 0, np.diff(days, prepend=days[:1])) / DAYS_PER_MONTH
    steps = rng.normal(size=(days.size, len(LEAVES)))
    steps *= plan.samples.drift * np.sqrt(passed)[:, None]
    walked = np.cumsum(steps, axis=0)
    starts = np.flatnonzero(is_first)
    # Steps of a person's first row are zero: the sum there is what all people before have walked.
    return np.asarray(walked - np.repeat(walked[starts], np.diff([*starts, days.size]), axis=0))
