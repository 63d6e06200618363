"""Functional assays of blood cells, one feature per effector, stimulus, target and readout."""

import re
from collections.abc import Iterator

import polars as pl

from macroimmune.features.compartments import by_compartment, placed, slug
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.scales import natural_scale
from macroimmune.study import Study

__all__ = ["functional_features"]

_ASSAY = ["effector", "stimulus", "target", "effector_target_ratio", "readout"]


def functional_features(study: Study) -> list[tuple[FeatureDefinition, pl.DataFrame]]:
    """Return every functional assay of the study as a feature with its values.

    Notes
    -----
    Convention: values of one assay at different effector to target ratios, in different units or
    compartments are different features.
    """
    return [
        (placed(definition, compartment), rows)
        for compartment, table in by_compartment(study, "functional_assays")
        for definition, rows in _of_table(table)
    ]


def _of_table(table: pl.DataFrame) -> Iterator[tuple[FeatureDefinition, pl.DataFrame]]:
    ids = {key: _slug(*key) for key in table.select(_ASSAY).unique().iter_rows()}
    named = table.with_columns(
        pl.Series("id", [ids[key] for key in table.select(_ASSAY).iter_rows()], dtype=pl.String),
        pl.lit("").alias("status"),
        pl.col("unit").fill_null(""),
    )
    for (identity, unit), rows in named.group_by(["id", "unit"], maintain_order=True):
        effector, stimulus, target, ratio, readout = rows.select(_ASSAY).sort(_ASSAY).row(0)
        at_ratio = f" at {ratio:g}:1" if ratio is not None else ""
        name = _name(effector or "", str(readout), stimulus, target) + at_ratio
        definition = FeatureDefinition(
            id=f"assay_{identity}",
            name=name,
            family="functional assays",
            unit=str(unit),
            scale=natural_scale(str(unit)),
            needs=f"{name} (functional_assays)",
            evidence=_evidence(effector, stimulus, target, readout),
        )
        yield definition, rows.select(list(SAMPLE_COLUMNS))


def _slug(effector: str, stimulus: str, target: str, ratio: float | None, readout: str) -> str:
    words = [str(part) for part in (effector, readout, stimulus, target) if part]
    return slug("_".join(words) + (f"_{ratio:g}_to_1" if ratio is not None else ""))


def _name(effector: str, readout: str, stimulus: object, target: object) -> str:
    name = f"{readout} of {effector}" if effector else readout
    if stimulus:
        name += f" after {stimulus}"
    if target:
        name += f" against {target}"
    return name


def _evidence(*assay: object) -> tuple[str, ...]:
    """Return the evidence features that an assay (effector, stimulus, target, readout) serves."""
    effector, stimulus, target, readout = (str(part or "").lower() for part in assay)
    is_nk = bool(re.search(r"\bnk\b|natural killer", effector))
    is_ifng = bool(re.search(r"ifn.?(g|\u03b3)|interferon.?gamma", readout))
    with_dendritic = bool(re.search(r"dendritic|\bdc\b", f"{stimulus} {target}"))
    return ("nk_ifng",) if is_nk and is_ifng and with_dendritic else ()
