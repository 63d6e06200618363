"""Which parameters a fit may move, with their prior: log-normal, within the stated range."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.mechanism.model import Parameter, parameters

__all__ = ["FITTED_GRADES", "ParameterSpace", "parameter_space"]

# A measured value is not moved; a derived one follows from others.
FITTED_GRADES = ("estimated", "fitted")
# Standard deviations between the middle and an end of the range that holds 95 %.
_REACH = 1.959964


@dataclass(frozen=True, slots=True)
class ParameterSpace:
    """The parameters of a fit, on the log scale.

    Parameters
    ----------
    names : tuple of str, length p
    start : (p,) array
        Logarithms of the values of the table.
    low, high : (p,) array
        Logarithms of the ends of the stated range; a fit stays within.
    centre, sd : (p,) array
        Of the prior: the middle of the range, and the spread at which it holds 95 %.
    """

    names: tuple[str, ...]
    start: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    centre: NDArray[np.float64]
    sd: NDArray[np.float64]

    def subset(self, names: Sequence[str]) -> "ParameterSpace":
        """Return the space of some of its parameters, in the order of the space.

        Raises
        ------
        InputError
            If a name is not in the space; with the nearest.
        """
        for name in names:
            if name not in self.names:
                msg = f"parameter {name!r} is not one that is fitted. "
                raise InputError(msg + did_you_mean(name, self.names))
        kept = [place for place, name in enumerate(self.names) if name in set(names)]
        return ParameterSpace(
            tuple(self.names[place] for place in kept),
            self.start[kept],
            self.low[kept],
            self.high[kept],
            self.centre[kept],
            self.sd[kept],
        )

    def values(self, logs: NDArray[np.float64]) -> dict[str, float]:
        """Return parameters by name from their logarithms."""
        return dict(zip(self.names, np.exp(logs).tolist(), strict=True))


def parameter_space(table: Mapping[str, Parameter] | None = None) -> ParameterSpace:
    """Return the immune parameters that are estimated or fitted and have a positive range.

    Parameters
    ----------
    table : mapping or None
        Parameters by name; None: those of the model.

    Notes
    -----
    Convention: the middle of the prior is the geometric middle of the range and not the present
    value, so that a second fit starts from the same prior as the first.
    """
    chosen = [
        one
        for one in (parameters() if table is None else table).values()
        if one.role == "immune" and one.grade in FITTED_GRADES and 0 < one.low < one.high
    ]
    low = np.log([one.low for one in chosen])
    high = np.log([one.high for one in chosen])
    return ParameterSpace(
        names=tuple(one.name for one in chosen),
        start=np.clip(np.log([one.value for one in chosen]), low, high),
        low=low,
        high=high,
        centre=(low + high) / 2,
        sd=(high - low) / (2 * _REACH),
    )
