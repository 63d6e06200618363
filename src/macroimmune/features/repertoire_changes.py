"""Expanded and novel clones since baseline as features, at one depth for all participants."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from macroimmune.evidence import find_population
from macroimmune.features.compartments import placed, slug
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.one_counting import one_counting
from macroimmune.features.repertoire_populations import featured_kinds
from macroimmune.features.scales import Scale
from macroimmune.study import RepertoireSettings, Study

__all__ = ["change_features"]

Feature = tuple[FeatureDefinition, pl.DataFrame]

_FAMILY = "repertoires over time"
_EM_CD8 = "em_cd8"
_NEEDS = (
    "repertoires of templates, UMIs or cells at baseline and on treatment, at least 1,000 of them "
    "(repertoires)"
)


@dataclass(frozen=True, slots=True)
class _Measure:
    """A column of `repertoire_changes` as a feature; percent where its values are shares."""

    id: str
    name: str
    column: str
    unit: str
    scale: Scale
    low: str = ""
    high: str = ""
    evidence: tuple[str, ...] = ()
    is_matched: bool = True
    is_of_populations: bool = True


_MEASURES = (
    _Measure(
        "expanded_clones",
        "clones expanded since baseline, at a common depth",
        "n_expanded_matched",
        "clones",
        "root",
    ),
    _Measure(
        "expanded_singletons",
        "clones counted once at baseline that expanded, at a common depth",
        "n_singletons_expanded_matched",
        "clones",
        "root",
        evidence=("singleton_expansion",),
    ),
    _Measure(
        "expanded_clone_mass",
        "T cells in clones expanded since baseline, at a common depth",
        "expanded_mass_matched",
        "percent",
        "share",
    ),
    _Measure(
        "novel_clone_excess",
        "novel clones since baseline beyond what depth gives, of clones counted at least twice",
        "novel_excess",
        "percent",
        "sd",
        low="novel_excess_ci_low",
        high="novel_excess_ci_high",
        is_matched=False,
        is_of_populations=False,
    ),
)


def change_features(
    tables: Mapping[str, pl.DataFrame], *, study: Study | None = None
) -> list[Feature]:
    """Return what changed in repertoires since baseline, as features of samples on treatment.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Tables `repertoires` and `repertoire_changes`.
    study : Study or None
        For the chain that it declares; without it TRB.

    Returns
    -------
    features : list of (FeatureDefinition, polars DataFrame)
        Of each compartment, for all T cells and for each population with repertoires of its own:
        expanded clones, those of them that were counted once at baseline, and the share of T cells
        in them; for all T cells the excess of novel clones with its interval. Of labelled cells
        only the populations of `LABELLED_POPULATIONS`.

    Notes
    -----
    Convention: how many clones are called follows depth, so that numbers are those at the common
    depth of `repertoire_changes`. All values of a feature count in one way, see `one_counting`.
    Values are dated by the later sample and tested at a landmark
    alone. Of reads there is a status.
    """
    settings = RepertoireSettings() if study is None else study.analysis.repertoires
    samples = tables["repertoires"].select(pl.col("repertoire_id").alias("after"), "sample_id")
    changes = (
        tables["repertoire_changes"]
        .filter(
            pl.col("pair") == "baseline",
            pl.col("day_after") > 0,
            pl.col("chain") == settings.chain,
        )
        .join(samples, on="after", how="left", maintain_order="left")
        .rename({"day_after": "days_from_treatment_start"})
    )
    chosen = _one_counting(changes)
    return [
        (_definition(measure, population, compartment), _values(rows, measure))
        for population, compartment, rows in featured_kinds(chosen)
        for measure in _MEASURES
        if not population or measure.is_of_populations
    ]


def _one_counting(changes: pl.DataFrame) -> pl.DataFrame:
    columns = [name for one in _MEASURES for name in (one.column, one.low, one.high) if name]
    return one_counting(changes, ["compartment", "population"], columns)


def _definition(measure: _Measure, population: str, compartment: str) -> FeatureDefinition:
    definition = FeatureDefinition(
        id=measure.id,
        name=measure.name,
        family=_FAMILY,
        unit=measure.unit,
        scale=measure.scale,
        needs=_NEEDS,
        timing="on treatment",
        evidence=measure.evidence,
    )
    if population:
        known = find_population(population)
        name = known.name if known else population
        is_published = population == _EM_CD8 and measure.id == "expanded_clones"
        definition = replace(
            definition,
            id=f"{slug(population)}_{measure.id}",
            name=f"{measure.name} ({name})",
            needs=f"{_NEEDS}, of {name}",
            evidence=("em_cd8_clonal_expansion",) if is_published else (),
        )
    return placed(definition, compartment)


def _values(rows: pl.DataFrame, measure: _Measure) -> pl.DataFrame:
    factor = 100.0 if measure.unit == "percent" else 1.0
    nothing = pl.lit(None, dtype=pl.Float64)
    return (
        rows
        .with_columns(_status(measure).alias("status"))
        .select(
            *(name for name in SAMPLE_COLUMNS if name not in {"value", "status"}),
            (factor * pl.col(measure.column)).alias("value"),
            "status",
            (factor * pl.col(measure.low) if measure.low else nothing).alias("ci_low"),
            (factor * pl.col(measure.high) if measure.high else nothing).alias("ci_high"),
        )
        .select(*SAMPLE_COLUMNS, "ci_low", "ci_high")
    )


def _status(measure: _Measure) -> pl.Expr:
    """Return the status of the pair, with the depth at which a value stands or why it is none."""
    if not measure.is_matched:
        return pl.col("status")
    at = pl.format("at {} {} of each sample", pl.col("matched_depth"), pl.col("counted"))
    few = pl.format("too few {} for a common depth", pl.col("counted"))
    is_told = pl.col(measure.column).is_not_null()
    own = pl.when(is_told).then(at).when(pl.col("counted") != "reads").then(few)
    return pl.concat_str(
        own, pl.when(pl.col("status") != "").then("status"), separator="; ", ignore_nulls=True
    )
