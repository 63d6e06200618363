"""Which wells a virtual study holds, and how the cells of each respond."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.simulator.cells.cell_classes import CLASS_OF_LEAF
from macroimmune.simulator.people import LEAVES, Outcomes, People, Samples
from macroimmune.simulator.plan import ExpressionPlan, StudyPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["Well", "chosen_samples", "draw_wells", "response_of_leaves"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Well:
    """Cells of one sample under one condition, prepared as one library.

    Parameters
    ----------
    number : int
        In the study, from 1; it ends the barcodes.
    participant_id : str
    is_female : bool
    sample_id, visit, condition : str
    day : int
        From treatment start.
    batch : int
        Prepared together, from 1.
    fractions : float array, shape (leaves,)
        Of the cells, true at that draw.
    response : float array, shape (leaves,)
        Of the interferon response of published cells; 0 in unstimulated wells.
    exhausted : float
        Share of effector CD8 T cells that are cytolytic and exhausted.
    ncr : float
        Factor of NCR1, NCR2 and NCR3 in NK cells.
    """

    number: int
    participant_id: str
    is_female: bool
    sample_id: str
    visit: str
    condition: str
    day: int
    batch: int
    fractions: Values
    response: Values
    exhausted: float
    ncr: float

    @property
    def library(self) -> str:
        """Its name in the laboratory."""
        return f"L{self.number:03d}"


def chosen_samples(
    plan: StudyPlan,
    people: People,
    samples: Samples,
    *,
    patients: int,
    healthy: int,
    visits: Sequence[str],
    section: str,
) -> NDArray[np.int64]:
    """Return the places of the samples of the first so many people, in the order of `Samples`.

    Parameters
    ----------
    plan : StudyPlan
    people : People
    samples : Samples
    patients, healthy : int
        How many of each that have such a sample; of healthy people all draws count.
    visits : sequence of str
        Of patients; empty for the first of the plan.
    section : str
        Of the plan, for the message.

    Raises
    ------
    InputError
        If the plan has no such visit.
    """
    planned = [visit.name for visit in plan.visits]
    for visit in visits:
        if visit not in planned:
            msg = (
                f"{section}.visits names {visit!r}, which is none of the plan. "
                f"{did_you_mean(visit, planned)}"
            )
            raise InputError(msg)
    wanted = list(visits) or planned[:1]
    is_patient = people.is_patient[samples.participant]
    fits = ~is_patient | np.isin(samples.visit, wanted)
    kept = np.zeros(samples.participant.size, dtype=bool)
    for group, count in ((is_patient, patients), (~is_patient, healthy)):
        who = np.unique(samples.participant[group & fits])[:count]
        kept |= fits & group & np.isin(samples.participant, who)
    return np.flatnonzero(kept)


def response_of_leaves(
    seed: int, plan: ExpressionPlan, person: str, responsiveness: float
) -> Values:
    """Return how strongly each population of a person responds, relative to published cells.

    Parameters
    ----------
    seed : int
    plan : ExpressionPlan
    person : str
        Id of the participant.
    responsiveness : float
        As `People.ifn_responsiveness`.

    Returns
    -------
    response : float array, shape (leaves,)
        Never below 0. Populations of one class share a deviation.
    """
    classes = tuple(dict.fromkeys(CLASS_OF_LEAF.values()))
    rng = random_stream(seed, "expression", "response", person)
    noise = dict(zip(classes, rng.standard_normal(len(classes)), strict=True))
    own = np.array([noise[CLASS_OF_LEAF[leaf]] for leaf in LEAVES])
    relative = 1.0 + plan.response_per_sd * responsiveness + plan.response_type_spread * own
    return plan.response * np.maximum(relative, 0.0)


def draw_wells(
    plan: StudyPlan, people: People, samples: Samples, outcomes: Outcomes
) -> tuple[Well, ...]:
    """Return the wells that the plan asks for, sample by sample.

    Raises
    ------
    InputError
        If the plan of single-cell RNA names an unknown visit.
    """
    settings = plan.expression
    chosen = chosen_samples(
        plan,
        people,
        samples,
        patients=settings.participants,
        healthy=settings.healthy,
        visits=settings.visits,
        section="expression",
    )
    wells: list[Well] = []
    for order, place in enumerate(chosen):
        who = int(samples.participant[place])
        person = str(people.participant_ids[who])
        active = response_of_leaves(
            plan.seed, settings, person, float(people.ifn_responsiveness[who])
        )
        is_responder = bool(outcomes.response[who] and people.is_patient[who])
        exhausted = _exhausted(plan.seed, settings, person, is_responder=is_responder)
        for condition in settings.conditions:
            wells.append(
                Well(
                    number=len(wells) + 1,
                    participant_id=person,
                    is_female=bool(people.is_female[who]),
                    sample_id=str(samples.sample_ids[place]),
                    visit=str(samples.visit[place]),
                    condition=condition,
                    day=int(samples.days[place]),
                    batch=1 + order // settings.samples_per_batch,
                    fractions=samples.fractions[place],
                    response=np.zeros_like(active) if condition == "unstimulated" else active,
                    exhausted=exhausted,
                    ncr=settings.ncr_in_patients if people.is_patient[who] else 1.0,
                )
            )
    return tuple(wells)


def _exhausted(seed: int, plan: ExpressionPlan, person: str, *, is_responder: bool) -> float:
    """Return the share of a person: log odds are normal around those of the plan."""
    if plan.exhausted == 0.0:
        return 0.0
    deviation = random_stream(seed, "expression", "exhausted", person).standard_normal()
    odds = plan.exhausted / (1.0 - plan.exhausted) * np.exp(plan.exhausted_spread * deviation)
    odds *= plan.exhausted_in_responders if is_responder else 1.0
    return float(odds / (1.0 + odds))
