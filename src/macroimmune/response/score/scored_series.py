"""The scores of one series of responses in one population, with their errors."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.response.score.people import ReferencePeople, baseline_samples, reference_people
from macroimmune.response.score.reference import (
    FrozenReference,
    Standardised,
    apply_reference,
    fit_reference,
    least_markers,
)
from macroimmune.response.score.reference_file import matching_reference
from macroimmune.response.score.score_errors import ScoreErrors, score_errors
from macroimmune.response.score.series import Series
from macroimmune.study import Study

__all__ = ["ScoredSeries", "scored_series"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ScoredSeries:
    """A series with its reference and what that makes of it.

    Parameters
    ----------
    series : Series
    kind : str
        healthy, baseline, or the name of the file of the reference; empty where there is none.
    n_people : int
        In the reference; 0 where it comes from a file, whose rows say it.
    reference : FrozenReference
    status : str
        Why there is no reference, or how to read it.
    least : int
        Markers that a score needs.
    is_failed : bool array, shape (samples,)
        Whether the stimulation of its batch failed; such samples have no score.
    standardised : Standardised
    errors : ScoreErrors
    baseline : int array
        Rows of the samples with a score that stand for their participants.
    """

    series: Series
    kind: str
    n_people: int
    reference: FrozenReference
    status: str
    least: int
    is_failed: NDArray[np.bool_]
    standardised: Standardised
    errors: ScoreErrors
    baseline: NDArray[np.int64]


def scored_series(
    series: Series,
    n_declared: int,
    is_failed: NDArray[np.bool_],
    *,
    study: Study,
    earlier: pl.DataFrame | None,
) -> ScoredSeries:
    """Return the scores of one series.

    Parameters
    ----------
    series : Series
    n_declared : int
        Markers of the declared list.
    is_failed : bool array, shape (samples,)
    study : Study
    earlier : polars DataFrame or None
        Table of an earlier reference; without it one is fitted.
    """
    least = least_markers(n_declared)
    difference = np.where(is_failed[:, None], np.nan, series.difference)
    kind, n_people, reference, status = _reference(
        series, difference, least, study=study, earlier=earlier
    )
    standardised = apply_reference(reference, difference, series.mean_unstimulated, least=least)
    errors = score_errors(series, reference, standardised)
    return ScoredSeries(
        series=series,
        kind=kind,
        n_people=n_people,
        reference=reference,
        status=status,
        least=least,
        is_failed=is_failed,
        standardised=standardised,
        errors=errors,
        baseline=baseline_samples(series.samples, np.isfinite(standardised.score), study),
    )


def _reference(
    series: Series,
    difference: Values,
    least: int,
    *,
    study: Study,
    earlier: pl.DataFrame | None,
) -> tuple[str, int, FrozenReference, str]:
    """Return kind, people, reference and status: of the file, or fitted to the study."""
    none = fit_reference(difference[:0], series.mean_unstimulated[:0], least=least)
    if earlier is not None:
        found, status = matching_reference(earlier, series)
        name = study.analysis.stimulation.reference_file
        return (name, 0, found, status) if found else ("", 0, none, status)
    enough = np.count_nonzero(np.isfinite(difference), axis=1) >= least
    people: ReferencePeople = reference_people(series.samples, enough, study)
    if not people.kind:
        return "", people.n_people, none, people.status
    fitted = fit_reference(
        difference[people.rows], series.mean_unstimulated[people.rows], least=least
    )
    return people.kind, people.n_people, fitted, ""
