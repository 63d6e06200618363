"""Cytometry of a study: its files looked at one by one, what they tell gathered into tables."""

from macroimmune.cytometry.stage.measure import (
    MeasuredCytometry,
    has_cytometry,
    measure_cytometry,
    work_beside,
)

__all__ = ["MeasuredCytometry", "has_cytometry", "measure_cytometry", "work_beside"]
