"""Biomarkers that were computed elsewhere and came as a column of their own."""

import re

import polars as pl

from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.scales import natural_scale
from macroimmune.study import Study

__all__ = ["supplied_features"]


def supplied_features(
    study: Study, evidence_features: frozenset[str]
) -> list[tuple[FeatureDefinition, pl.DataFrame]]:
    """Return every supplied biomarker of the study as a feature with its values.

    Parameters
    ----------
    study : Study
    evidence_features : frozenset of str
        Ids of the evidence; a supplied biomarker that bears one of them serves its lines.
    """
    samples = study.tables["samples"].select("sample_id", "compartment").unique("sample_id")
    table = (
        study
        .tables["supplied_features"]
        .with_columns(pl.lit("").alias("status"))
        .join(samples, on="sample_id", how="left")
        .with_columns(pl.col("compartment").fill_null("blood"))
    )
    features = []
    for (feature, compartment), rows in table.group_by(
        ["feature", "compartment"], maintain_order=True
    ):
        units = rows["unit"].drop_nulls()
        unit = str(units[0]) if len(units) else ""
        name = str(feature) if compartment == "blood" else f"{feature} ({compartment})"
        slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        definition = FeatureDefinition(
            id=slug or "unnamed",
            name=name,
            family="supplied",
            unit=unit,
            scale=natural_scale(unit),
            needs=f"a column with {name}",
            compartment=str(compartment),
            evidence=(slug,) if slug in evidence_features else (),
        )
        features.append((definition, rows.select(list(SAMPLE_COLUMNS))))
    return features
