"""Cohorts drawn as a design says, and how often the test of the marker finds something."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from macroimmune.outcomes import Survival
from macroimmune.simulator.power.design import PowerDesign
from macroimmune.simulator.streams import random_stream
from macroimmune.statistics import cox, cox_of_cohorts, logistic, logistic_of_cohorts

__all__ = ["share_rejected"]

_BLOCK = 400_000

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Cohorts:
    """Many cohorts; every array has shape (cohorts, n)."""

    measured: Values
    adjusting: Values
    time: Values
    event: NDArray[np.bool_]

    def arm(self, columns: slice) -> "_Cohorts":
        """Return the patients in some columns."""
        return _Cohorts(
            self.measured[:, columns],
            self.adjusting[:, columns],
            self.time[:, columns],
            self.event[:, columns],
        )


def share_rejected(
    design: PowerDesign, log_ratio: float, patients: int, *, cohorts: int, seed: int
) -> float:
    """Return the share of simulated cohorts in which the test finds the marker.

    Parameters
    ----------
    design : PowerDesign
    log_ratio : float
        Of the true marker, per SD; the interaction's where the effect is predictive.
    patients : int
        In each cohort.
    cohorts : int
    seed : int

    Returns
    -------
    share : float

    Notes
    -----
    Convention: a Wald test of the measured marker in a Cox or logistic model; a predictive effect
    is the difference between the log ratios of both arms, each arm with a baseline hazard of its
    own. Covariates to adjust for are one normal covariate with the stated R2, which has no effect
    of its own. Cohorts whose model has no estimate (separation) count as finding nothing.
    """
    critical = float(special.ndtri(1.0 - design.alpha_of_each / 2.0))
    found = 0
    for number, size in enumerate(_blocks(cohorts, patients)):
        rng = random_stream(seed, "power", patients, number)
        drawn = _drawn(design, log_ratio, (size, patients), rng)
        statistic = _statistics(design, drawn)
        found += int((np.abs(statistic) > critical).sum())
    return found / cohorts


def _blocks(cohorts: int, patients: int) -> Iterator[int]:
    """Yield how many cohorts to hold at a time, so that the memory does not grow with them."""
    most = max(1, _BLOCK // patients)
    for first in range(0, cohorts, most):
        yield min(most, cohorts - first)


def _n_treated(design: PowerDesign, patients: int) -> int:
    return round(patients * design.treated_share) if design.is_predictive else 0


def _drawn(
    design: PowerDesign, log_ratio: float, shape: tuple[int, int], rng: np.random.Generator
) -> _Cohorts:
    """Draw cohorts; the treated patients are the first of each."""
    adjusting = rng.normal(size=shape)
    left = math.sqrt(1.0 - design.adjusted_r2)
    truth = math.sqrt(design.adjusted_r2) * adjusting + left * rng.normal(size=shape)
    error = math.sqrt(1.0 / design.reliability - 1.0)
    measured = (truth + error * rng.normal(size=shape)) * math.sqrt(design.reliability)
    if design.undetected > 0.0:
        np.maximum(measured, special.ndtri(design.undetected), out=measured)
    acting = log_ratio * truth
    if design.is_predictive:
        treated = _n_treated(design, shape[1])
        acting[:, :treated] += math.log(design.treatment_ratio)
        acting[:, treated:] = 0.0
    time, event = _outcomes(design, log_ratio, acting, rng)
    return _Cohorts(measured, adjusting, time, event)


def _outcomes(
    design: PowerDesign, log_ratio: float, acting: Values, rng: np.random.Generator
) -> tuple[Values, NDArray[np.bool_]]:
    if not design.is_binary:
        return design.course(log_ratio).draw(acting, rng)
    odds = math.log(design.response / (1.0 - design.response)) + acting
    return np.zeros_like(acting), rng.random(acting.shape) < special.expit(odds)


def _statistics(design: PowerDesign, drawn: _Cohorts) -> Values:
    """Return the Wald statistic of each cohort, 0 where there is no estimate."""
    if not design.is_predictive:
        estimate, error = _fits(design, drawn)
        return np.nan_to_num(estimate / error)
    split = _n_treated(design, drawn.time.shape[1])
    treated, error = _fits(design, drawn.arm(slice(None, split)))
    control, other = _fits(design, drawn.arm(slice(split, None)))
    return np.nan_to_num((treated - control) / np.hypot(error, other))


def _fits(design: PowerDesign, drawn: _Cohorts) -> tuple[Values, Values]:
    """Return estimate and standard error of the measured marker in each cohort."""
    if design.adjusted_r2 > 0.0:
        return _adjusted_fits(design, drawn)
    if design.is_binary:
        return logistic_of_cohorts(drawn.event, drawn.measured)
    return cox_of_cohorts(drawn.time, drawn.event, drawn.measured)


def _adjusted_fits(design: PowerDesign, drawn: _Cohorts) -> tuple[Values, Values]:
    """Fit marker and covariate together, cohort by cohort."""
    found = np.full((2, len(drawn.time)), np.nan)
    for cohort, (time, event) in enumerate(zip(drawn.time, drawn.event, strict=True)):
        both = np.column_stack([drawn.measured[cohort], drawn.adjusting[cohort]])
        fit = (
            logistic(event, both)
            if design.is_binary
            else cox(Survival(time=time, event=event), both)
        )
        if not fit.status:
            found[:, cohort] = fit.coefficients[0], fit.standard_errors[0]
    return found[0], found[1]
