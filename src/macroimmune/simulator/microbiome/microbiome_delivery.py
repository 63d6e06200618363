"""Taxa of the gut of a virtual study as the laboratory delivers them, with their truth."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.delivery import Delivery
from macroimmune.simulator.microbiome.gut_composition import (
    GutSample,
    common_change,
    draw_gut,
    gut_taxa,
)
from macroimmune.simulator.people import Outcomes, People, Samples
from macroimmune.simulator.plan import MicrobiomePlan, StudyPlan
from macroimmune.simulator.streams import random_stream
from macroimmune.simulator.tables.medications_table import medications_table

__all__ = ["microbiome_delivery"]

_SETTINGS = """
[microbiome]
file = "taxa.csv"
sample_id = "Stool"
participant_id = "Patient"
days_from_treatment_start = "Day"
taxon = "Taxon"
value = { column = "Percent", unit = "percent" }
"""


def microbiome_delivery(
    plan: StudyPlan, people: People, samples: Samples, outcomes: Outcomes
) -> Delivery:
    """Return taxa of stool at baseline.

    Parameters
    ----------
    plan : StudyPlan
        Its section `microbiome`.
    people : People
    samples : Samples
        Of blood; courses of antibiotics keep clear of them.
    outcomes : Outcomes

    Returns
    -------
    delivery : Delivery
        `taxa.csv` (percent, a row per sample and taxon), `taxa_counts.csv` (reads, a row per
        sample) and `stool_samples.csv`; below `truth`: taxa with the change in responders, by
        itself and of the share, people with their antibiotic and true composition. Empty where
        nothing is to be written.

    Notes
    -----
    Convention: antibiotics are the courses of `medications.csv` that ended before the stool.
    """
    settings = plan.microbiome
    if not settings.is_written:
        return Delivery()
    given, days = _given(plan, people)
    if not given.size:
        return Delivery()
    treated = _antibiotics(plan, people, samples, outcomes, days)
    batches = 1 + _shuffled(plan, given.size) // settings.samples_per_batch
    drawn = [
        draw_gut(
            plan.seed,
            settings,
            str(people.participant_ids[who]),
            is_responder=bool(outcomes.response[who] and people.is_patient[who]),
            has_antibiotic=bool(treated[who]),
            batch=int(batch),
        )
        for who, batch in zip(given, batches, strict=True)
    ]
    persons = people.participant_ids[given]
    tubes = pl.DataFrame({
        "Stool": [f"{person}-stool" for person in persons],
        "Patient": persons,
        "Day": days[given],
    })
    return Delivery(
        tables={
            "stool_samples.csv": tubes.with_columns(
                pl.Series("Extraction", batches),
                pl.Series("Reads", [int(one.counts.sum()) for one in drawn]),
            ),
            "taxa.csv": _percent(tubes, drawn),
            "taxa_counts.csv": tubes.select("Stool").hstack(_wide([one.counts for one in drawn])),
        },
        truth={
            "taxa_effects.csv": _true_effects(settings),
            "taxa_compositions.csv": pl.DataFrame({
                "participant_id": persons,
                "had_antibiotic": treated[given],
            }).hstack(_wide([np.round(one.abundance, 8) for one in drawn])),
        },
        study=_SETTINGS,
    )


def _given(plan: StudyPlan, people: People) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return who gives stool, and the day that everybody would."""
    rng = random_stream(plan.seed, "microbiome", "given")
    n = people.is_patient.size
    is_given = rng.random(n) < plan.microbiome.collected
    is_given[plan.microbiome.participants :] = False
    days = -rng.integers(0, plan.microbiome.days_before + 1, n)
    return np.flatnonzero(is_given), np.where(people.is_patient, days, 0)


def _shuffled(plan: StudyPlan, count: int) -> NDArray[np.int64]:
    """Return the order of extraction, so that a batch goes with nothing."""
    return random_stream(plan.seed, "microbiome", "extraction").permutation(count)


def _antibiotics(
    plan: StudyPlan,
    people: People,
    samples: Samples,
    outcomes: Outcomes,
    days: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return who took an antibiotic within the days before stool that the plan names."""
    courses = medications_table(plan, people, samples, outcomes).filter(
        pl.col("Class") == "antibiotic"
    )
    place = {person: number for number, person in enumerate(people.participant_ids)}
    has = np.zeros(people.is_patient.size, dtype=np.bool_)
    for person, stop in courses.select("Patient", "Stop").iter_rows():
        away = int(days[place[person]]) - int(stop)
        has[place[person]] |= 0 <= away <= plan.microbiome.antibiotic_days
    return has


def _wide(rows: list[NDArray[np.int64]] | list[NDArray[np.float64]]) -> pl.DataFrame:
    return pl.DataFrame(np.vstack(rows), schema=gut_taxa()["taxon"].to_list())


def _percent(tubes: pl.DataFrame, drawn: list[GutSample]) -> pl.DataFrame:
    """Return a row per sample and taxon; a tube without reads has no value."""
    totals = np.array([one.counts.sum() for one in drawn])
    counts = np.vstack([one.counts for one in drawn])
    with np.errstate(invalid="ignore"):
        percent = np.round(100.0 * counts / totals[:, None], 4)
    names = gut_taxa()["taxon"].to_list()
    values = pl.Series("Percent", percent.ravel()).fill_nan(None)
    rows = tubes.select(pl.all().repeat_by(len(names)).explode())
    return rows.with_columns(pl.Series("Taxon", names * tubes.height), values)


def _true_effects(settings: MicrobiomePlan) -> pl.DataFrame:
    change = settings.in_responders * gut_taxa()["response"]
    return gut_taxa().select(
        "taxon",
        "phylum",
        log_change_in_responders=change,
        log_change_of_share=(change + common_change(settings)).round(4),
        is_null=change == 0.0,
    )
