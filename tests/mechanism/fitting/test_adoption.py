"""What of a search is taken: toys in which what it gains costs a claim that it did not see."""

from functools import partial

import numpy as np
import pytest

from macroimmune.mechanism.fitting import Found, Objective, ParameterSpace, Terms, adopted

ASKED: list[dict] = []
BEST = Found(np.array([1.0, 2.0, 0.4]), 0.0, np.zeros(3), 7)
PROCESSES = ("first", "second", "second")


def space() -> ParameterSpace:
    one = np.ones(3)
    return ParameterSpace(("a", "b", "c"), 0 * one, -3 * one, 3 * one, 0 * one, 1e3 * one)


def cheap() -> Objective:
    """Three quantities: the parameters themselves, wanted where the search went."""
    none = np.full(3, np.nan)
    terms = Terms(
        ("qa", "qb", "qc"), ("toy",) * 3, none > 0, BEST.logs, np.ones(3), none, none, np.ones(3)
    )
    return Objective(space(), terms, lambda values: asked(values, "abc"))


def costly(most_b: float) -> Objective:
    """One claim, that b is at most so much."""
    none, low, high = np.full(1, np.nan), np.full(1, -np.inf), np.array([most_b])
    terms = Terms(("claim",), ("toy",), np.array([True]), none, none, low, high, np.full(1, 4.0))
    return Objective(space(), terms, lambda values: asked(values, "b"))


def asked(values, names):
    ASKED.append(values)
    return np.log([values[name] for name in names])


@pytest.mark.parametrize(
    ("most_b", "shares", "says"),
    [
        (9.0, {"second": 1.0, "first": 1.0}, "taken"),
        (1.5, {"second": 0.5, "first": 1.0}, "taken in part"),
        (0.5, {"second": 0.0, "first": 1.0}, "not taken: claim would be lost"),
    ],
)
def test_moves_are_taken_by_process_while_no_claim_is_lost(tmp_path, most_b, shares, says):
    found, moves = adopted(cheap, partial(costly, most_b), BEST, PROCESSES, tmp_path)
    assert {move.process: move.share for move in moves} == shares
    # The greatest gain alone comes first: 2^2 + 0.4^2 against 1.
    assert [move.process for move in moves] == ["second", "first"]
    assert moves[0].status == says
    second = shares["second"]
    assert found.logs == pytest.approx([1.0, 2.0 * second, 0.4 * second])
    # By hand: what is left of the squares; the claim costs nothing.
    assert moves[-1].loss_after == pytest.approx((1 - second) ** 2 * 4.16, abs=2e-5)
    assert found.evaluations == 7


def test_a_claim_that_fails_already_may_be_paid_with(tmp_path):
    _, moves = adopted(cheap, partial(costly, -0.001), BEST, PROCESSES, tmp_path)
    assert {move.process: move.share for move in moves} == {"second": 1.0, "first": 1.0}


def test_a_move_that_gains_nothing_is_not_taken(tmp_path):
    worse = Found(-BEST.logs, 0.0, np.zeros(3), 7)
    found, moves = adopted(cheap, partial(costly, 9.0), worse, PROCESSES, tmp_path)
    assert found.logs == pytest.approx(np.zeros(3))
    assert {move.status for move in moves} == {"not taken: the loss of all terms does not fall"}


def test_a_second_look_in_the_same_folder_asks_the_costly_claims_nothing(tmp_path):
    first = adopted(cheap, partial(costly, 1.5), BEST, PROCESSES, tmp_path)
    n_asked = len(ASKED)
    again = adopted(cheap, partial(costly, 1.5), BEST, PROCESSES, tmp_path)
    # The order of the processes alone is found anew.
    assert len(ASKED) == n_asked + 2
    assert again[1] == first[1]
