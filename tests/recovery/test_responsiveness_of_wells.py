"""Scores of 500 labelled cells per well, against what endless cells of the donors would give."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr
from tests.recovery.virtual_wells import (
    LISTS,
    beside_truth,
    endless_differences,
    held,
    labelled_responses,
    study_plan,
    wells_of,
)

from macroimmune.response import score_responses
from macroimmune.simulator.virtual_study import draw_virtual_study
from macroimmune.study import study_from_frames

SEEDS = (11, 12, 13)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def compared() -> dict[str, list[pl.DataFrame]]:
    """Return scores of 40 people beside their truth in an average batch, of each list and seed."""
    found: dict[str, list[pl.DataFrame]] = {name: [] for name in LISTS}
    for seed in SEEDS:
        plan = study_plan(40, 0, seed)
        drawn = draw_virtual_study(plan)
        wells = wells_of(drawn)
        people = pl.DataFrame({"participant_id": drawn.people.participant_ids})
        scored = score_responses(
            labelled_responses(plan, wells, 500),
            study=study_from_frames("virtual", participants=people),
        )
        true = endless_differences(plan, wells, 5000, in_same_batch=False)
        rows = beside_truth(scored, true, drawn)
        for name, parts in found.items():
            parts.append(rows.filter(pl.col("marker_list") == name))
    return found


@pytest.mark.parametrize("listed", LISTS)
def test_scores_of_500_cells_rank_donors_as_they_were_drawn(compared, listed):
    for rows in compared[listed]:
        assert rows.height == 40
        assert spearmanr(rows["score"], rows["responsiveness"]).statistic >= 0.9


@pytest.mark.parametrize("listed", LISTS)
def test_intervals_hold_what_endless_cells_would_give_in_an_average_batch(compared, listed):
    rows = compared[listed]
    # Of 120 people in some six batches: fewer than 90 % and 70 % would be intervals too narrow, all
    # and more than 97 % intervals that say less than they could.
    assert np.mean([held(part).mean() for part in rows]) >= 0.9
    assert 0.7 <= np.mean([held(part, "80").mean() for part in rows]) <= 0.97
