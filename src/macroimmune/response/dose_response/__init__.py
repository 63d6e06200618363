"""The level of a marker by the dose of a stimulus: curves, EC50, and whether there is a rise."""

from macroimmune.response.dose_response.dose_levels import (
    levels_measured_elsewhere,
    levels_of_pairs,
)
from macroimmune.response.dose_response.dose_series import DoseSeries, fitted_series
from macroimmune.response.dose_response.dose_tables import DoseTables, dose_tables

__all__ = [
    "DoseSeries",
    "DoseTables",
    "dose_tables",
    "fitted_series",
    "levels_measured_elsewhere",
    "levels_of_pairs",
]
