"""Responsiveness scores: frozen reference, intervals, groups, definitions, failed plates."""

from macroimmune.response.score.declared import SCORED_FAMILY, list_populations
from macroimmune.response.score.people import blood_samples
from macroimmune.response.score.reference import (
    FrozenReference,
    Standardised,
    apply_reference,
    fit_reference,
    least_markers,
)
from macroimmune.response.score.responsiveness import ScoredResponses, score_responses
from macroimmune.response.score.series import SERIES, series_words

__all__ = [
    "SCORED_FAMILY",
    "SERIES",
    "FrozenReference",
    "ScoredResponses",
    "Standardised",
    "apply_reference",
    "blood_samples",
    "fit_reference",
    "least_markers",
    "list_populations",
    "score_responses",
    "series_words",
]
