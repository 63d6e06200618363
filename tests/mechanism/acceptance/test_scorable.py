from macroimmune.evidence import claims
from macroimmune.mechanism.acceptance import scorable_claims


def test_every_claim_that_can_be_simulated_is_scored_or_left_out_with_a_reason() -> None:
    frozen = scorable_claims()
    assert list(frozen) == [c.evidence_id for c in claims() if c.is_simulatable]
    left_out = [c for c in frozen.values() if not c.is_scored]
    assert len(left_out) <= 40
    assert all(c.reason_if_not for c in left_out)


def test_a_group_holds_claims_that_state_the_same() -> None:
    said = {c.evidence_id: c for c in claims()}
    for entry in scorable_claims().values():
        first, this = said[entry.group], said[entry.claim_id]
        assert (first.observable, first.compartment, first.direction) == (
            this.observable,
            this.compartment,
            this.direction,
        )
