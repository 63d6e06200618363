"""Gene set scores of single-cell RNA as features: at rest, and the answer to interferon."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from macroimmune.evidence import GeneSet, find_gene_set, find_population, gene_sets
from macroimmune.features.compartments import BLOOD, placed, slug
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition, Timing
from macroimmune.statistics import normal_quantile
from macroimmune.study import StimulationSettings, Study, is_stimulated, study_stimulus

__all__ = ["expression_features"]

Feature = tuple[FeatureDefinition, pl.DataFrame]

_FAMILY = "expression"
_UNIT = "log1p CP10k"
_INTERFERON = "type_1_interferon"
_LINEAGES = ("cd4_t", "cd8_t", "b_cell", "nk", "monocyte")
_ROWS = (*SAMPLE_COLUMNS, "ci_low", "ci_high")
_Z = normal_quantile(0.95)


@dataclass(frozen=True, slots=True)
class _State:
    """A gene set of a state as a feature: its id, the evidence, and which samples count."""

    id: str
    gene_set: str
    evidence: tuple[str, ...] = ()
    timing: Timing = "baseline"


_STATES = (
    _State("ncr3_transcript", "ncr3", ("ncr3_transcript",)),
    _State("ncr1_3_nk", "ncr1_3"),
    _State("cytolytic_exhausted_cd8_level", "cytolytic_exhausted"),
    # Published after treatment.
    _State(
        "cytolytic_exhausted_cd8",
        "cytolytic_exhausted",
        ("cytolytic_exhausted_cd8",),
        "on treatment",
    ),
    _State("clonal_expansion_expression", "clonal_expansion", ("clonal_expansion_expression",)),
)


def expression_features(
    expression_scores: pl.DataFrame, *, study: Study | None = None
) -> list[Feature]:
    """Return the gene set scores of a study as features.

    Parameters
    ----------
    expression_scores : polars DataFrame
        Table `expression_scores`.
    study : Study or None
        For the populations that it declares and the compartments of its samples; without it the
        usual populations are read, and all samples are taken as blood.

    Returns
    -------
    features : list of (FeatureDefinition, polars DataFrame)
        Of unstimulated cells: interferon sets in all cells, in the declared populations and in
        lineages; sets of states in their population. Of pairs of wells: the change of interferon
        sets under type I interferon, without rows where no sample has both.

    Notes
    -----
    Convention: values are of pseudobulk, in which a donor's cells count as one; intervals are of
    the cells, not of batches. Where one sample was given several interferons or times, the feature
    is of those that most samples have. This is an answer in transcripts and no responsiveness
    score of proteins, which is what was published.
    """
    if expression_scores.is_empty():
        return []
    settings = StimulationSettings() if study is None else study.analysis.stimulation
    populations = ("", *dict.fromkeys((settings.population, *settings.sensitivity, *_LINEAGES)))
    features: list[Feature] = []
    for compartment, rows in _by_compartment(expression_scores, study):
        stimulated = pl.Series([is_stimulated(word) for word in rows["stimulus"]], dtype=pl.Boolean)
        resting, answering = rows.filter(~stimulated), rows.filter(stimulated)
        found = [
            *_states(resting),
            *_levels(resting, populations),
            *_changes(resting, _most_frequent(answering, settings), populations),
        ]
        features += [(placed(definition, compartment), values) for definition, values in found]
    return features


def _by_compartment(
    scores: pl.DataFrame, study: Study | None
) -> Iterator[tuple[str, pl.DataFrame]]:
    if study is None:
        yield BLOOD, scores
        return
    known = study.tables["expression"].select("sample_id", "compartment").unique("sample_id")
    placed_rows = scores.join(known, on="sample_id", how="left", maintain_order="left")
    placed_rows = placed_rows.with_columns(pl.col("compartment").cast(pl.String).fill_null(BLOOD))
    for (compartment,), rows in placed_rows.sort(
        pl.col("compartment") != BLOOD, "compartment", maintain_order=True
    ).group_by("compartment", maintain_order=True):
        yield str(compartment), rows.drop("compartment")


def _of(rows: pl.DataFrame, gene_set: str, population: str) -> pl.DataFrame:
    """Return value, interval and status of one set in one population."""
    reach = _Z * pl.col("pseudobulk_se")
    return rows.filter(
        (pl.col("gene_set") == gene_set) & (pl.col("population") == population)
    ).with_columns(
        pl.col("pseudobulk").alias("value"),
        (pl.col("pseudobulk") - reach).alias("ci_low"),
        (pl.col("pseudobulk") + reach).alias("ci_high"),
    )


def _states(resting: pl.DataFrame) -> Iterator[Feature]:
    for one in _STATES:
        listed = find_gene_set(one.gene_set)
        (population,) = listed.populations
        rows = _of(resting, one.gene_set, population)
        if one.timing == "on treatment":
            rows = rows.filter(pl.col("days_from_treatment_start") > 0)
        kind = ", operational list" if listed.is_operational else ""
        definition = FeatureDefinition(
            id=one.id,
            name=f"{listed.name} in {_name(population)} (transcripts{kind})",
            family=_FAMILY,
            unit=_UNIT,
            scale="sd",
            needs=f"at least 20 {_name(population)} with half of the genes (expression)"
            + (", on treatment" if one.timing == "on treatment" else ""),
            timing=one.timing,
            evidence=one.evidence,
        )
        yield definition, rows.select(_ROWS)


def _levels(resting: pl.DataFrame, populations: tuple[str, ...]) -> Iterator[Feature]:
    for one in gene_sets("interferon"):
        for population in populations:
            rows = _of(resting, one.id, population)
            if rows["value"].is_not_null().any():
                definition = _definition(
                    f"ifn1_expression_resting_{one.id}_{_slug(population)}",
                    f"resting {one.name} of {_name(population)} (transcripts)",
                    "unstimulated cells (expression)",
                )
                yield definition, rows.select(_ROWS)


def _changes(
    resting: pl.DataFrame, answering: pl.DataFrame, populations: tuple[str, ...]
) -> Iterator[Feature]:
    """Yield the change under interferon; of the declared population even where nothing has it."""
    for one in gene_sets("interferon"):
        for number, population in enumerate(populations):
            rows = _differences(
                _of(resting, one.id, population), _of(answering, one.id, population)
            )
            if number == 1 or rows["value"].is_not_null().any():
                yield _change(one, population, answering), rows


def _change(one: GeneSet, population: str, answering: pl.DataFrame) -> FeatureDefinition:
    words = ""
    if not answering.is_empty():
        first = answering.row(0, named=True)
        minutes = first["stimulus_minutes"]
        words = f", {first['stimulus']}" + (f" {minutes:g} min" if minutes is not None else "")
    return _definition(
        f"ifn1_expression_response_{one.id}_{_slug(population)}",
        f"change of {one.name} in {_name(population)} (transcripts{words})",
        "interferon-stimulated and unstimulated cells of one sample, at least 20 of each "
        "(expression)",
    )


def _definition(identity: str, name: str, needs: str) -> FeatureDefinition:
    return FeatureDefinition(
        id=identity, name=name, family=_FAMILY, unit=_UNIT, scale="sd", needs=needs
    )


def _most_frequent(answering: pl.DataFrame, settings: StimulationSettings) -> pl.DataFrame:
    """Return the rows of the type I interferon and time that most samples have."""
    families = [
        known.family if (known := study_stimulus(settings, word)) else ""
        for word in answering["stimulus"]
    ]
    interferon = answering.filter(pl.Series(families, dtype=pl.String) == _INTERFERON)
    series = ["stimulus", "stimulus_minutes"]
    first = (
        interferon
        .group_by(series)
        .agg(pl.col("sample_id").n_unique().alias("_n"))
        .sort("_n", *series, descending=[True, False, False])
        .head(1)
        .drop("_n")
    )
    return interferon.join(first, on=series, how="semi", nulls_equal=True, maintain_order="left")


def _differences(resting: pl.DataFrame, answering: pl.DataFrame) -> pl.DataFrame:
    """Return the change of each sample: the unstimulated well of the same batch goes first."""
    keys = ["participant_id", "sample_id"]
    before = resting.select(
        *keys,
        pl.col("batch").alias("_batch"),
        pl.col("value").alias("_value"),
        pl.col("pseudobulk_se").alias("_se"),
        pl.col("status").alias("_status"),
    )
    both = (
        answering
        .with_row_index("_row")
        .join(before, on=keys, how="inner", maintain_order="left")
        .sort("_row", pl.col("_batch") != pl.col("batch"), maintain_order=True)
        .unique("_row", keep="first", maintain_order=True)
    )
    error = (pl.col("pseudobulk_se") ** 2 + pl.col("_se") ** 2).sqrt()
    change = pl.col("value") - pl.col("_value")
    other = pl.when(pl.col("_batch") != pl.col("batch")).then(
        pl.lit("wells of two batches: the change holds that between batches")
    )
    said = [
        pl.when(pl.col(name) != "").then(pl.format("{}: {}", pl.lit(which), pl.col(name)))
        for name, which in (("_status", "unstimulated"), ("status", "stimulated"))
    ]
    return both.select(
        *keys,
        "days_from_treatment_start",
        change.alias("value"),
        pl.concat_str([*said, other], separator="; ", ignore_nulls=True).alias("status"),
        (change - _Z * error).alias("ci_low"),
        (change + _Z * error).alias("ci_high"),
    )


def _slug(population: str) -> str:
    return slug(population) if population else "all_cells"


def _name(population: str) -> str:
    known = find_population(population) if population else None
    return known.name if known else population or "all cells"
