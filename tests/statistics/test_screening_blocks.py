import tracemalloc

import numpy as np
import pytest

from macroimmune.outcomes import Survival
from macroimmune.statistics import screen_auc, screen_cox, screen_log_rank, screen_logistic
from macroimmune.statistics.screening_blocks import in_blocks, walk_of


def test_the_walk_of_five_patients_by_hand():
    # Stratum 0: days 7 and 4, entries 4 and 0; stratum 1: days 5 (twice) and 2, entries 2, 3, 0.
    survival = Survival(
        time=np.array([4.0, 5.0, 7.0, 5.0, 2.0]),
        event=np.array([True, False, True, True, False]),
        entry=np.array([0.0, 2.0, 4.0, 3.0, 0.0]),
    )
    walk = walk_of(survival, np.array([0, 1, 0, 1, 1]))
    assert walk.order.tolist() == [2, 0, 1, 3, 4]
    assert walk.event.tolist() == [1, 1, 0, 1, 0]
    assert walk.day_stop.tolist() == [1, 2, 4, 5]
    assert walk.opens_stratum.tolist() == [1, 0, 1, 0]
    assert walk.order[walk.leaving].tolist() == [2, 0, 3, 1, 4]
    # Before day 4 leaves who entered on day 4; before day 2 those who entered on days 3 and 2.
    runs = list(zip(walk.leave_start.tolist(), walk.leave_stop.tolist(), strict=True))
    assert runs == [(0, 0), (0, 1), (2, 2), (2, 4)]


def test_blocks_cover_every_marker_once_in_the_order_of_the_walk():
    markers = np.arange(3.0 * 150).reshape(3, 150)
    seen = np.zeros((150, 3))

    def keep(block, columns):
        seen[columns] += block

    in_blocks(markers, np.array([2, 0, 1]), keep)
    np.testing.assert_array_equal(seen, markers[[2, 0, 1]].T)


@pytest.mark.parametrize("kind", ["cox", "log rank", "logistic", "auc"])
def test_a_screen_never_copies_all_markers(kind):
    rng = np.random.default_rng(1)
    markers = rng.normal(size=(1000, 2000))
    survival = Survival(time=rng.exponential(size=1000), event=rng.random(1000) < 0.5)
    run = {
        "cox": lambda x: screen_cox(survival, x),
        "log rank": lambda x: screen_log_rank(survival, x, cuts=np.zeros(x.shape[1])),
        "logistic": lambda x: screen_logistic(survival.event, x),
        "auc": lambda x: screen_auc(survival.event, x),
    }[kind]
    run(markers[:, :2])
    tracemalloc.start()
    run(markers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Two blocks with their codes or orders, and the results: not the 16 MB of the markers.
    assert peak < markers.nbytes / 3
