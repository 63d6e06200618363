"""A baseline before calibration: log-normal blood values and compositions, all assumed."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.leaves import LEAVES

__all__ = ["JointDraw", "draw_joint"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Median and SD of the natural logarithm of patients, loading on the latent inflammation, and the
# median of healthy people. Counts in 10^9/L, LDH in U/L, CRP in mg/L, cytokines in pg/mL.
_LOG_NORMAL = MappingProxyType({
    "neutrophils": (4.7, 0.38, 0.55, 3.7),
    "lymphocytes": (1.5, 0.36, -0.35, 1.9),
    "monocytes": (0.55, 0.33, 0.30, 0.45),
    "eosinophils": (0.15, 0.70, -0.10, 0.15),
    "basophils": (0.04, 0.40, 0.00, 0.04),
    "platelets": (265.0, 0.32, 0.35, 240.0),
    "ldh": (230.0, 0.35, 0.50, 170.0),
    "crp": (8.0, 1.20, 0.65, 1.2),
    "il6": (4.0, 1.00, 0.60, 1.5),
    "il8": (14.0, 0.75, 0.55, 8.0),
    "tnf": (9.0, 0.50, 0.30, 7.0),
    "il2": (1.2, 0.70, 0.00, 1.0),
    "il10": (3.0, 0.80, 0.00, 2.0),
    "il4": (0.4, 0.70, 0.00, 0.4),
})
# Mean of patients, SD, loading, mean of healthy people; g/L.
_NORMAL = MappingProxyType({
    "albumin": (38.0, 4.5, -0.50, 44.0),
    "haemoglobin": (125.0, 16.0, -0.40, 142.0),
})
# Loadings of the log fraction on age, CMV and inflammation, each in SD of the fraction's logarithm.
_LEAF_LOADINGS = MappingProxyType({
    "naive_cd8": (-0.6, -0.2, 0.0),
    "naive_cd4": (-0.3, 0.0, 0.0),
    "temra_cd8": (0.2, 0.5, 0.0),
    "temra_cd4": (0.1, 0.5, 0.0),
    "cd8_senescent": (0.3, 0.5, 0.0),
    "m_mdsc": (0.0, 0.0, 0.4),
    "pmn_mdsc": (0.0, 0.0, 0.4),
    "classical_monocyte": (0.0, 0.0, 0.2),
    "nk_mature": (0.1, 0.0, -0.2),
})
_LEAF_SPREAD = 0.40


@dataclass(frozen=True, slots=True)
class JointDraw:
    """Age, sex, CMV, blood and cells of people, drawn together; arrays as in `People`."""

    age_years: Values
    is_female: Flags
    is_cmv_positive: Flags
    baseline: MappingProxyType[str, Values]
    fractions: Values
    ifn_responsiveness: Values


def draw_joint(
    group: Literal["patient", "healthy"], n: int, *, rng: np.random.Generator
) -> JointDraw:
    """Return people of a group."""
    is_patient = group == "patient"
    inflammation = rng.normal(size=n)
    age = np.clip(rng.normal(63.0 if is_patient else 45.0, 11.0, n), 18.0, 92.0)
    is_cmv = rng.random(n) < 1.0 / (1.0 + np.exp(-0.03 * (age - 55.0)))

    def correlated(loading: float) -> Values:
        own = float(np.sqrt(1.0 - loading**2))
        return loading * inflammation + own * rng.normal(size=n)

    baseline: dict[str, Values] = {}
    for name, (patient, spread, loading, healthy) in _LOG_NORMAL.items():
        middle = patient if is_patient else healthy
        baseline[name] = middle * np.exp(spread * correlated(loading))
    for name, (patient, spread, loading, healthy) in _NORMAL.items():
        middle = patient if is_patient else healthy
        baseline[name] = np.maximum(middle + spread * correlated(loading), 10.0)
    kinds = ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils")
    baseline["leukocytes"] = np.sum([baseline[kind] for kind in kinds], axis=0)
    logarithms = np.empty((n, len(LEAVES)))
    for place, leaf in enumerate(LEAVES.values()):
        on_age, on_cmv, on_inflammation = _LEAF_LOADINGS.get(leaf.id, (0.0, 0.0, 0.0))
        moved = on_age * (age - 45.0) / 15.0 + on_cmv * is_cmv + on_inflammation * inflammation
        own = rng.normal(size=n)
        logarithms[:, place] = np.log(leaf.percent_of_pbmc) + _LEAF_SPREAD * (moved + own)
    fractions = np.exp(logarithms)
    return JointDraw(
        age_years=age,
        is_female=rng.random(n) < (0.4 if is_patient else 0.5),
        is_cmv_positive=is_cmv,
        baseline=MappingProxyType(baseline),
        fractions=fractions / fractions.sum(axis=1, keepdims=True),
        ifn_responsiveness=rng.normal(size=n),
    )
