"""What acts in a virtual cohort, by how much, and on which scale each feature is measured."""

from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["CAUSES", "DETECTED", "DOUBLING", "FEATURE_SCALES", "SD", "SHARE", "Cause"]

DOUBLING = "per doubling"
SHARE = "per SD (arcsine square root)"
SD = "per SD"
DETECTED = "detected v not"


@dataclass(frozen=True, slots=True)
class Cause:
    """A feature that acts by itself.

    Parameters
    ----------
    hazard_ratio : float
        On progression and on death alike, per unit of the scale, all other causes held fixed.
    odds_ratio : float
        Of response, the same way.
    centre, spread : float
        On the scale of the feature: what counts as average, and one unit of the effect (1 for a
        doubling, the standard deviation for a share).
    """

    hazard_ratio: float
    odds_ratio: float
    centre: float
    spread: float = 1.0


# Directions are those of the published biomarkers; sizes are chosen so that a cohort of a few
# hundred shows the strong ones and misses some of the weak ones. centre is near the median.
CAUSES = MappingProxyType({
    "nlr": Cause(1.25, 0.78, centre=1.60),
    "serum_ldh": Cause(1.30, 0.70, centre=7.85),
    "serum_il8": Cause(1.12, 0.90, centre=3.80),
    "m_mdsc": Cause(1.15, 0.85, centre=0.225, spread=0.060),
    "nk_mature": Cause(0.87, 1.15, centre=0.330, spread=0.070),
    "rel_eosinophils": Cause(0.88, 1.20, centre=0.150, spread=0.058),
    "cd8_senescent": Cause(1.00, 0.75, centre=0.460, spread=0.120),
})

# Every feature with a stated truth, and its scale. Those that are no cause are of two kinds:
# independent of all causes (Treg, IL-2, IL-10, IL-4), or correlated with one, or sharing a count
# with one, so that a univariable model sees an effect that is not their own.
FEATURE_SCALES = MappingProxyType({
    "nlr": DOUBLING,
    "dnlr": DOUBLING,
    "plr": DOUBLING,
    "lmr": DOUBLING,
    "sii": DOUBLING,
    "rel_lymphocytes": SHARE,
    "rel_eosinophils": SHARE,
    "platelets": DOUBLING,
    "albumin": SD,
    "serum_ldh": DOUBLING,
    "serum_il8": DOUBLING,
    "serum_il6": DOUBLING,
    "serum_tnf": DOUBLING,
    "serum_il2": DOUBLING,
    "serum_il10": DOUBLING,
    "serum_il4": DETECTED,
    "m_mdsc": SHARE,
    "treg": SHARE,
    "cd8_senescent": SHARE,
    "nk_mature": SHARE,
})
