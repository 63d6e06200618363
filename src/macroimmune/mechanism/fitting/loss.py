"""The loss of a fit: squared distances to measured quantities, bounded hinges of claims."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Terms", "joined_terms", "local_loss", "prior_losses", "term_losses"]

Floats = NDArray[np.float64]

# What a quantity or claim costs that could not be measured: more than a poor value of it.
_UNMEASURED = 16.0
# Distance on the log scale at which a claim costs half of its weight.
_HALF_DISTANCE = 0.05
# The corner of the hinge in the local picture is rounded within this share of the aim.
_ROUNDING = 0.3


@dataclass(frozen=True, slots=True)
class Terms:
    """Where each measured number should lie, on the log scale.

    Parameters
    ----------
    names : tuple of str, length n
    sections : tuple of str, length n
        Of a claim its section, of a quantity its experiment.
    is_claim : (n,) bool array
    centre, sd : (n,) array
        Of quantities: log of the published value, and its standard deviation on the log scale;
        NaN for claims.
    low, high : (n,) array
        Of claims: the ends of the region in which the claim passes, infinite where it is open;
        NaN for quantities.
    weight : (n,) array
        Of claims: the most that one can cost; of quantities 1.
    """

    names: tuple[str, ...]
    sections: tuple[str, ...]
    is_claim: NDArray[np.bool_]
    centre: Floats
    sd: Floats
    low: Floats
    high: Floats
    weight: Floats


def joined_terms(*parts: Terms) -> Terms:
    """Return the terms of several parts, one after the other."""
    arrays = {
        field: np.concatenate([getattr(part, field) for part in parts])
        for field in ("is_claim", "centre", "sd", "low", "high", "weight")
    }
    return Terms(
        names=tuple(name for part in parts for name in part.names),
        sections=tuple(section for part in parts for section in part.sections),
        **arrays,
    )


def term_losses(measured: Floats, terms: Terms) -> Floats:
    """Return what each term adds to the loss.

    Parameters
    ----------
    measured : (n,) array, log scale
        NaN where a number could not be measured.
    terms : Terms

    Returns
    -------
    losses : (n,) array, at least 0
        Of a quantity the squared distance in its standard deviations; of a claim 0 inside its
        region, and outside the weight times d / (d + 0.05), d the distance to the region.

    Notes
    -----
    Convention: a claim passes or fails, so its hinge is bounded: with a straight one a single
    claim that is far off buys its way by pushing many that just pass out of their regions. A
    quantity that could not be measured costs as much as one at 4 standard deviations, a claim its
    whole weight.

    Examples
    --------
    >>> claim = Terms(("a",), ("s",), np.array([True]), *np.full((2, 1), np.nan),
    ...     np.array([0.1]), np.array([np.inf]), np.array([1.0]))
    >>> [float(term_losses(np.array([x]), claim)[0]) for x in (0.3, -0.1)]
    [0.0, 0.8]
    """
    losses = np.where(terms.is_claim, terms.weight, _UNMEASURED)
    seen = np.isfinite(measured)
    quantity = seen & ~terms.is_claim
    claim = seen & terms.is_claim
    losses[quantity] = ((measured[quantity] - terms.centre[quantity]) / terms.sd[quantity]) ** 2
    outside = _outside(measured[claim], terms.low[claim], terms.high[claim])
    losses[claim] = terms.weight[claim] * outside / (outside + _HALF_DISTANCE)
    return losses


def _outside(measured: Floats, low: Floats, high: Floats) -> Floats:
    return np.maximum(np.maximum(low - measured, measured - high), 0.0)


def prior_losses(logs: Floats, centre: Floats, sd: Floats) -> Floats:
    """Return the squared distance of each parameter from its prior, in standard deviations.

    Parameters
    ----------
    logs : (p,) array
        Logarithms of the parameters.
    centre, sd : (p,) array
        Of the normal prior on the log scale.
    """
    return ((logs - centre) / sd) ** 2


def local_loss(
    measured: Floats, slopes: Floats, terms: Terms, move: Floats, aim: float
) -> tuple[float, Floats]:
    """Return the loss near a point as its slopes foresee it, and its gradient.

    Parameters
    ----------
    measured : (n,) array, log scale
        At the point; terms that are NaN there, or whose slope is not finite, are left out.
    slopes : (n, p) array
        Change of each term per unit of each parameter's logarithm.
    terms : Terms
    move : (p,) array
        From the point.
    aim : float, above 0
        How far inside its region a claim is wanted, so that it does not stand on the edge.

    Notes
    -----
    Convention: the bounded hinge of a claim is bent, so the straight one that touches it at the
    point and is nowhere below stands in its place. The corner of the hinge is rounded to a
    parabola of half-width 0.3 aim, so that methods for smooth functions find the least loss of
    the picture.
    """
    known = np.isfinite(measured) & np.isfinite(slopes).all(axis=1)
    foreseen = measured[known] + slopes[known] @ move
    total, gradient = 0.0, np.zeros(foreseen.shape)
    quantity = ~terms.is_claim[known]
    distance = (foreseen - terms.centre[known]) / terms.sd[known]
    total += float((distance[quantity] ** 2).sum())
    gradient[quantity] = 2 * distance[quantity] / terms.sd[known][quantity]
    claim = terms.is_claim[known]
    here = _outside(measured[known], terms.low[known], terms.high[known])
    weight = terms.weight[known] * _HALF_DISTANCE / (here + _HALF_DISTANCE) ** 2
    width = np.minimum(aim, (terms.high[known] - terms.low[known]) / 4)
    for outside, sign in (
        (terms.low[known] + width - foreseen, -1.0),
        (foreseen - terms.high[known] + width, 1.0),
    ):
        value, slope = _rounded_hinge(outside[claim], _ROUNDING * aim)
        total += float((weight[claim] * value).sum())
        gradient[claim] += sign * weight[claim] * slope
    return total, slopes[known].T @ gradient


def _rounded_hinge(outside: Floats, width: float) -> tuple[Floats, Floats]:
    """Return max(outside, 0) with a corner rounded within a half-width, and its slope."""
    near = np.clip(outside + width, 0.0, 2 * width)
    value = np.where(outside > width, outside, near**2 / (4 * width))
    return value, near / (2 * width)
