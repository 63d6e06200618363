"""Features of blood that can act on outcome or are measured in vain: how each is computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.populations import POPULATIONS, population_percent

__all__ = [
    "DETECTED",
    "DOUBLING",
    "FEATURES",
    "LIMITS_OF_DETECTION",
    "ROOT",
    "SD",
    "SHARE",
    "Blood",
    "Feature",
    "is_per_sd",
    "on_scale",
]

Values = NDArray[np.float64]

DOUBLING = "per doubling"
SHARE = "per SD (arcsine square root)"
ROOT = "per SD (square root)"
SD = "per SD"
DETECTED = "detected v not"

# What the laboratory can tell from zero, pg/mL: assumed, of the order of multiplexed assays.
LIMITS_OF_DETECTION = MappingProxyType({
    "il6": 0.5,
    "il8": 0.5,
    "tnf": 0.3,
    "il2": 0.6,
    "il10": 0.8,
    "il4": 0.5,
})


class Blood(Protocol):
    """What features are computed from: people, or a draw of the joint baseline."""

    @property
    def baseline(self) -> Mapping[str, Values]:
        """Return true blood values by name."""
        ...

    @property
    def fractions(self) -> Values:
        """Return the fractions of the leaves, shape (people, leaves)."""
        ...

    @property
    def ifn_responsiveness(self) -> Values:
        """Return how strongly cells answer type I interferon, in SD of healthy people."""
        ...


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature.

    Parameters
    ----------
    id : str
        As in the catalogue of features where that computes it.
    scale : str
        What one unit of an effect is: `DOUBLING`, `SHARE`, `ROOT`, `SD` or `DETECTED`.
    value : callable
        True values, in the unit that the catalogue has, from people.
    reported : str
        The id under which an analysis finds it, where that is another one.
    """

    id: str
    scale: str
    value: Callable[[Blood], Values]
    reported: str = ""


def _of(blood: Blood, name: str) -> Values:
    return blood.baseline[name]


def _ratio(blood: Blood, above: str, below: str) -> Values:
    return _of(blood, above) / _of(blood, below)


def _derived_ratio(blood: Blood) -> Values:
    neutrophils = _of(blood, "neutrophils")
    return neutrophils / (_of(blood, "leukocytes") - neutrophils)


def _inflammation_index(blood: Blood) -> Values:
    return _of(blood, "neutrophils") * _of(blood, "platelets") / _of(blood, "lymphocytes")


def _share(blood: Blood, part: str) -> Values:
    return 100.0 * _ratio(blood, part, "leukocytes")


def _detected(blood: Blood, protein: str) -> Values:
    return (_of(blood, protein) >= LIMITS_OF_DETECTION[protein]).astype(float)


def _population(blood: Blood, population: str) -> Values:
    return population_percent(blood.fractions, population)


def _responsiveness(blood: Blood) -> Values:
    return blood.ifn_responsiveness


def _value(name: str) -> Callable[[Blood], Values]:
    return partial(_of, name=name)


_BLOOD = (
    Feature("nlr", DOUBLING, partial(_ratio, above="neutrophils", below="lymphocytes")),
    Feature("dnlr", DOUBLING, _derived_ratio),
    Feature("plr", DOUBLING, partial(_ratio, above="platelets", below="lymphocytes")),
    Feature("lmr", DOUBLING, partial(_ratio, above="lymphocytes", below="monocytes")),
    Feature("sii", DOUBLING, _inflammation_index),
    Feature("rel_lymphocytes", SHARE, partial(_share, part="lymphocytes")),
    Feature("rel_eosinophils", SHARE, partial(_share, part="eosinophils")),
    Feature("serum_ldh", DOUBLING, _value("ldh")),
    Feature("neutrophils", DOUBLING, _value("neutrophils")),
    Feature("lymphocytes", DOUBLING, _value("lymphocytes")),
    Feature("monocytes", ROOT, _value("monocytes")),
    Feature("eosinophils", ROOT, _value("eosinophils")),
    Feature("basophils", ROOT, _value("basophils")),
    Feature("leukocytes", DOUBLING, _value("leukocytes")),
    Feature("platelets", DOUBLING, _value("platelets")),
    Feature("haemoglobin", SD, _value("haemoglobin")),
    Feature("albumin", SD, _value("albumin")),
    Feature("crp", DOUBLING, _value("crp")),
)
_PROTEINS = (
    *(
        Feature(f"serum_{name}", DOUBLING, _value(name))
        for name in ("il8", "il6", "tnf", "il2", "il10")
    ),
    # Undetected in more than half of the patients: no level of it can be analysed.
    Feature("serum_il4", DETECTED, partial(_detected, protein="il4")),
)
FEATURES = MappingProxyType({
    feature.id: feature
    for feature in (
        *_BLOOD,
        *_PROTEINS,
        *(
            Feature(population, SHARE, partial(_population, population=population))
            for population in POPULATIONS
        ),
        Feature("ifn_responsiveness", SD, _responsiveness, "ifn1_responsiveness_effector_cd4"),
    )
})


def is_per_sd(scale: str) -> bool:
    """Whether an effect on this scale is per standard deviation of the scaled values."""
    return scale in {SHARE, ROOT, SD}


def on_scale(values: Values, scale: str) -> Values:
    """Return values as they enter a model, not yet divided by their standard deviation.

    Parameters
    ----------
    values : float array, any shape
        True values; shares in percent.
    scale : str
        `DOUBLING`: log2; `SHARE`: arcsine of the square root of the fraction; `ROOT`: square
        root; `SD` and `DETECTED`: as they are.

    Returns
    -------
    scaled : float array, same shape

    Examples
    --------
    >>> on_scale(np.array([8.0]), DOUBLING)
    array([3.])
    """
    if scale == DOUBLING:
        return np.log2(values)
    if scale == SHARE:
        return np.arcsin(np.sqrt(values / 100.0))
    return np.sqrt(values) if scale == ROOT else values
