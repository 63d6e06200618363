"""The answer of cells to a stimulus: paired wells, effect sizes, scores, dose and response."""

from macroimmune.response.declared_markers import DeclaredMarkers, declared_markers
from macroimmune.response.dose_response import DoseTables, dose_tables
from macroimmune.response.effects import ResponseEffects, response_effects
from macroimmune.response.marker_levels import marker_levels
from macroimmune.response.paired_responses import PairedResponses, paired_responses
from macroimmune.response.pre_encoded import pre_encoded
from macroimmune.response.resting_block import RestingBlock, resting_expression
from macroimmune.response.score import (
    FrozenReference,
    ScoredResponses,
    apply_reference,
    blood_samples,
    fit_reference,
    score_responses,
)
from macroimmune.response.supplied_levels import SuppliedResponses, supplied_responses
from macroimmune.response.well import MarkerLevels, WellResponse
from macroimmune.statistics.compared_groups import ComparedGroups, GroupSummaries, compare_groups

__all__ = [
    "ComparedGroups",
    "DeclaredMarkers",
    "DoseTables",
    "FrozenReference",
    "GroupSummaries",
    "MarkerLevels",
    "PairedResponses",
    "ResponseEffects",
    "RestingBlock",
    "ScoredResponses",
    "SuppliedResponses",
    "WellResponse",
    "apply_reference",
    "blood_samples",
    "compare_groups",
    "declared_markers",
    "dose_tables",
    "fit_reference",
    "marker_levels",
    "paired_responses",
    "pre_encoded",
    "response_effects",
    "resting_expression",
    "score_responses",
    "supplied_responses",
]
