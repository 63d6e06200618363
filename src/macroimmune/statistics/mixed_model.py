"""Linear mixed model of repeated samples, with degrees of freedom for few participants."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from macroimmune.errors import InputError
from macroimmune.statistics.covariates import check_confidence, covariate_matrix, label_codes
from macroimmune.statistics.random_effects import (
    ENOUGH_WITH_THREE,
    LEAST_WITH_THREE,
    RandomEffects,
    choose_random_effects,
    fit_random_effects,
)
from macroimmune.statistics.restricted_likelihood import RestrictedLikelihood

__all__ = ["MixedModel", "mixed_model"]

Floats = NDArray[np.float64]

CONVENTION = (
    "restricted maximum likelihood; t with Satterthwaite's degrees of freedom; participants are "
    "independent, samples of one are not"
)


@dataclass(frozen=True, slots=True, eq=False)
class MixedModel:
    """A fitted linear mixed model; every number is NaN where `status` says why there is none.

    Parameters
    ----------
    coefficients, standard_errors, degrees_of_freedom, p_values : float array, shape (columns,)
        The intercept first, then the covariates; p two-sided, by t.
    ci_low, ci_high : float array, shape (columns,)
    residual_variance, intercept_variance, slope_variance, intercept_slope_covariance : float
        Zero where there is no such random effect.
    restricted_log_likelihood : float
    n, n_participants : int
        Samples, participants.
    method, convention : str
    status : str
        Empty, why there is no estimate, or which random effects were left out and why.
    """

    coefficients: Floats
    standard_errors: Floats
    degrees_of_freedom: Floats
    p_values: Floats
    ci_low: Floats
    ci_high: Floats
    residual_variance: float
    intercept_variance: float
    slope_variance: float
    intercept_slope_covariance: float
    restricted_log_likelihood: float
    n: int
    n_participants: int
    method: str
    convention: str
    status: str


def mixed_model(
    response: ArrayLike,
    covariates: ArrayLike,
    participant: ArrayLike,
    *,
    slope: ArrayLike | None = None,
    confidence: float = 0.95,
) -> MixedModel:
    """Return the linear mixed model of repeated samples.

    Parameters
    ----------
    response : float array, shape (samples,)
        Without missing values.
    covariates : number or bool array, shape (samples,) or (samples, covariates)
        Without missing values and without the intercept, which is always there.
    participant : int or text array, shape (samples,)
        Whose sample it is; each participant has a level of its own (random intercept).
    slope : float array, shape (samples,), or None
        Such as time: each participant also has a trend of its own along it (random slope). It
        should be among the covariates.
    confidence : float

    Returns
    -------
    model : MixedModel
        Random effects whose variance is zero, or that the samples cannot tell apart, are left out,
        and the status says so. NaN and a reason where no participant has two samples, the
        response or a covariate does not vary, or covariates are collinear.

    Raises
    ------
    InputError
        If lengths differ, or a value is missing.

    Notes
    -----
    Convention: REML; Satterthwaite's degrees of freedom from the observed curvature, as in R
    lmerTest. Without a level of their own, terms that are constant within each participant have
    participants minus such terms as degrees of freedom, where lmerTest would count samples. With
    a slope and fewer than ten participants of three samples or more, terms that vary within
    participants have at most that number less the constant terms.
    Checked against: R `lmerTest::lmer`, balanced analysis of variance by hand.

    Examples
    --------
    >>> y = [1.0, 2.0, 3.0, 5.0, 2.0, 2.0, 4.0, 3.5]
    >>> treated = [0, 0, 1, 1, 0, 0, 1, 1]
    >>> model = mixed_model(y, treated, ["a", "a", "b", "b", "c", "c", "d", "d"])
    >>> round(float(model.coefficients[1]), 3), round(float(model.degrees_of_freedom[1]), 3)
    (2.125, 2.0)
    """
    check_confidence(confidence)
    y = np.asarray(response, dtype=float)
    if y.ndim != 1 or not np.isfinite(y).all():
        msg = (
            f"one finite response per sample: shape {y.shape}, "
            f"{int((~np.isfinite(y)).sum())} missing or infinite; select complete samples"
        )
        raise InputError(msg)
    x = np.column_stack([np.ones(y.size), covariate_matrix(covariates, y.size)])
    codes = label_codes(participant, y.size, "participant")[0]
    trend = None if slope is None else covariate_matrix(slope, y.size)[:, 0]
    sizes = np.bincount(codes)
    problem = _problem(y, x, sizes)
    if problem:
        return _without(x.shape[1], y.size, sizes.size, problem)
    parts, notes = choose_random_effects(sizes, has_slope=trend is not None)
    random = np.ones((y.size, 1)) if trend is None else np.column_stack([np.ones(y.size), trend])
    maximum, dropped = fit_random_effects(x, y, random, codes, parts)
    if maximum is None:
        return _without(x.shape[1], y.size, sizes.size, "the fit did not converge")
    freedom = _freedom(maximum, x, codes, has_slope=trend is not None)
    return _model(maximum, freedom, codes, confidence, "; ".join([*notes, *dropped]))


def _problem(y: Floats, x: Floats, sizes: NDArray[np.intp]) -> str:
    """Say why no model can be fitted, or nothing."""
    if y.size == 0:
        return "there are no samples"
    if sizes.max() < 2:
        return (
            "no participant has two samples, so differences within and between participants "
            "cannot be told apart"
        )
    if np.linalg.matrix_rank(x / np.maximum(np.abs(x).max(axis=0), 1e-300)) < x.shape[1]:
        return "a covariate does not vary, or covariates are collinear"
    if sizes.size <= x.shape[1]:
        return f"{sizes.size} participants are too few for {x.shape[1]} coefficients"
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    if np.ptp(y) <= 1e-12 * np.abs(y).max() or residual.std() <= 1e-10 * y.std():
        return "the response does not vary, or the covariates explain it exactly"
    return ""


def _model(
    maximum: RandomEffects,
    freedom: Floats,
    codes: NDArray[np.intp],
    confidence: float,
    status: str,
) -> MixedModel:
    """Return the model with tests and intervals."""
    at, n_participants = maximum.at, int(codes.max()) + 1
    variance = np.diag(at.covariance)
    errors = np.sqrt(variance)
    t = at.coefficients / errors
    reach = stats.t.ppf(0.5 + confidence / 2.0, freedom) * errors
    found = dict(zip(maximum.parts, maximum.variances[1:], strict=True))
    named = " and slope" if "slope" in maximum.parts else ""
    return MixedModel(
        coefficients=at.coefficients,
        standard_errors=errors,
        degrees_of_freedom=freedom,
        p_values=2.0 * stats.t.sf(np.abs(t), freedom),
        ci_low=at.coefficients - reach,
        ci_high=at.coefficients + reach,
        residual_variance=float(maximum.variances[0]),
        intercept_variance=float(found.get("intercept", 0.0)),
        slope_variance=float(found.get("slope", 0.0)),
        intercept_slope_covariance=float(found.get("covariance", 0.0)),
        restricted_log_likelihood=-0.5 * at.deviance,
        n=codes.size,
        n_participants=n_participants,
        method=f"linear mixed model, random intercept{named} by participant, REML",
        convention=CONVENTION,
        status=status,
    )


def _freedom(
    maximum: RandomEffects, x: Floats, codes: NDArray[np.intp], *, has_slope: bool
) -> Floats:
    """Return the degrees of freedom of each coefficient, never more than participants give."""
    freedom = _satterthwaite(maximum.at)
    sizes, constant = np.bincount(codes), _is_constant_within(x, codes)
    between = int(constant.sum())
    if "intercept" not in maximum.parts:
        freedom = np.where(constant, np.minimum(freedom, sizes.size - between), freedom)
    with_three = int((sizes >= 3).sum())
    if has_slope and LEAST_WITH_THREE <= with_three < ENOUGH_WITH_THREE:
        # Only they tell how much trends differ; the approximation is too generous then.
        freedom = np.where(constant, freedom, np.minimum(freedom, max(with_three - between, 1)))
    return np.asarray(freedom)


def _satterthwaite(at: RestrictedLikelihood) -> Floats:
    """Return the degrees of freedom of each coefficient: 2 v^2 over the variance of v."""
    of_variances = 2.0 * np.linalg.inv(at.hessian)
    slopes = np.diagonal(at.covariance_slopes, axis1=1, axis2=2)
    spread = np.einsum("ki,km,mi->i", slopes, of_variances, slopes)
    return np.asarray(2.0 * np.diag(at.covariance) ** 2 / spread)


def _is_constant_within(x: Floats, codes: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which columns are the same in all samples of each participant."""
    first = np.zeros((int(codes.max()) + 1, x.shape[1]))
    first[codes] = x
    return np.asarray((x == first[codes]).all(axis=0))


def _without(size: int, n: int, n_participants: int, status: str) -> MixedModel:
    """Return an empty model of the usual shape that says what is missing."""
    gap, nan = np.full(size, np.nan), float("nan")
    return MixedModel(
        coefficients=gap,
        standard_errors=gap,
        degrees_of_freedom=gap,
        p_values=gap,
        ci_low=gap,
        ci_high=gap,
        residual_variance=nan,
        intercept_variance=nan,
        slope_variance=nan,
        intercept_slope_covariance=nan,
        restricted_log_likelihood=nan,
        n=n,
        n_participants=n_participants,
        method="linear mixed model, REML",
        convention=CONVENTION,
        status=status,
    )
