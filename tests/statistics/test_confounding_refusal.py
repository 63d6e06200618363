import numpy as np
import pytest

from macroimmune.statistics import confounding_refusal as refusal


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def test_a_batch_that_is_a_group_is_refused_with_the_numbers(rng):
    said = refusal(["1"] * 5 + ["2"] * 5, ["R"] * 5 + ["N"] * 5, "response", rng=rng)
    assert said.startswith("batch is confounded with response: each of 2 batches holds one group")
    assert "10 units" in said


def test_a_batch_that_tells_much_of_a_group_is_refused_with_v_and_p(rng):
    batch = ["1"] * 20 + ["2"] * 20
    label = ["a"] * 15 + ["b"] * 5 + ["a"] * 5 + ["b"] * 15
    said = refusal(batch, label, "arm", rng=rng)
    assert "Cramér's V 0.4" in said
    assert "p = 0.00" in said


def test_balanced_batches_pass(rng):
    assert refusal(["1", "2"] * 20, ["a", "a", "b", "b"] * 10, "arm", rng=rng) == ""


def test_a_large_study_with_a_weak_association_passes(rng):
    batch = ["1"] * 500 + ["2"] * 500
    label = ["a"] * 280 + ["b"] * 220 + ["a"] * 220 + ["b"] * 280
    assert refusal(batch, label, "arm", rng=rng) == ""


@pytest.mark.parametrize("label", [[""] * 4, ["a"] * 4])
def test_without_two_groups_there_is_nothing_to_confound(label, rng):
    assert refusal(["1", "1", "2", "2"], label, "arm", rng=rng) == ""


def test_groups_spread_by_chance_are_seldom_refused(rng):
    said = [
        refusal(list(rng.choice(list("123"), 30)), list(rng.choice(list("ab"), 30)), "arm", rng=rng)
        for _ in range(200)
    ]
    # At most the 5 % of the test, plus two standard errors of 200 draws.
    assert np.mean([bool(one) for one in said]) <= 0.08
