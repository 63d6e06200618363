"""Diversity of repertoires as features: at a coverage that samples share, and as counted beside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import polars as pl

from macroimmune.evidence import find_population
from macroimmune.features.compartments import placed, slug
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.one_counting import one_counting
from macroimmune.features.repertoire_populations import featured_kinds
from macroimmune.features.scales import Scale
from macroimmune.study import RepertoireSettings, Study

__all__ = ["diversity_features"]

Feature = tuple[FeatureDefinition, pl.DataFrame]

_FAMILY = "repertoire diversity"
_COMMON, _OBSERVED = "common coverage", "observed"
_NEEDS = (
    "T cell receptor repertoires of templates, UMIs or cells (repertoires, clonotypes), or a "
    "supplied feature of this name"
)
_COUNTS = "T cell receptor repertoires (repertoires, clonotypes)"
# As the evidence writes them; other populations keep their id.
_SHORT = MappingProxyType({"cd4_t": "cd4", "cd8_t": "cd8"})


@dataclass(frozen=True, slots=True)
class _Measure:
    """A measure of `repertoire_diversity` as a feature."""

    id: str
    name: str
    measure: str
    basis: str
    unit: str
    scale: Scale
    evidence: tuple[str, ...] = ()
    is_of_populations: bool = False


_MEASURES = (
    _Measure(
        "tcr_diversity",
        "Shannon diversity of T cell receptors at a common coverage",
        "hill_1",
        _COMMON,
        "clonotypes",
        "doubling",
        ("tcr_diversity", "tcr_diversity_control"),
        is_of_populations=True,
    ),
    _Measure(
        "tcr_richness",
        "clonotypes at a common coverage",
        "hill_0",
        _COMMON,
        "clonotypes",
        "doubling",
    ),
    _Measure(
        "tcr_clonality",
        "Simpson clonality of T cell receptors at a common coverage",
        "simpson_clonality",
        _COMMON,
        "0 to 1",
        "sd",
        is_of_populations=True,
    ),
    _Measure(
        "tcr_diversity_observed",
        "Shannon diversity of T cell receptors as counted",
        "hill_1",
        _OBSERVED,
        "clonotypes",
        "doubling",
    ),
    _Measure(
        "tcr_clonality_observed",
        "Shannon clonality of T cell receptors as counted",
        "shannon_clonality",
        _OBSERVED,
        "0 to 1",
        "sd",
    ),
)


def diversity_features(
    tables: Mapping[str, pl.DataFrame], *, study: Study | None = None
) -> list[Feature]:
    """Return the diversity of repertoires as features.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Table `repertoire_diversity`.
    study : Study or None
        For the chain that it declares; without it TRB.

    Returns
    -------
    features : list of (FeatureDefinition, polars DataFrame)
        Of each compartment, for all T cells: Hill number 1, clonotypes and Simpson clonality at
        the common coverage; Hill number 1 and Shannon clonality as counted, which follow depth and
        say so. For each population with repertoires of its own: Hill number 1 and Simpson
        clonality at the common coverage (of labelled cells those of `LABELLED_POPULATIONS`).

    Notes
    -----
    Convention: the primary measure is Hill number 1. Clonotypes (order 0) rest on the rarest,
    which extrapolation only bounds from below; order 2 is that of the few largest clones; order 1
    weighs each clone by its share. Clonality at a common coverage is Simpson's, whose estimate
    does not move with depth. All other measures stay in the tables. All values of a feature count
    in one way, see `one_counting`. Of reads there is no value at a common coverage.
    """
    settings = RepertoireSettings() if study is None else study.analysis.repertoires
    chosen = one_counting(
        tables["repertoire_diversity"].filter(pl.col("chain") == settings.chain),
        ["compartment", "population"],
        ["value", "ci_low", "ci_high"],
    )
    return [
        (_definition(measure, population, compartment), _values(rows, measure))
        for population, compartment, rows in featured_kinds(chosen)
        for measure in _MEASURES
        if measure.is_of_populations or not population
    ]


def _definition(measure: _Measure, population: str, compartment: str) -> FeatureDefinition:
    definition = FeatureDefinition(
        id=measure.id,
        name=measure.name,
        family=_FAMILY,
        unit=measure.unit,
        scale=measure.scale,
        needs=_NEEDS if measure.basis == _COMMON else _COUNTS,
        evidence=measure.evidence,
    )
    if population:
        known = find_population(population)
        name = known.name if known else population
        short = _SHORT.get(population, slug(population))
        is_published = (short, measure.id) == ("cd4", "tcr_diversity")
        # CD4 TCR diversity keeps the name of the evidence; Treg clonality needs no "tcr".
        stem = measure.id if measure.id == "tcr_diversity" else measure.id.removeprefix("tcr_")
        definition = replace(
            definition,
            id=f"{short}_{stem}",
            name=f"{measure.name} ({name})",
            needs=f"{definition.needs}, of {name}",
            evidence=("cd4_tcr_diversity",) if is_published else (),
        )
    return placed(definition, compartment)


def _values(rows: pl.DataFrame, measure: _Measure) -> pl.DataFrame:
    of_basis = rows.filter(measure=measure.measure, basis=measure.basis)
    at = pl.format(
        "at {} % coverage of {}", (100.0 * pl.col("coverage")).round(1), pl.col("counted")
    )
    where = pl.when((pl.lit(measure.basis) == _COMMON) & pl.col("value").is_not_null()).then(at)
    said = pl.when(pl.col("status") != "").then("status")
    return of_basis.with_columns(
        pl.concat_str(where, said, separator="; ", ignore_nulls=True).alias("status")
    ).select(*SAMPLE_COLUMNS, "ci_low", "ci_high")
