"""The curves of a results folder, found by what they describe."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["CurveKey", "CurveStore", "Line", "read_curves"]

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one figure: points in the order of the file, NaN where nothing is known."""

    x: Numbers
    y: Numbers
    ci_low: Numbers
    ci_high: Numbers
    n: Numbers


@dataclass(frozen=True, slots=True)
class CurveKey:
    """What a figure is about.

    Parameters
    ----------
    curve : str
        kaplan_meier, at_risk, either of them with _cut, cut_statistic, effect,
        hazard_ratio_over_time, distribution, points,
        cumulative_incidence or competing_incidence.
    feature : str
        Id of the feature; empty for the whole study.
    endpoint : str
    landmark_days : float or None
    """

    curve: str
    feature: str
    endpoint: str
    landmark_days: float | None


@dataclass(frozen=True, slots=True)
class CurveStore:
    """All curves of a results folder: for each key its groups, in the order of the file."""

    lines: Mapping[CurveKey, Mapping[str, Line]]
    keys: Mapping[tuple[str, str], tuple[CurveKey, ...]]

    def groups(
        self, curve: str, feature: str, endpoint: str, landmark_days: float | None
    ) -> Mapping[str, Line]:
        """Return the lines of one figure by group; empty where there is none."""
        return self.lines.get(CurveKey(curve, feature, endpoint, landmark_days), {})

    def about(self, curve: str, feature: str) -> tuple[CurveKey, ...]:
        """Return the keys of a kind of curve for one feature, in the order of the file."""
        return self.keys.get((curve, feature), ())


def read_curves(frame: pl.DataFrame) -> CurveStore:
    """Return the table `curves` as lines.

    Parameters
    ----------
    frame : polars DataFrame
        As declared in the results contract; rows of one line may stand apart.

    Notes
    -----
    Convention: points without x or y are left out of the line (rows of numbers at risk have no
    y and keep their place).
    """
    keys = ["curve", "feature", "endpoint", "landmark_days", "group"]
    packed = frame.group_by(keys, maintain_order=True).agg("x", "y", "ci_low", "ci_high", "n")
    lines: dict[CurveKey, dict[str, Line]] = {}
    for curve, feature, endpoint, landmark, group, *columns in packed.iter_rows():
        key = CurveKey(curve, feature, endpoint, landmark)
        part = _line([np.array(column, dtype=float) for column in columns], curve)
        if part.x.size:
            lines.setdefault(key, {})[group] = part
    keys_of: dict[tuple[str, str], tuple[CurveKey, ...]] = {}
    for key in lines:
        about = key.curve, key.feature
        keys_of[about] = (*keys_of.get(about, ()), key)
    return CurveStore(lines, keys_of)


def _line(columns: list[Numbers], curve: str) -> Line:
    wanted = {
        "at_risk": columns[:1],
        "at_risk_cut": columns[:1],
        "points": columns[1:2],
    }
    needed = wanted.get(curve, columns[:2])
    known = np.all([np.isfinite(column) for column in needed], axis=0)
    return Line(*(column[known] for column in columns))
