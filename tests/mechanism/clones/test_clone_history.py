from dataclasses import replace

import numpy as np
import pytest
from tests.mechanism.clones.skin_tumour import skin_tumour

from macroimmune.errors import InputError
from macroimmune.mechanism.clones import CellFlow, CloneSettings, SubsetTotals, clone_history

DAYS = (0.0, 30.0, 60.0)
FEW = CloneSettings(most_clones=400)


def followed(totals, settings=FEW, seed=1):
    return clone_history(totals, DAYS, settings, rng=np.random.default_rng(seed))


def test_clones_sum_to_the_totals_of_the_run():
    totals = skin_tumour()
    history = followed(totals)
    for day, cells in zip(history.days, history.cells, strict=True):
        assert (cells.sum(axis=0) == totals.cells[totals.days == day][0]).all()


def test_the_number_of_clones_is_bounded_and_their_founders_are_told():
    history = followed(skin_tumour(primed_per_day=50_000.0))
    assert len(history.founded) <= 400
    assert history.founder_cells > FEW.founder_cells


def test_the_same_seed_gives_the_same_clones_and_another_seed_others():
    totals = skin_tumour()
    one, same, other = followed(totals), followed(totals), followed(totals, seed=2)
    assert np.array_equal(one.cells, same.cells)
    assert not np.array_equal(one.cells, other.cells)


def test_clones_are_primed_in_the_node_then_in_blood_then_in_the_tumour():
    history = followed(skin_tumour())
    there = ~np.isnan(history.first_in_tumour) & ~np.isnan(history.first_in_blood)
    assert there.sum() > 50
    assert (history.founded[there] <= history.first_in_blood[there]).all()
    # Some leave the node straight for the tumour, so the order holds for most, not for all.
    assert (history.first_in_blood <= history.first_in_tumour)[there].mean() > 0.9


def test_without_priming_after_day_0_no_clone_is_founded_then():
    history = followed(skin_tumour(boost=0.0))
    assert (history.founded <= 0.0).all()
    new = history.origins() == "new"
    # Those primed just before are still in the node on day 0.
    assert (history.founded[new] > -7.0).all()


def test_without_division_no_clone_outgrows_its_founders():
    settings = replace(FEW, founder_cells=1.0, founder_spread=0.0, most_clones=3_000)
    course = {"primed_per_day": 30.0, "days_before": 60, "days_after": 0}

    def sizes(*, divides):
        totals = skin_tumour(**course, divides=divides)
        history = clone_history(totals, (0.0,), settings, rng=np.random.default_rng(1))
        found = history.cells[0].sum(axis=1)
        return found[found > 0]

    # Rounding to totals may give a clone the cell that another lost by chance, nothing more.
    alone, dividing = sizes(divides=False), sizes(divides=True)
    assert np.mean(alone == 1) > 0.75
    assert alone.max() < 10 < dividing.max() / 5


def test_without_an_advantage_the_expected_share_of_a_clone_stays():
    days = np.arange(21.0)
    cells = np.full((21, 1), 200)
    turnover = np.full(20, 40.0)
    flows = (CellFlow("division", "X8_tu", "", turnover), CellFlow("death", "X8_tu", "", turnover))
    totals = SubsetTotals(days, ("X8_tu",), cells, flows)
    settings = CloneSettings(
        most_clones=10, founder_cells=20.0, founder_spread=0.0, division_spread=0.0
    )
    change = []
    for seed in range(120):
        history = clone_history(totals, (0.0, 20.0), settings, rng=np.random.default_rng(seed))
        change.append(history.cells[1, 0, 0] - history.cells[0, 0, 0])
    drift = np.array(change, dtype=float)
    assert drift.std() > 5.0
    assert abs(drift.mean()) < 4.0 * drift.std() / np.sqrt(len(drift))


def test_a_run_without_cells_has_no_clones():
    totals = SubsetTotals(np.array([0.0]), ("E8_bl",), np.zeros((1, 1), np.int64), ())
    history = clone_history(totals, (0.0,), FEW, rng=np.random.default_rng(1))
    assert history.cells.shape == (1, 0, 1)


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        (CellFlow("birth", "", "E8_bl", np.zeros(1)), "no flow is called 'birth'"),
        (CellFlow("death", "E8_bk", "", np.zeros(1)), "Did you mean 'E8_bl'"),
        (CellFlow("death", "E8_bl", "", np.zeros(2)), "one number from 0 per step"),
        (CellFlow("death", "E8_bl", "", np.full(1, -1.0)), "one number from 0 per step"),
    ],
)
def test_flows_that_cannot_be_followed_are_refused(flow, message):
    cells = np.zeros((2, 1), np.int64)
    with pytest.raises(InputError, match=message):
        SubsetTotals(np.array([0.0, 1.0]), ("E8_bl",), cells, (flow,))


def test_settings_out_of_range_are_refused():
    with pytest.raises(InputError, match="bystander_share"):
        CloneSettings(bystander_share=1.0)
    with pytest.raises(InputError, match="most_clones"):
        CloneSettings(most_clones=0)
