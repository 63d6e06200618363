"""Serum and plasma proteins, one feature per protein unit and compartment."""

import re
from collections.abc import Iterator
from types import MappingProxyType

import polars as pl

from macroimmune.features.compartments import by_compartment, placed, slug
from macroimmune.features.definition import SAMPLE_COLUMNS, UNDETECTED, FeatureDefinition
from macroimmune.features.scales import Scale
from macroimmune.study import Study

__all__ = ["PROTEINS", "protein_features", "protein_id"]

FAMILY = "proteins"
_DETECTED_SHARE = 0.5
_NPX = "NPX"
_CONCENTRATION = "pg/mL"

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
    return "protein_" + (slug(analyte) or "unnamed")


def protein_features(study: Study) -> list[tuple[FeatureDefinition, pl.DataFrame]]:
    """Return every protein of the study as a feature with its values.

    Notes
    -----
    Convention: values in units of different quantities (NPX, concentration, MFI) and of different
    compartments never share a feature. The concentration has the plain id, or where there is none
    the most frequent other unit but NPX. An undetected value stands at its limit of detection,
    never at half of it; a protein that is undetected in more than half of the baseline samples of
    patients becomes detected or not.
    """
    baseline = _baseline_samples(study)
    return [
        (placed(definition, compartment), values)
        for compartment, table in by_compartment(study, "proteins")
        for definition, values in _of_table(table, baseline)
    ]


def _baseline_samples(study: Study) -> pl.Series:
    """Return the baseline samples of patients: what is learned from data is learned from them."""
    people = study.tables["participants"]
    healthy = people.filter(pl.col("group") == "healthy")["participant_id"].to_list()
    day = pl.col("days_from_treatment_start")
    rows = study.tables["proteins"].filter(
        day.is_between(*study.analysis.baseline_window_days)
        & ~pl.col("participant_id").is_in(healthy)
    )
    return rows["sample_id"].unique()


def _of_table(
    table: pl.DataFrame, baseline: pl.Series
) -> Iterator[tuple[FeatureDefinition, pl.DataFrame]]:
    names = {name: protein_id(name) for name in table["analyte"].unique()}
    named = table.with_columns(
        pl.col("analyte").replace_strict(names, return_dtype=pl.String).alias("feature"),
        pl.col("unit").fill_null("").alias("unit"),
    )
    for (feature,), rows in named.group_by("feature", maintain_order=True):
        units = rows["unit"].value_counts().sort("count", "unit", descending=[True, False])
        plain = _plain_unit(units["unit"].to_list())
        for unit in units["unit"]:
            suffix = "" if unit == plain else "_" + (slug(unit) or "no_unit")
            yield _one_protein(str(feature), suffix, rows.filter(pl.col("unit") == unit), baseline)


def _plain_unit(units: list[str]) -> str:
    """Return the unit, of those by frequency, whose values bear the plain id of the protein."""
    others = [unit for unit in units if unit != _NPX]
    return _CONCENTRATION if _CONCENTRATION in others else others[0] if others else ""


def _one_protein(
    feature: str, suffix: str, rows: pl.DataFrame, baseline: pl.Series
) -> tuple[FeatureDefinition, pl.DataFrame]:
    spelled = rows["analyte"].value_counts().sort("count", "analyte", descending=[True, False])
    name, _, evidence = PROTEINS.get(feature, (str(spelled["analyte"][0]), (), ()))
    unit = str(rows["unit"][0])
    deciding = rows.filter(pl.col("sample_id").is_in(baseline.implode()))
    deciding = rows if deciding.is_empty() else deciding
    share = float(deciding["below_limit"].fill_null(value=False).mean() or 0.0)  # type: ignore[arg-type]
    is_flag = share > _DETECTED_SHARE
    definition = FeatureDefinition(
        id=feature + suffix,
        name=f"{name} ({unit or 'no unit'})" if suffix else name,
        family=FAMILY,
        unit="detected" if is_flag else unit,
        scale="flag" if is_flag else _scale(unit, rows["value"]),
        needs=f"{name} (proteins)",
        evidence=evidence,
    )
    undetected = pl.col("below_limit").fill_null(value=False)
    usual = "" if unit else "no unit given"
    if is_flag:
        value = pl.when(undetected).then(0.0).otherwise(1.0)
        status = pl.lit(f"{share:.0%} undetected: detected (1) or not (0)")
    else:
        value = pl.col("value")
        if not unit and definition.scale == "sd":
            usual = "no unit, and not all above zero: taken as they are"
        limit, usually = pl.lit(UNDETECTED), pl.lit(usual)
        status = pl.when(undetected).then(limit).otherwise(usually)
    values = rows.with_columns(value.alias("value"), status.alias("status"))
    return definition, values.select(list(SAMPLE_COLUMNS))


def _scale(unit: str, values: pl.Series) -> Scale:
    """Return the scale of a unit; values of an unknown one may be logarithms already."""
    if unit == _NPX:
        return "npx"
    return "doubling" if unit == _CONCENTRATION or (values > 0).all() else "sd"
