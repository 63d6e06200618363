"""The acceptance test of the model: which claims are scored, how, and what guessing scores."""

from macroimmune.mechanism.acceptance.claims_table import claims_table
from macroimmune.mechanism.acceptance.evaluation import claim_outcomes
from macroimmune.mechanism.acceptance.frozen_rules import RULES_SHA256, Rules, rules
from macroimmune.mechanism.acceptance.outcome import ClaimOutcome
from macroimmune.mechanism.acceptance.plans import plans_of, scored_claims, section_claims
from macroimmune.mechanism.acceptance.scorable import (
    SCORABLE_SHA256,
    ScorableClaim,
    scorable_claims,
)
from macroimmune.mechanism.acceptance.scores import score_table

__all__ = [
    "RULES_SHA256",
    "SCORABLE_SHA256",
    "ClaimOutcome",
    "Rules",
    "ScorableClaim",
    "claim_outcomes",
    "claims_table",
    "plans_of",
    "rules",
    "scorable_claims",
    "score_table",
    "scored_claims",
    "section_claims",
]
