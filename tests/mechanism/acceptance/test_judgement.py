import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.mechanism.acceptance import rules
from macroimmune.mechanism.acceptance.judgement import (
    SIGNS,
    SIGNS_MET,
    association_found,
    association_holds,
    ratio_holds,
    value_holds,
)


def met(holds: tuple[bool, ...]) -> set[str]:
    return {sign for sign, one in zip(SIGNS, holds, strict=True) if one}


@pytest.mark.parametrize(
    ("ratio", "signs"),
    [
        (1.3, {"up", "not down"}),
        (1.2, {"up", "unchanged", "not down"}),
        (1.05, {"unchanged", "not up", "not down"}),
        (0.85, {"down", "unchanged", "not up"}),
        (0.5, {"down", "not up"}),
    ],
)
def test_a_ratio_meets_the_signs_of_the_rules(ratio: float, signs: set[str]) -> None:
    assert met(ratio_holds([ratio], rules())) == signs


def test_a_claim_holds_where_it_holds_in_every_tumour() -> None:
    assert met(ratio_holds([2.0, 1.0], rules())) == {"not down"}


def test_without_a_ratio_nothing_holds() -> None:
    assert met(ratio_holds([], rules())) == met(association_holds([], rules())) == set()


@pytest.mark.parametrize(
    ("rho", "signs"),
    [
        (0.1, {"up", "not down"}),
        (0.05, {"unchanged", "not up", "not down"}),
        (-0.4, {"down", "not up"}),
    ],
)
def test_an_association_meets_the_signs_of_the_rules(rho: float, signs: set[str]) -> None:
    assert met(association_holds([rho], rules())) == signs


@given(st.lists(st.floats(min_value=0.01, max_value=100), min_size=1, max_size=4))
def test_up_and_down_never_hold_together(ratios: list[float]) -> None:
    holds = met(ratio_holds(ratios, rules()))
    assert not {"up", "down"} <= holds
    if "up" in holds:
        assert "not down" in holds


def test_a_point_is_met_near_it_and_a_range_within() -> None:
    assert value_holds([14.0, 17.5], 14, 14, rules())
    assert not value_holds([14.0, 18.0], 14, 14, rules())
    assert value_holds([21.0], 21, 42, rules())
    assert not value_holds([20.0], 21, 42, rules())
    assert value_holds([59.0], None, 60, rules())
    assert not value_holds([49.0], 50, None, rules())
    assert not value_holds([], None, 60, rules())


def test_what_a_constant_direction_meets_is_what_its_ratio_meets() -> None:
    for sign, ratio in (("up", 2.0), ("down", 0.5), ("unchanged", 1.0)):
        assert set(SIGNS_MET[sign]) == met(ratio_holds([ratio], rules()))


def test_an_association_is_found_by_its_sign() -> None:
    assert [association_found(rho, rules()) for rho in (0.3, -0.3, np.float64(0.0))] == [
        "up",
        "down",
        "unchanged",
    ]
