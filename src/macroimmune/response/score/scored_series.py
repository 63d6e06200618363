"""The scores of one series of responses in one population, with their errors."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit

from macroimmune.response.score.measurement_error import CELLS_CORRELATION, SHARED, error_of_mean
from macroimmune.response.score.people import ReferencePeople, baseline_samples, reference_people
from macroimmune.response.score.reference import (
    FrozenReference,
    Standardised,
    apply_reference,
    fit_reference,
    least_markers,
)
from macroimmune.response.score.reference_file import matching_reference
from macroimmune.response.score.series import Series
from macroimmune.statistics.variance_between import variance_between
from macroimmune.study import Study

__all__ = ["ScoreErrors", "ScoredSeries", "scored_series"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreErrors:
    """The errors of the scores of a series.

    Parameters
    ----------
    standard_error : float array, shape (samples,)
        Of cells, thresholds and batches; NaN where that of the cells is not known.
    freedom : float array, shape (samples,)
        Degrees of freedom, by Satterthwaite.
    is_batch_included, are_thresholds_included : bool array, shape (samples,)
    """

    standard_error: Values
    freedom: Values
    is_batch_included: NDArray[np.bool_]
    are_thresholds_included: NDArray[np.bool_]

    def reach(self, level: float) -> Values:
        """Return half of the interval of a level, such as 0.95."""
        quantile = stdtrit(np.minimum(self.freedom, 1e9), (1 + level) / 2)
        return np.asarray(quantile * self.standard_error)


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
    errors = _errors(series, reference, standardised)
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


def _errors(series: Series, reference: FrozenReference, scores: Standardised) -> ScoreErrors:
    """Return the errors of the scores; the frozen reference has none by definition."""
    in_score = np.isfinite(scores.z) & np.isfinite(scores.score)[:, None]

    def on_scale(errors: Values) -> Values:
        return np.where(in_score, errors / reference.scaled_mad, np.nan)

    unknown = (in_score & ~np.isfinite(series.cells_se)).any(axis=1)
    cells = error_of_mean(on_scale(series.cells_se), CELLS_CORRELATION)
    thresholds = error_of_mean(on_scale(series.thresholds_se), SHARED)
    measured = np.where(unknown, np.nan, cells**2 + np.nan_to_num(thresholds) ** 2)
    batch, freedom = _between_batches(series, scores.score, measured)
    if not freedom:
        stated = in_score & ~np.isfinite(series.batch_se)
        own = error_of_mean(on_scale(series.batch_se), SHARED) ** 2
        batch, freedom = np.where(stated.any(axis=1), np.nan, own), np.inf
    total = measured + np.nan_to_num(batch)
    share = np.divide(np.nan_to_num(batch), total, out=np.zeros_like(total), where=total > 0)
    known = np.isfinite(total) & np.isfinite(scores.score)
    with np.errstate(divide="ignore"):
        of_total = freedom / share**2
    return ScoreErrors(
        standard_error=np.where(known, np.sqrt(total), np.nan),
        freedom=of_total,
        is_batch_included=known & np.isfinite(batch),
        are_thresholds_included=known & np.isfinite(thresholds),
    )


def _between_batches(series: Series, score: Values, measured: Values) -> tuple[Values, float]:
    """Return the variance of a score between batches, the same for all, and its freedom.

    From the scores of bridging controls, whose markers move together as they do in the batches;
    batches whose stimulation failed have no score and no part in it.
    """
    of_control = (series.samples["control"] != "").to_numpy()
    rows = np.flatnonzero(of_control & np.isfinite(score) & (measured > 0))
    control = series.samples["control"].gather(rows).to_list()
    names = sorted(set(control))
    groups = np.array([names.index(one) for one in control], dtype=np.intp)
    variance, freedom = variance_between(score[rows], measured[rows], groups)
    return np.full(score.shape, variance if freedom else np.nan), float(freedom)
