import numpy as np
import pytest

from macroimmune.cytometry.gating.population_ratios import PopulationRatio, population_ratios


def _ratio(leaked: tuple[float, float]) -> PopulationRatio:
    counts = np.array([600, 300, 1000])
    moved = np.array([[600, 300, 1000]] * 2)
    told = np.ones(2, bool)
    (one,) = population_ratios(("cd4_t", "cd8_t"), counts, moved, np.array(leaked), ("", ""), told)
    return one


def test_what_the_second_lacks_reaches_down_as_what_the_first_lacks_reaches_up() -> None:
    plain, first, second = _ratio((0.0, 0.0)), _ratio((200.0, 0.0)), _ratio((0.0, 100.0))
    # With all that is lacking the ratio would be 800 / 300, or 600 / 400.
    assert first.ci_high > 800 / 300 > plain.ci_high
    assert first.ci_low == pytest.approx(plain.ci_low)
    assert second.ci_low < 600 / 400 < plain.ci_low
    assert second.ci_high == pytest.approx(plain.ci_high)


def test_what_both_lack_in_proportion_changes_nothing() -> None:
    plain, both = _ratio((0.0, 0.0)), _ratio((60.0, 30.0))
    assert (both.ci_low, both.ci_high) == pytest.approx((plain.ci_low, plain.ci_high))
