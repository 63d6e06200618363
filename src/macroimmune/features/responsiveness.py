"""Responsiveness scores as features; where a list has no score, its markers' answers."""

from collections.abc import Iterator

import polars as pl

from macroimmune.evidence import MarkerList, find_population, marker_lists
from macroimmune.features.compartments import slug
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.response.score import SERIES, blood_samples, list_populations, series_words
from macroimmune.study import StimulationSettings, Study

__all__ = ["responsiveness_features"]

Feature = tuple[FeatureDefinition, pl.DataFrame]

_SCORES = "responsiveness"
_ANSWERS = "stimulation response"
_STEMS = {"ifn1_induced": "ifn1_responsiveness", "ifn1_early": "ifn1_early_responsiveness"}
_KINDS = {"ifn1_induced": "induced proteins", "ifn1_early": "phospho-proteins"}
_LEVEL = "_unstimulated_level"
_ERROR = ("standard_error", "is_batch_included")
# The published measurement is of induced proteins in effector CD4 T cells.
_EVIDENCE = "ifn1_responsiveness_effector_cd4"
_OF_SCORES = (
    "cytometry of interferon-stimulated and unstimulated samples of at least 20 people, with three "
    "markers of the list, or a supplied feature of this name"
)


def responsiveness_features(
    responsiveness: pl.DataFrame, responses: pl.DataFrame, *, study: Study | None = None
) -> list[Feature]:
    """Return every score as a feature, and the answers of lists that have none.

    Parameters
    ----------
    responsiveness : polars DataFrame
        Table `responsiveness`.
    responses : polars DataFrame
        Table `stimulation_responses`.
    study : Study or None
        For the populations that it declares and the compartments of its samples; without it the
        usual populations are read, and all samples are taken as blood.

    Returns
    -------
    features : list of (FeatureDefinition, polars DataFrame)
        For each list and population with a score: the score, and the unstimulated level under the
        same id with "_unstimulated_level" behind. Else for each marker of the list: its difference
        in the first population of the list that has one.

    Notes
    -----
    Convention: of several series of one list (stimuli, doses, times, panels, modalities) the
    feature is that with the most samples of participants, of equals the first in alphabetical
    order; its name says which. The others stay in the tables. Controls are no participants.
    """
    settings = StimulationSettings() if study is None else study.analysis.stimulation
    own = responsiveness.filter(pl.col("control") == "")
    answers = responses.filter(
        (pl.col("control").fill_null("") == "") & (pl.col("marker_list").fill_null("") != "")
    )
    if study is not None:
        answers = blood_samples(answers, study)
    features: list[Feature] = []
    for one in marker_lists():
        scores = own.filter(pl.col("marker_list") == one.id)
        if scores["score"].is_not_null().any():
            features += _scores(scores)
        else:
            listed = answers.filter(pl.col("marker_list") == one.id)
            features += _answers(one, listed, list_populations(one, settings))
    return features


def _most_samples(rows: pl.DataFrame, value: str) -> pl.DataFrame:
    """Return the rows of the series with the most samples that have a value."""
    counted = (
        rows
        .filter(pl.col(value).is_not_null())
        .group_by(SERIES)
        .agg(pl.col("sample_id").n_unique().alias("_n"))
        .sort("_n", *SERIES, descending=[True, *[False] * len(SERIES)])
    )
    first = counted.head(1).drop("_n")
    return rows.join(first, on=SERIES, how="semi", nulls_equal=True)


def _scores(scores: pl.DataFrame) -> Iterator[Feature]:
    """Yield score and unstimulated level of each population, of one list of markers."""
    primary = scores.filter("is_primary")
    has_primary = primary["score"].is_not_null().any()
    chosen = _most_samples(primary if has_primary else scores, "score")
    series = scores.join(chosen.select(SERIES).unique(), on=SERIES, how="semi", nulls_equal=True)
    first = series.row(0, named=True)
    identity = str(first["marker_list"])
    for (population,), rows in series.sort("population").group_by(
        "population", maintain_order=True
    ):
        stem = f"{_STEMS[identity]}_{slug(str(population))}"
        said = f"{_KINDS[identity]}, {series_words(first)}, {_of_modality(first)}"
        # A score of expression is no score of proteins, which is what was published.
        is_published = stem == _EVIDENCE and first["modality"] != "expression"
        definition = FeatureDefinition(
            id=stem,
            name=f"type I interferon responsiveness of {_name(str(population))} ({said})",
            family=_SCORES,
            unit="SD of the reference",
            scale="sd",
            needs=_OF_SCORES,
            evidence=(_EVIDENCE,) if is_published else (),
        )
        yield definition, _samples(rows, "score", "ci_low", "ci_high", also=_ERROR)
        level = FeatureDefinition(
            id=stem + _LEVEL,
            name=f"unstimulated level of {_name(str(population))} ({said})",
            family=_SCORES,
            unit="SD of the reference",
            scale="sd",
            needs=_OF_SCORES,
        )
        yield level, _samples(rows, "unstimulated_level")


def _answers(
    one: MarkerList, responses: pl.DataFrame, populations: tuple[str, ...]
) -> Iterator[Feature]:
    """Yield the difference of each marker of a list in its first population with any."""
    known = responses.with_columns(
        pl.when(pl.col("use") != "none").then("difference").alias("difference")
    )
    for population in populations:
        here = known.filter(pl.col("population") == population)
        if here["difference"].is_not_null().any():
            break
    else:
        return
    series = _most_samples(here, "difference")
    first = series.row(0, named=True)
    family = slug(one.family)
    for (marker,), rows in series.sort("marker").group_by("marker", maintain_order=True):
        said = f"{series_words(first)}, {_of_modality(first)}"
        definition = FeatureDefinition(
            id=f"response_{slug(str(marker))}_{family}_{slug(population)}",
            name=f"change of {marker} in {_name(population)} ({said})",
            family=_ANSWERS,
            unit=f"{first['unit']}, stimulated less unstimulated",
            scale="sd",
            needs=f"{marker} in stimulated and unstimulated samples",
        )
        yield definition, _samples(rows, "difference", "difference_ci_low", "difference_ci_high")


def _samples(
    rows: pl.DataFrame, value: str, low: str = "", high: str = "", also: tuple[str, ...] = ()
) -> pl.DataFrame:
    """Return the columns of a feature with its batch, one row per sample and pair of wells."""
    nothing = pl.lit(None, dtype=pl.Float64)
    return (
        rows
        .sort("participant_id", "days_from_treatment_start", "sample_id")
        .select(
            "participant_id",
            "sample_id",
            "days_from_treatment_start",
            pl.col(value).alias("value"),
            "status",
            (pl.col(low) if low else nothing).alias("ci_low"),
            (pl.col(high) if high else nothing).alias("ci_high"),
            pl.when(pl.col("batch") != "").then("batch").alias("batch"),
            *also,
        )
        .select(*SAMPLE_COLUMNS, "ci_low", "ci_high", "batch", *also)
    )


def _name(population: str) -> str:
    known = find_population(population)
    return known.name if known else population


def _of_modality(key: dict[str, object]) -> str:
    return " ".join(str(key[name]) for name in ("modality", "panel") if key[name])
