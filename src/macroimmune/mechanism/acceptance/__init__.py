"""The acceptance test of the model: which claims are scored, how, and what guessing scores."""

from macroimmune.mechanism.acceptance.scorable import (
    SCORABLE_SHA256,
    ScorableClaim,
    scorable_claims,
)

__all__ = ["SCORABLE_SHA256", "ScorableClaim", "scorable_claims"]
