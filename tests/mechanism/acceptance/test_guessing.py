import numpy as np

from macroimmune.mechanism.acceptance.guessing import Groups, constant_passes, permuted_passes
from macroimmune.mechanism.acceptance.judgement import SIGNS

UP, DOWN = SIGNS.index("up"), SIGNS.index("down")


def groups(signs: list[int], found: list[int], sections: list[str] | None = None) -> Groups:
    """Return groups whose ratios moved as `found`; -1 is a number that holds."""
    holds = np.zeros((len(signs), 5), dtype=bool)
    for row, sign in enumerate(found):
        holds[row, sign] = sign >= 0
    return Groups(
        names=tuple(f"g{n}" for n in range(len(signs))),
        sections=tuple(sections or ["s"] * len(signs)),
        kinds=("k",) * len(signs),
        signs=np.array(signs),
        holds=holds,
        values_hold=np.array([sign < 0 for sign in signs]),
    )


def test_a_group_passes_where_its_own_direction_holds() -> None:
    by = groups([UP, DOWN, UP], [UP, DOWN, DOWN])
    assert by.passes(by.signs).tolist() == [True, True, False]


def test_a_constant_direction_meets_the_groups_of_that_direction_and_no_number() -> None:
    by = groups([UP, DOWN, SIGNS.index("not down"), -1], [UP, UP, UP, -1])
    assert constant_passes(by, "up").tolist() == [True, False, True, False]
    assert constant_passes(by, "unchanged").tolist() == [False, False, True, False]


def test_shuffled_directions_reach_the_expected_mean() -> None:
    # Half up, half down, all right: a shuffled direction is right every second time.
    signs = [UP, DOWN] * 20
    passes = permuted_passes(groups(signs, signs), 2000, rng=np.random.default_rng(1))
    assert abs(passes.mean() - 0.5) < 0.01
    assert passes.shape == (2000, 40)


def test_directions_are_shuffled_within_their_section_alone() -> None:
    signs = [UP] * 5 + [DOWN] * 5
    by = groups(signs, signs, ["a"] * 5 + ["b"] * 5)
    assert permuted_passes(by, 50, rng=np.random.default_rng(1)).all()


def test_numbers_keep_their_result_when_directions_are_shuffled() -> None:
    by = groups([-1, UP, DOWN], [-1, UP, DOWN])
    passes = permuted_passes(by, 50, rng=np.random.default_rng(1))
    assert passes[:, 0].all()
    assert set(passes[:, 1:].sum(axis=1)) == {0, 2}
