"""The loss by hand: squares of quantities, hinges of claims, and their local picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from macroimmune.mechanism.fitting import (
    Terms,
    joined_terms,
    local_loss,
    prior_losses,
    term_losses,
)

OPEN = np.inf


def quantities(centre, sd):
    count = len(centre)
    nothing = np.full(count, np.nan)
    return Terms(
        tuple(f"q{n}" for n in range(count)),
        ("healthy",) * count,
        np.zeros(count, bool),
        np.array(centre),
        np.array(sd),
        nothing,
        nothing,
        np.ones(count),
    )


def claims(low, high, weight=None):
    count = len(low)
    nothing = np.full(count, np.nan)
    return Terms(
        tuple(f"c{n}" for n in range(count)),
        ("Perturbations",) * count,
        np.ones(count, bool),
        nothing,
        nothing,
        np.array(low),
        np.array(high),
        np.ones(count) if weight is None else np.array(weight),
    )


def test_a_quantity_costs_the_square_of_its_distance_in_standard_deviations():
    terms = quantities([np.log(4.0), 0.0], [0.5, 0.1])
    assert term_losses(np.array([np.log(4.0) + 1.0, 0.0]), terms) == pytest.approx([4.0, 0.0])


def test_a_claim_costs_nothing_inside_its_region_and_less_than_its_weight_outside():
    terms = claims([0.1, -OPEN, -0.2], [OPEN, -0.1, 0.2], [1.0, 1.0, 0.5])
    inside = np.array([0.1, -0.5, 0.0])
    assert term_losses(inside, terms).tolist() == [0.0, 0.0, 0.0]
    outside = np.array([-0.1, 0.0, 0.6])
    assert term_losses(outside, terms) == pytest.approx([0.8, 2 / 3, 0.5 * 8 / 9])


def test_what_could_not_be_measured_costs_and_is_no_nan():
    terms = joined_terms(quantities([0.0], [1.0]), claims([0.1], [OPEN], [0.5]))
    assert term_losses(np.array([np.nan, np.nan]), terms).tolist() == [16.0, 0.5]


def test_the_prior_costs_nothing_in_the_middle_of_the_range():
    centre, sd = np.array([0.0, 1.0]), np.array([0.5, 0.5])
    assert prior_losses(np.array([0.0, 2.0]), centre, sd).tolist() == [0.0, 4.0]


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=3))
def test_the_gradient_of_the_local_picture_is_that_of_its_loss(move):
    rng = np.random.default_rng(3)
    terms = joined_terms(
        quantities([0.0, 1.0], [0.5, 1.0]),
        claims([0.1, -OPEN, -0.2, 0.3], [OPEN, -0.1, 0.2, OPEN], [1.0, 1.0, 0.5, 1.0]),
    )
    measured, slopes = rng.normal(size=6), rng.normal(size=(6, 3))
    measured[5] = np.nan
    loss, gradient = local_loss(measured, slopes, terms, np.array(move), 0.03)
    assert loss >= 0
    numeric = approx_fprime(
        np.array(move), lambda at: local_loss(measured, slopes, terms, at, 0.03)[0], 1e-7
    )
    assert gradient == pytest.approx(numeric, abs=2e-4)


def test_the_local_picture_is_nowhere_below_the_loss_of_claims():
    terms = claims([0.1, -OPEN, -0.2], [OPEN, -0.1, 0.2], [1.0, 1.0, 0.5])
    measured = np.array([-0.3, 0.05, 0.0])
    for move in np.linspace(-0.5, 0.5, 41):
        seen = local_loss(measured, np.ones((3, 1)), terms, np.array([move]), 1e-6)[0]
        here = term_losses(measured, terms).sum()
        straight = local_loss(measured, np.ones((3, 1)), terms, np.zeros(1), 1e-6)[0]
        assert seen - straight >= term_losses(measured + move, terms).sum() - here - 1e-4
