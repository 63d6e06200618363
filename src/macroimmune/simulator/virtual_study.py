"""A virtual study with known truth, as the files that laboratories deliver."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from macroimmune.simulator.cells import chromatin_delivery, expression_delivery
from macroimmune.simulator.cytometry import cytometry_delivery
from macroimmune.simulator.delivery import Delivery
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.microbiome import microbiome_delivery
from macroimmune.simulator.people import (
    Outcomes,
    People,
    Samples,
    draw_outcomes,
    draw_people,
    draw_samples,
)
from macroimmune.simulator.plan import StudyPlan, checked_plan
from macroimmune.simulator.repertoires import repertoires_delivery
from macroimmune.simulator.study_files import DeliveredTable, StudyFiles
from macroimmune.simulator.tables import analysis_text, clinical_delivery
from macroimmune.simulator.troubles import chosen_troubles, plant
from macroimmune.simulator.truth import true_effects_task

__all__ = ["VirtualStudy", "draw_virtual_study", "raw_kinds"]

_Draw = Callable[[StudyPlan, People, Samples, Outcomes], Delivery]

# Every kind of raw file and who draws it. A kind is written where its section of the plan, of the
# same name, has `is_written`.
_RAW_FILES: tuple[tuple[str, _Draw], ...] = (
    ("cytometry", cytometry_delivery),
    ("repertoires", repertoires_delivery),
    ("expression", expression_delivery),
    ("chromatin", chromatin_delivery),
    ("microbiome", microbiome_delivery),
)


@dataclass(frozen=True, slots=True)
class VirtualStudy:
    """A virtual study before it is written.

    Parameters
    ----------
    plan : StudyPlan
    people : People
    samples : Samples
    outcomes : Outcomes
    files : StudyFiles
        Tables, the text of `study.toml` and raw files, with the planted troubles in them.
    truth : mapping from file name to polars DataFrame
        What is true of it, without the troubles; truth of single cells is among the raw files.
    """

    plan: StudyPlan
    people: People
    samples: Samples
    outcomes: Outcomes
    files: StudyFiles
    truth: Mapping[str, pl.DataFrame]


def draw_virtual_study(plan: StudyPlan) -> VirtualStudy:
    """Return the virtual study that a plan states; raw files are drawn when they are written.

    Parameters
    ----------
    plan : StudyPlan

    Raises
    ------
    InputError
        If a setting is out of range or names nothing, with the nearest name.

    Examples
    --------
    >>> study = draw_virtual_study(StudyPlan(patients=5))
    >>> study.files.tables["patients.csv"].frame.height
    5
    """
    plan = checked_plan(plan)
    chosen_troubles(plan.troubles)
    people, samples, outcomes, model_truth = _drawn(plan)
    deliveries = [
        draw(plan, people, samples, outcomes)
        for draw in (clinical_delivery, *_chosen_raw_files(plan))
    ]
    files = StudyFiles(
        tables={
            name: DeliveredTable(frame)
            for delivery in deliveries
            for name, frame in delivery.tables.items()
        },
        settings="".join([*(delivery.study for delivery in deliveries), analysis_text(plan)]),
        tasks=(
            *(() if model_truth else (true_effects_task(plan),)),
            *(task for delivery in deliveries for task in delivery.tasks),
        ),
    )
    truth = {
        "participants.csv": _true_participants(people, outcomes),
        "frequencies.csv": _true_frequencies(people, samples),
        **model_truth,
    }
    for delivery in deliveries:
        truth.update(delivery.truth)
    return VirtualStudy(
        plan=plan,
        people=people,
        samples=samples,
        outcomes=outcomes,
        files=plant(plan.troubles, files, seed=plan.seed),
        truth=truth,
    )


def _drawn(plan: StudyPlan) -> tuple[People, Samples, Outcomes, dict[str, pl.DataFrame]]:
    """Return who takes part from the source of the plan, and what is true of the model."""
    if plan.source == "statistical":
        people = draw_people(plan)
        outcomes = draw_outcomes(plan, people)
        return people, draw_samples(plan, people, outcomes), outcomes, {}
    # The model is needed by these studies alone.
    from macroimmune.simulator.from_mechanism import draw_model_study

    found = draw_model_study(plan)
    truth = {"model_inputs.csv": found.inputs, "model_left_out.csv": found.left_out}
    return found.people, found.samples, found.outcomes, truth


def raw_kinds() -> tuple[str, ...]:
    """Return the kinds of raw files that can be written, as the plan calls them."""
    return tuple(kind for kind, _ in _RAW_FILES)


def _chosen_raw_files(plan: StudyPlan) -> tuple[_Draw, ...]:
    return tuple(draw for kind, draw in _RAW_FILES if getattr(plan, kind).is_written)


def _true_participants(people: People, outcomes: Outcomes) -> pl.DataFrame:
    """Return one row per participant: true values before treatment, and what will come."""
    columns = {
        "participant_id": people.participant_ids,
        "is_patient": people.is_patient,
        "arm": people.arm,
        "age_years": people.age_years,
        "is_female": people.is_female,
        "is_cmv_positive": people.is_cmv_positive,
        "ifn_responsiveness": people.ifn_responsiveness,
        "response": outcomes.response,
        "progression_days": outcomes.progression_days,
        "death_days": outcomes.death_days,
        "last_seen_days": outcomes.last_seen_days,
        "death_cause": outcomes.death_cause,
        **people.baseline,
    }
    frame = pl.DataFrame(columns)
    # What never comes is infinite, what there is not is no number: both are empty.
    numbers = pl.selectors.float()
    return frame.with_columns(pl.when(numbers.is_finite()).then(numbers))


def _true_frequencies(people: People, samples: Samples) -> pl.DataFrame:
    """Return one row per blood draw: the true fraction of each leaf among mononuclear cells."""
    return pl.DataFrame({
        "sample_id": samples.sample_ids,
        "participant_id": people.participant_ids[samples.participant],
        "visit": samples.visit,
        "days_from_treatment_start": samples.days,
        **{leaf: samples.fractions[:, place] for place, leaf in enumerate(LEAVES)},
    })
