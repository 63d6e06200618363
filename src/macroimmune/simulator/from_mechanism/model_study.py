"""People, samples and outcomes of a study from runs of the model."""

import dataclasses
import math
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.mechanism.virtual_patients import variation
from macroimmune.simulator.calibration import draw_joint
from macroimmune.simulator.from_mechanism.model_blood import (
    KEPT,
    blood_counts,
    cytokine_levels,
    leaf_fractions,
)
from macroimmune.simulator.from_mechanism.model_outcomes import model_outcomes
from macroimmune.simulator.from_mechanism.model_runs import (
    ModelRuns,
    run_healthy,
    run_treated,
    screened,
)
from macroimmune.simulator.people import (
    Outcomes,
    People,
    Samples,
    draw_outcomes,
    draw_people,
    draw_samples,
    wandering,
)
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.streams import random_stream

__all__ = ["ModelStudy", "draw_model_study"]

Values = NDArray[np.float64]

_CELLS = ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils")


@dataclass(frozen=True, slots=True)
class ModelStudy:
    """A study as the model makes it.

    Parameters
    ----------
    people : People
    samples : Samples
    outcomes : Outcomes
    inputs : polars DataFrame
        One row per participant: the inputs of the model, and `status`: empty, or why the run
        ended early.
    left_out : polars DataFrame
        How many virtual patients were looked at and left out before treatment, by reason.
    """

    people: People
    samples: Samples
    outcomes: Outcomes
    inputs: pl.DataFrame
    left_out: pl.DataFrame


def draw_model_study(plan: StudyPlan) -> ModelStudy:
    """Return the people, samples and outcomes of a study whose source is the mechanism.

    Parameters
    ----------
    plan : StudyPlan

    Raises
    ------
    InputError
        If the study is an adjuvant one, a scenario is unknown, or too few virtual patients fit.

    Notes
    -----
    Convention: white cells, cytokines that the model has, populations, responsiveness to
    interferon, response, progression and death are the model's; what it does not have (age, sex,
    platelets, albumin ...) is that of people drawn by the statistical model, independent of it.
    A cytokine is a healthy person's level times that of the model. Up to day 0 the model is
    read on day -1, before treatment. `effects`, and hazard and odds ratios of arms, act on nothing.
    """
    if plan.outcomes.disease != "metastatic":
        msg = "source 'mechanism' needs a tumour to follow: set outcomes.disease to 'metastatic'"
        raise InputError(msg)
    base = draw_people(plan)
    drawn = draw_outcomes(plan, base)
    inputs, left_out = screened(plan)
    last = int(math.ceil(float(np.nanmax(drawn.last_seen_days)))) + 1
    days = _possible_days(plan)
    treated = run_treated(plan, inputs, base.arm[base.is_patient].tolist(), days, max(last, *days))
    healthy_inputs, healthy = _healthy(plan)
    before = pl.concat([_on_day(treated, inputs, -1), healthy])
    people = _people(plan, base, before, pl.concat([inputs, healthy_inputs], how="diagonal"))
    outcomes = model_outcomes(plan, drawn, treated)
    samples = _samples(plan, people, outcomes, treated, inputs, before)
    status = pl.concat([treated.outcomes["status"], pl.Series("status", [""] * plan.healthy)])
    told = pl.concat([inputs, healthy_inputs], how="diagonal").drop("patient")
    ids = pl.DataFrame({"participant_id": people.participant_ids, "arm": people.arm})
    return ModelStudy(
        people=people,
        samples=samples,
        outcomes=outcomes,
        inputs=pl.concat([ids, told], how="horizontal").with_columns(status.alias("status")),
        left_out=left_out,
    )


def _possible_days(plan: StudyPlan) -> tuple[int, ...]:
    days = {
        day
        for visit in plan.visits
        for day in range(visit.day - visit.window_days, visit.day + visit.window_days + 1)
    }
    return tuple(sorted({day if day > 0 else -1 for day in days}))


def _healthy(plan: StudyPlan) -> tuple[pl.DataFrame, pl.DataFrame]:
    if plan.healthy:
        inputs, rows = run_healthy(plan)
        return inputs, rows.select(KEPT)
    return pl.DataFrame(schema={"patient": pl.Int64}), pl.DataFrame(
        schema=dict.fromkeys(KEPT, pl.Float64)
    )


def _on_day(runs: ModelRuns, inputs: pl.DataFrame, day: int) -> pl.DataFrame:
    """Return the blood of every patient on one day, in the order of the study."""
    rows = runs.courses.filter(pl.col("day") == day)
    return inputs.select("patient").join(rows, on="patient", how="left", maintain_order="left")[
        list(KEPT)
    ]


def _people(plan: StudyPlan, base: People, before: pl.DataFrame, inputs: pl.DataFrame) -> People:
    """Return the drawn people with the blood of the model."""
    n = base.arm.size
    rng = random_stream(plan.seed, "people", "mechanism", "cytokines")
    reference = draw_joint("healthy", n, rng=rng).baseline
    baseline = dict(base.baseline) | blood_counts(before)
    baseline |= {name: reference[name] * level for name, level in cytokine_levels(before).items()}
    baseline["leukocytes"] = np.sum([baseline[cell] for cell in _CELLS], axis=0)
    spread = variation()["ifn_responsiveness"].sd
    return dataclasses.replace(
        base,
        baseline=MappingProxyType(baseline),
        fractions=leaf_fractions(before, base.fractions),
        ifn_responsiveness=np.log(inputs["ifn_responsiveness"].to_numpy()) / spread,
    )


def _samples(
    plan: StudyPlan,
    people: People,
    outcomes: Outcomes,
    runs: ModelRuns,
    inputs: pl.DataFrame,
    before: pl.DataFrame,
) -> Samples:
    """Return the draws: the model on their days, and what wanders within a person."""
    samples = draw_samples(plan, people, outcomes)
    rows = _at_samples(samples, runs, inputs, before)
    own = people.fractions[samples.participant]
    first = before[samples.participant]
    fractions = leaf_fractions(rows, own)
    fractions = fractions * np.exp(wandering(plan, samples.participant, samples.days))
    now, then = blood_counts(rows) | cytokine_levels(rows), blood_counts(first)
    then |= cytokine_levels(first)
    return dataclasses.replace(
        samples,
        fractions=fractions / fractions.sum(axis=1, keepdims=True),
        moves=MappingProxyType({name: np.log(now[name] / then[name]) for name in now}),
    )


def _at_samples(
    samples: Samples, runs: ModelRuns, inputs: pl.DataFrame, before: pl.DataFrame
) -> pl.DataFrame:
    """Return the blood of the model at each draw; healthy people stay as they are."""
    patients = inputs["patient"].to_numpy()
    who = samples.participant
    is_patient = who < patients.size
    asked = pl.DataFrame({
        "patient": np.where(is_patient, patients[np.minimum(who, patients.size - 1)], 0),
        "day": np.where(samples.days > 0, samples.days, -1).astype(float),
    })
    found = asked.join(
        runs.courses.select("patient", "day", *KEPT),
        on=["patient", "day"],
        how="left",
        maintain_order="left",
    )[list(KEPT)]
    rest = before[who]
    return found.with_columns(
        pl
        .when(pl.Series(is_patient) & found[KEPT[0]].is_not_null())
        .then(pl.col(name))
        .otherwise(rest[name])
        .alias(name)
        for name in KEPT
    )
