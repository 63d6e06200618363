"""Pre-gated cell populations: per parent, and per microlitre where a count of the day exists."""

import re

import polars as pl

from macroimmune.evidence import find_population
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.scales import natural_scale
from macroimmune.study import Study

__all__ = ["per_microlitre", "population_features", "population_id"]

FAMILY = "populations"

# Parents that a blood count measures, and the counts that make them up.
_COUNTED_PARENTS = {
    "leukocytes": ("leukocytes",),
    "lymphocytes": ("lymphocytes",),
    "monocytes": ("monocytes",),
    "neutrophils": ("neutrophils",),
    "pbmc": ("lymphocytes", "monocytes"),
}
_PARENT_WORDS = {
    "leukocytes": r"leu[ck]o(cytes?)?|white blood cells?|wbc|(live )?cd45\+?( cells)?",
    "lymphocytes": r"lymphocytes?|lymphs?",
    "monocytes": r"monocytes?",
    "neutrophils": r"neutrophils?",
    "pbmc": r"(live )?pbmcs?|mononuclear cells|mnc",
}


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
    Convention: a population with several parents, or in several units, gives a feature each; the
    most frequent parent has the plain id. Per uL = share x count of the parent, on the same day.
    """
    table = study.tables["populations"]
    if table.is_empty():
        return []
    named = table.with_columns(
        pl
        .col("population")
        .replace_strict({name: population_id(name) for name in table["population"].unique()})
        .alias("id"),
        pl.col("parent").fill_null(""),
        pl.col("unit").fill_null(""),
        pl.lit("").alias("status"),
    )
    features: list[tuple[FeatureDefinition, pl.DataFrame]] = []
    taken: set[str] = set()
    groups = named.group_by(["id", "parent", "unit"], maintain_order=True)
    for (identity, parent, unit), rows in sorted(groups, key=lambda group: -group[1].height):
        definition = _definition(str(identity), str(parent), str(unit), rows, taken)
        taken.add(definition.id)
        features.append((definition, rows.select(list(SAMPLE_COLUMNS))))
    return features + per_microlitre(study, features, _parents(named))


def _definition(
    identity: str, parent: str, unit: str, rows: pl.DataFrame, taken: set[str]
) -> FeatureDefinition:
    known = find_population(str(rows["population"][0]))
    plain = known.name if known else str(rows["population"][0])
    of_parent = f", percent of {parent}" if parent and unit == "percent" else ""
    feature = identity if identity not in taken else f"{identity}_of_{_slug(parent or unit)}"
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
    )


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _parents(named: pl.DataFrame) -> dict[str, str]:
    """Return the parent of each population that is given as a percentage."""
    shares = named.filter((pl.col("unit") == "percent") & (pl.col("parent") != ""))
    return dict(shares.unique("id", keep="first").select("id", "parent").iter_rows())


def _counted(parent: str) -> tuple[str, ...]:
    folded = parent.strip().lower()
    for counted, pattern in _PARENT_WORDS.items():
        if re.fullmatch(pattern, folded):
            return _COUNTED_PARENTS[counted]
    return ()


def per_microlitre(
    study: Study,
    features: list[tuple[FeatureDefinition, pl.DataFrame]],
    parents: dict[str, str],
) -> list[tuple[FeatureDefinition, pl.DataFrame]]:
    """Return cells per uL for each share whose parent leads to a blood count of the same day.

    Parameters
    ----------
    study : Study
    features : list of (FeatureDefinition, values)
        The shares.
    parents : dict
        Parent of each population; a parent may itself be a population with a parent.

    Returns
    -------
    features : list of (FeatureDefinition, values)
        Only those for which at least one sample has the count.
    """
    counts = _counts_by_day(study)
    shares = {definition.id: (definition, rows) for definition, rows in features}
    found = []
    for definition, rows in features:
        if definition.unit != "percent" or definition.id not in parents:
            continue
        chain, base = _chain(definition.id, parents)
        if not base or not set(base) <= set(counts.columns):
            continue
        values = _times_count(
            rows, [shares[step][1] for step in chain if step in shares], counts, base
        )
        if values.is_empty():
            continue
        made = FeatureDefinition(
            id=f"{definition.id}_per_ul",
            name=f"{definition.name.split(', percent of')[0]}, cells per uL",
            family=FAMILY,
            unit="cells/uL",
            scale="root",
            needs=f"{definition.needs} and {' and '.join(base)} of the same day (blood_counts)",
        )
        found.append((made, values))
    return found


def _chain(identity: str, parents: dict[str, str]) -> tuple[list[str], tuple[str, ...]]:
    """Follow parents up to one that a blood count measures; empty where none does."""
    chain: list[str] = []
    parent = parents[identity]
    while not _counted(parent):
        step = population_id(parent)
        if step not in parents or step in chain or step == identity:
            return [], ()
        chain.append(step)
        parent = parents[step]
    return chain, _counted(parent)


def _counts_by_day(study: Study) -> pl.DataFrame:
    counts = study.tables["blood_counts"]
    keys = ["participant_id", "days_from_treatment_start"]
    return counts.pivot(on="analyte", index=keys, values="value", aggregate_function="mean")


def _times_count(
    rows: pl.DataFrame, chain: list[pl.DataFrame], counts: pl.DataFrame, base: tuple[str, ...]
) -> pl.DataFrame:
    """Multiply shares along the chain with the count, 10^9/L, and give cells per uL."""
    keys = ["participant_id", "days_from_treatment_start"]
    total = pl.sum_horizontal([pl.col(name) for name in base], ignore_nulls=False)
    joined = rows.join(counts.select(*keys, total.alias("count")), on=keys, how="inner")
    product = pl.col("value") / 100.0 * pl.col("count") * 1000.0
    for number, step in enumerate(chain):
        share = step.group_by("sample_id").agg(pl.col("value").mean().alias(f"share_{number}"))
        joined = joined.join(share, on="sample_id", how="inner")
        product = product * pl.col(f"share_{number}") / 100.0
    return (
        joined.with_columns(product.alias("value")).select(list(SAMPLE_COLUMNS)).drop_nulls("value")
    )
