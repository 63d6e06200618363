"""Functional assays of blood cells, one feature per effector, stimulus, target and readout."""

import re

import polars as pl

from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.scales import natural_scale
from macroimmune.study import Study

__all__ = ["functional_features"]

_ASSAY = ["effector", "stimulus", "target", "effector_target_ratio", "readout"]


def functional_features(study: Study) -> list[tuple[FeatureDefinition, pl.DataFrame]]:
    """Return every functional assay of the study as a feature with its values.

    Notes
    -----
    Convention: values of one assay at different effector to target ratios are different features.
    """
    table = study.tables["functional_assays"].with_columns(pl.lit("").alias("status"))
    features = []
    for key, rows in table.group_by([*_ASSAY, "unit"], maintain_order=True):
        effector, stimulus, target, ratio, readout, unit = key
        words = [str(part) for part in (effector, readout, stimulus, target) if part]
        at_ratio = f" at {ratio:g}:1" if isinstance(ratio, float) else ""
        name = _name(words[0] if effector else "", str(readout), stimulus, target) + at_ratio
        slug = "_".join(words) + (f"_{ratio:g}_to_1" if isinstance(ratio, float) else "")
        definition = FeatureDefinition(
            id="assay_" + re.sub(r"[^a-z0-9]+", "_", slug.lower()).strip("_"),
            name=name,
            family="functional assays",
            unit=str(unit or ""),
            scale=natural_scale(str(unit or "")),
            needs=f"{name} (functional_assays)",
            evidence=_evidence(effector, stimulus, target, readout),
        )
        features.append((definition, rows.select(list(SAMPLE_COLUMNS))))
    return features


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
