"""How far a searched cut moves with other participants, and an interval for its shrunken effect."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.statistics.covariates import check_confidence
from macroimmune.statistics.cut_point_loops import search_resamples
from macroimmune.statistics.maximally_selected import (
    Outcome,
    checked_markers,
    outcome_survival,
    stratum_codes,
)
from macroimmune.statistics.screening_cut_points import CutPointScreen

__all__ = ["CutPointBootstrap", "bootstrap_cut_points"]

_NEAR = 0.1
_BORDER = 0.05
_CUT, _SHARE, _STATISTIC, _LOG_RATIO = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class CutPointBootstrap:
    """The search repeated in resamples, by biomarker; NaN where `status` says why there is none.

    Parameters
    ----------
    cut_ci_low, cut_ci_high : float array, shape (markers,)
        Percentile interval of the best cut; its ends are values of the biomarker.
    share_near : float array, shape (markers,)
        Share of resamples whose best cut leaves as many participants below, within a tenth of
        all, as the best cut of the participants.
    share_at_border : float array, shape (markers,)
        Share of resamples whose best cut lies within a twentieth of the participants of the
        first or the last permitted cut: there a search ends where it finds nothing inside.
    log_ratios : float array, shape (markers,)
        Log hazard or odds ratio above v up to the best cut, Firth's penalised estimate: inflated
        by the search.
    shrunken_ci_low, shrunken_ci_high : float array, shape (markers,)
        Percentile interval of the shrunken log ratio.
    cuts : float array, shape (markers, resamples)
        The best cut of each resample.
    resamples : int
    n_failed : int array, shape (markers,)
        Resamples in which no cut was possible; they are left out.
    status : tuple of str
    method, convention : str
    """

    cut_ci_low: NDArray[np.float64]
    cut_ci_high: NDArray[np.float64]
    share_near: NDArray[np.float64]
    share_at_border: NDArray[np.float64]
    log_ratios: NDArray[np.float64]
    shrunken_ci_low: NDArray[np.float64]
    shrunken_ci_high: NDArray[np.float64]
    cuts: NDArray[np.float64]
    resamples: int
    n_failed: NDArray[np.intp]
    status: tuple[str, ...]
    method: str
    convention: str


def bootstrap_cut_points(
    outcome: Outcome,
    markers: ArrayLike,
    screen: CutPointScreen,
    *,
    resamples: int,
    rng: np.random.Generator,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
) -> CutPointBootstrap:
    """Return the search of each biomarker repeated in resamples of the participants.

    Parameters
    ----------
    outcome : Survival, or bool array of shape (n,)
    markers : float array, shape (n, markers)
        NaN where a value is missing.
    screen : CutPointScreen
        The search in these participants: `screen_cut_points` of the same arrays.
    resamples : int
        Shared by all biomarkers; at least 100.
    rng : numpy Generator
    strata : int or text array, shape (n,), or None
        As in the screen; participants are resampled within them.
    confidence : float

    Returns
    -------
    found : CutPointBootstrap

    Raises
    ------
    InputError
        If shapes do not match, the screen is of other biomarkers, there are fewer than 100
        resamples, or participants entered late.

    Notes
    -----
    Convention: each resample is searched as the participants were; its log ratio at its own best
    cut is multiplied by 1 - E(M^2) / M^2 with its own largest statistic M and the E(M^2) of the
    screen; percentiles of these are the interval, so the place, the direction and the size of the
    effect all vary. The best cut converges more slowly than a mean and the bootstrap is not
    exact for it: the interval shows how far the cut moves and promises no level. Hazard ratios
    are Firth's with Efron's ties, odds ratios Mantel-Haenszel's with half a participant in each
    cell. Checked against: a search written out in Python; `firth_cox` and `firth_logistic` for
    the log ratios; coverage in simulated cohorts.

    Examples
    --------
    >>> from macroimmune.statistics import screen_cut_points
    >>> rng = np.random.default_rng(1)
    >>> x = rng.uniform(size=(200, 1))
    >>> s = Survival(time=rng.exponential(np.where(x[:, 0] > 0.5, 0.2, 1)), event=x[:, 0] >= 0)
    >>> screen = screen_cut_points(s, x, permutations=100, rng=rng)
    >>> found = bootstrap_cut_points(s, x, screen, resamples=200, rng=rng)
    >>> bool(found.share_near[0] > 0.9)
    True
    """
    survival = outcome_survival(outcome)
    given = checked_markers(markers, survival.n)
    check_confidence(confidence)
    if screen.cuts.shape != (given.shape[1],) or resamples < 100:
        msg = (
            f"a screen of the same biomarkers and at least 100 resamples are needed: "
            f"{given.shape[1]} biomarkers, {screen.cuts.size} in the screen, {resamples} resamples"
        )
        raise InputError(msg)
    stratum = stratum_codes(strata, survival.n)
    order = np.lexsort((survival.time, stratum))
    layout = _layout(survival, stratum, order)
    weights = _weights(stratum[order], resamples, rng)
    observed = np.ones((1, survival.n), dtype=np.int64)
    size = given.shape[1]
    columns, log_ratios = np.full((7, size), np.nan), np.full(size, np.nan)
    cuts = np.full((size, resamples), np.nan)
    status = list(screen.status)
    for marker in range(size):
        if status[marker]:
            continue
        values = given[order, marker]
        sorted_out = (values, np.argsort(values, kind="stable"), *screen.shares)
        binary = not isinstance(outcome, Survival)
        once, found = np.empty((1, 4)), np.empty((resamples, 4))
        search_resamples(observed, *layout, *sorted_out, binary, once)
        search_resamples(weights, *layout, *sorted_out, binary, found)
        cuts[marker], log_ratios[marker] = found[:, _CUT], once[0, _LOG_RATIO]
        columns[:, marker], status[marker] = _summary(
            found, float(once[0, _SHARE]), float(screen.null_mean_squares[marker]),
            screen.shares, confidence,
        )  # fmt: skip
    return CutPointBootstrap(
        cut_ci_low=columns[0],
        cut_ci_high=columns[1],
        share_near=columns[2],
        share_at_border=columns[3],
        log_ratios=log_ratios,
        shrunken_ci_low=columns[4],
        shrunken_ci_high=columns[5],
        cuts=cuts,
        resamples=resamples,
        n_failed=np.nan_to_num(columns[6]).astype(np.intp),
        status=tuple(status),
        method="search repeated in resamples of the participants",
        convention="percentile intervals; each resample searched and shrunken anew",
    )


def _layout(
    survival: Survival, stratum: NDArray[np.int64], order: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return events, where each day stops, the stratum of each day and of each participant."""
    time, own = survival.time[order], stratum[order]
    last_of_day = np.append((time[1:] > time[:-1]) | (own[1:] > own[:-1]), True)
    stops = np.flatnonzero(last_of_day[: time.size])
    return survival.event[order].astype(float), stops + 1, own[stops], own


def _weights(
    stratum: NDArray[np.int64], resamples: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return how often each participant is in each resample; `stratum` ascends."""
    parts = [
        rng.multinomial(members, np.full(members, 1.0 / members), size=resamples)
        for members in np.bincount(stratum)
        if members
    ]
    return np.ascontiguousarray(np.concatenate(parts, axis=1), dtype=np.int64)


def _summary(
    found: NDArray[np.float64],
    share: float,
    null_mean_square: float,
    shares: tuple[float, float],
    confidence: float,
) -> tuple[NDArray[np.float64], str]:
    """Return the summaries of one biomarker, and what is to be said."""
    usable = found[np.isfinite(found).all(axis=1)]
    failed = found.shape[0] - usable.shape[0]
    if failed > found.shape[0] / 2:
        gaps = np.append(np.full(6, np.nan), failed)
        return gaps, f"no cut was possible in {failed} of {found.shape[0]} resamples"
    tails = [0.5 - confidence / 2.0, 0.5 + confidence / 2.0]
    cut = np.quantile(usable[:, _CUT], tails, method="inverted_cdf")
    near = np.mean(np.abs(usable[:, _SHARE] - share) <= _NEAR)
    border = np.mean(
        (usable[:, _SHARE] <= shares[0] + _BORDER) | (usable[:, _SHARE] >= shares[1] - _BORDER)
    )
    explained = null_mean_square / np.maximum(usable[:, _STATISTIC] ** 2, 1e-300)
    shrunken = np.maximum(1.0 - explained, 0.0) * usable[:, _LOG_RATIO]
    ratio = np.quantile(shrunken, tails)
    return np.array([*cut, near, border, *ratio, failed]), ""
