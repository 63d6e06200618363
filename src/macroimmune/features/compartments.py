"""Where a sample was taken: values of blood and of tissue are never one feature."""

import re
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from macroimmune.features.definition import FeatureDefinition
from macroimmune.study import Study

__all__ = ["BLOOD", "by_compartment", "placed", "rows_by_compartment", "slug"]

BLOOD = "blood"
# Compartments that leave names as they are: blood, and where the study does not say.
_UNNAMED = frozenset({BLOOD, "not stated"})


def by_compartment(study: Study, table: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each compartment with the rows of a measured table: blood first, and always."""
    samples = study.tables["samples"].select("sample_id", "compartment").unique("sample_id")
    rows = (
        study
        .tables[table]
        .join(samples, on="sample_id", how="left", maintain_order="left")
        .with_columns(pl.col("compartment").fill_null(BLOOD))
    )
    others = sorted(set(rows["compartment"].to_list()) - {BLOOD})
    for name in (BLOOD, *others):
        yield name, rows.filter(pl.col("compartment") == name).drop("compartment")


def placed(definition: FeatureDefinition, compartment: str) -> FeatureDefinition:
    """Return the definition as it is in a compartment.

    Parameters
    ----------
    definition : FeatureDefinition
        As it would be in blood.
    compartment : str

    Notes
    -----
    Convention: blood has the plain id; elsewhere the id ends in the compartment, and the lines of
    evidence, which speak of blood, are not served.
    """
    if compartment in _UNNAMED:
        return replace(definition, compartment=compartment)
    return replace(
        definition,
        id=f"{definition.id}_{slug(compartment)}",
        name=f"{definition.name} ({compartment})",
        compartment=compartment,
        evidence=(),
    )


def slug(text: str) -> str:
    """Return the words of a text in the form of an id."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def rows_by_compartment(rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the compartments of a table with their rows, blood first; their order stays."""
    for (compartment,), some in rows.sort(
        pl.col("compartment") != BLOOD, "compartment", maintain_order=True
    ).group_by("compartment", maintain_order=True):
        yield str(compartment), some
