"""Cells per microlitre: shares along a chain of parents times the blood count that it ends in."""

import re
from collections.abc import Callable, Sequence
from types import MappingProxyType

import polars as pl

from macroimmune.features.compartments import BLOOD, by_compartment
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.study import Study

__all__ = ["per_microlitre"]

_Share = tuple[FeatureDefinition, pl.DataFrame, str]

_MONONUCLEAR = ("lymphocytes", "monocytes")
_PARENT_WORDS = MappingProxyType({
    "leukocytes": r"leu[ck]o(cytes?)?|white blood cells?|wbc",
    # Whole blood has neutrophils among its CD45+ cells, PBMC has not: the material decides.
    "cd45": r"((live|viable) )?cd45(\+|pos)?( (cells|leu[ck]ocytes))?|(live|viable) leu[ck]ocytes",
    "lymphocytes": r"lymphocytes?|lymphs?",
    "monocytes": r"monocytes?",
    "neutrophils": r"neutrophils?",
    "pbmc": r"(live )?pbmcs?|mononuclear cells|mnc",
})
_PBMC = r"(?i)pbmc|mononuclear"
_WHOLE_BLOOD = r"(?i)whole.?blood|^blood$"
_UNKNOWN_MATERIAL = "whole blood or PBMC? samples.material does not say which cells the parent is"


def per_microlitre(
    study: Study, shares: Sequence[_Share], population_id: Callable[[str], str]
) -> list[tuple[FeatureDefinition, pl.DataFrame]]:
    """Return cells per uL for each share whose parent leads to a blood count of the same day.

    Parameters
    ----------
    study : Study
    shares : sequence of (FeatureDefinition, values, population)
        All populations of blood, each with the id of its population whatever the parent.
    population_id : callable
        From the name of a parent to the id of that population.

    Returns
    -------
    features : list of (FeatureDefinition, values)
        Only those for which at least one sample has the count.

    Notes
    -----
    Convention: leukocytes and CD45+ cells of PBMC are lymphocytes + monocytes; CD45+ cells of a
    sample whose material is not stated give no value, with a status.
    """
    percentages = [share for share in shares if share[0].unit == "percent" and share[0].denominator]
    found = []
    for definition, rows, population in percentages:
        path = _path(definition.denominator, percentages, population_id, (population,))
        if path is None:
            continue
        chain, counted = path
        values = _times_count(study, rows, chain, counted)
        if values.is_empty():
            continue
        base = {"cd45": "leukocytes, with samples.material,", "pbmc": " and ".join(_MONONUCLEAR)}
        count = base.get(counted, counted)
        made = FeatureDefinition(
            id=f"{definition.id}_per_ul",
            name=f"{definition.name.split(', percent of')[0]}, cells per uL",
            family=definition.family,
            unit="cells/uL",
            scale="root",
            needs=f"{definition.needs} and {count} of the same day (blood_counts)",
        )
        found.append((made, values))
    return found


def _path(
    parent: str,
    shares: Sequence[_Share],
    population_id: Callable[[str], str],
    seen: tuple[str, ...],
) -> tuple[list[pl.DataFrame], str] | None:
    """Follow parents up to one that is counted; None where no chain of percentages leads there."""
    counted = _counted(parent)
    if counted:
        return [], counted
    step = population_id(parent)
    if step in seen:
        return None
    candidates = [share for share in shares if share[2] == step]
    candidates.sort(
        key=lambda share: (
            not _counted(share[0].denominator),
            -share[1].height,
            share[0].denominator,
        )
    )
    for definition, rows, _ in candidates:
        further = _path(definition.denominator, shares, population_id, (*seen, step))
        if further is not None:
            return [rows, *further[0]], further[1]
    return None


def _counted(parent: str) -> str:
    folded = parent.strip().lower()
    matches = (name for name, words in _PARENT_WORDS.items() if re.fullmatch(words, folded))
    return next(matches, "")


def _counts_by_day(study: Study) -> pl.DataFrame:
    """Return one row per participant and day of blood, with a column per count, null if absent."""
    blood = next(rows for name, rows in by_compartment(study, "blood_counts") if name == BLOOD)
    keys = ["participant_id", "days_from_treatment_start"]
    wide = blood.pivot(on="analyte", index=keys, values="value", aggregate_function="mean")
    names = ("leukocytes", "neutrophils", *_MONONUCLEAR)
    absent = [name for name in names if name not in wide.columns]
    return wide.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in absent)


def _times_count(
    study: Study, rows: pl.DataFrame, chain: list[pl.DataFrame], counted: str
) -> pl.DataFrame:
    """Multiply shares along the chain with the count, 10^9/L, and give cells per uL."""
    keys = ["participant_id", "days_from_treatment_start"]
    materials = study.tables["samples"].select("sample_id", "material").unique("sample_id")
    joined = rows.join(_counts_by_day(study), on=keys, how="inner", maintain_order="left")
    joined = joined.join(materials, on="sample_id", how="left", maintain_order="left")
    for step in chain:
        share = step.group_by("sample_id").agg((pl.col("value").mean() / 100.0).alias("share"))
        joined = joined.join(share, on="sample_id", how="inner", maintain_order="left")
        joined = joined.with_columns(pl.col("value") * pl.col("share")).drop("share")
    count, status = _count_of(counted)
    per_ul = pl.col("value") / 100.0 * count * 1000.0
    return (
        joined
        .with_columns(per_ul.alias("value"), status.alias("status"))
        .filter(pl.col("value").is_not_null() | (pl.col("status") != ""))
        .select(list(SAMPLE_COLUMNS))
    )


def _count_of(counted: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the count of a parent in a sample, and why there is none."""
    mononuclear = pl.col(_MONONUCLEAR[0]) + pl.col(_MONONUCLEAR[1])
    of_pbmc = pl.col("material").fill_null("").str.contains(_PBMC)
    of_blood = pl.col("material").fill_null("").str.contains(_WHOLE_BLOOD)
    if counted == "pbmc":
        return mononuclear, pl.lit("")
    if counted == "leukocytes":
        return pl.when(of_pbmc).then(mononuclear).otherwise("leukocytes"), pl.lit("")
    if counted == "cd45":
        known = pl.when(of_pbmc).then(mononuclear).when(of_blood).then("leukocytes")
        unknown = pl.when(of_pbmc | of_blood).then(pl.lit("")).otherwise(pl.lit(_UNKNOWN_MATERIAL))
        return known, unknown
    return pl.col(counted), pl.lit("")
