"""The logicle scale: logarithmic far from zero, linear around it, for values below zero too."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from macroimmune.cytometry.opening.logicle_loops import interpolate_scale, solve_scale
from macroimmune.errors import InputError

__all__ = [
    "Logicle",
    "fitted_logicle",
    "inverse_logicle",
    "logicle",
    "logicle_width",
    "put_on_logicle",
]

_DECADES = 4.5
_USUAL_TOP = 262_144.0
_USUAL_WIDTH = 0.5
_NODES, _ABOVE_TOP = 2048, 8.0
_FEW_NEGATIVES = 20
_REFERENCE_QUANTILE = 0.05


@dataclass(frozen=True, slots=True)
class Logicle:
    """The parameters of a logicle scale.

    Parameters
    ----------
    top : float
        T, the value at the end of the scale.
    width : float
        W, decades that look linear, to either side of zero.
    decades : float
        M, decades that the scale would have if it were logarithmic.
    negative : float
        A, further decades below zero.

    Raises
    ------
    InputError
        If they make no scale: T, M above 0, 0 <= 2 W <= M, -W <= A <= M - 2 W.
    """

    top: float
    width: float = _USUAL_WIDTH
    decades: float = _DECADES
    negative: float = 0.0

    def __post_init__(self) -> None:
        """Check the parameters.

        Raises
        ------
        InputError
            If they make no scale.
        """
        t, w, m, a = self.top, self.width, self.decades, self.negative
        is_finite = all(map(math.isfinite, (t, w, m, a)))
        if not (is_finite and t > 0 and m > 0 and 0 <= 2 * w <= m and -w <= a <= m - 2 * w):
            msg = (
                f"logicle with T {t}, W {w}, M {m}, A {a}; expected T and M above 0, W from 0 to "
                "M / 2, A from -W to M - 2 W"
            )
            raise InputError(msg)

    @property
    def parameters(self) -> tuple[float, float, float, float]:
        """T, W, M, A."""
        return self.top, self.width, self.decades, self.negative


def logicle(values: NDArray[np.float32 | np.float64], scale: Logicle) -> NDArray[np.float64]:
    """Return where values lie on a logicle scale.

    Parameters
    ----------
    values : float array, shape (values,)
        Linear; NaN stays.
    scale : Logicle

    Returns
    -------
    places : float array, shape (values,), decades
        M + A at the top of the scale. Zero lies at A + W.

    Notes
    -----
    Convention: in decades, as the width of the scale is given; divided by M + A it is that of
    Gating-ML, whose top is 1. Below zero the scale is that above, mirrored at zero.
    Source: Moore and Parks, Cytometry A 2012, 81A:273. Checked against: FlowKit.

    Examples
    --------
    >>> logicle(np.array([0.0, 262144.0]), Logicle(262144.0)).round(6).tolist()
    [0.5, 4.5]
    """
    places = np.empty(len(values))
    solve_scale(np.asarray(values), places, *_coefficients(scale))
    return places * (scale.decades + scale.negative)


def put_on_logicle(column: NDArray[np.float32], scale: Logicle) -> None:
    """Replace the values of a column by their places on a logicle scale, as `logicle` gives them.

    Parameters
    ----------
    column : float32 array, shape (values,), in one piece
    scale : Logicle

    Notes
    -----
    Convention: between 2,048 solved nodes, within 1e-9 of the scale's length; where values lie
    above eight times the top, all are solved one by one.
    """
    a, b, c, d, f, zero = _coefficients(scale)
    unit = scale.decades + scale.negative
    offset = f + c * math.exp(-d * zero)
    most = _ABOVE_TOP * scale.top
    if float(np.fmax.reduce(np.abs(column), initial=0.0)) > most:
        column[:] = logicle(column, scale)
        return
    log_size = np.linspace(math.log(offset), math.log(most + offset), _NODES)
    sizes = np.maximum(np.exp(log_size) - offset, 0.0)
    places = np.empty(_NODES)
    solve_scale(sizes, places, a, b, c, d, f, zero)
    rise = a * b * np.exp(b * places) + c * d * np.exp(-d * places)
    slopes = (sizes + offset) / rise * (log_size[1] - log_size[0])
    interpolate_scale(column, offset, most, places, slopes, zero, unit)


def inverse_logicle(places: NDArray[np.float64], scale: Logicle) -> NDArray[np.float64]:
    """Return the linear values that lie at places of a logicle scale.

    Parameters
    ----------
    places : float array, any shape, decades
    scale : Logicle

    Examples
    --------
    >>> inverse_logicle(np.array([0.5, 4.5]), Logicle(262144.0)).round(3).tolist()
    [0.0, 262144.0]
    """
    a, b, c, d, f, zero = _coefficients(scale)
    y = np.asarray(places, np.float64) / (scale.decades + scale.negative)
    above = zero + np.abs(y - zero)
    size = a * np.exp(b * above) - c * np.exp(-d * above) - f
    return np.asarray(np.copysign(size, y - zero))


def logicle_width(values: NDArray[np.float32], top: float, decades: float = _DECADES) -> float:
    """Return the width that gives values below zero the room that they need.

    Parameters
    ----------
    values : float array, shape (values,)
        Linear, compensated.
    top, decades : float
        T and M.

    Returns
    -------
    width : float, 0 to M / 2

    Notes
    -----
    Convention: W = (M - log10(T / |r|)) / 2 with r the 5th percentile of the values below zero
    (Parks, Roederer and Moore, Cytometry A 2006, 69A:541). Where fewer than 20 values lie below
    zero, r would be a chance one, and W is 0.5, the usual one.
    """
    below = values[values < 0]
    if below.size < _FEW_NEGATIVES:
        return min(_USUAL_WIDTH, decades / 2)
    reference = abs(float(np.quantile(below, _REFERENCE_QUANTILE)))
    return min(max((decades - math.log10(top / reference)) / 2, 0.0), decades / 2)


def fitted_logicle(values: NDArray[np.float32], top: float) -> Logicle:
    """Return the scale of a channel: T from its range, W by `logicle_width`, M 4.5, A 0.

    Parameters
    ----------
    values : float array, shape (values,)
        Linear, compensated.
    top : float
        Of the detector; where it is missing or not above 0, the largest value is taken, and
        262144 where there is none.
    """
    if not 0 < top < math.inf:
        largest = float(np.nanmax(values, initial=0.0)) if values.size else 0.0
        top = largest if largest > 0 else _USUAL_TOP
    return Logicle(top, logicle_width(values, top))


def _coefficients(scale: Logicle) -> tuple[float, float, float, float, float, float]:
    """Return a, b, c, d, f of a e^(b y) - c e^(-d y) - f, and the place of zero.

    Two conditions fix d: the value is zero and the curve straight (no second derivative) at zero.
    """
    top, width, m, negative = scale.parameters
    w = width / (m + negative)
    zero = negative / (m + negative) + w
    b = (m + negative) * math.log(10.0)
    d = b if w == 0 else float(brentq(_unbalanced, 1e-300, b, args=(b, w), xtol=1e-300, rtol=1e-15))
    # Everything as multiples of a, which the top then fixes.
    c_of_a = math.exp((zero + w) * (b + d))
    f_of_a = math.exp(b * zero) - c_of_a * math.exp(-d * zero)
    a = top / (math.exp(b) - c_of_a * math.exp(-d) - f_of_a)
    return a, b, c_of_a * a, d, f_of_a * a, zero


def _unbalanced(d: float, b: float, w: float) -> float:
    return 2.0 * (math.log(d) - math.log(b)) + w * (b + d)
