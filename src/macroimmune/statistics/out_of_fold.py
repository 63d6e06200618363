"""Out-of-fold predictions of a recipe with their performance, beside the apparent one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import EstimationError
from macroimmune.statistics.calibration import checked_risk
from macroimmune.statistics.participant_folds import first_rows
from macroimmune.statistics.performance import BinaryPerformance, SurvivalPerformance

__all__ = ["CrossValidatedMeasure", "CrossValidation", "Predict", "out_of_fold_performance"]

Predict = Callable[[NDArray[np.float64]], ArrayLike]
P = TypeVar("P", BinaryPerformance, SurvivalPerformance)
P_co = TypeVar("P_co", BinaryPerformance, SurvivalPerformance, covariant=True)

_METHOD = "cross-validation, every step of the model fitted inside the folds"
_CONVENTION = (
    "mean over repeats of the performance of pooled out-of-fold predictions; smallest and largest "
    "are of the repeats and no interval; participants are whole within folds"
)


class Judge(Protocol[P_co]):
    """From predicted risks, one per participant, to their performance."""

    def __call__(self, risk: NDArray[np.float64], /, *, is_apparent: bool) -> P_co:
        """Return the performance, labelled where it is apparent."""


@dataclass(frozen=True, slots=True)
class CrossValidatedMeasure:
    """One measure of performance, in held-out participants and apparent.

    Parameters
    ----------
    name : str
    estimate, smallest, largest : float
        Mean, smallest and largest over the repeats; NaN where a repeat has none.
    apparent : float
        In the data that fitted the model: too good, and given only to show by how much.
    ideal, without_model : float
        As in `PerformanceMeasure`; without model it is the mean over the repeats.
    status : str
    """

    name: str
    estimate: float
    smallest: float
    largest: float
    apparent: float
    ideal: float
    without_model: float
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class CrossValidation(Generic[P]):
    """Out-of-fold predictions with their performance, beside the apparent one.

    Parameters
    ----------
    rows : int array, shape (participants,)
        First row of each participant, in the order of the predictions.
    predicted_risk : float array, shape (repeats, participants)
        By models that had not seen the participant; NaN where the model could not be fitted.
        The mean over the rows of a participant.
    performances : tuple of performance, one per repeat
        Empty where predictions are missing.
    apparent : performance or None
        Of the model that was fitted to all, in those same participants; labelled so. None where it
        could not be fitted.
    measures : tuple of CrossValidatedMeasure
    n, n_events : int
        Participants; events among them.
    n_folds, repeats : int
    method, convention, status : str
    """

    rows: NDArray[np.intp]
    predicted_risk: NDArray[np.float64]
    performances: tuple[P, ...]
    apparent: P | None
    measures: tuple[CrossValidatedMeasure, ...]
    n: int
    n_events: int
    n_folds: int
    repeats: int
    method: str
    convention: str
    status: str


def out_of_fold_performance(
    matrix: NDArray[np.float64],
    folds: NDArray[np.intp],
    codes: NDArray[np.intp],
    n_events: int,
    fitted: Callable[[NDArray[np.bool_]], Predict],
    judged: Judge[P],
) -> CrossValidation[P]:
    """Return out-of-fold predictions and performance, whatever the outcome.

    Parameters
    ----------
    matrix : float array, shape (rows, columns)
    folds : int array, shape (repeats, rows)
    codes : int array, shape (rows,)
        Participant of each row.
    n_events : int
    fitted : function
        From a bool array of training rows to the function that predicts.
    judged : function
        From risks of all participants, and whether they are apparent, to performance.

    Returns
    -------
    found : CrossValidation

    Raises
    ------
    InputError
        If the recipe does not return risks.
    """
    first = first_rows(codes)
    reasons: list[str] = []
    predicted = np.full((len(folds), first.size), np.nan)
    for repeat, fold in enumerate(folds):
        by_row = np.full(codes.size, np.nan)
        for number in np.unique(fold):
            held_out = fold == number
            try:
                by_row[held_out] = _predictions(fitted(~held_out), matrix[held_out])
            except EstimationError as error:
                reasons.append(str(error))
        predicted[repeat] = _by_participant(by_row, codes)
    performances = () if reasons else tuple(judged(risk, is_apparent=False) for risk in predicted)
    apparent, status = None, ""
    if reasons:
        tried = sum(np.unique(fold).size for fold in folds)
        status = f"the model could not be fitted in {len(reasons)} of {tried} folds: {reasons[0]}"
    try:
        everyone = np.ones(codes.size, dtype=bool)
        in_sample = _predictions(fitted(everyone), matrix)
        apparent = judged(_by_participant(in_sample, codes), is_apparent=True)
    except EstimationError as error:
        status = status or f"the model could not be fitted to all participants: {error}"
    return CrossValidation(
        rows=first,
        predicted_risk=predicted,
        performances=performances,
        apparent=apparent,
        measures=_measures(performances, apparent),
        n=first.size,
        n_events=n_events,
        n_folds=int(np.unique(folds).size),
        repeats=len(folds),
        method=_METHOD,
        convention=_CONVENTION,
        status=status,
    )


def _measures(performances: tuple[P, ...], apparent: P | None) -> tuple[CrossValidatedMeasure, ...]:
    """Return mean and range over the repeats, measure by measure."""
    if not performances:
        return ()
    found = []
    in_sample = {} if apparent is None else {m.name: m.estimate for m in apparent.measures}
    by_name: dict[str, list[tuple[float, float, float, str]]] = {}
    for performance in performances:
        for m in performance.measures:
            line = (m.estimate, m.without_model, m.ideal, m.status)
            by_name.setdefault(m.name, []).append(line)
    for name, lines in by_name.items():
        # A measure that one repeat does not have is not averaged over the others.
        values = np.array([line[0] for line in lines])
        complete = len(lines) == len(performances)
        found.append(
            CrossValidatedMeasure(
                name=name,
                estimate=float(values.mean()) if complete else float("nan"),
                smallest=float(values.min()) if complete else float("nan"),
                largest=float(values.max()) if complete else float("nan"),
                apparent=in_sample.get(name, float("nan")),
                ideal=lines[0][2],
                without_model=float(np.mean([line[1] for line in lines])),
                status=next((line[3] for line in lines if line[3]), ""),
            )
        )
    return tuple(found)


def _predictions(predict: Predict, covariates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the fitted recipe predicts, checked."""
    return checked_risk(predict(covariates.copy()), len(covariates))


def _by_participant(values: NDArray[np.float64], codes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the mean over the rows of each participant."""
    return np.bincount(codes, values) / np.bincount(codes)
