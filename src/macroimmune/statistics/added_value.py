"""What a marker adds to the predictions of a base: concordance and net benefit, less optimism."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.arranged_outcome import Arranged, arranged
from macroimmune.statistics.concordance import concordance
from macroimmune.statistics.covariates import label_codes
from macroimmune.statistics.logistic import checked_outcome
from macroimmune.statistics.nested_models import NestedModels, nested_cox, nested_logistic
from macroimmune.statistics.optimism import CorrectedChange, corrected_change
from macroimmune.statistics.resampled_predictions import MEASURES, judge, resample
from macroimmune.statistics.weighted_fits import climb

__all__ = ["AddedValue", "added_value_binary", "added_value_survival"]

CONVENTION = (
    "with the marker less without it, above zero = better; optimism-corrected by bootstrap with "
    "both models fitted anew in each sample; percentile interval moved by the optimism"
)
_FEWEST = 10
_NO_FIT = "the models have no maximum that a bootstrap could start from"


@dataclass(frozen=True, slots=True, eq=False)
class AddedValue:
    """What a marker adds to a base; numbers are NaN where a `status` says why there are none.

    Parameters
    ----------
    models : NestedModels
        The test and the adjusted effect.
    concordance : CorrectedChange
        Uno's concordance up to the horizon; the area under the ROC curve of a binary outcome.
    harrell : CorrectedChange
        Harrell's, up to the same horizon; for a binary outcome the area again.
    net_benefit : CorrectedChange
        Of acting on the predicted risk at the threshold.
    horizon_days : float
        NaN for a binary outcome.
    threshold : float
    replicates : int
    n, n_events : int
        Participants in both models; their events up to the horizon.
    method, convention, status : str
        `status` says why nothing at all could be predicted.
    """

    models: NestedModels
    concordance: CorrectedChange
    harrell: CorrectedChange
    net_benefit: CorrectedChange
    horizon_days: float
    threshold: float
    replicates: int
    n: int
    n_events: int
    method: str
    convention: str
    status: str


def added_value_survival(
    survival: Survival,
    base: ArrayLike,
    marker: ArrayLike,
    *,
    horizon_days: float,
    threshold: float,
    replicates: int,
    rng: np.random.Generator,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> AddedValue:
    """Return what a marker adds to Cox predictions by a horizon.

    Parameters
    ----------
    survival : Survival
        Without left truncation.
    base : float array, shape (n,) or (n, covariates)
        NaN where a value is missing.
    marker : float array, shape (n,)
        NaN where a value is missing; both models take those who have all values.
    horizon_days : float
        Fixed in advance; events after it open no pair.
    threshold : float, in (0, 1)
        Fixed in advance: the risk of the event by the horizon at which one would act.
    replicates : int
        Bootstrap samples.
    rng : numpy Generator
    strata : int or text array, shape (n,), or None
        Own baseline hazards; then pairs are of one stratum and participants are drawn within
        theirs.
    confidence : float

    Returns
    -------
    found : AddedValue
        With a status for the reasons of `nested_cox`, late entry, a horizon past the follow-up,
        and fewer than 10 events up to it.

    Raises
    ------
    InputError
        If arrays do not match, the horizon is not positive or the threshold not in (0, 1).

    Notes
    -----
    Convention: see `optimism`; predicted risk from Efron's baseline hazard, of the own stratum;
    Uno's weights by the censoring of the own stratum. Checked against: the apparent concordances
    and risks, R `concordance` and `survfit(coxph)` to 1e-6; the fits of bootstrap samples, `cox`
    on the rows that were drawn.
    """
    _check(threshold, replicates)
    models = nested_cox(survival, base, marker, strata=strata, confidence=confidence)
    chosen = survival.select(models.complete)
    stratum = np.zeros(chosen.n, dtype=np.int64)
    if strata is not None:
        labels = np.asarray(strata)[models.complete]
        stratum = label_codes(labels, chosen.n, "stratum")[0].astype(np.int64)
    asked = _Asked(horizon_days, threshold, replicates, confidence, "Uno's concordance")
    problem = _problem_of_models(models) or _problem_of_survival(chosen, horizon_days)
    outcome, order = arranged(chosen, stratum, horizon_days, threshold, is_cox=True)
    return _added(models, outcome, _rows(base, marker, models, order), asked, rng, problem)


def added_value_binary(
    outcome: NDArray[np.bool_],
    base: ArrayLike,
    marker: ArrayLike,
    *,
    threshold: float,
    replicates: int,
    rng: np.random.Generator,
    confidence: float = 0.95,
) -> AddedValue:
    """Return what a marker adds to logistic predictions of a yes-or-no outcome.

    Parameters
    ----------
    outcome : bool array, shape (n,)
    base : float array, shape (n,) or (n, covariates)
        NaN where a value is missing.
    marker : float array, shape (n,)
        NaN where a value is missing; both models take those who have all values.
    threshold : float, in (0, 1)
        Fixed in advance: the risk at which one would act.
    replicates : int
    rng : numpy Generator
    confidence : float

    Returns
    -------
    found : AddedValue
        With a status for the reasons of `nested_logistic`, and for fewer than 10 participants with
        the rarer outcome.

    Raises
    ------
    InputError
        If arrays do not match, the outcome is not boolean or the threshold is not in (0, 1).

    Notes
    -----
    Convention: as `added_value_survival`; the area counts ties half. Checked against: R `pROC::auc`
    of the fitted models, to 1e-6.
    """
    _check(threshold, replicates)
    response = checked_outcome(outcome)
    models = nested_logistic(response, base, marker, confidence=confidence)
    chosen = response[models.complete]
    problem = _problem_of_models(models)
    fewer = min(int(chosen.sum()), int((~chosen).sum()))
    if not problem and fewer < _FEWEST:
        problem = f"{fewer} with the rarer outcome are too few to resample: {_FEWEST} are needed"
    as_days = Survival(time=np.where(chosen, 1.0, 2.0), event=chosen)
    stratum = np.zeros(chosen.size, dtype=np.int64)
    days, order = arranged(as_days, stratum, 1.0, threshold, is_cox=False)
    asked = _Asked(float("nan"), threshold, replicates, confidence, "area under the ROC curve")
    return _added(models, days, _rows(base, marker, models, order), asked, rng, problem)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for, as `AddedValue` says."""

    horizon_days: float
    threshold: float
    replicates: int
    confidence: float
    measure: str


def _check(threshold: float, replicates: int) -> None:
    """Refuse a threshold that is no probability, and less than two samples.

    Raises
    ------
    InputError
        With what was found.
    """
    if not 0.0 < threshold < 1.0:
        msg = f"a threshold is a risk between 0 and 1, found {threshold}; fix it in advance"
        raise InputError(msg)
    if replicates < 2:
        msg = f"a bootstrap needs at least 2 samples, found {replicates}; a few hundred are usual"
        raise InputError(msg)


def _problem_of_models(models: NestedModels) -> str:
    """Say why nothing is predicted, or nothing."""
    return "" if models.is_regular else models.status


def _problem_of_survival(survival: Survival, horizon_days: float) -> str:
    """Say why no concordance up to the horizon can be told, or nothing."""
    if survival.entry is not None:
        return "participants entered late (entry days given), so concordance is not defined here"
    found = concordance(survival, np.zeros(survival.n), weights="uno", horizon_days=horizon_days)
    if not found.status and found.n_events < _FEWEST:
        return (
            f"{found.n_events} events up to day {horizon_days:g} are too few to resample: "
            f"{_FEWEST} are needed"
        )
    return found.status


def _rows(
    base: ArrayLike, marker: ArrayLike, models: NestedModels, order: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return base and marker, the marker last, of the complete participants in the given order."""
    design = np.column_stack([np.asarray(base, dtype=float), np.asarray(marker, dtype=float)])
    return np.asarray(design[models.complete][order], dtype=float)


def _draws(outcome: Arranged, replicates: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how often each participant is drawn, each stratum as often as it has members."""
    drawn = np.empty((replicates, outcome.time.size))
    edges = np.searchsorted(outcome.stratum, np.arange(outcome.n_strata + 1))
    for first, stop in zip(edges[:-1], edges[1:], strict=True):
        size = int(stop - first)
        drawn[:, first:stop] = rng.multinomial(size, np.full(size, 1.0 / size), size=replicates)
    return drawn


def _added(
    models: NestedModels,
    outcome: Arranged,
    rows: NDArray[np.float64],
    asked: _Asked,
    rng: np.random.Generator,
    problem: str,
) -> AddedValue:
    """Return the measures of both models, apparent and less their optimism."""
    size = len(MEASURES)
    apparent = np.full((2, size), np.nan)
    resampled = np.full((asked.replicates, 2, 2, size), np.nan)
    if not problem:
        design = (rows - rows.mean(axis=0)) / rows.std(axis=0)
        # A logistic model has its constant as one coefficient more.
        more = 0 if outcome.is_cox else 1
        pair = (np.ascontiguousarray(design[:, :-1]), np.ascontiguousarray(design))
        starts = (np.zeros(pair[0].shape[1] + more), np.zeros(pair[1].shape[1] + more))
        everyone = np.ones(outcome.time.size)
        for model, (x, start) in enumerate(zip(pair, starts, strict=True)):
            if not climb(outcome, x, everyone, start):
                problem = _NO_FIT
                break
            judge(
                outcome,
                x,
                start,
                everyone,
                everyone[None, :],
                np.empty(everyone.size),
                apparent[model : model + 1],
            )
    if not problem:
        drawn = _draws(outcome, asked.replicates, rng)
        resample(outcome, pair[0], pair[1], starts[0], starts[1], drawn, resampled)
    uno, harrell, benefit = (
        corrected_change(
            apparent[:, MEASURES.index(name)],
            resampled[..., MEASURES.index(name)],
            confidence=asked.confidence,
            problem=problem or _why_missing(name, apparent, outcome),
        )
        for name in ("uno", "harrell", "net_benefit")
    )
    until = "" if np.isnan(asked.horizon_days) else f" up to day {asked.horizon_days:g}"
    return AddedValue(
        models=models,
        concordance=uno,
        harrell=harrell,
        net_benefit=benefit,
        horizon_days=asked.horizon_days,
        threshold=asked.threshold,
        replicates=asked.replicates,
        n=models.n,
        n_events=int(outcome.opens.sum()),
        method=(
            f"{asked.measure}{until}, optimism-corrected by {asked.replicates} bootstrap samples"
        ),
        convention=CONVENTION,
        status=problem,
    )


def _why_missing(name: str, apparent: NDArray[np.float64], outcome: Arranged) -> str:
    """Say why a measure has no number although the models have a fit, or nothing."""
    last = np.zeros(outcome.n_strata)
    np.maximum.at(last, outcome.stratum, outcome.time)
    if name == "net_benefit" and outcome.is_cox and (last < outcome.horizon).any():
        return "a stratum was not followed to the horizon, so its risks by then are not known"
    if not np.isnan(apparent[:, MEASURES.index(name)]).any():
        return ""
    if name == "net_benefit":
        return "those at or above the threshold were not followed to the horizon"
    return "no two participants of one stratum can be compared"
