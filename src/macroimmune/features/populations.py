"""Pre-gated cell populations: per parent, and per microlitre where a count of the day exists."""

import re
from dataclasses import replace

import polars as pl

from macroimmune.evidence import find_population
from macroimmune.features.catalogue import POPULATION_EVIDENCE
from macroimmune.features.cells_per_microlitre import per_microlitre
from macroimmune.features.compartments import BLOOD, by_compartment, placed, slug
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.scales import natural_scale
from macroimmune.study import Study

__all__ = ["population_features", "population_id"]

FAMILY = "populations"


def population_id(name: str) -> str:
    """Return the id of a population: that of the evidence where it is known, else its words.

    Examples
    --------
    >>> population_id("CD38+ CD4+ non-naive T cells")
    'cd38pos_cd4pos_non_naive_t_cells'
    """
    known = find_population(name)
    if known is not None:
        return known.id
    signs = re.sub(r"(?<=\w)\+", "pos ", name.lower())
    signs = re.sub(r"(?<=\d)-(?=[\s,;/]|$)", "neg ", signs)
    return re.sub(r"[^a-z0-9]+", "_", signs).strip("_") or "unnamed"


def population_features(study: Study) -> list[tuple[FeatureDefinition, pl.DataFrame]]:
    """Return every population of the study as a feature: share of its parent, and per uL.

    Notes
    -----
    Convention: a population with several parents, or in several units or compartments, gives a
    feature each; the most frequent parent has the plain id. Per uL, in blood only: share x count
    of the parent, on the same day.
    """
    features: list[tuple[FeatureDefinition, pl.DataFrame]] = []
    for compartment, table in by_compartment(study, "populations"):
        shares = _of_table(table)
        features += [(placed(definition, compartment), rows) for definition, rows, _ in shares]
        if compartment == BLOOD:
            features += per_microlitre(study, shares, population_id)
    return features


def _of_table(table: pl.DataFrame) -> list[tuple[FeatureDefinition, pl.DataFrame, str]]:
    """Return each population of each parent and unit: definition, values, bare population id."""
    ids = {name: population_id(name) for name in table["population"].unique()}
    named = table.with_columns(
        pl.col("population").replace_strict(ids, return_dtype=pl.String).alias("id"),
        pl.col("parent").fill_null(""),
        pl.col("unit").fill_null(""),
        _given(table, "is_measured", pl.Boolean()).fill_null(value=False).alias("is_measured"),
        _given(table, "status", pl.String()).fill_null("").alias("status"),
        _given(table, "ci_low", pl.Float64()).alias("ci_low"),
        _given(table, "ci_high", pl.Float64()).alias("ci_high"),
        _given(table, "also", pl.String()).fill_null("").alias("also"),
    )
    found: list[tuple[FeatureDefinition, pl.DataFrame, str]] = []
    taken: set[str] = set()
    # The most frequent first; ties by name, so that the order of rows in the file is no matter.
    groups = sorted(
        named.group_by(["id", "parent", "unit", "is_measured"]),
        key=lambda group: (group[0][-1], -group[1].height, group[0]),
    )
    for (identity, parent, unit, is_measured), rows in groups:
        definition = _definition(str(identity), str(parent), str(unit), rows, taken)
        if is_measured and definition.id != identity:
            definition = _gated_here(definition, str(identity), taken)
        taken.add(definition.id)
        kept = rows.select([*SAMPLE_COLUMNS, "ci_low", "ci_high"])
        found.append((definition, kept, str(identity)))
    return found


def _given(table: pl.DataFrame, column: str, kind: pl.DataType) -> pl.Expr:
    """Return a column that only populations that were measured here have, null elsewhere."""
    return pl.col(column) if column in table.columns else pl.lit(None, dtype=kind)


def _gated_here(definition: FeatureDefinition, identity: str, taken: set[str]) -> FeatureDefinition:
    """Return the definition under a name that tells it from what the study gives itself."""
    plain = f"{identity}_gated_here"
    return replace(
        definition,
        id=plain if plain not in taken else f"{definition.id}_gated_here",
        name=f"{definition.name}, gated here",
    )


def _definition(
    identity: str, parent: str, unit: str, rows: pl.DataFrame, taken: set[str]
) -> FeatureDefinition:
    spelled = str(rows["population"].sort()[0])
    known = find_population(spelled)
    plain = known.name if known else spelled
    of_parent = f", percent of {parent}" if parent and unit == "percent" else ""
    feature = identity if identity not in taken else f"{identity}_of_{slug(parent or unit)}"
    number = 2
    while feature in taken:
        feature = f"{identity}_{number}"
        number += 1
    return FeatureDefinition(
        id=feature,
        name=plain + of_parent,
        family=FAMILY,
        unit=unit,
        scale=natural_scale(unit),
        needs=f"{plain} (populations)",
        denominator=parent,
        evidence=_evidence_of_others(rows),
    )


def _evidence_of_others(rows: pl.DataFrame) -> tuple[str, ...]:
    """Return the evidence on populations that are the same cells as this one."""
    others = dict.fromkeys(name for also in rows["also"] for name in also.split(";"))
    return tuple(line for name in others for line in POPULATION_EVIDENCE.get(name, ()))
