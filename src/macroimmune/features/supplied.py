"""Biomarkers that were computed elsewhere and came as a column of their own."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from macroimmune.evidence import biomarkers
from macroimmune.features.catalogue import TISSUE_EVIDENCE
from macroimmune.features.compartments import by_compartment, placed, slug
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.scales import natural_scale
from macroimmune.study import Study

__all__ = ["supplied_features"]

_TISSUES = frozenset({"tumour", "lymph node"})
_NOT_BLOOD = frozenset({*_TISSUES, "bone marrow", "spleen"})
_AFTER_START = ("after treatment", "on treatment")


def supplied_features(study: Study) -> list[tuple[FeatureDefinition, pl.DataFrame]]:
    """Return every supplied biomarker of the study as a feature with its values.

    Parameters
    ----------
    study : Study

    Notes
    -----
    Convention: a supplied biomarker that bears an id of the evidence serves its lines, those of
    tissue from tumour and lymph node only and all others from blood only. Where the evidence is of
    values after treatment start, values of day 0 and before are left out, with a status: they
    would be tested as a baseline. A biomarker whose values are all of days after the start, such as
    what changed since baseline, is one on treatment and tested at landmarks. Different units are
    different features.
    """
    return [
        feature
        for compartment, table in by_compartment(study, "supplied_features")
        for feature in _of_table(table, compartment)
    ]


def _of_table(
    table: pl.DataFrame, compartment: str
) -> Iterator[tuple[FeatureDefinition, pl.DataFrame]]:
    ids = {name: slug(name) or "unnamed" for name in table["feature"].unique()}
    named = table.with_columns(
        pl.col("feature").replace_strict(ids, return_dtype=pl.String).alias("id"),
        pl.col("unit").fill_null(""),
        pl.lit("").alias("status"),
    )
    for (identity,), of_all_units in named.group_by("id", maintain_order=True):
        counted = of_all_units["unit"].value_counts()
        units = counted.sort("count", "unit", descending=[True, False])["unit"].to_list()
        for unit in units:
            suffix = "" if unit == units[0] else "_" + (slug(unit) or "no_unit")
            rows = of_all_units.filter(pl.col("unit") == unit)
            yield _one(str(identity), suffix, rows, compartment)


def _one(
    bare: str, suffix: str, rows: pl.DataFrame, compartment: str
) -> tuple[FeatureDefinition, pl.DataFrame]:
    unit = str(rows["unit"][0])
    name = str(rows["feature"].sort()[0])
    usual = FeatureDefinition(
        id=bare + suffix,
        name=f"{name} ({unit or 'no unit'})" if suffix else name,
        family="supplied",
        unit=unit,
        scale=natural_scale(unit),
        needs=f"a column with {name}",
    )
    definition = placed(usual, compartment)
    definition = replace(definition, evidence=_evidence(bare, compartment))
    values = rows.select(list(SAMPLE_COLUMNS))
    if not _is_of_treatment(bare):
        later = bool((values["days_from_treatment_start"] > 0).fill_null(value=False).all())
        return replace(definition, timing="on treatment") if later else definition, values
    needs = f"{definition.needs} in samples on treatment, with their day"
    return replace(definition, timing="on treatment", needs=needs), _after_start(values)


def _evidence(bare: str, compartment: str) -> tuple[str, ...]:
    if bare not in {line.feature_id for line in biomarkers()}:
        return ()
    is_tissue = bare in TISSUE_EVIDENCE
    fits = compartment in _TISSUES if is_tissue else compartment not in _NOT_BLOOD
    return (bare,) if fits else ()


def _is_of_treatment(bare: str) -> bool:
    """Say whether all lines of the evidence on this biomarker are of values after the start."""
    times = [line.timepoint for line in biomarkers() if line.feature_id == bare]
    return bool(times) and all(time.startswith(_AFTER_START) for time in times)


def _after_start(rows: pl.DataFrame) -> pl.DataFrame:
    after = pl.col("days_from_treatment_start") > 0
    why = pl.lit("published after treatment start: needs the day of a sample on treatment")
    return rows.with_columns(
        pl.when(after).then("value").alias("value"),
        pl.when(after).then("status").otherwise(why).alias("status"),
    )
