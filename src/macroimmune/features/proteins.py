"""Serum and plasma proteins, one feature per protein and kind of unit."""

import re
from types import MappingProxyType

import polars as pl

from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.study import Study

__all__ = ["PROTEINS", "protein_features", "protein_id"]

FAMILY = "proteins"
_DETECTED_SHARE = 0.5

# Proteins that the evidence speaks of: id, name, other spellings (folded), evidence features.
PROTEINS = MappingProxyType({
    "serum_il8": ("serum IL-8 (CXCL8)", ("il8", "cxcl8", "interleukin8"), ("serum_il8",)),
    "serum_il6": ("serum IL-6", ("il6", "interleukin6"), ("serum_il6",)),
    "serum_il2": ("serum IL-2", ("il2", "interleukin2"), ("serum_il2",)),
    "serum_il4": ("serum IL-4", ("il4", "interleukin4"), ()),
    "serum_il10": ("serum IL-10", ("il10", "interleukin10"), ("serum_il10",)),
    "serum_tnf": ("serum TNF", ("tnf", "tnfa", "tnfalpha"), ("serum_tnf",)),
    "serum_b7h6": (
        "serum B7-H6 (NCR3LG1)",
        ("b7h6", "ncr3lg1", "ncr3ligand1"),
        ("serum_b7h6",),
    ),
})


def _fold(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())


_BY_SPELLING = MappingProxyType({
    spelling: feature
    for feature, (_, spellings, _) in PROTEINS.items()
    for spelling in (_fold(feature), *spellings)
})


def protein_id(analyte: str) -> str:
    """Return the feature id of a protein, whatever common spelling it has.

    Examples
    --------
    >>> protein_id("IL-8"), protein_id("Interleukin 8 (IL8)"), protein_id("CSF1 (M-CSF)")
    ('serum_il8', 'serum_il8', 'protein_csf1_m_csf')
    """
    bracketed = re.search(r"\(([^()]*)\)\s*$", analyte)
    outside = re.sub(r"\([^()]*\)\s*$", "", analyte)
    for candidate in (analyte, outside, bracketed.group(1) if bracketed else ""):
        known = _BY_SPELLING.get(_fold(candidate))
        if known:
            return known
    return "protein_" + (re.sub(r"[^a-z0-9]+", "_", analyte.lower()).strip("_") or "unnamed")


def protein_features(study: Study) -> list[tuple[FeatureDefinition, pl.DataFrame]]:
    """Return every protein of the study as a feature with its values.

    Notes
    -----
    Convention: NPX (already logarithmic) and concentrations never share a feature; a protein in
    both gets two. An undetected value stands at its limit of detection, never at half of it; a
    protein that is undetected in more than half of its samples becomes detected or not.
    """
    table = study.tables["proteins"]
    if table.is_empty():
        return []
    named = table.with_columns(
        pl
        .col("analyte")
        .replace_strict({name: protein_id(name) for name in table["analyte"].unique()})
        .alias("feature"),
        (pl.col("unit") == "NPX").fill_null(value=False).alias("is_npx"),
    )
    return [
        _one_protein(str(feature), is_npx=bool(is_npx), rows=rows)
        for (feature, is_npx), rows in named.group_by(["feature", "is_npx"], maintain_order=True)
    ]


def _one_protein(
    feature: str, *, is_npx: bool, rows: pl.DataFrame
) -> tuple[FeatureDefinition, pl.DataFrame]:
    name, _, evidence = PROTEINS.get(feature, (str(rows["analyte"][0]), (), ()))
    undetected = rows["below_limit"].fill_null(value=False)
    share = float(undetected.mean() or 0.0)  # type: ignore[arg-type]
    units = rows["unit"].drop_nulls().unique(maintain_order=True)
    unit = str(units[0]) if len(units) else ""
    definition = FeatureDefinition(
        id=f"{feature}_npx" if is_npx else feature,
        name=f"{name} (NPX)" if is_npx else name,
        family=FAMILY,
        unit="detected" if share > _DETECTED_SHARE else unit,
        scale="flag" if share > _DETECTED_SHARE else "npx" if is_npx else "doubling",
        needs=f"{name} (proteins)",
        evidence=evidence,
    )
    if share > _DETECTED_SHARE:
        value = pl.when(undetected).then(0.0).otherwise(1.0)
        status = pl.lit(f"{share:.0%} undetected: detected (1) or not (0)")
    else:
        value = pl.col("value")
        status = pl.when(undetected).then(pl.lit("undetected: at the limit")).otherwise(pl.lit(""))
    values = rows.with_columns(value.alias("value"), status.alias("status"))
    return definition, values.select(list(SAMPLE_COLUMNS))
