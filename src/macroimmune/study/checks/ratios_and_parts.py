"""Supplied ratios against their parts, and the differential count against the leukocytes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, at_row, blood_by_sample, limited
from macroimmune.study.study import AnalysisSettings

__all__ = ["DIFFERENTIAL_SUM", "RATIOS"]

_RATIOS = (
    ("nlr", "neutrophils", "lymphocytes"),
    ("nlr", "neutrophils_percent", "lymphocytes_percent"),
    ("plr", "platelets", "lymphocytes"),
    ("lmr", "lymphocytes", "monocytes"),
)
_PARTS = ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils")
_SLACK = 0.01
_MOST_DECIMALS = 6


def _half_unit(values: pl.Series) -> float:
    """Return half of the last decimal place to which a column was written."""
    known = values.drop_nulls().to_numpy()
    for decimals in range(_MOST_DECIMALS):
        if np.allclose(known, np.round(known, decimals), rtol=0, atol=1e-9):
            return 0.5 * 10.0**-decimals
    return 0.0


def _disagreements(
    blood: pl.DataFrame, ratio: str, above: str, below: str
) -> Iterator[tuple[dict[str, Any], float]]:
    """Yield the samples whose ratio lies outside what rounding of the three values allows."""
    rows = blood.drop_nulls([ratio, above, below]).filter(pl.col(below) > 0)
    if rows.is_empty():
        return
    off = {name: _half_unit(blood[name]) for name in (ratio, above, below)}
    for row in rows.iter_rows(named=True):
        least = max(row[above] - off[above], 0) / (row[below] + off[below])
        room = row[below] - off[below]
        most = (row[above] + off[above]) / room if room > 0 else np.inf
        low, high = least * (1 - _SLACK) - off[ratio], most * (1 + _SLACK) + off[ratio]
        if not low <= row[ratio] <= high:
            yield row, row[above] / row[below]


def _look_at_ratios(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    blood = blood_by_sample(tables)
    for ratio, above, below in _RATIOS:
        if {ratio, above, below} <= set(blood.columns):
            yield from limited(
                at_row(
                    row,
                    severity="warning",
                    code="ratio-disagrees",
                    column=ratio,
                    found=f"{row[ratio]:g}, but {above} / {below} = "
                    f"{row[above]:g} / {row[below]:g} = {parts:.3g}",
                    expected="the ratio of its parts, within rounding",
                    advice="Are the units of the parts right, and are all from the same draw? "
                    "Ratios are computed from the parts where both exist.",
                )
                for row, parts in _disagreements(blood, ratio, above, below)
            )


def _look_at_sum(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    blood = blood_by_sample(tables)
    parts = [part for part in _PARTS if part in blood.columns]
    if "leukocytes" not in blood.columns or len(parts) < 2:
        return
    blood = blood.with_columns(total=pl.sum_horizontal(parts))
    slack = sum(_half_unit(blood[name]) for name in ("leukocytes", *parts))
    # Automated differentials and manual recounts differ by a few per cent.
    over = blood.filter(pl.col("total") > pl.col("leukocytes") * 1.05 + slack)
    yield from limited(
        at_row(
            row,
            severity="warning",
            code="differential-over-leukocytes",
            column="leukocytes",
            found=f"{row['leukocytes']:g}, but {' + '.join(parts)} = {row['total']:.4g}",
            expected="a sum of the cell types no larger than the leukocytes",
            advice="Is one of them in another unit (cells/uL, percent)? Set its unit.",
        )
        for row in over.iter_rows(named=True)
    )


RATIOS = Check(("ratio-disagrees",), "a supplied ratio that its parts contradict", _look_at_ratios)
DIFFERENTIAL_SUM = Check(
    ("differential-over-leukocytes",), "cell types that sum to more than all", _look_at_sum
)
