"""Stored numbers to the linear scale of the detector: logarithmic amplifiers and gains."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from macroimmune.errors import InputError

__all__ = ["LinearStep", "linear_steps"]


@dataclass(frozen=True, slots=True)
class LinearStep:
    """How one channel becomes linear: zero x 10 ** (decades x stored / top) / gain.

    Parameters
    ----------
    channel : int
    decades : float
        0 where the amplifier is linear; the value is then stored / gain.
    zero, top, gain : float
    """

    channel: int
    decades: float
    zero: float
    top: float
    gain: float

    @property
    def largest(self) -> float:
        """The value at the top of the range, linear."""
        return self.zero * 10.0**self.decades if self.decades else self.top / self.gain


def linear_steps(
    names: Sequence[str],
    amplifications: Sequence[tuple[float, float]],
    ranges: Sequence[float],
    keywords: Mapping[str, str],
    time: Sequence[int],
    place: str,
) -> tuple[LinearStep, ...]:
    """Return the channels that are not stored on a linear scale of gain 1, and their steps.

    Parameters
    ----------
    names : sequence of str, one per channel
    amplifications : sequence of (float, float), one per channel
        $PnE: decades and value at zero.
    ranges : sequence of float, one per channel
        $PnR.
    keywords : mapping of str to str
        $PnG is looked at.
    time : sequence of int
        Channels of time: their $PnG is not a gain, programs write the time step there.
    place : str
        The file, for messages.

    Raises
    ------
    InputError
        If a logarithmic channel has no range, or decades that no instrument has.

    Notes
    -----
    Convention: FCS 3.1; a gain divides, and only where the amplifier is linear. A value at zero
    of 0 with decades above 0 is read as 1, as the standard asks. $PnD is a wish for display and
    changes no value.
    """
    steps = []
    for channel, (decades, zero) in enumerate(amplifications):
        gain = _gain(keywords.get(f"$P{channel + 1}G"))
        top = float(ranges[channel])
        if decades > 0:
            if not top > 0 or decades > 20:
                msg = (
                    f"{place}, {names[channel]}: logarithmic, {decades:g} decades, range {top:g}; "
                    "expected at most 20 decades and $PnR above 0; export the file on a linear "
                    "scale"
                )
                raise InputError(msg)
            steps.append(LinearStep(channel, decades, zero if zero > 0 else 1.0, top, 1.0))
        elif gain != 1.0 and channel not in time:
            steps.append(LinearStep(channel, 0.0, 1.0, top, gain))
    return tuple(steps)


def _gain(text: str | None) -> float:
    try:
        gain = float(text or "1")
    except ValueError:
        return 1.0
    return gain if gain > 0 and math.isfinite(gain) else 1.0
