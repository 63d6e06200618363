"""PRINCE before treatment: proteins, cells and outcomes of its randomised arms."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from macroimmune.outcomes import Survival
from macroimmune.simulator.calibration import SMALLEST_GROUP, CohortTable

__all__ = ["prince_tables"]

_CLINICAL = "PICI0002_ph2_clinical.csv"
_BEFORE = "C1D1"
_RENAME = {
    "Interleukin 6 (IL-6)": "il6",
    "Interleukin 8 (IL-8)": "il8",
    "Interleukin 10 (IL-10)": "il10",
    "Interleukin 2 (IL-2)": "il2",
    "Interleukin 4 (IL-4)": "il4",
    "CD14+ HLA-DRlo m-MDSC (% of leukocytes)": "m_mdsc",
    "CD8+ EMRA T cells (% of leukocytes)": "temra_cd8",
    "Ki67+ Non-Naive CD8 T Cells": "ki67_of_non_naive_cd8",
}
_MEASURED = {
    "prince_olink": ("NatureMed_Olink_select_proteins.csv", "NatureMed_Olink_metadata.csv"),
    "prince_cytof": (
        "NatureMed_CyTOF_select_cell_populations.csv",
        "NatureMed_CyTOF_metadata.csv",
    ),
    "prince_x50": ("NatureMed_X50_select_cell_populations.csv", "NatureMed_X50_metadata.csv"),
}


def prince_tables(folder: Path) -> Iterator[CohortTable]:
    """Yield the tables of PRINCE, efficacy population, blood of the first day of treatment.

    Parameters
    ----------
    folder : Path
        That holds the files of the dataset `prince`.
    """
    rows = pl.read_csv(folder / _CLINICAL, infer_schema_length=None)
    rows = rows.filter(pl.col("Efficacy Population Flag") == "Y")
    people = rows.select(
        "Deidentified.ID",
        age_years=pl.col("Age").cast(pl.Float64),
        female=(pl.col("Sex") == "F").cast(pl.Float64),
    )
    for cohort, (values, samples) in _MEASURED.items():
        yield _measured(folder, cohort, (values, samples), people)
    yield _outcomes("all", rows)
    for arm in sorted(rows["Arm"].unique().to_list()):
        of_arm = rows.filter(pl.col("Arm") == arm)
        if of_arm.height >= SMALLEST_GROUP:
            yield _outcomes(f"arm {arm}", of_arm)


def _outcomes(group: str, rows: pl.DataFrame) -> CohortTable:
    evaluable = rows.filter(pl.col("Best Overall Response") != "NOT EVALUABLE")
    best = evaluable["Best Overall Response"].drop_nulls()
    return CohortTable(
        cohort="prince",
        group=group,
        dataset="prince",
        files=(_CLINICAL,),
        frame=rows.select(
            age_years=pl.col("Age").cast(pl.Float64), female=(pl.col("Sex") == "F").cast(pl.Float64)
        ),
        units={"age_years": "year", "female": "yes or no"},
        survival={name: _survival(rows, name) for name in ("os", "pfs")},
        response=best.is_in(["COMPLETE RESPONSE", "PARTIAL RESPONSE"]).to_numpy(),
        note="efficacy population; arms as randomised",
    )


def _survival(rows: pl.DataFrame, endpoint: str) -> Survival:
    time, event = f"clinical.observation.{endpoint}", f"clinical.observation.{endpoint}.event"
    known = rows.select(time, event).drop_nulls()
    flags = known[event].cast(pl.String).str.to_uppercase() == "TRUE"
    return Survival(time=known[time].cast(pl.Float64).to_numpy(), event=flags.to_numpy())


def _measured(
    folder: Path, cohort: str, files: tuple[str, str], people: pl.DataFrame
) -> CohortTable:
    """Return values of the first day in wide form; values of one sample are averaged."""
    values = pl.read_csv(folder / files[0], infer_schema_length=None)
    samples = pl.read_csv(folder / files[1], infer_schema_length=None)
    samples = samples.filter(pl.col("timepoint.id") == _BEFORE)
    samples = samples.select("Deidentified.ID", "sample.id").unique()
    is_protein = cohort == "prince_olink"
    named = values.join(samples, on="sample.id").with_columns(
        name=pl.col("paper.name").replace(_RENAME),
        value=pl.col("value") * (1.0 if is_protein else 100.0),
    )
    wide = named.group_by("Deidentified.ID", "name").agg(pl.col("value").mean())
    wide = wide.pivot(on="name", index="Deidentified.ID", values="value", sort_columns=True)
    frame = people.join(wide, on="Deidentified.ID").sort("Deidentified.ID").drop("Deidentified.ID")
    units = dict.fromkeys(frame.columns, "NPX" if is_protein else "%")
    units |= {"age_years": "year", "female": "yes or no"}
    note = "efficacy population, C1D1, values of one participant averaged"
    return CohortTable(
        cohort=cohort,
        group="all",
        dataset="prince",
        files=(_CLINICAL, *files),
        frame=frame,
        units=units,
        note=note if is_protein else f"{note}; percent of what the name states",
    )
