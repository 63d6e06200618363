import numpy as np
from tests.cytometry.gating.drawn_events import (
    LEVELS,
    MARKERS,
    drawn_events,
    events_of,
    hierarchy,
)

from macroimmune.cytometry.gating import fit_thresholds, gate_events


def gated(events, kinds):
    rng = np.random.default_rng(5)
    thresholds = fit_thresholds(events, kinds, hierarchy(), rng=rng)
    result = gate_events(events, kinds, hierarchy(), thresholds)
    return result, {one.population: one for one in result.counts}


def with_cd19_on_all(rng):
    events, kinds, names = drawn_events(4000, rng)
    events.values[:, MARKERS.index("CD19")] = rng.normal(4.5, 0.5, len(names))
    return events, kinds, names


def test_a_marker_that_is_bright_on_all_cells_excludes_none() -> None:
    events, kinds, names = with_cd19_on_all(np.random.default_rng(1))
    result, counts = gated(events, kinds)
    for name in ("cd4_t", "cd8_t", "nk"):
        told, true = result.members[name], names == name
        assert 2 * np.sum(told & true) / (told.sum() + true.sum()) > 0.97
    assert counts["t_cell"].status.startswith("CD19 shows no separation and is not used")


def test_a_marker_that_is_on_cells_which_should_lack_it_tells_no_population() -> None:
    events, kinds, _ = with_cd19_on_all(np.random.default_rng(2))
    result, counts = gated(events, kinds)
    assert np.isnan(counts["b_cell"].fraction)
    assert "should lack it by other markers, t_cell first" in counts["b_cell"].status
    assert not result.members["b_cell"].any()
    # Without B cells the lymphocytes are not known either.
    assert np.isnan(counts["lymphocytes"].fraction)
    assert counts["lymphocytes"].status.startswith("b_cell: no threshold of CD19")


def test_of_sorted_t_cells_all_have_cd3() -> None:
    rng = np.random.default_rng(3)
    names = rng.choice(["cd4_t", "cd8_t"], 3000)
    means = np.array([LEVELS[name] for name in names])
    events = events_of(means + 0.45 * rng.standard_normal(means.shape), MARKERS)
    result, counts = gated(events, np.zeros(3000, np.uint8))
    assert counts["t_cell"].fraction > 0.99
    assert "CD3: no separation seen: all cells taken as positive" in counts["t_cell"].status
    assert np.mean(result.members["cd4_t"] == (names == "cd4_t")) > 0.99
    assert counts["nk"].n_cells == 0


def test_a_marker_without_signal_excludes_none_either() -> None:
    rng = np.random.default_rng(4)
    events, kinds, names = drawn_events(4000, rng)
    events.values[:, MARKERS.index("CD14")] = 0.0
    result, counts = gated(events, kinds)
    assert np.mean(result.members["t_cell"][np.isin(names, ["cd4_t", "cd8_t"])]) > 0.97
    assert counts["t_cell"].status == "CD14 shows no separation and is not used"
    assert np.isnan(counts["cd14_myeloid"].fraction)
