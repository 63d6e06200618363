"""Stimulation, responsiveness and what follows from them, as sections of the page."""

from macroimmune.report.response.checks_section import checks_section
from macroimmune.report.response.dose_section import dose_section
from macroimmune.report.response.outcome_section import outcome_section
from macroimmune.report.response.pre_encoded_section import pre_encoded_section
from macroimmune.report.response.responsiveness_section import (
    responsiveness_section,
    scored_donors,
)
from macroimmune.report.response.stimulation_section import pair_words, stimulation_section

__all__ = [
    "checks_section",
    "dose_section",
    "outcome_section",
    "pair_words",
    "pre_encoded_section",
    "responsiveness_section",
    "scored_donors",
    "stimulation_section",
]
