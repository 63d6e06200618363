import pytest

from macroimmune.mechanism.acceptance import (
    claim_outcomes,
    missing_mechanisms,
    scored_claims,
    unexplained,
)


def test_a_claim_that_fails_needs_a_line_and_one_that_passes_must_not_have_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = {"C001": "no niche in marrow", "C002": "no niche in marrow"}
    monkeypatch.setattr(
        "macroimmune.mechanism.acceptance.mechanism_gaps.missing_mechanisms", lambda: lines
    )
    found = unexplained({"C001": False, "C002": True, "C003": False, "C004": True})
    assert found == (["C003"], ["C002"])


def test_the_list_names_scored_claims_alone_and_says_something_of_each() -> None:
    lines = missing_mechanisms()
    assert set(lines) <= {claim.evidence_id for claim in scored_claims()}
    assert all(len(mechanism) > 10 for mechanism in lines.values())


@pytest.mark.slow
def test_every_failing_claim_has_its_missing_mechanism_and_no_passing_one_has() -> None:
    if not missing_mechanisms():
        pytest.skip("the list of missing mechanisms is written when the model is")
    found = claim_outcomes(scored_claims(), workers=2)
    assert unexplained({name: one.passed for name, one in found.items()}) == ([], [])
