import numpy as np
import pytest
from tests.cytometry.gating.drawn_events import events_of, population

from macroimmune.cytometry import Threshold
from macroimmune.cytometry.gating import fit_thresholds
from macroimmune.evidence import Hierarchy

_NODES = Hierarchy((population("a", "", "CD56+"), population("b", "a", "CD56hi")), {})


def _levels(bright: int) -> dict[str, Threshold]:
    """Return both thresholds of a marker that few cells have, and some of them much of it."""
    rng = np.random.default_rng(8)
    values = np.concatenate([
        rng.normal(0, 0.4, 2_700),
        rng.normal(3, 0.4, 150),
        rng.normal(5.5, 0.3, bright),
    ])
    events = events_of(values[:, None], ("CD56",))
    found = fit_thresholds(events, np.zeros(len(values), np.uint8), _NODES, rng=rng)
    return {one.level: one for one in found.thresholds}


def test_the_cut_of_positivity_is_never_taken_for_that_of_bright_cells() -> None:
    levels = _levels(bright=0)
    assert 0.8 < levels["positive"].value < 2.2
    assert np.isnan(levels["high"].value)
    assert levels["high"].status


def test_bright_cells_are_told_from_dim_ones_where_there_are_some() -> None:
    levels = _levels(bright=80)
    assert 0.8 < levels["positive"].value < 2.2
    assert levels["high"].value == pytest.approx(4.4, abs=0.5)
