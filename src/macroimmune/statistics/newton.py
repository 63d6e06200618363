"""Newton's method for a concave log likelihood, with the two ways in which it has no maximum."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALL_BUT_SEPARATED", "Likelihood", "Maximum", "is_all_but_separated", "maximise"]

MAX_ITERATIONS = 60
MAX_HALVINGS = 30
# Half of the decrement is the log likelihood still to be won; one more Newton step squares it.
SMALL_DECREMENT = 1e-10
# A step that parts two participants' predictors by more, where nothing is left to win, runs away.
LARGE_STEP = 1e-2
SINGULAR = 1e-11
# A typical log ratio that is known to no better than this: its interval spans a factor of 10^8.
LARGEST_ERROR = 5.0
ALL_BUT_SEPARATED = (
    "the covariate all but separates the outcomes: the interval would span more than a factor of "
    "a hundred million per SD, so there is no usable estimate"
)


class Likelihood(Protocol):
    """A log likelihood with its derivatives at one value of the coefficients."""

    @property
    def log_likelihood(self) -> float:
        """The logarithm of the likelihood."""

    @property
    def score(self) -> NDArray[np.float64]:
        """First derivatives, shape (coefficients,)."""

    @property
    def information(self) -> NDArray[np.float64]:
        """Minus the second derivatives, shape (coefficients, coefficients)."""


L = TypeVar("L", bound=Likelihood)


@dataclass(frozen=True, slots=True, eq=False)
class Maximum(Generic[L]):
    """Where Newton's method ended.

    Parameters
    ----------
    coefficients : float array, shape (coefficients,)
    at, start : Likelihood
        The likelihood there, and where the search began.
    iterations : int
    problem : str
        Empty at a maximum; else "collinear", "runaway" or "iterations".
    runaway : int
        The coefficient that moved most in the last step; -1 at a maximum.
    """

    coefficients: NDArray[np.float64]
    at: L
    start: L
    iterations: int
    problem: str
    runaway: int


def maximise(
    evaluate: Callable[[NDArray[np.float64]], L],
    start: NDArray[np.float64],
    ranges: NDArray[np.float64],
) -> Maximum[L]:
    """Return the maximum of a concave log likelihood of standardised covariates.

    Parameters
    ----------
    evaluate : function
        From coefficients to the likelihood with its derivatives.
    start : float array, shape (coefficients,)
        Where to begin.
    ranges : float array, shape (coefficients,)
        Largest less smallest value of each covariate.

    Returns
    -------
    maximum : Maximum
        With `problem` set where there is none: information that is singular at the start
        (collinear covariates), a step that stays large while nothing is left to win (monotone
        likelihood, separation), or too many iterations.
    """
    coefficients, here = start, evaluate(start)
    first = here
    if _is_singular(here.information):
        return Maximum(coefficients, here, first, 0, "collinear", -1)
    step = np.zeros_like(start)
    for iteration in range(1, MAX_ITERATIONS + 1):
        if _is_singular(here.information):
            return Maximum(
                coefficients, here, first, iteration, "runaway", int(np.abs(step).argmax())
            )
        step = np.asarray(np.linalg.solve(here.information, here.score), dtype=float)
        decrement = float(here.score @ step)
        coefficients, here = _climb(evaluate, coefficients, here, step)
        if decrement < SMALL_DECREMENT:
            parted = np.abs(step) * ranges
            widest = int(parted.argmax())
            if parted[widest] > LARGE_STEP:
                return Maximum(coefficients, here, first, iteration, "runaway", widest)
            return Maximum(coefficients, here, first, iteration, "", -1)
    return Maximum(
        coefficients, here, first, MAX_ITERATIONS, "iterations", int(np.abs(step).argmax())
    )


def is_all_but_separated(
    standardised: NDArray[np.float64], covariance: NDArray[np.float64]
) -> bool:
    """Say whether a maximum is finite by a hair only, and its numbers mean nothing.

    Parameters
    ----------
    standardised : float array, shape (participants, covariates)
        Each with mean zero.
    covariance : float array, shape (covariates, covariates)
        Of their coefficients.

    Notes
    -----
    Convention: the root mean square, over participants, of the standard error of the linear
    predictor lies above 5. It does not depend on how the covariates are coded; for one covariate
    it is the standard error per SD.
    """
    moments = standardised.T @ standardised / len(standardised)
    return bool(np.sum(moments * covariance) > LARGEST_ERROR**2)


def _climb(
    evaluate: Callable[[NDArray[np.float64]], L],
    coefficients: NDArray[np.float64],
    here: L,
    step: NDArray[np.float64],
) -> tuple[NDArray[np.float64], L]:
    """Take the step, halved until the log likelihood does not fall by more than rounding."""
    allowed = here.log_likelihood - 1e-9 * (1.0 + abs(here.log_likelihood))
    for _ in range(MAX_HALVINGS):
        there = evaluate(coefficients + step)
        if np.isfinite(there.log_likelihood) and there.log_likelihood >= allowed:
            return coefficients + step, there
        step = step / 2.0
    return coefficients, here


def _is_singular(information: NDArray[np.float64]) -> bool:
    """Say whether the information has no direction of curvature left, relative to its size."""
    if not np.isfinite(information).all():
        return True
    if information.shape == (1, 1):
        return bool(information[0, 0] <= 1e-13)
    curvature = np.linalg.eigvalsh(information)
    return bool(curvature[0] <= SINGULAR * max(curvature[-1], 1e-300))
