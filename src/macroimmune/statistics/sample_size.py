"""How many participants show an effect, how large an effect a number of them shows."""

import math

from scipy import special
from scipy.stats import norm

from macroimmune.errors import InputError

__all__ = [
    "interaction_information",
    "kept_information",
    "participants_needed",
    "power_at",
    "smallest_log_ratio",
]


def participants_needed(
    log_ratio: float, information: float, *, power: float = 0.8, alpha: float = 0.05
) -> float:
    """Return how many participants a Wald test of one log ratio needs.

    Parameters
    ----------
    log_ratio : float
        Log hazard or odds ratio per SD of the marker, not zero.
    information : float, above 0
        Of one participant about it: the share with the event in a Cox model, p (1 - p) in a
        logistic one, times what `kept_information` and `interaction_information` leave.
    power : float, in (0, 1)
    alpha : float, in (0, 1)
        Two-sided.

    Returns
    -------
    participants : float
        Not rounded. For a Cox model this times the share with the event is the number of events.

    Raises
    ------
    InputError
        If a number is impossible, or the log ratio is zero: no number of participants shows it.

    Notes
    -----
    Convention: (z(1 - alpha / 2) + z(power))^2 / (log_ratio^2 information); the chance of a finding
    in the wrong direction does not count. For Cox models this is Hsieh and Lavori (Control Clin
    Trials 2000; 21: 552-560), for logistic ones formula 1 of Hsieh, Bloch and Larsen (Stat Med
    1998; 17: 1623-1634). Checked against: the worked examples of both, as the R packages
    powerSurvEpi and powerMediation document them.

    Examples
    --------
    A hazard ratio of 1.5 per SD, 60 % with the event:

    >>> round(participants_needed(math.log(1.5), 0.6))
    80
    """
    if not math.isfinite(log_ratio) or log_ratio == 0.0:
        msg = "a ratio of 1 is no effect, which no number of patients shows; give another ratio"
        raise InputError(msg)
    return (_reach(power, alpha) / log_ratio) ** 2 / _checked(information)


def power_at(log_ratio: float, information: float, participants: float, alpha: float) -> float:
    """Return the power of the test that `participants_needed` describes, in either direction.

    Parameters
    ----------
    log_ratio, information, alpha : float
        As there; where the log ratio is zero the power is `alpha`.
    participants : float

    Raises
    ------
    InputError
        If a number is impossible.

    Examples
    --------
    >>> round(power_at(math.log(1.5), 0.6, 80, 0.05), 2), power_at(0.0, 0.6, 80, 0.05)
    (0.8, 0.05)
    """
    critical = _two_sided(alpha)
    shift = abs(log_ratio) * math.sqrt(participants * _checked(information))
    return float(norm.cdf(shift - critical) + norm.cdf(-shift - critical))


def smallest_log_ratio(
    information: float, participants: float, *, power: float = 0.8, alpha: float = 0.05
) -> float:
    """Return the log ratio, above zero, that so many participants show with this power.

    Parameters
    ----------
    information, power, alpha : float
        As in `participants_needed`.
    participants : float

    Raises
    ------
    InputError
        If a number is impossible.

    Examples
    --------
    >>> round(math.exp(smallest_log_ratio(0.6, 80)), 2)
    1.5
    """
    return _reach(power, alpha) / math.sqrt(participants * _checked(information))


def kept_information(
    *, reliability: float = 1.0, undetected: float = 0.0, adjusted_r2: float = 0.0
) -> float:
    """Return the share of a marker's information that measurement and adjustment leave.

    Parameters
    ----------
    reliability : float, in (0, 1]
        Variance of the truth over that of the measurement; the error is classical: added, and
        independent of truth and outcome.
    undetected : float, in [0, 1)
        Share of measurements below the limit of detection, which stand at the limit.
    adjusted_r2 : float, in [0, 1)
        Share of the true marker's variance that the covariates in the model explain; they are
        measured without error.

    Returns
    -------
    share : float, in (0, 1]

    Raises
    ------
    InputError
        If a number is impossible.

    Notes
    -----
    Convention: the log ratio per unit of the measurement is that of the truth times the reliability
    (the mean of the truth given the measurement; exact in linear models, approximate in Cox and
    logistic ones, where it holds for moderate effects), the variance of the measurement that of the
    truth over the reliability; so information falls by the reliability, which is the squared
    correlation of both. For undetected values of a normal marker it falls by the squared
    correlation of the measurement with itself raised to the limit. With covariates the part of the
    truth that they leave is 1 - R2, of which the measurement tells reliability (1 - R2) / (1 -
    reliability R2); without error the sum is the usual variance inflation, 1 - R2. Checked against:
    simulation (`tests/recovery/test_power_recovery.py`).

    Examples
    --------
    >>> kept_information(reliability=0.7), round(kept_information(adjusted_r2=0.2), 12)
    (0.7, 0.8)
    >>> round(kept_information(undetected=0.3), 3)
    0.869
    """
    if not 0.0 < reliability <= 1.0:
        msg = f"reliability {reliability:g}: expected above 0 and at most 1, such as 0.7"
        raise InputError(msg)
    for name, value in (("undetected", undetected), ("adjusted R2", adjusted_r2)):
        if not 0.0 <= value < 1.0:
            msg = f"{name} {value:g}: expected a share from 0 to below 1, such as 0.3"
            raise InputError(msg)
    told = reliability * _told_by_detected(undetected)
    left = 1.0 - adjusted_r2
    return left * told * left / (1.0 - told * adjusted_r2)


def _told_by_detected(undetected: float) -> float:
    """Return the squared correlation of a standard normal with itself raised to a quantile."""
    if undetected == 0.0:
        return 1.0
    limit = float(special.ndtri(undetected))
    density, above = float(norm.pdf(limit)), 1.0 - undetected
    mean = limit * undetected + density
    square = limit**2 * undetected + above + limit * density
    return above**2 / (square - mean**2)


def interaction_information(treated_share: float, treated: float, control: float) -> float:
    """Return the information of one participant about a marker x arm interaction.

    Parameters
    ----------
    treated_share : float, in (0, 1)
    treated, control : float, above 0
        Information of one participant of each arm about the log ratio of the marker there.

    Returns
    -------
    information : float
        With half in each arm and alike in both, a quarter of that about one log ratio.

    Raises
    ------
    InputError
        If a number is impossible.

    Notes
    -----
    Convention: the variance of a difference of two independent log ratios is the sum of theirs
    (Peterson and George, Control Clin Trials 1993; 14: 511-522, for a marker with two levels).
    Checked against: their formula as the R package powerSurvEpi documents it.

    Examples
    --------
    >>> interaction_information(0.5, 0.6, 0.6)
    0.15
    """
    if not 0.0 < treated_share < 1.0:
        msg = f"treated share {treated_share:g}: expected above 0 and below 1, such as 0.5"
        raise InputError(msg)
    parts = treated_share * _checked(treated), (1.0 - treated_share) * _checked(control)
    return 1.0 / (1.0 / parts[0] + 1.0 / parts[1])


def _checked(information: float) -> float:
    if not (math.isfinite(information) and information > 0.0):
        msg = f"information {information:g}: nobody has the event, or everybody; none is left"
        raise InputError(msg)
    return information


def _two_sided(alpha: float) -> float:
    if not 0.0 < alpha < 1.0:
        msg = f"alpha {alpha:g}: expected above 0 and below 1, such as 0.05"
        raise InputError(msg)
    return float(special.ndtri(1.0 - alpha / 2.0))


def _reach(power: float, alpha: float) -> float:
    """Return how many standard errors the effect must lie from none.

    Raises
    ------
    InputError
        If the power cannot be had.
    """
    critical = _two_sided(alpha)
    if not alpha < power < 1.0:
        msg = f"power {power:g}: expected above alpha ({alpha:g}) and below 1, such as 0.8"
        raise InputError(msg)
    return critical + float(special.ndtri(power))
