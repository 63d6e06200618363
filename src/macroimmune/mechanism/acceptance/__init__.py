"""The acceptance test of the model: which claims are scored, how, and what guessing scores."""

from macroimmune.mechanism.acceptance.ablations import ABLATIONS, ablations_table, run_ablations
from macroimmune.mechanism.acceptance.association import is_association
from macroimmune.mechanism.acceptance.claims_table import claims_table
from macroimmune.mechanism.acceptance.draws import (
    ClaimDraws,
    draw_values,
    draws_table,
    pass_fractions,
    run_draws,
)
from macroimmune.mechanism.acceptance.evaluation import claim_outcomes
from macroimmune.mechanism.acceptance.frozen_rules import RULES_SHA256, Rules, rules
from macroimmune.mechanism.acceptance.mechanism_gaps import missing_mechanisms, unexplained
from macroimmune.mechanism.acceptance.outcome import ClaimOutcome
from macroimmune.mechanism.acceptance.plans import Plan, plans_of, scored_claims, section_claims
from macroimmune.mechanism.acceptance.read_from_clones import is_clonal
from macroimmune.mechanism.acceptance.reading_state import claims_state
from macroimmune.mechanism.acceptance.scorable import (
    SCORABLE_SHA256,
    ScorableClaim,
    scorable_claims,
)
from macroimmune.mechanism.acceptance.scores import score_table
from macroimmune.mechanism.acceptance.whole_test import AcceptanceTables, acceptance_tables

__all__ = [
    "ABLATIONS",
    "RULES_SHA256",
    "SCORABLE_SHA256",
    "AcceptanceTables",
    "ClaimDraws",
    "ClaimOutcome",
    "Plan",
    "Rules",
    "ScorableClaim",
    "ablations_table",
    "acceptance_tables",
    "claim_outcomes",
    "claims_state",
    "claims_table",
    "draw_values",
    "draws_table",
    "is_association",
    "is_clonal",
    "missing_mechanisms",
    "pass_fractions",
    "plans_of",
    "rules",
    "run_ablations",
    "run_draws",
    "scorable_claims",
    "score_table",
    "scored_claims",
    "section_claims",
    "unexplained",
]
