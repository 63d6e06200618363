"""How alike the receptors of a repertoire are, as a feature."""

from collections.abc import Mapping

import polars as pl

from macroimmune.features.compartments import placed, rows_by_compartment
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.one_counting import one_counting
from macroimmune.study import RepertoireSettings, Study

__all__ = ["neighbour_features"]

Feature = tuple[FeatureDefinition, pl.DataFrame]


def neighbour_features(
    tables: Mapping[str, pl.DataFrame], *, study: Study | None = None
) -> list[Feature]:
    """Return the share of receptors that have a similar one, at a common number of receptors.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Table `receptor_neighbours`.
    study : Study or None
        For the chain that it declares; without it the default chain.

    Returns
    -------
    features : list of (FeatureDefinition, polars DataFrame)
        One for each compartment, blood first; none without repertoires.

    Notes
    -----
    Convention: of all T cells, in percent; all values count in one way, see `one_counting`, which
    the status says where a sample counts in several. Receptors that recombination makes
    often have neighbours by that alone: the share speaks of no antigen.
    """
    settings = RepertoireSettings() if study is None else study.analysis.repertoires
    rows = tables["receptor_neighbours"].filter(
        (pl.col("chain") == settings.chain) & (pl.col("population").fill_null("") == "")
    )
    return [
        (placed(_definition(settings), compartment), _samples(here))
        for compartment, here in rows_by_compartment(rows)
    ]


def _definition(settings: RepertoireSettings) -> FeatureDefinition:
    gene = "with the same V gene, " if settings.same_v_gene else ""
    return FeatureDefinition(
        id="tcr_neighbour_share",
        name=f"receptors with another within {settings.neighbours}, {gene}"
        "at a common number of receptors",
        family="repertoires",
        unit="percent",
        scale="share",
        needs="repertoires of at least 100 receptors (repertoires)",
    )


def _samples(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row per sample, all of one counting."""
    several = pl.col("counted").n_unique().over("sample_id") > 1
    words = pl.when(several).then(pl.format("{} of several countings", pl.col("counted")))
    said = pl.when(pl.col("status").fill_null("") != "").then("status")
    told = rows.with_columns(
        value=100.0 * pl.col("share_at_common_size"),
        status=pl.concat_str(said, words, separator="; ", ignore_nulls=True),
    ).sort("participant_id", "days_from_treatment_start", "sample_id")
    return one_counting(told, [], ["value"]).select(*SAMPLE_COLUMNS)
