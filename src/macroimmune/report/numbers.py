"""How numbers are written for people: the same digits for the same kind of number everywhere."""

import math
from collections.abc import Mapping
from typing import Any

__all__ = [
    "DAYS_PER_MONTH",
    "MISSING",
    "NO_BREAK",
    "change_with_interval",
    "count",
    "difference_with_interval",
    "duration",
    "estimate_with_interval",
    "finite",
    "interval",
    "number_in",
    "p_value",
    "p_words",
    "percent",
    "plural",
    "ratio",
    "significant",
]

MISSING = "–"
NO_BREAK = "\u00a0"
DAYS_PER_MONTH = 365.25 / 12
_SMALLEST_P = 0.0001


def finite(value: object) -> float | None:
    """Return `value` as a float, or None where it is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def number_in(record: Mapping[str, Any], key: str) -> float | None:
    """Return the number under `key`, or None where there is none."""
    return finite(record.get(key))


def ratio(value: float | None) -> str:
    """Return a hazard ratio, odds ratio or AUC: two decimals, three digits outside 0.1 to 100.

    Examples
    --------
    >>> ratio(1.4249), ratio(0.00412), ratio(2841.3), ratio(None)
    ('1.42', '0.00412', '2.84e+03', '–')
    """
    number = finite(value)
    if number is None:
        return MISSING
    return f"{number:.2f}" if 0.1 <= abs(number) < 100 else f"{number:.3g}"


def interval(low: float | None, high: float | None) -> str:
    """Return both ends of an interval, or the dash where either is missing."""
    if finite(low) is None or finite(high) is None:
        return MISSING
    return f"{ratio(low)} to {ratio(high)}"


def estimate_with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """Return an estimate with its interval in parentheses, where there is one."""
    if finite(value) is None:
        return MISSING
    ends = interval(low, high)
    return ratio(value) if ends == MISSING else f"{ratio(value)} ({ends})"


def difference_with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """Return a difference with its interval, all with two decimals, since zero is among them.

    Examples
    --------
    >>> difference_with_interval(0.1642, 0.0565, 0.26), difference_with_interval(None, 0.1, 0.2)
    ('0.16 (0.06 to 0.26)', '–')
    """
    if finite(value) is None or finite(low) is None or finite(high) is None:
        return MISSING
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def change_with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """Return a change of a probability, with its sign and three decimals, and its interval.

    Examples
    --------
    >>> change_with_interval(0.0106, -0.0001, 0.0254), change_with_interval(None, None, None)
    ('+0.011 (0.000 to 0.025)', '–')
    """
    if finite(value) is None:
        return MISSING
    rounded = [round(one, 3) for one in map(finite, (value, low, high)) if one is not None]
    # Adding zero turns a negative zero into zero.
    said = [f"{number + 0.0:.3f}" for number in rounded]
    change = f"+{said[0]}" if rounded[0] > 0 else said[0]
    return f"{change} ({said[1]} to {said[2]})" if len(said) == 3 else change


def p_value(value: float | None) -> str:
    """Return a p- or q-value with four decimals, or as smaller than the smallest of them.

    Examples
    --------
    >>> p_value(0.0496), p_value(3e-9), p_value(1.0)
    ('0.0496', '<0.0001', '1.0000')
    """
    number = finite(value)
    if number is None:
        return MISSING
    return f"<{_SMALLEST_P}" if number < _SMALLEST_P else f"{number:.4f}"


def count(value: float | None) -> str:
    """Return a whole number with commas between thousands."""
    number = finite(value)
    return MISSING if number is None else f"{number:,.0f}"


def p_words(letter: str, value: float | None) -> str:
    """Return a p- or q-value in a sentence.

    Examples
    --------
    >>> p_words("q", 0.0312), p_words("p", 1e-9)
    ('q = 0.0312', 'p < 0.0001')
    """
    text = p_value(value)
    return f"{letter} < {text[1:]}" if text.startswith("<") else f"{letter} = {text}"


def plural(number: float, singular: str, several: str = "") -> str:
    """Return the count and its noun.

    Examples
    --------
    >>> plural(1, "participant"), plural(2320, "participant"), plural(2, "study", "studies")
    ('1 participant', '2,320 participants', '2 studies')
    """
    noun = singular if number == 1 else several or f"{singular}s"
    return f"{count(number)} {noun}"


def percent(part: float | None, whole: float | None) -> str:
    """Return a share in whole percent, or the dash where it is undefined."""
    top, bottom = finite(part), finite(whole)
    if top is None or not bottom:
        return MISSING
    return f"{100 * top / bottom:.0f}{NO_BREAK}%"


def significant(value: float | None) -> str:
    """Return a measured value with three significant digits and no exponent below a million.

    Examples
    --------
    >>> significant(12345.6), significant(0.01234), significant(3.0)
    ('12,300', '0.0123', '3')
    """
    number = finite(value)
    if number is None:
        return MISSING
    if number == 0:
        return "0"
    if abs(number) >= 1e6 or abs(number) < 1e-4:
        return f"{number:.2e}"
    decimals = max(0, 2 - math.floor(math.log10(abs(number))))
    rounded = round(number, 2 - math.floor(math.log10(abs(number))))
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(days: float | None) -> str:
    """Return days as months with one decimal, as clinicians write follow-up.

    Examples
    --------
    >>> duration(365.25)
    '12.0 months'
    """
    number = finite(days)
    return MISSING if number is None else f"{number / DAYS_PER_MONTH:.1f} months"
