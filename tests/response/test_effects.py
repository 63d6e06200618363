"""The effect sizes of a stimulus on one marker of one population."""

from dataclasses import fields, replace

import numpy as np
import pytest

from macroimmune.response import MarkerLevels, ResponseEffects, marker_levels, response_effects
from macroimmune.results import RESULT_TABLES

RNG = np.random.default_rng(11)


def levels(values: np.ndarray, **given: object) -> MarkerLevels:
    return marker_levels(np.asarray(values, np.float32), **given)


BEFORE, AFTER = RNG.normal(1, 1, 300), RNG.normal(2, 1.5, 250)


def of(before=BEFORE, after=AFTER, **given):
    wells = [one if isinstance(one, MarkerLevels) else levels(one) for one in (before, after)]
    return response_effects(*wells, rng=np.random.default_rng(1), **given)


def test_the_fields_are_columns_of_the_table():
    columns = RESULT_TABLES["stimulation_responses"].columns
    assert {one.name for one in fields(ResponseEffects)} <= set(columns)


def test_the_difference_is_that_of_the_means_with_the_interval_of_welch():
    found = of()
    variance = [one.var(ddof=1) / one.size for one in (BEFORE, AFTER)]
    assert found.difference == pytest.approx(AFTER.mean() - BEFORE.mean(), abs=1e-6)
    assert found.cells_se == pytest.approx(np.sqrt(sum(variance)), rel=1e-6)
    assert found.difference_ci_low == pytest.approx(
        found.difference - 1.966 * found.cells_se, abs=0.01
    )
    assert found.thresholds_se is None
    assert found.batch_se is None
    assert (found.use, found.status) == ("score", "")


def test_thresholds_of_both_wells_and_batches_widen_the_interval():
    draws = [RNG.normal(0, size, 200) for size in (0.3, 0.4)]
    before, after = (levels(x, drawn_means=d) for x, d in zip((BEFORE, AFTER), draws, strict=True))
    found = of(before, after, batch_variance=0.36)
    assert found.thresholds_se == pytest.approx(np.hypot(*(d.std(ddof=1) for d in draws)))
    assert found.batch_se == pytest.approx(0.6)
    total = np.sqrt(found.cells_se**2 + found.thresholds_se**2 + 0.36)
    half = (found.difference_ci_high - found.difference_ci_low) / 2
    assert half == pytest.approx(1.96 * total, rel=0.02)
    plain = of()
    for name in ("signed_emd", "superiority", "percent_above"):
        widths = [
            getattr(x, f"{name}_ci_high") - getattr(x, f"{name}_ci_low") for x in (plain, found)
        ]
        assert widths[1] > 1.5 * widths[0], name


def test_a_batch_variance_from_few_batches_widens_it_further():
    known, few = of(batch_variance=0.36), of(batch_variance=0.36, batch_freedom=2)
    width = [x.difference_ci_high - x.difference_ci_low for x in (known, few)]
    assert width[1] == pytest.approx(width[0] * 4.303 / 1.96, rel=0.08)


def test_cells_minima_decide_on_the_use():
    uses = {n: of(after=AFTER[:n]) for n in (19, 20, 49, 50)}
    assert [one.use for one in uses.values()] == ["none", "effect size", "effect size", "score"]
    assert uses[19].difference is None
    assert uses[19].superiority is None
    assert uses[19].mean_stimulated == pytest.approx(AFTER[:19].mean(), abs=1e-6)
    assert uses[19].mean_unstimulated == pytest.approx(BEFORE.mean(), abs=1e-6)
    assert uses[49].status == "49 stimulated cells: fewer than 50 give an effect size but no score"


def test_no_cells_at_all_are_a_status():
    found = of(before=np.empty(0))
    assert found.status == "0 unstimulated cells: fewer than 20 give no effect size"
    assert found.use == "none"


def test_exchanging_the_wells_turns_the_sign():
    there, back = of(), of(before=AFTER, after=BEFORE)
    assert back.difference == pytest.approx(-there.difference)
    assert back.difference_ci_low == pytest.approx(-there.difference_ci_high)
    assert back.signed_emd == pytest.approx(-there.signed_emd)
    assert back.signed_emd_ci_low == pytest.approx(-there.signed_emd_ci_high, abs=0.05)
    assert back.superiority == pytest.approx(1 - there.superiority)


def test_one_value_in_all_cells_is_told():
    found = of(before=np.zeros(100), after=np.zeros(100))
    assert found.difference == found.signed_emd == found.difference_ci_high == 0
    assert found.superiority == 0.5
    assert "all cells of both wells have one value" in found.status


@pytest.mark.parametrize("n_positive", [1, 3])
def test_a_spread_that_rests_on_few_cells_is_told(n_positive):
    few = np.zeros(100)
    few[:n_positive] = 2.0
    found = of(before=few, after=np.zeros(100))
    assert f"rests on about {n_positive} cells, fewer than 5" in found.status
    many = of(before=few, after=np.where(np.arange(100) < 40, 2.0, 0.0))
    assert many.status == ""


def test_ten_thousand_cells_by_their_quantiles_are_as_all_of_them():
    rng = np.random.default_rng(4)
    before, after = rng.exponential(1, 20_000), rng.exponential(1.4, 15_000)
    found = of(before, after)
    below = np.searchsorted(np.sort(before), after).mean() / before.size
    assert found.superiority == pytest.approx(below, abs=1e-3)
    cut = np.quantile(before, 0.99)
    assert found.percent_above == pytest.approx(100 * (after > cut).mean() - 1, abs=0.15)
    assert found.signed_emd == pytest.approx(after.mean() - before.mean(), abs=0.01)


def test_intervals_are_those_of_a_bootstrap_of_cells():
    rng = np.random.default_rng(5)
    before = np.arcsinh(rng.exponential(20, 400) * (rng.random(400) < 0.6) / 5)
    after = np.arcsinh(rng.exponential(60, 300) * (rng.random(300) < 0.7) / 5)
    found = of(before, after)
    drawn = {"difference": [], "percent_above": [], "signed_emd": [], "superiority": []}
    for _ in range(400):
        b, a = np.sort(rng.choice(before, 400)), np.sort(rng.choice(after, 300))
        drawn["difference"].append(a.mean() - b.mean())
        drawn["signed_emd"].append(a.mean() - b.mean())
        above = (np.searchsorted(b, a, "left") + np.searchsorted(b, a, "right")) / 800
        drawn["superiority"].append(above.mean())
        drawn["percent_above"].append(100 * (a > np.quantile(b, 0.99)).mean() - 1)
    for name, values in drawn.items():
        low, high = np.quantile(values, [0.025, 0.975])
        size = high - low
        allowed = 0.3 if name == "percent_above" else 0.12
        assert getattr(found, f"{name}_ci_low") == pytest.approx(low, abs=allowed * size), name
        assert getattr(found, f"{name}_ci_high") == pytest.approx(high, abs=allowed * size), name


def test_values_that_are_missing_are_no_cells():
    found = of(after=np.concatenate([AFTER, [np.nan, np.inf]]))
    assert found.n_stimulated == 250
    assert replace(found, status="") == replace(of(), status="")
