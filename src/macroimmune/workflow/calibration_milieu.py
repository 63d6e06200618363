"""Milieu Interieur: cells of healthy adults with age, sex and CMV serology."""

from collections.abc import Iterator
from functools import reduce
from operator import add
from pathlib import Path

import polars as pl

from macroimmune.simulator.calibration import CohortTable

__all__ = ["milieu_tables"]

# Percent of all leukocytes. Names as in the files: their cDC1 are CD1c+, their cDC3 CD141+ cells.
_MONONUCLEAR = (
    "CD3pos_of_total",
    "Bcells_ofTotal",
    "NK_of_total",
    "mono_of_total",
    "cDC1_of_total",
    "cDC3_of_total",
    "pDC_of_total",
    "VIABLE_BASOPHILS_OF_TOTAL",
)
# Population = columns that are added and columns that are taken off.
_POPULATIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "naive_cd4": (("CD4_naive_of_total",), ("naive_Treg_of_total",)),
    "cm_cd4": (("CD4_CM_of_total",), ("memory_Treg_of_total", "activated_Treg_of_total")),
    "em_cd4": (("CD4_EM_of_total",), ()),
    "temra_cd4": (("CD4_EMRA_of_total",), ()),
    "naive_treg": (("naive_Treg_of_total",), ()),
    "effector_treg": (("memory_Treg_of_total", "activated_Treg_of_total"), ()),
    "naive_cd8": (("CD8_naive_of_total",), ()),
    "cm_cd8": (("CD8_CM_of_total",), ()),
    "em_cd8": (("CD8_EM_of_total",), ()),
    "temra_cd8": (("CD8_EMRA_of_total",), ()),
    "gamma_delta_t": (("gtTCRpos_of_total",), ()),
    "mait": (("TOTAL_MAIT_of_total",), ()),
    "naive_b": (("NaiveB_of_total", "TransitionalB_of_total"), ()),
    "memory_b": (("memB_of_total", "mzB_of_total"), ()),
    "transitional_b": (("TransitionalB_of_total",), ()),
    "plasmablast": (("PlasmocytesB_of_total",), ()),
    "nk_cd56_bright": (("CD56hi_of_total",), ()),
    "nk_mature": (("NK_of_total",), ("CD56hi_of_total",)),
    "classical_monocyte": (("CD14hi_mono_of_total",), ()),
    "non_classical_monocyte": (("CD16hi_mono_of_total",), ()),
    "cdc1": (("cDC3_of_total",), ()),
    "cdc2": (("cDC1_of_total",), ()),
    "pdc": (("pDC_of_total",), ()),
    "basophils_share": (("VIABLE_BASOPHILS_OF_TOTAL",), ()),
    "memory_cd4": (
        ("CD4_CM_of_total", "CD4_EM_of_total"),
        ("memory_Treg_of_total", "activated_Treg_of_total"),
    ),
    "non_naive_cd8": (("CD8bpos_of_total",), ("CD8_naive_of_total",)),
    "t_cells": (("CD3pos_of_total",), ()),
    "cd4_t": (("CD4pos_of_total",), ()),
    "cd8_t": (("CD8bpos_of_total",), ()),
    "b_cells": (("Bcells_ofTotal",), ()),
    "nk_cells": (("NK_of_total",), ()),
    "monocytes_share": (("mono_of_total",), ()),
}
_PEOPLE = {
    "age_years": (pl.col("Age"), "year"),
    "female": (pl.col("Sex") == "Female", "yes or no"),
    "cmv": (pl.col("CMVPositiveSerology") == "Yes", "yes or no"),
}


def milieu_tables(folder: Path) -> Iterator[CohortTable]:
    """Yield the populations of mononuclear cells, and all immunophenotypes by CMV serology.

    Parameters
    ----------
    folder : Path
        That holds the files of the dataset `milieu_interieur`.
    """
    people = _read(folder / "ecrf.csv.gz").select(
        pl.col("SUBJID").cast(pl.Float64),
        **{name: column.cast(pl.Float64) for name, (column, _) in _PEOPLE.items()},
    )
    units = {name: unit for name, (_, unit) in _PEOPLE.items()}
    yield _mononuclear(folder, people, units)
    phenotypes = people.join(
        _read(folder / "facs.csv.gz").with_columns(pl.col("SUBJID").cast(pl.Float64)), on="SUBJID"
    ).sort("SUBJID")
    phenotypes = phenotypes.drop("SUBJID").cast(pl.Float64)
    names = [name for name in phenotypes.columns if name not in _PEOPLE]
    for group, rows in (
        ("all", phenotypes),
        ("CMV negative", phenotypes.filter(pl.col("cmv") == 0)),
        ("CMV positive", phenotypes.filter(pl.col("cmv") == 1)),
    ):
        yield CohortTable(
            cohort="milieu_interieur_phenotypes",
            group=group,
            dataset="milieu_interieur",
            files=("ecrf.csv.gz", "facs.csv.gz"),
            frame=rows,
            units=units
            | {name: "cells" if name.startswith("N_") else _intensity(name) for name in names},
            note="columns under the names of the file",
            correlate_with=tuple(_PEOPLE) if group == "all" else (),
        )


def _intensity(name: str) -> str:
    return "ratio" if name.startswith("ratio") else "fluorescence"


def _mononuclear(folder: Path, people: pl.DataFrame, units: dict[str, str]) -> CohortTable:
    shares = _read(folder / "props_of_total.csv.gz").cast(pl.Float64)
    short = {
        name: name.removeprefix("X_").split(".")[0] for name in shares.columns if name != "SUBJID"
    }
    rows = people.join(shares.rename(short), on="SUBJID").sort("SUBJID")
    whole = reduce(add, (pl.col(name) for name in _MONONUCLEAR))
    columns = {}
    for name, (more, less) in _POPULATIONS.items():
        part = reduce(add, (pl.col(column) for column in more))
        part = reduce(lambda total, column: total - pl.col(column), less, part)
        columns[name] = 100.0 * pl.when(part >= 0).then(part) / whole
    return CohortTable(
        cohort="milieu_interieur",
        group="all",
        dataset="milieu_interieur",
        files=("ecrf.csv.gz", "props_of_total.csv.gz"),
        frame=rows.select(*_PEOPLE, **columns),
        units=units | dict.fromkeys(_POPULATIONS, "%"),
        note="percent of T + B + NK cells + monocytes + dendritic cells + basophils, from percent "
        "of leukocytes; regulatory T cells taken off the CD4 subsets; negative remainders missing",
    )


def _read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema_length=None, null_values=["NA", ""])
