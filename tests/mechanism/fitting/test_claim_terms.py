"""Hinges of claims by hand, and the sections that no fit reads."""

import dataclasses

import numpy as np
import pytest

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance import rules, scored_claims
from macroimmune.mechanism.acceptance.outcome import ClaimOutcome
from macroimmune.mechanism.fitting import (
    claim_terms,
    costly_claims,
    fitted_claims,
    measured_claims,
    pass_region,
    term_losses,
)
from macroimmune.mechanism.fitting.claim_terms import _measured

OPPOSITE = {"up": "down", "down": "up", "not up": "not down", "not down": "not up"}


def claim(direction: str, low=None, high=None) -> Claim:
    one = fitted_claims()[0]
    return dataclasses.replace(one, direction=direction, value_low=low, value_high=high)


@pytest.fixture(scope="module")
def few():
    """Five claims that are fitted, of as many sections as there are."""
    by_section = {one.section: one for one in fitted_claims()}
    return tuple(by_section.values())[:3]


@pytest.mark.parametrize(
    ("direction", "low", "high", "ends"),
    [
        ("up", None, None, (1.1, np.inf)),
        ("down", None, None, (0.0, 0.9)),
        ("unchanged", None, None, (0.8, 1.25)),
        ("not up", None, None, (0.0, 1.1)),
        ("not down", None, None, (0.9, np.inf)),
        ("value", 60, 60, (0.8, 1.25)),
        ("value", 7, 14, (1.0, 1.0)),
    ],
)
def test_the_region_of_a_direction_is_that_of_the_rules(direction, low, high, ends):
    assert np.exp(pass_region(claim(direction, low, high))) == pytest.approx(ends)


def test_the_distance_of_a_claim_is_that_of_its_log_ratio_to_the_region():
    up = claim("up")
    measured = np.array([
        _measured(up, ClaimOutcome("a", ratio=ratio, passed=passed))
        for ratio, passed in ((1.5, True), (1.0, False), (1.3, False), (None, False))
    ])
    losses = [term_losses(measured[n : n + 1], claim_terms([up]))[0] for n in range(4)]
    weight = claim_terms([up]).weight[0]
    assert losses[:3] == pytest.approx([
        0.0,
        weight * np.log(1.1) / (np.log(1.1) + 0.05),
        weight * 2 / 7,
    ])
    assert losses[3] == pytest.approx(weight)


def test_a_claim_that_passes_costs_nothing(few):
    losses = term_losses(measured_claims({}, few), claim_terms(few))
    from macroimmune.mechanism.acceptance import claim_outcomes

    outcomes = claim_outcomes(few)
    assert [loss == 0 for loss in losses] == [outcomes[one.evidence_id].passed for one in few]


def test_a_group_weighs_as_much_as_one_claim():
    chosen = fitted_claims()
    terms = claim_terms(chosen)
    assert 0 < terms.weight.min() < terms.weight.max() == 4
    assert terms.weight.sum() / 4 == pytest.approx(round(terms.weight.sum() / 4))


def test_no_held_out_claim_is_among_the_terms():
    assert set(rules().held_out) == {"Resection", "Secondary challenge", "Box 1 microbiome"}
    assert not {one.section for one in fitted_claims()} & set(rules().held_out)


def test_turning_every_held_out_claim_round_changes_no_term():
    turned = [
        dataclasses.replace(one, direction=OPPOSITE.get(one.direction, one.direction))
        if one.section in rules().held_out
        else one
        for one in scored_claims()
    ]
    assert turned != list(scored_claims())
    mine, theirs = fitted_claims(), fitted_claims(turned)
    assert mine == theirs
    np.testing.assert_array_equal(claim_terms(mine).low, claim_terms(theirs).low)
    np.testing.assert_array_equal(claim_terms(mine).high, claim_terms(theirs).high)


def test_nothing_of_a_held_out_claim_but_its_section_is_read():
    class Sealed:
        section = "Resection"

        def __getattr__(self, name: str) -> object:
            msg = f"the fit read {name} of a held-out claim"
            raise AssertionError(msg)

    kept = fitted_claims([Sealed(), fitted_claims()[0]])
    assert kept == (fitted_claims()[0],)


def test_claims_on_patients_and_clones_are_left_to_the_end_of_a_fit():
    costly = {one.evidence_id: one for one in costly_claims()}
    assert not set(costly) & {one.evidence_id for one in fitted_claims()}
    assert not {one.section for one in costly.values()} & set(rules().held_out)
    # An association, and one that is read from clones.
    assert {"C251", "C177"} <= set(costly)
    assert pass_region(costly["C251"]) == (rules().smallest_association, np.inf)


def test_the_distance_of_an_association_is_that_of_itself():
    one = next(one for one in costly_claims() if one.evidence_id == "C251")
    low = rules().smallest_association
    found = [
        _measured(one, ClaimOutcome("a", association=size, passed=size >= low))
        for size in (0.3, 0.04)
    ]
    assert found == [0.3, 0.04]
    losses = term_losses(np.array(found[1:]), claim_terms([one]))
    assert losses == pytest.approx(claim_terms([one]).weight * (low - 0.04) / (low - 0.04 + 0.05))
