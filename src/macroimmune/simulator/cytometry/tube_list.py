"""Which tubes a virtual study has: participants, visits, panels, stimuli, controls."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.simulator.cytometry.panels import Panel, panel_of
from macroimmune.simulator.cytometry.stimulation import moves_something
from macroimmune.simulator.cytometry.wells import Well
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.people import People, Samples
from macroimmune.simulator.plan.cytometry_plan import STIMULUS_NAMES, CytometryPlan

__all__ = ["CONTROL", "ListedWell", "listed_wells", "slug"]

CONTROL = "Control A"
_SHORT = {
    "mass_t_cell": "CyTOF", "fluorescence_t_cell": "FlowT", "fluorescence_myeloid": "FlowMyeloid",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class ListedWell:
    """A tube and what the laboratory writes down of it.

    Parameters
    ----------
    well : Well
    sample, visit : str
        Empty for the control.
    day : int or None
        From treatment start.
    """

    well: Well
    sample: str
    visit: str
    day: int | None


def listed_wells(plan: CytometryPlan, people: People, samples: Samples) -> list[ListedWell]:
    """Return all tubes, sample by sample, the controls last.

    Parameters
    ----------
    plan : CytometryPlan
    people : People
    samples : Samples

    Raises
    ------
    InputError
        If a visit or a batch of the plan is not there.
    """
    unknown = sorted(set(plan.failed_batches) - set(samples.batch.tolist()))
    if unknown:
        msg = (
            f"cytometry.failed_batches holds {unknown[0]}; the samples are in batches 0 to "
            f"{samples.batch.max(initial=0)}"
        )
        raise InputError(msg)
    chosen = _chosen(plan, people, samples)
    wells = [
        ListedWell(
            well,
            str(samples.sample_ids[place]),
            str(samples.visit[place]),
            int(samples.days[place]),
        )
        for place in chosen.tolist()
        for well in _of_sample(plan, people, samples, place)
    ]
    if plan.bridging_control:
        batches = sorted({listed.well.batch for listed in wells})
        wells.extend(_of_controls(plan, batches))
    return wells


def _chosen(plan: CytometryPlan, people: People, samples: Samples) -> NDArray[np.intp]:
    """Return the places of the samples that have files.

    Raises
    ------
    InputError
        If a visit of the plan is at no sample.
    """
    there = list(dict.fromkeys(samples.visit.tolist()))
    for visit in plan.visits:
        if visit not in there:
            msg = f"cytometry.visits: no sample at {visit!r}. {did_you_mean(visit, there)}"
            raise InputError(msg)
    number = np.where(people.is_patient, people.is_patient.cumsum(), (~people.is_patient).cumsum())
    is_chosen = (number <= plan.participants)[samples.participant]
    if plan.visits:
        is_chosen &= np.isin(samples.visit, plan.visits)
    return np.flatnonzero(is_chosen)


def slug(text: str) -> str:
    """Return text as it stands in the name of a file.

    Examples
    --------
    >>> slug("IFN-I 15 min"), slug("PMA/Iono")
    ('IFN-I-15-min', 'PMA-Iono')
    """
    kept = "".join(letter if letter.isalnum() or letter in "-." else " " for letter in text)
    return "-".join(kept.split())


def _stimuli(plan: CytometryPlan, panel: Panel) -> list[str]:
    return [
        stimulus
        for stimulus in plan.stimuli
        if stimulus == STIMULUS_NAMES[0] or moves_something(panel, stimulus)
    ]


def _of_sample(plan: CytometryPlan, people: People, samples: Samples, place: int) -> Iterator[Well]:
    person = int(samples.participant[place])
    donor = str(people.participant_ids[person])
    for name in plan.panels:
        panel = panel_of(name)
        fractions = panel.recorded(samples.fractions[place])
        for stimulus in _stimuli(plan, panel):
            parts = (donor, str(samples.visit[place]), _SHORT[name], stimulus)
            file = "_".join(slug(part.replace("_", "-")) for part in parts)
            yield Well(
                file,
                donor,
                float(people.ifn_responsiveness[person]),
                name,
                stimulus,
                int(samples.batch[place]),
                fractions,
            )


def _of_controls(plan: CytometryPlan, batches: list[int]) -> Iterator[ListedWell]:
    """Yield the tubes of one healthy donor, aliquots of whom are measured in every batch."""
    percent = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
    for batch in batches:
        for name in plan.panels:
            panel = panel_of(name)
            fractions = panel.recorded(percent / percent.sum())
            for stimulus in _stimuli(plan, panel):
                parts = (CONTROL, f"B{batch + 1:02}", _SHORT[name], stimulus)
                file = "_".join(slug(part.replace("_", "-")) for part in parts)
                yield ListedWell(
                    Well(file, CONTROL, 0.0, name, stimulus, batch, fractions), "", "", None
                )
