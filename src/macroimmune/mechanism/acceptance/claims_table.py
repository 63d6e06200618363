"""The claims table: a row per scored claim, as it is printed and saved."""

from collections.abc import Mapping, Sequence

import polars as pl

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.frozen_rules import rules
from macroimmune.mechanism.acceptance.mechanism_gaps import missing_mechanisms
from macroimmune.mechanism.acceptance.outcome import ClaimOutcome
from macroimmune.mechanism.acceptance.scorable import scorable_claims
from macroimmune.results import RESULT_TABLES

__all__ = ["claim_columns", "claims_table"]


def claim_columns(claim: Claim) -> dict[str, object]:
    """Return the columns that every table of claims begins with."""
    return {
        "claim_id": claim.evidence_id,
        "group": scorable_claims()[claim.evidence_id].group,
        "section": claim.section,
        "kind": claim.kind,
        "is_held_out": claim.section in rules().held_out,
    }


def claims_table(chosen: Sequence[Claim], outcomes: Mapping[str, ClaimOutcome]) -> pl.DataFrame:
    """Return table `model_claims`.

    Parameters
    ----------
    chosen : sequence of Claim
    outcomes : mapping of str to ClaimOutcome
        By claim.
    """
    rows = [_row(claim, outcomes[claim.evidence_id]) for claim in chosen]
    return pl.DataFrame(rows, schema=RESULT_TABLES["model_claims"].schema)


def _row(claim: Claim, found: ClaimOutcome) -> dict[str, object]:
    lacking = "" if found.passed else missing_mechanisms().get(claim.evidence_id, "")
    return {
        **claim_columns(claim),
        "statement": claim.sentence,
        "compartment": claim.compartment,
        "observable": claim.observable,
        "condition": claim.condition,
        "comparator": claim.comparator,
        "tumour": ";".join(found.tumours),
        "day": found.day,
        "condition_value": found.condition_value,
        "comparator_value": found.comparator_value,
        "ratio": found.ratio,
        "association": found.association,
        "expected": _expected(claim),
        "found": found.found,
        "passed": found.passed,
        "missing_mechanism": lacking,
        "status": found.status,
    }


def _expected(claim: Claim) -> str:
    if claim.direction != "value":
        return claim.direction
    low, high = claim.value_low, claim.value_high
    if low is not None and high is not None:
        return f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}"
