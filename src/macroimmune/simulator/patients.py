"""Draw virtual patients: correlated blood values, then outcomes from stated models."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.simulator.causes import CAUSES, DOUBLING, FEATURE_SCALES, SHARE
from macroimmune.units import DAYS_PER_MONTH

__all__ = ["LIMITS_OF_DETECTION", "Patients", "draw_patients", "scaled_features"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Log-normal values: median, SD of the natural logarithm, loading on the latent inflammation, and
# the decimals that the laboratory reports. Counts in 10^9/L, LDH in U/L, cytokines in pg/mL.
_LOG_NORMAL = MappingProxyType({
    "neutrophils": (4.7, 0.38, 0.55, 2),
    "lymphocytes": (1.5, 0.36, -0.35, 2),
    "monocytes": (0.55, 0.33, 0.30, 2),
    "eosinophils": (0.15, 0.70, -0.10, 3),
    "platelets": (265.0, 0.32, 0.35, 0),
    "ldh": (230.0, 0.35, 0.50, 0),
    "il6": (4.0, 1.00, 0.60, 2),
    "il8": (14.0, 0.75, 0.55, 2),
    "tnf": (9.0, 0.50, 0.30, 2),
    "il2": (1.2, 0.70, 0.00, 2),
    "il10": (3.0, 0.80, 0.00, 2),
    "il4": (0.4, 0.70, 0.00, 2),
})
LIMITS_OF_DETECTION = MappingProxyType({
    "il6": 0.5,
    "il8": 0.5,
    "tnf": 0.3,
    "il2": 0.6,
    "il10": 0.8,
    "il4": 0.5,
})
# Shares: mean and SD of the arcsine of the square root of the fraction, and the same loading.
_SHARES = MappingProxyType({
    "m_mdsc": (0.225, 0.060, 0.40),
    "treg": (0.270, 0.055, 0.00),
    "nk_mature": (0.330, 0.070, -0.20),
    "cd8_senescent": (0.460, 0.120, 0.00),
})
_BASOPHILS = 0.04

# Weibull cumulative hazards (t / scale) ** shape of an average patient.
_OS_MEDIAN_DAYS, _OS_SHAPE = 18.0 * DAYS_PER_MONTH, 1.1
_PROGRESSION_MEDIAN_DAYS, _PROGRESSION_SHAPE = 8.0 * DAYS_PER_MONTH, 0.9
_RESPONSE_PROBABILITY = 0.30
# Enrolment over two years, data cut one year after the last patient; a few are lost before.
_FOLLOW_UP_DAYS = (365.0, 1096.0)
_LOST_PER_DAY = 0.05 / 365.25


@dataclass(frozen=True, slots=True)
class Patients:
    """Virtual patients as they are and as the clinic recorded them.

    Parameters
    ----------
    age_years : float array, shape (patients,)
    measured : mapping from name to float array, shape (patients,)
        Baseline blood values rounded as reported: counts in 10^9/L, LDH in U/L, albumin in g/L,
        cytokines in pg/mL (also below their limit of detection), populations in percent.
    response : bool array, shape (patients,)
        Complete or partial response.
    os_months, pfs_months : float array, shape (patients,)
    os_event, pfs_event : bool array, shape (patients,)
    progression_days : float array, shape (patients,)
        When the tumour grows, seen or not.
    """

    age_years: Values
    measured: MappingProxyType[str, Values]
    response: Flags
    os_months: Values
    os_event: Flags
    pfs_months: Values
    pfs_event: Flags
    progression_days: Values


def draw_patients(n: int, *, rng: np.random.Generator) -> Patients:
    """Return virtual patients.

    Parameters
    ----------
    n : int
        How many; at least 1.
    rng : numpy Generator

    Returns
    -------
    patients : Patients

    Raises
    ------
    InputError
        If `n` is below 1.

    Notes
    -----
    Convention: one linear predictor acts on progression and on death, which are independent given
    it; PFS is the earlier of the two. The hazards of both endpoints are then proportional, with
    the same hazard ratios. Response means that the residual of progression exceeds a threshold
    given by the logistic model, so that responders progress late and both models hold exactly.
    """
    if n < 1:
        msg = f"a virtual cohort has at least 1 patient, found n = {n}"
        raise InputError(msg)
    age: Values = np.round(np.clip(rng.normal(63.0, 11.0, n), 20.0, 92.0)).astype(np.float64)
    measured = _draw_blood(n, age, rng)
    log_hazard, log_odds = _predictors(measured)
    residual = rng.exponential(1.0, n)
    progression = _weibull(residual, log_hazard, _PROGRESSION_MEDIAN_DAYS, _PROGRESSION_SHAPE)
    death = _weibull(rng.exponential(1.0, n), log_hazard, _OS_MEDIAN_DAYS, _OS_SHAPE)
    probability = 1.0 / (1.0 + np.exp(-log_odds))
    last_seen = np.minimum(
        rng.uniform(*_FOLLOW_UP_DAYS, n), rng.exponential(1.0 / _LOST_PER_DAY, n)
    )
    first = np.minimum(progression, death)
    return Patients(
        age_years=age,
        measured=measured,
        response=residual > -np.log(probability),
        os_months=np.round(np.minimum(death, last_seen) / DAYS_PER_MONTH, 2),
        os_event=death <= last_seen,
        pfs_months=np.round(np.minimum(first, last_seen) / DAYS_PER_MONTH, 2),
        pfs_event=first <= last_seen,
        progression_days=progression,
    )


def _draw_blood(n: int, age: Values, rng: np.random.Generator) -> MappingProxyType[str, Values]:
    inflammation = rng.normal(size=n)

    def correlated(loading: float) -> Values:
        own = float(np.sqrt(1.0 - loading**2))
        return loading * inflammation + own * rng.normal(size=n)

    values: dict[str, Values] = {}
    for name, (median, spread, loading, decimals) in _LOG_NORMAL.items():
        drawn = np.round(median * np.exp(spread * correlated(loading)), decimals)
        values[name] = np.maximum(drawn, 10.0**-decimals)
    albumin = np.clip(38.0 + 4.5 * correlated(-0.5), 15.0, 55.0)
    values["albumin"] = np.round(albumin).astype(np.float64)
    for name, (mean, spread, loading) in _SHARES.items():
        latent = correlated(loading)
        if name == "cd8_senescent":
            latent = 0.4 * (age - 63.0) / 11.0 + np.sqrt(1.0 - 0.4**2) * latent
        angle = np.clip(mean + spread * latent, 0.01, np.pi / 2)
        values[name] = np.round(100.0 * np.sin(angle) ** 2, 2)
    parts = ("neutrophils", "lymphocytes", "monocytes", "eosinophils")
    values["leukocytes"] = np.round(sum(values[part] for part in parts) + _BASOPHILS, 2)
    return MappingProxyType(values)


def _weibull(residual: Values, log_hazard: Values, median: float, shape: float) -> Values:
    """Return times whose cumulative hazard, at this predictor, equals `residual`."""
    scale = median / np.log(2.0) ** (1.0 / shape)
    return np.asarray(scale * (residual * np.exp(-log_hazard)) ** (1.0 / shape), dtype=float)


def _predictors(measured: MappingProxyType[str, Values]) -> tuple[Values, Values]:
    """Return the log hazard and the log odds of response of each patient."""
    log_hazard = np.zeros(len(measured["ldh"]))
    log_odds = np.full_like(log_hazard, np.log(_RESPONSE_PROBABILITY / (1 - _RESPONSE_PROBABILITY)))
    scaled = scaled_features(measured)
    for name, cause in CAUSES.items():
        units = (scaled[name] - cause.centre) / cause.spread
        log_hazard += np.log(cause.hazard_ratio) * units
        log_odds += np.log(cause.odds_ratio) * units
    return log_hazard, log_odds


def scaled_features(measured: MappingProxyType[str, Values]) -> dict[str, Values]:
    """Return every feature with a stated truth as it enters a univariable model.

    Parameters
    ----------
    measured : mapping from name to float array, shape (patients,)
        As `Patients` holds it.

    Returns
    -------
    features : dict from feature id to float array, shape (patients,)
        log2 for ratios, counts and concentrations; arcsine of the square root for shares, not yet
        divided by their SD; undetected proteins stand at their limit of detection.
    """
    cell = measured
    protein = {name: np.maximum(cell[name], limit) for name, limit in LIMITS_OF_DETECTION.items()}
    raw = {
        "nlr": cell["neutrophils"] / cell["lymphocytes"],
        "dnlr": cell["neutrophils"] / (cell["leukocytes"] - cell["neutrophils"]),
        "plr": cell["platelets"] / cell["lymphocytes"],
        "lmr": cell["lymphocytes"] / cell["monocytes"],
        "sii": cell["neutrophils"] * cell["platelets"] / cell["lymphocytes"],
        "rel_lymphocytes": 100.0 * cell["lymphocytes"] / cell["leukocytes"],
        "rel_eosinophils": 100.0 * cell["eosinophils"] / cell["leukocytes"],
        "platelets": cell["platelets"],
        "albumin": cell["albumin"],
        "serum_ldh": cell["ldh"],
        "serum_il8": protein["il8"],
        "serum_il6": protein["il6"],
        "serum_tnf": protein["tnf"],
        "serum_il2": protein["il2"],
        "serum_il10": protein["il10"],
        "serum_il4": (cell["il4"] >= LIMITS_OF_DETECTION["il4"]).astype(float),
        "m_mdsc": cell["m_mdsc"],
        "treg": cell["treg"],
        "cd8_senescent": cell["cd8_senescent"],
        "nk_mature": cell["nk_mature"],
    }
    return {name: _on_scale(raw[name], scale) for name, scale in FEATURE_SCALES.items()}


def _on_scale(values: Values, scale: str) -> Values:
    if scale == DOUBLING:
        return np.log2(values)
    if scale == SHARE:
        return np.arcsin(np.sqrt(values / 100.0))
    return values
