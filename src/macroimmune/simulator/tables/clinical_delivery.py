"""The tables that clinic and laboratory deliver for virtual people, with their own headings."""

from macroimmune.simulator.delivery import Delivery
from macroimmune.simulator.people import Outcomes, People, Samples
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.tables.blood_counts_table import blood_counts_table
from macroimmune.simulator.tables.functional_assays_table import functional_assays_table
from macroimmune.simulator.tables.medications_table import medications_table
from macroimmune.simulator.tables.patients_table import patients_table
from macroimmune.simulator.tables.populations_table import populations_table
from macroimmune.simulator.tables.samples_table import samples_table
from macroimmune.simulator.tables.scores_table import scores_table
from macroimmune.simulator.tables.serum_proteins_table import (
    serum_proteins_table,
    true_serum_proteins,
)
from macroimmune.simulator.tables.study_settings import clinical_settings
from macroimmune.simulator.tables.tumour_table import tumour_table

__all__ = ["clinical_delivery"]


def clinical_delivery(
    plan: StudyPlan, people: People, samples: Samples, outcomes: Outcomes
) -> Delivery:
    """Return the tables of patients, samples, blood, cells, scans and drugs.

    Parameters
    ----------
    plan : StudyPlan
    people : People
    samples : Samples
    outcomes : Outcomes

    Returns
    -------
    delivery : Delivery
        Its `study` holds the head of `study.toml`, so it stands before that of all others. Below
        `truth`: proteins before plates and wells.

    Notes
    -----
    Convention: the first draw of a person shows the person's true values, up to what measuring
    adds: rounding, wells and plates, counted cells. Nothing missing depends on blood or outcome.
    """
    tables = {
        "patients.csv": patients_table(plan, people, outcomes),
        "samples.csv": samples_table(people, samples),
        "blood_counts.csv": blood_counts_table(plan, people, samples),
        "serum_proteins.csv": serum_proteins_table(plan, people, samples),
        "populations.csv": populations_table(plan, samples),
        "medications.csv": medications_table(plan, people, samples, outcomes),
    }
    if plan.outcomes.disease == "metastatic":
        tables["tumour_measurements.csv"] = tumour_table(plan, people, outcomes)
    if plan.functional_assays.is_written:
        tables["functional_assays.csv"] = functional_assays_table(plan, people, samples)
    if plan.scores.is_written:
        tables["scores.csv"] = scores_table(plan, people, samples)
    return Delivery(
        tables=tables,
        truth={"serum_proteins.csv": true_serum_proteins(plan, people, samples)},
        study=clinical_settings(plan, people),
    )
