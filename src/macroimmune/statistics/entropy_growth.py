"""How the exponential of entropy goes on growing beyond a sample, towards its estimated end."""

from dataclasses import dataclass

import numpy as np

__all__ = ["EntropyGrowth", "entropy_growth"]

_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class EntropyGrowth:
    """Entropy of a larger sample, and how it follows from three entropies.

    Parameters
    ----------
    entropy : float
        Of the larger sample.
    by_asymptote, by_last : float
        Its derivatives by the entropy of the community, at fixed entropy of the sample, and by
        what the last individual of the sample added.
    by_size : float
        What one individual more adds.
    """

    entropy: float
    by_asymptote: float
    by_last: float
    by_size: float


def entropy_growth(entropy: float, last: float, asymptote: float, more: float) -> EntropyGrowth:
    """Return the entropy of a sample of so many individuals more.

    Parameters
    ----------
    entropy : float
        Of the sample.
    last : float
        What its last individual is expected to have added.
    asymptote : float
        Estimated entropy of the community.
    more : float
        Individuals more.

    Notes
    -----
    Convention: the exponential of entropy approaches that of the community like kinds do in Chao
    et al. 2014: what is lacking falls by the same share with each individual, and the first one
    adds what the last of the sample did. Their weighted mean of both entropies for order 1 has
    another slope at the sample: of a power law of 20,000 kinds, 1,000 individuals and 1.6 times as
    many, it stands 16 % too high, and this 3 %.

    Examples
    --------
    >>> entropy_growth(1.0, 0.01, 1.5, 0.0).entropy
    1.0
    >>> round(entropy_growth(1.0, 0.01, 1.5, 1e6).entropy, 6)
    1.5
    """
    lacking = float(np.expm1(asymptote - entropy))
    gained = float(-np.expm1(-last))
    if lacking <= _NOTHING or gained <= 0.0:
        return EntropyGrowth(entropy, 0.0, 0.0, 0.0)
    whole = lacking + gained
    log_kept = float(np.log(lacking / whole))
    left = float(np.exp(more * log_kept))
    grown = lacking * (1.0 - left)
    by_lacking = 1.0 - left - more * left * gained / whole
    by_gained = lacking * more * left / whole
    size = 1.0 + grown
    return EntropyGrowth(
        entropy=entropy + float(np.log1p(grown)),
        by_asymptote=by_lacking * (1.0 + lacking) / size,
        by_last=by_gained * (1.0 - gained) / size,
        by_size=-lacking * left * log_kept / size,
    )
