"""Compute every feature that a study allows, and say for the rest what is missing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from types import MappingProxyType

import polars as pl

from macroimmune.evidence import biomarkers
from macroimmune.features.blood_counts import blood_feature, blood_samples
from macroimmune.features.catalogue import (
    BLOOD_FEATURES,
    CHANGE_EVIDENCE,
    MULTICYTOKINE,
    NEEDS,
    ON_TREATMENT_LEVELS,
    POPULATION_EVIDENCE,
)
from macroimmune.features.change import CHANGE_SUFFIX, change_definition, change_since_baseline
from macroimmune.features.compartments import BLOOD, by_compartment, placed
from macroimmune.features.definition import (
    BATCH_COLUMNS,
    ERROR_COLUMNS,
    UNDETECTED,
    FeatureDefinition,
    FeatureTable,
)
from macroimmune.features.functional_assays import functional_features
from macroimmune.features.multicytokine import multicytokine
from macroimmune.features.one_a_day import one_a_day
from macroimmune.features.populations import population_features
from macroimmune.features.proteins import PROTEINS, protein_features
from macroimmune.features.supplied import supplied_features
from macroimmune.features.tumour_burden import (
    KI67_TO_BURDEN,
    TUMOUR_BURDEN,
    burden_samples,
    to_burden_samples,
)
from macroimmune.results import RESULT_TABLES, conform, empty
from macroimmune.study import Study

__all__ = ["compute_features"]

Feature = tuple[FeatureDefinition, pl.DataFrame]

_LEVEL_SUFFIX = "_on_treatment"


def compute_features(
    study: Study, measured: pl.DataFrame | None = None, extra: Iterable[Feature] = ()
) -> FeatureTable:
    """Return every feature of the catalogue that the study allows, for every sample.

    Parameters
    ----------
    study : Study
    measured : polars DataFrame or None
        Populations that were measured from raw files: the columns of table `populations` with
        `ci_low`, `ci_high` and `status` beside; they become features like those of the table.
    extra : iterable of (FeatureDefinition, polars DataFrame)
        Features that later stages measured from raw files, with the values of each sample, where
        known with `ci_low` and `ci_high`, the `batch` in which each was measured, and its
        `standard_error` with `is_batch_included`.

    Returns
    -------
    features : FeatureTable
        Values per sample; the definitions of what was computed; for the rest of the catalogue
        and of the evidence, one sentence on what is missing.

    Notes
    -----
    Convention: changes since baseline and levels on treatment are features of their own, dated by
    the on-treatment sample, and can be tested only at a landmark.
    """
    if measured is not None and not measured.is_empty():
        study = _with_populations(study, measured)
    at_samples = [
        (definition, one_a_day(definition, rows))
        for definition, rows in _with_distinct_ids(chain(_from_samples(study), extra))
    ]
    everything = at_samples + [*_on_treatment(study, at_samples)]
    held = [(definition, rows) for definition, rows in everything if _has_values(rows)]
    without = [definition for definition, rows in everything if not _has_values(rows)]
    frames = [_labelled(definition, rows) for definition, rows in held]
    return FeatureTable(
        frame=pl.concat(frames) if frames else empty("features"),
        computed=tuple(definition for definition, _ in held),
        missing=(*_without_values(without), *_unserved_evidence(held, without)),
        batches=_told(held, BATCH_COLUMNS),
        errors=_told(held, ERROR_COLUMNS),
    )


def _with_populations(study: Study, measured: pl.DataFrame) -> Study:
    tables = dict(study.tables)
    tables["populations"] = pl.concat([tables["populations"], measured], how="diagonal")
    return replace(study, tables=MappingProxyType(tables))


def _has_values(rows: pl.DataFrame) -> bool:
    return bool(rows["value"].is_not_null().any())


def _from_samples(study: Study) -> Iterator[Feature]:
    """Give the features that each sample has by itself."""
    yield from _blood(study)
    # Merged to one a day before they are put together.
    proteins = [
        (definition, one_a_day(definition, rows)) for definition, rows in protein_features(study)
    ]
    yield from proteins
    yield MULTICYTOKINE, multicytokine(proteins, study.analysis.baseline_window_days)
    for definition, rows in population_features(study):
        yield _with_evidence(definition), rows
    yield from functional_features(study)
    yield TUMOUR_BURDEN, burden_samples(study)
    yield from supplied_features(study)


def _blood(study: Study) -> Iterator[Feature]:
    for compartment, counts in by_compartment(study, "blood_counts"):
        samples = blood_samples(counts)
        for feature in BLOOD_FEATURES:
            rows = blood_feature(feature, samples)
            # The catalogue asks for blood; another compartment only gives what it has.
            if compartment == BLOOD or _has_values(rows):
                yield placed(feature.definition, compartment), rows


def _with_distinct_ids(features: Iterable[Feature]) -> Iterator[Feature]:
    """Give a feature that bears the id of an earlier one its family's name too."""
    taken: set[str] = set()
    for definition, rows in features:
        identity, number = definition.id, 1
        while _is_taken(identity, taken):
            of_family = f"{definition.id}_{definition.family.replace(' ', '_')}"
            identity = of_family if number == 1 else f"{of_family}_{number}"
            number += 1
        taken.add(identity)
        distinct = definition
        if identity != definition.id:
            name = f"{definition.name} ({definition.family})"
            distinct = replace(definition, id=identity, name=name)
        yield distinct, rows


def _is_taken(identity: str, taken: set[str]) -> bool:
    """Say whether an id is that of an earlier feature, or of what will be derived from one."""
    level = identity.removesuffix(_LEVEL_SUFFIX)
    return (
        identity in taken
        or identity + CHANGE_SUFFIX in taken
        or (identity.endswith(CHANGE_SUFFIX) and identity.removesuffix(CHANGE_SUFFIX) in taken)
        or (level != identity and level in taken and level in ON_TREATMENT_LEVELS)
    )


def _with_evidence(definition: FeatureDefinition) -> FeatureDefinition:
    lines = (*POPULATION_EVIDENCE.get(definition.id, ()), *definition.evidence)
    return replace(definition, evidence=tuple(dict.fromkeys(lines)))


def _on_treatment(study: Study, at_samples: list[Feature]) -> Iterator[Feature]:
    """Give changes since baseline, and the levels on treatment that the evidence asks for."""
    window = study.analysis.baseline_window_days
    for definition, rows in at_samples:
        # A value that is published on treatment is no baseline from which to change.
        if definition.timing != "baseline" or not (rows["days_from_treatment_start"] > 0).any():
            continue
        evidence = CHANGE_EVIDENCE.get(definition.id, ())
        yield (
            change_definition(definition, evidence),
            change_since_baseline(rows, definition, window),
        )
        if definition.id in ON_TREATMENT_LEVELS:
            later = rows.filter(pl.col("days_from_treatment_start") > 0)
            yield _level_on_treatment(definition), later
    by_id = {definition.id: rows for definition, rows in at_samples}
    cells = by_id.get("ki67_cd8")
    if cells is not None:
        yield KI67_TO_BURDEN, to_burden_samples(cells, by_id[TUMOUR_BURDEN.id], window)


def _level_on_treatment(definition: FeatureDefinition) -> FeatureDefinition:
    return replace(
        definition,
        id=definition.id + _LEVEL_SUFFIX,
        name=f"{definition.name}, on treatment",
        timing="on treatment",
        evidence=ON_TREATMENT_LEVELS[definition.id],
    )


def _labelled(definition: FeatureDefinition, rows: pl.DataFrame) -> pl.DataFrame:
    no_logarithm = pl.lit(definition.scale == "doubling") & (pl.col("value") <= 0)
    labelled = rows.with_columns(
        pl
        .when(no_logarithm & (pl.col("status") == ""))
        .then(pl.lit("zero or less has no logarithm: models leave it out"))
        .otherwise("status")
        .alias("status"),
        pl.lit(definition.id).alias("feature"),
        pl.lit(definition.compartment).alias("compartment"),
        pl.lit(definition.unit).alias("unit"),
        *(
            pl.lit(None, dtype=pl.Float64).alias(name)
            for name in ("ci_low", "ci_high")
            if name not in rows.columns
        ),
        _undetected(definition).alias("below_limit"),
    )
    beside = {*BATCH_COLUMNS, *ERROR_COLUMNS} - RESULT_TABLES["features"].schema.keys()
    return conform("features", labelled.drop(beside, strict=False))


def _told(held: list[Feature], columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return columns that stand beside the values, of the features that have them."""
    told = [
        rows
        .filter(pl.col("value").is_not_null())
        .with_columns(pl.lit(definition.id).alias("feature"))
        .select(list(columns))
        .cast(pl.Schema(columns))
        for definition, rows in held
        if set(rows.columns) | {"feature"} >= columns.keys()
    ]
    return pl.concat(told) if told else pl.DataFrame(schema=columns)


def _undetected(definition: FeatureDefinition) -> pl.Expr:
    """Return which values are undetected: those at their limit, and all that are "not detected"."""
    if definition.scale == "flag":
        return (pl.col("value") == 0).fill_null(value=False)
    return pl.col("status") == UNDETECTED


def _without_values(
    definitions: list[FeatureDefinition],
) -> Iterator[tuple[FeatureDefinition, str]]:
    for definition in definitions:
        yield definition, f"needs {definition.needs}"


def _need(evidence: str, name: str) -> str:
    """Say what a study would have to hold for a feature of the evidence."""
    if evidence in NEEDS:
        return NEEDS[evidence]
    if any(evidence in served for _, _, served in PROTEINS.values()):
        return f"{name} (proteins)"
    table = "populations" if "serum" not in name else "proteins"
    if any(evidence in served for served in CHANGE_EVIDENCE.values()):
        return f"{name} ({table}), before and on treatment"
    if any(evidence in served for served in ON_TREATMENT_LEVELS.values()):
        return f"{name} ({table}), on treatment"
    return f"{name} ({table})"


def _unserved_evidence(
    held: list[Feature], without: list[FeatureDefinition]
) -> Iterator[tuple[FeatureDefinition, str]]:
    """Give the features of the evidence that nothing above speaks to, with what they need."""
    spoken = {line for definition, _ in held for line in definition.evidence}
    spoken |= {line for definition in without for line in definition.evidence}
    for line in dict.fromkeys(biomarkers()):
        if line.feature_id in spoken:
            continue
        spoken.add(line.feature_id)
        definition = FeatureDefinition(
            id=line.feature_id,
            name=line.feature,
            family="evidence",
            unit=line.unit,
            scale="sd",
            needs=_need(line.feature_id, line.feature),
            evidence=(line.feature_id,),
        )
        yield definition, f"needs {definition.needs}"
