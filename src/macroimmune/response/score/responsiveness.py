"""The responsiveness score of every sample to type I interferon, against a frozen reference."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from macroimmune.evidence import MarkerList, marker_lists
from macroimmune.response.score.declared import (
    SCORED_FAMILY,
    list_markers,
    list_populations,
)
from macroimmune.response.score.definitions import definitions_table
from macroimmune.response.score.people import blood_samples
from macroimmune.response.score.reference_file import read_reference
from macroimmune.response.score.score_rows import reference_rows, sample_rows
from macroimmune.response.score.scored_series import ScoredSeries, scored_series
from macroimmune.response.score.series import SERIES, response_series
from macroimmune.response.score.stimulation_plates import (
    failed_findings,
    is_of_failed,
    stimulation_plates,
    without_repeated_failures,
)
from macroimmune.results import Finding, conform, empty
from macroimmune.study import Study

__all__ = ["ScoredResponses", "score_responses"]

Row = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class ScoredResponses:
    """The scores of a study and what they stand on.

    Parameters
    ----------
    responsiveness, reference, definitions, plates : polars DataFrame
        Tables `responsiveness`, `responsiveness_reference`, `responsiveness_definitions` and
        `stimulation_plates`.
    findings : tuple of Finding
        Stimulations that failed, lists without a reference, samples that are not of blood.
    """

    responsiveness: pl.DataFrame
    reference: pl.DataFrame
    definitions: pl.DataFrame
    plates: pl.DataFrame
    findings: tuple[Finding, ...]


def score_responses(responses: pl.DataFrame, *, study: Study) -> ScoredResponses:
    """Return the responsiveness of every sample of blood to type I interferon.

    Parameters
    ----------
    responses : polars DataFrame
        Table `stimulation_responses`.
    study : Study
        For its people, its baseline window and `[analysis.stimulation]`.

    Returns
    -------
    scored : ScoredResponses

    Raises
    ------
    FormatError
        If `reference_file` cannot be read as the reference of an earlier run.

    Notes
    -----
    Convention: score = mean over the markers of a list of (difference - median) / (1.4826 x median
    absolute deviation), medians over the reference, one baseline sample per person; high =
    responds. At least three markers and half the list, with 50 cells in both wells. A list, a
    stimulus, a dose, a time, a panel, a modality and a population of its own is a score of its
    own; none is pooled with another. The interval holds the errors of cells (correlated 0.25
    between markers), of thresholds (that move all markers) and, where bridging controls were
    measured in two batches, the variance of their scores between these. The reference is frozen,
    so it has no error: the score is a distance from these people, not from all people. A batch in
    which no donor answers has no scores and no part in the reference; samples that were measured
    again in another batch are scored by that one.
    """
    settings = study.analysis.stimulation
    listed = responses.filter(pl.col("marker_list").fill_null("") != "")
    of_blood = blood_samples(listed, study)
    plates = stimulation_plates(of_blood, settings)
    earlier = (
        read_reference(study.folder / settings.reference_file)
        if (settings.reference_file)
        else None
    )
    lists = marker_lists(SCORED_FAMILY)
    scored = [
        (one, each) for one in lists for each in _of_list(one, of_blood, plates, earlier, study)
    ]
    rows = _table("responsiveness", _sample_rows(scored, study))
    baseline = _table("responsiveness", _sample_rows(scored, study, only_baseline=True))
    populations = {one.id: list_populations(one, settings) for one in lists}
    reference = _table(
        "responsiveness_reference", (row for _, each in scored for row in reference_rows(each))
    )
    return ScoredResponses(
        responsiveness=rows,
        reference=reference,
        definitions=definitions_table(baseline, rows, reference, populations),
        plates=_with_scores(plates, rows),
        findings=(
            *failed_findings(plates),
            *_without_reference(scored, populations),
            *_not_of_blood(listed, of_blood),
        ),
    )


def _of_list(
    one: MarkerList,
    responses: pl.DataFrame,
    plates: pl.DataFrame,
    earlier: pl.DataFrame | None,
    study: Study,
) -> Iterator[ScoredSeries]:
    """Yield the scored series of one list of markers."""
    settings = study.analysis.stimulation
    markers = list_markers(one, settings)
    rows = responses.filter(
        pl.col("marker_list") == one.id,
        pl.col("marker").is_in(markers),
        pl.col("population").is_in(list_populations(one, settings)),
    )
    rows = without_repeated_failures(rows, plates)
    for series in response_series(rows, uses=("score",)):
        failed = np.array(is_of_failed(series, plates), dtype=bool)
        yield scored_series(series, len(markers), failed, study=study, earlier=earlier)


def _sample_rows(
    scored: list[tuple[MarkerList, ScoredSeries]], study: Study, *, only_baseline: bool = False
) -> Iterator[Row]:
    settings = study.analysis.stimulation
    for one, each in scored:
        primary = list_populations(one, settings)[0]
        kept = set(each.baseline.tolist())
        rows = sample_rows(each, list_markers(one, settings), primary)
        yield from (row for at, row in enumerate(rows) if not only_baseline or at in kept)


def _table(name: str, rows: Iterator[Row]) -> pl.DataFrame:
    held = list(rows)
    if not held:
        return empty(name)
    return conform(name, pl.DataFrame(held, infer_schema_length=None, nan_to_null=True))


def _with_scores(plates: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Return the plates with the median score of the participants of each."""
    keys = [*SERIES, "batch", "population"]
    medians = (
        scores
        .filter(pl.col("control") == "")
        .group_by(keys)
        .agg(pl.col("score").median().alias("median_score"))
    )
    return conform(
        "stimulation_plates",
        plates.drop("median_score").join(
            medians, on=keys, how="left", nulls_equal=True, maintain_order="left"
        ),
    )


def _without_reference(
    scored: list[tuple[MarkerList, ScoredSeries]], populations: dict[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """Yield a warning for each series of a primary population that no reference serves."""
    for one, each in scored:
        if each.kind or each.series.population != populations[one.id][0]:
            continue
        yield Finding(
            "warning",
            "no-responsiveness-reference",
            "",
            None,
            "",
            f"{one.id} after {each.series.stimulus} in {each.series.population}: {each.status}",
            "20 healthy controls, or 20 people at baseline",
            "Effect sizes are shown, no score. The reference of an earlier run can be named as "
            "reference_file in [analysis.stimulation].",
        )


def _not_of_blood(listed: pl.DataFrame, of_blood: pl.DataFrame) -> Iterator[Finding]:
    """Yield a note where stimulated samples of other compartments have no score."""
    n = listed["sample_id"].n_unique() - of_blood["sample_id"].n_unique()
    if n > 0:
        yield Finding(
            "note",
            "stimulated-samples-not-of-blood",
            "",
            None,
            "",
            f"{n} stimulated samples that are not of blood",
            "blood, to which scores and the check of stimulations are confined",
            "Their effect sizes are in stimulation_responses.",
        )
