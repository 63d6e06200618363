"""The answer of cells to a stimulus: paired wells, effect sizes, scores, dose and response."""

from macroimmune.response.declared_markers import DeclaredMarkers, declared_markers
from macroimmune.response.effects import ResponseEffects, response_effects
from macroimmune.response.marker_levels import marker_levels
from macroimmune.response.paired_responses import PairedResponses, paired_responses
from macroimmune.response.well import MarkerLevels, WellResponse

__all__ = [
    "DeclaredMarkers",
    "MarkerLevels",
    "PairedResponses",
    "ResponseEffects",
    "WellResponse",
    "declared_markers",
    "marker_levels",
    "paired_responses",
    "response_effects",
]
