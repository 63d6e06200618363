"""How much is missing in the tables of a virtual study, counted from the drawn tables."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.tables import clinical_delivery
from macroimmune.simulator.tables.blood_counts_table import BLOOD_HEADINGS

__all__ = ["DrawnMissing", "drawn_missing"]

_OF_PATIENTS = {"age_years": "Age", "female": "Sex"}


@dataclass(frozen=True, slots=True)
class DrawnMissing:
    """Shares of missing values in drawn tables.

    Parameters
    ----------
    of_variable : mapping from variable to float
        Of columns of patients and blood.
    of_proteins, of_populations : float
        Of tubes without any row.
    """

    of_variable: Mapping[str, float]
    of_proteins: float
    of_populations: float

    def share(self, variable: str, unit: str) -> float | None:
        """Return the share of a variable of that unit; None where no drawn table holds it."""
        if variable in self.of_variable:
            return self.of_variable[variable]
        return {
            "%": self.of_populations,
            "pg/mL": self.of_proteins,
            "NPX": self.of_proteins,
        }.get(unit)


def drawn_missing(plan: StudyPlan) -> DrawnMissing:
    """Return how much is missing in the tables of a virtual study.

    Parameters
    ----------
    plan : StudyPlan

    Returns
    -------
    missing : DrawnMissing

    Notes
    -----
    Convention: of all draws. A ratio is missing where one of its counts is. Proteins and
    populations have no row where a tube was not measured; values below a limit of detection are
    not missing.

    Examples
    --------
    >>> drawn_missing(StudyPlan(patients=20)).share("age_years", "year")
    0.0
    """
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    samples = draw_samples(plan, people, outcomes)
    tables = clinical_delivery(plan, people, samples, outcomes).tables
    blood, patients = tables["blood_counts.csv"], tables["patients.csv"]
    found = {
        name: _null_share(blood, pl.col(heading).is_null())
        for heading, name, _ in BLOOD_HEADINGS
        if heading in blood.columns
    }
    either = pl.col("Neutrophils").is_null() | pl.col("Lymphocytes").is_null()
    found["nlr"] = _null_share(blood, either)
    for name, heading in _OF_PATIENTS.items():
        found[name] = _null_share(patients, pl.col(heading).is_null())
    tubes = samples.days.size
    proteins = tables["serum_proteins.csv"].select("Patient", "Day").n_unique()
    populations = tables["populations.csv"]["Sample"].n_unique()
    return DrawnMissing(found, 1.0 - proteins / tubes, 1.0 - populations / tubes)


def _null_share(table: pl.DataFrame, is_missing: pl.Expr) -> float:
    return float(table.select(is_missing.mean()).item())
