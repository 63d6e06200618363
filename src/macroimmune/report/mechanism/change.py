"""How much one number differs from another: nine steps of colour, arrows, and words."""

import math
from dataclasses import dataclass

from macroimmune.report.mechanism.course_scale import LEAST
from macroimmune.report.numbers import MISSING, significant
from macroimmune.report.svg import path, text

__all__ = ["BOUNDS", "Change", "arrow", "change_between", "change_key"]

# Ratios from which on a step begins; the same downwards as 1 / ratio. Below the first, as in the
# rule by which claims are scored, nothing has changed.
BOUNDS = (1.1, 1.25, 2.0, 4.0)
_ARROWS = (0, 1, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Change:
    """One number beside another.

    Parameters
    ----------
    ratio : float or None
        None where either is missing or the second is zero.
    step : int
        -4 to 4; 0: unchanged (less than 10 %), or no ratio.
    words : str
        `x2.4`, or `new`, `gone`, `none` where there is no ratio to give.
    """

    ratio: float | None
    step: int
    words: str

    @property
    def look(self) -> str:
        """Class of its colour."""
        return f"u{self.step + 4}"


def change_between(value: float | None, other: float | None) -> Change:
    """Return the change from `other` to `value`.

    Parameters
    ----------
    value, other : float or None
        None where a run did not get there.

    Notes
    -----
    Convention: numbers below ten cells (1e-8 of 10^9) count as none; what was none and is there
    now is `new` and has the highest step, what is `gone` the lowest.

    Examples
    --------
    >>> change_between(3.0, 1.0), change_between(0.0, 1.0).words, change_between(0.0, 0.0).words
    (Change(ratio=3.0, step=3, words='×3'), 'gone', 'none')
    """
    if value is None or other is None:
        return Change(None, 0, MISSING)
    if other < LEAST:
        return Change(None, 0, "none") if value < LEAST else Change(None, 4, "new")
    if value < LEAST:
        return Change(None, -4, "gone")
    ratio = value / other
    size = sum(max(ratio, 1.0 / ratio) >= bound for bound in BOUNDS)
    return Change(ratio, size if ratio > 1 else -size, f"×{_two_digits(ratio)}")


def _two_digits(ratio: float) -> str:
    if ratio >= 1000 or ratio < 0.001:
        power = math.floor(math.log10(ratio))
        raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"10{raised}"
    return significant(float(f"{ratio:.2g}"))


def arrow(step: int, x: float, y: float) -> str:
    """Return the commands of one to three arrow heads up or down, or of a level bar, around y."""
    count, sign = _ARROWS[abs(step)], -1 if step > 0 else 1
    if not count:
        return f"M{x - 9:.0f} {y:.0f}h18"
    first = y - sign * 4.5 * (count - 1)
    return "".join(
        f"M{x - 9:.0f} {first + sign * (9 * k - 5):.0f}l9 {sign * 9} l9 {-sign * 9}"
        for k in range(count)
    ).replace(" l", "l")


def change_key(x: float, y: float) -> str:
    """Return the scale of colours with their arrows and bounds, 760 wide and 64 high."""
    parts = [text(x, y + 24, "less", "t s")]
    left = x + 60
    for step in range(-4, 5):
        at = left + 72 * (step + 4)
        parts.append(path(f"M{at:.0f} {y:.0f}h72v34h-72z", f"u{step + 4}"))
        parts.append(path(arrow(step, at + 36, y + 17), "up white" if abs(step) > 2 else "up"))
    bounds = [*(1 / bound for bound in reversed(BOUNDS)), *BOUNDS]
    parts.extend(
        text(left + 72 * (k + 1), y + 60, f"×{round(bound, 2):g}", "t s m")
        for k, bound in enumerate(bounds)
    )
    parts.append(text(left + 72 * 9 + 12, y + 24, "more", "t s"))
    return "".join(parts)
