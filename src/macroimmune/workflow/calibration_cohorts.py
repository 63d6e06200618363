"""The public cohorts as plain tables under the simulator's names and units, read in place."""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from macroimmune.datasets import locate
from macroimmune.outcomes import Survival
from macroimmune.simulator.calibration import CohortTable
from macroimmune.units import DAYS_PER_MONTH
from macroimmune.workflow.calibration_milieu import milieu_tables
from macroimmune.workflow.calibration_prince import prince_tables

__all__ = ["calibration_tables"]

_CHOWELL = {
    "nlr": (pl.col("NLR"), "ratio"),
    "albumin": (pl.col("Albumin") * 10.0, "g/L"),
    "haemoglobin": (pl.col("HGB") * 10.0, "g/L"),
    "platelets": (pl.col("Platelets"), "10^9/L"),
    "age_years": (pl.col("Age"), "year"),
    "female": (pl.col("Sex") == 0, "yes or no"),
    "tumour_mutational_burden": (pl.col("TMB"), "mutations/Mb"),
}
# Absolute counts above this, in 10^9/L, are another unit.
_IMPOSSIBLE = 50.0
# Healthy people have fewer basophils, and haemoglobin between these, in g/L.
_IMPOSSIBLE_BASOPHILS = 0.3
_POSSIBLE_HAEMOGLOBIN = (70.0, 200.0)
_COUNTS = ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils")
_CYTOKINES = {
    "il6": "IL6",
    "il8": "CXCL8",
    "tnf": "TNF",
    "il2": "IL2",
    "il10": "IL10",
    "il4": "IL4",
}
_CYTOF_SUBSETS = {
    "naive_cd4": "Naive_CD4_T_cells",
    "cm_cd4": "Central_Memory_CD4_T_cells",
    "em_cd4": "Effector_Memory_CD4_T_cells",
    "temra_cd4": "Effector_CD4_T_cells",
    "treg": "Tregs",
    "naive_cd8": "Naive_CD8_T_cells",
    "cm_cd8": "Central_Memory_CD8_T_cells",
    "em_cd8": "Effector_Memory_CD8_T_cells",
    "effector_cd8": "Effector_CD8_T_cells",
    "gamma_delta_t": "Gamma_Delta_T_cells",
    "nkt": "NKT_cells",
    "naive_b": "Naive_B_cells",
    "memory_b": "Memory_B_cells",
    "transitional_b": "Transitional_B_cells",
    "plasmablast": "Plasmablasts",
    "classical_monocyte": "CD16_neg_monocytes",
    "non_classical_monocyte": "CD16_pos_monocytes",
    "t_cells": "T_cells",
    "cd4_t": "CD4_T_cells",
    "cd8_t": "CD8_T_cells",
    "b_cells": "B_cells",
    "nk_cells": "NK_cells",
    "monocytes_share": "Monocytes",
}


def calibration_tables() -> tuple[CohortTable, ...]:
    """Return the cohorts that virtual people are calibrated to and compared with.

    Returns
    -------
    tables : tuple of CohortTable
        Blood of patients (Chowell, with immune checkpoint inhibitors; MSK without), PRINCE, blood
        counts, cells and cytokines of healthy people (10k Immunomes, Milieu Interieur).

    Raises
    ------
    InputError
        If a cohort is not on this machine.
    """
    return tuple(_all_tables())


def _all_tables() -> Iterator[CohortTable]:
    loris = locate("loris")
    yield _chowell(loris, "chowell_train", "Chowell_train.csv")
    yield _chowell(loris, "chowell_test", "Chowell_test.csv")
    yield _without_ici(loris)
    yield from prince_tables(locate("prince"))
    healthy = locate("10kimmunomes")
    yield _blood_counts(healthy)
    yield _cytof(healthy)
    yield _elisa(healthy)
    yield from milieu_tables(locate("milieu_interieur"))


def _chowell(folder: Path, cohort: str, file: str) -> CohortTable:
    rows = pl.read_csv(folder / file, infer_schema_length=None)
    survival = {"os": _survival(rows, "OS"), "pfs": _survival(rows, "PFS")}
    return CohortTable(
        cohort=cohort,
        group="all",
        dataset="loris",
        files=(file,),
        frame=_numbers(rows, {name: column for name, (column, _) in _CHOWELL.items()}),
        units={name: unit for name, (_, unit) in _CHOWELL.items()},
        survival=survival,
        response=rows["Response"].drop_nulls().to_numpy() == 1,
        note="albumin and haemoglobin converted from g/dL",
    )


def _without_ici(folder: Path) -> CohortTable:
    file = "MSK_nonICB.csv"
    rows = pl.read_csv(folder / file, infer_schema_length=None)
    names = ("nlr", "albumin", "age_years", "tumour_mutational_burden")
    return CohortTable(
        cohort="msk_without_ici",
        group="all",
        dataset="loris",
        files=(file,),
        frame=_numbers(rows, {name: _CHOWELL[name][0] for name in names}),
        units={name: _CHOWELL[name][1] for name in names},
        survival={"os": _survival(rows, "OS")},
        note="albumin converted from g/dL; no haemoglobin, platelets or sex",
    )


def _survival(rows: pl.DataFrame, endpoint: str) -> Survival:
    known = rows.select(f"{endpoint}_Months", f"{endpoint}_Event").drop_nulls()
    return Survival(
        time=known[f"{endpoint}_Months"].to_numpy() * DAYS_PER_MONTH,
        event=known[f"{endpoint}_Event"].to_numpy() == 1,
    )


def _blood_counts(folder: Path) -> CohortTable:
    file = "Lab_Tests_Blood_Count.zip"
    inside = "Lab_Tests_Blood_Count/Formatted_Files/complete_blood_count.csv"
    rows = _adults(_inside(folder / file, inside)).filter(pl.col("gender") != "Unknown")
    counts = {}
    for kind in _COUNTS:
        count = pl.col(f"{kind[:-1].upper()}_COUNT_K_per_uL")
        limit = _IMPOSSIBLE_BASOPHILS if kind == "basophils" else _IMPOSSIBLE
        counts[kind] = pl.when(count <= limit).then(count)
    zero = pl.col("LYMPHOCYTE_COUNT_K_per_uL") <= 0
    haemoglobin = pl.col("HGB_g_per_dL") * 10.0
    columns = {
        **counts,
        "nlr": pl.when(~zero).then(counts["neutrophils"] / counts["lymphocytes"]),
        "platelets": pl.col("PLATELET_COUNT_K_per_uL"),
        "haemoglobin": pl.when(haemoglobin.is_between(*_POSSIBLE_HAEMOGLOBIN)).then(haemoglobin),
        "leukocytes": pl.when(pl.col("WBC_K_per_uL") <= _IMPOSSIBLE).then(pl.col("WBC_K_per_uL")),
        "age_years": pl.col("age"),
        "female": pl.col("gender") == "Female",
    }
    units = dict.fromkeys(columns, "10^9/L")
    units |= {"nlr": "ratio", "haemoglobin": "g/L", "age_years": "year", "female": "yes or no"}
    return CohortTable(
        cohort="10k_blood_counts",
        group="all",
        dataset="10kimmunomes",
        files=(file,),
        frame=_numbers(rows, columns),
        units=units,
        note="formatted file, age 18 and above; counts above 50 x 10^9/L (basophils 0.3) and "
        "haemoglobin outside 70 to 200 g/L taken as missing; haemoglobin converted from g/dL",
    )


def _cytof(folder: Path) -> CohortTable:
    file = "CyTOF_PBMC.zip"
    rows = _adults(_inside(folder / file, "CyTOF_PBMC/cytof_pbmc_formatted.csv"))
    whole = pl.sum_horizontal(
        pl.col("T_cells", "B_cells", "NK_cells", "Monocytes"), ignore_nulls=False
    )
    columns = {name: 100.0 * pl.col(old) / whole for name, old in _CYTOF_SUBSETS.items()}
    columns["non_naive_cd8"] = columns["cd8_t"] - columns["naive_cd8"]
    units = dict.fromkeys(columns, "%") | {"age_years": "year", "female": "yes or no"}
    columns |= {"age_years": pl.col("age"), "female": pl.col("gender") == "Female"}
    return CohortTable(
        cohort="10k_cytof",
        group="all",
        dataset="10kimmunomes",
        files=(file,),
        frame=_numbers(rows, columns),
        units=units,
        note="formatted file, age 18 and above; percent of T + B + NK cells + monocytes, because "
        "the file's own parents differ between studies",
    )


def _elisa(folder: Path) -> CohortTable:
    file = "ELISA.zip"
    rows = _adults(_inside(folder / file, "ELISA/Formatted_Files/elisa.csv"))
    rows = rows.filter(pl.col("study_accession") == "SDY67")
    columns = {name: pl.col(old) for name, old in _CYTOKINES.items()}
    columns |= {"age_years": pl.col("age"), "female": pl.col("gender") == "Female"}
    units = dict.fromkeys(_CYTOKINES, "pg/mL") | {"age_years": "year", "female": "yes or no"}
    return CohortTable(
        cohort="10k_cytokines",
        group="all",
        dataset="10kimmunomes",
        files=(file,),
        frame=_numbers(rows, columns),
        units=units,
        note="formatted ELISA file, study SDY67 alone, age 18 and above: studies differ by orders "
        "of magnitude, so they cannot be put together",
    )


def _inside(archive: Path, name: str) -> pl.DataFrame:
    with zipfile.ZipFile(archive) as opened:
        text = opened.read(name).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return pl.read_csv(text, infer_schema_length=None, null_values=["NA", ""])


def _adults(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("age") >= 18)


def _numbers(rows: pl.DataFrame, columns: Mapping[str, pl.Expr]) -> pl.DataFrame:
    found = rows.select(**{name: column.cast(pl.Float64) for name, column in columns.items()})
    return found.with_columns(
        pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in found.columns
    )
