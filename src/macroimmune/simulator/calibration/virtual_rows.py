"""Virtual people as the tables of a public cohort would hold them: same columns, same rounding."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.simulator.calibration.joint_model import Group, JointDraw, draw_joint
from macroimmune.simulator.calibration.shipped import model_table, shipped_summaries
from macroimmune.simulator.calibration.summaries import PERCENTS, percent_column
from macroimmune.simulator.leaves import LEAVES

__all__ = ["COMPARED", "is_calibrated_to", "virtual_rows"]

Values = NDArray[np.float64]
Columns = Mapping[str, Values]

# Cohort: the group that stands beside it, and whether the model was made from it; of the others
# single variables may give a distribution its shape (`is_calibrated_to`).
COMPARED: Mapping[str, tuple[Group, bool]] = MappingProxyType({
    "chowell_train": ("patient", True),
    "chowell_test": ("patient", False),
    "msk_without_ici": ("patient", False),
    "prince_olink": ("patient", True),
    "prince_cytof": ("patient", True),
    "prince_x50": ("patient", True),
    "10k_blood_counts": ("healthy", True),
    "10k_cytokines": ("healthy", True),
    "10k_cytof": ("healthy", False),
    "milieu_interieur": ("healthy", True),
})
_BLOOD = ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils", "leukocytes")
_CYTOKINES = ("il6", "il8", "tnf", "il2", "il10", "il4")
# So many are drawn for one that is asked for: those of another age are left out.
_SPARE = 2
_WIDENED = 2.0


def virtual_rows(cohort: str, n: int, *, rng: np.random.Generator) -> pl.DataFrame:
    """Return virtual people under the columns of a cohort, those that the model has.

    Parameters
    ----------
    cohort : str
        One of `COMPARED`.
    n : int
    rng : numpy Generator

    Returns
    -------
    rows : polars DataFrame
        In the cohort's units, rounded as there; nobody outside the ages of the cohort (its
        outermost stated percentiles, widened by two years). Proteins in NPX have the cohort's
        median, because NPX has no zero point.

    Raises
    ------
    InputError
        If the cohort is unknown.

    Examples
    --------
    >>> virtual_rows("chowell_train", 3, rng=np.random.default_rng(1)).columns[:3]
    ['nlr', 'albumin', 'haemoglobin']
    """
    if cohort not in COMPARED:
        msg = f"no cohort {cohort!r} to stand beside. {did_you_mean(cohort, COMPARED)}"
        raise InputError(msg)
    stated = _stated(cohort)
    youngest, oldest = _ages(stated["age_years"])
    kept: list[pl.DataFrame] = []
    found = 0
    while found < n:
        draw = draw_joint(COMPARED[cohort][0], _SPARE * n, rng=rng)
        columns = _COLUMNS[cohort](draw)
        rows = pl.DataFrame({name: columns[name] for name in stated if name in columns})
        kept.append(rows.filter(pl.col("age_years").is_between(youngest, oldest)))
        found += kept[-1].height
    return _as_stated(pl.concat(kept).head(n), stated)


def is_calibrated_to(cohort: str, variable: str) -> bool:
    """Tell whether the model was made from a cohort, or has the shape of this distribution from it.

    Parameters
    ----------
    cohort : str
        One of `COMPARED`.
    variable : str
        A column of the cohort.

    Examples
    --------
    >>> is_calibrated_to("10k_cytof", "em_cd8"), is_calibrated_to("10k_cytof", "nk_cells")
    (True, False)
    """
    used = model_table("model_variables").filter(cohort=cohort, source_variable=variable)
    return COMPARED[cohort][1] or not used.is_empty()


def _stated(cohort: str) -> dict[str, Mapping[str, object]]:
    table = shipped_summaries().marginals.filter(
        pl.col("cohort") == cohort, pl.col("group") == "all"
    )
    return {str(row["variable"]): row for row in table.iter_rows(named=True)}


def _ages(row: Mapping[str, object]) -> tuple[float, float]:
    """Return the outermost ages that the cohort states, widened."""
    known = [row[percent_column(percent)] for percent in PERCENTS]
    ages = [float(str(age)) for age in known if age is not None]
    return min(ages) - _WIDENED, max(ages) + _WIDENED


def _as_stated(rows: pl.DataFrame, stated: Mapping[str, Mapping[str, object]]) -> pl.DataFrame:
    """Round as the cohort does, and give NPX the cohort's median."""
    columns = []
    for name in rows.columns:
        column = rows[name]
        if stated[name]["unit"] == "NPX":
            column = column - float(np.median(column.to_numpy())) + float(str(stated[name]["q50"]))
        decimals = stated[name]["decimals"]
        columns.append(column if decimals is None else column.round(int(str(decimals))))
    return pl.DataFrame(columns)


def _people(draw: JointDraw) -> dict[str, Values]:
    return {"age_years": draw.age_years, "female": draw.is_female.astype(float)}


def _blood(draw: JointDraw) -> Columns:
    """Return blood values; the ratio is that of counts with one decimal, as laboratories state."""
    values = dict(draw.baseline)
    lymphocytes = np.maximum(np.round(values["lymphocytes"], 1), 0.1)
    ratio = np.maximum(np.round(values["neutrophils"], 1), 0.1) / lymphocytes
    return _people(draw) | values | {"nlr": ratio}


def _counts(draw: JointDraw) -> Columns:
    values = {name: draw.baseline[name] for name in (*_BLOOD, "platelets", "haemoglobin")}
    return _people(draw) | values | {"nlr": values["neutrophils"] / values["lymphocytes"]}


def _npx(draw: JointDraw) -> Columns:
    return _people(draw) | {name: np.log2(draw.baseline[name]) for name in _CYTOKINES}


def _concentrations(draw: JointDraw) -> Columns:
    return _people(draw) | {name: draw.baseline[name] for name in _CYTOKINES}


def _percent(draw: JointDraw) -> Callable[..., Values]:
    place = {leaf: index for index, leaf in enumerate(LEAVES)}
    return lambda *leaves: 100.0 * draw.fractions[:, [place[leaf] for leaf in leaves]].sum(axis=1)


def _of_lineage(*lineages: str) -> tuple[str, ...]:
    return tuple(leaf.id for leaf in LEAVES.values() if leaf.lineage in lineages)


_CD4, _CD8, _B, _NK = (_of_lineage(name) for name in ("cd4_t", "cd8_t", "b_cell", "nk"))
_T = (*_CD4, *_CD8, *_of_lineage("t_other"))
_MONOCYTES = _of_lineage("monocyte")
_LYMPHOID = (*_T, *_B, *_NK, *_MONOCYTES)
_NON_NAIVE_CD8 = tuple(leaf for leaf in _CD8 if leaf != "naive_cd8")
_REGULATORY = ("naive_treg", "effector_treg")
_SAME = ("naive_cd4", "temra_cd4", "naive_cd8", "gamma_delta_t", "plasmablast")


def _common(percent: Callable[..., Values], whole: Values) -> dict[str, Values]:
    parts = {name: (name,) for name in _SAME} | {
        "non_naive_cd8": _NON_NAIVE_CD8,
        "memory_b": ("memory_b",),
        "transitional_b": ("regulatory_b",),
        "t_cells": _T,
        "cd4_t": _CD4,
        "cd8_t": _CD8,
        "b_cells": _B,
        "nk_cells": _NK,
        "monocytes_share": _MONOCYTES,
    }
    return {name: 100.0 * percent(*leaves) / whole for name, leaves in parts.items()}


def _cytof(draw: JointDraw) -> Columns:
    percent = _percent(draw)
    whole = percent(*_LYMPHOID)
    parts = {
        "cm_cd4": ("cm_cd4",),
        "em_cd4": ("em_cd4",),
        "treg": _REGULATORY,
        "cm_cd8": ("cm_cd8",),
        "em_cd8": ("em_cd8", "ki67_cd8"),
        "effector_cd8": ("temra_cd8", "cd8_senescent"),
        "naive_b": ("naive_b",),
        "classical_monocyte": ("classical_monocyte", "m_mdsc"),
        "non_classical_monocyte": ("intermediate_monocyte", "non_classical_monocyte"),
    }
    own = {name: 100.0 * percent(*leaves) / whole for name, leaves in parts.items()}
    return _people(draw) | _common(percent, whole) | own


def _milieu(draw: JointDraw) -> Columns:
    percent = _percent(draw)
    whole = percent(*_LYMPHOID, "cdc1", "cdc2", "pdc", "basophils")
    parts = {
        "memory_cd4": ("cm_cd4", "em_cd4"),
        "naive_treg": ("naive_treg",),
        "effector_treg": ("effector_treg",),
        "mait": ("mait",),
        "naive_b": ("naive_b", "regulatory_b"),
        "nk_cd56_bright": ("nk_cd56_bright",),
        "nk_mature": ("nk_mature",),
        "classical_monocyte": ("classical_monocyte", "m_mdsc"),
        "non_classical_monocyte": ("intermediate_monocyte", "non_classical_monocyte"),
        "cdc1": ("cdc1",),
        "cdc2": ("cdc2",),
        "pdc": ("pdc",),
        "basophils_share": ("basophils",),
    }
    own = {name: 100.0 * percent(*leaves) / whole for name, leaves in parts.items()}
    own["cmv"] = draw.is_cmv_positive.astype(float)
    # Where cells are called effector memory CD45RA+ differs too much between panels for a level.
    common = {
        name: values for name, values in _common(percent, whole).items() if name != "temra_cd4"
    }
    return _people(draw) | common | own


def _prince_cytof(draw: JointDraw) -> Columns:
    return _people(draw) | {"m_mdsc": _percent(draw)("m_mdsc")}


def _prince_x50(draw: JointDraw) -> Columns:
    percent = _percent(draw)
    ki67 = 100.0 * percent("ki67_cd8") / percent(*_NON_NAIVE_CD8)
    return _people(draw) | {"temra_cd8": percent("temra_cd8"), "ki67_of_non_naive_cd8": ki67}


_COLUMNS: Mapping[str, Callable[[JointDraw], Columns]] = MappingProxyType({
    "chowell_train": _blood,
    "chowell_test": _blood,
    "msk_without_ici": _blood,
    "prince_olink": _npx,
    "prince_cytof": _prince_cytof,
    "prince_x50": _prince_x50,
    "10k_blood_counts": _counts,
    "10k_cytokines": _concentrations,
    "10k_cytof": _cytof,
    "milieu_interieur": _milieu,
})
