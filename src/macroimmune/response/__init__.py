"""The answer of cells to a stimulus: paired wells, effect sizes, scores, dose and response."""

from macroimmune.response.well import MarkerLevels, WellResponse

__all__ = ["MarkerLevels", "WellResponse"]
