from pathlib import Path

import numpy as np
import pytest

from macroimmune.cytometry.response import (
    StateMarkers,
    lineage_members,
    load_well,
    save_well,
    well_response,
)
from macroimmune.errors import ResultsError
from macroimmune.response import WellResponse

MARKERS = StateMarkers(
    ("pSTAT1", "PDL1"),
    (
        np.array([1.0, 2.0, 3.0, 9.0], np.float32),
        np.array([np.nan, 4.0, 6.0, 9.0], np.float32),
    ),
    "arcsinh(x / 5)",
)
IS_CELL = np.array([True, True, True, False])
MEMBERS = {
    "cd4_t": np.array([True, True, False, False]),
    "treg": np.zeros(4, bool),
}


def well() -> WellResponse:
    drawn = {"cd4_t": np.array([[1.5, 4.0], [2.0, 5.0], [1.0, np.nan]])}
    return well_response("a.fcs", MARKERS, IS_CELL, MEMBERS, drawn)


def test_every_marker_is_summed_over_every_population_and_all_live_cells() -> None:
    found = well()
    assert (found.file, found.unit) == ("a.fcs", "arcsinh(x / 5)")
    assert dict(found.n_cells) == {"": 3, "cd4_t": 2, "treg": 0}
    assert found.levels["", "pSTAT1"].mean == 2.0
    assert found.levels["cd4_t", "pSTAT1"].mean == 1.5
    assert found.levels["cd4_t", "PDL1"].n_cells == 1
    assert found.levels["cd4_t", "PDL1"].ranked.tolist() == [4.0]
    assert found.levels["treg", "PDL1"].n_cells == 0
    assert np.isnan(found.levels["treg", "PDL1"].mean)


def test_drawn_means_stand_where_thresholds_were_drawn() -> None:
    found = well()
    assert found.levels["cd4_t", "pSTAT1"].drawn_means.tolist() == [1.5, 2.0, 1.0]
    assert found.levels["cd4_t", "PDL1"].drawn_means.tolist() == [4.0, 5.0]
    assert found.levels["", "pSTAT1"].drawn_means.size == 0


@pytest.mark.parametrize(
    "one", [well(), WellResponse("no markers.fcs", {"": 3}, {}, ""), WellResponse("b", {}, {}, "")]
)
def test_a_well_comes_back_as_it_was_saved(tmp_path: Path, one: WellResponse) -> None:
    save_well(tmp_path / "well.npz", one)
    read = load_well(tmp_path / "well.npz")
    assert (read.file, read.unit, dict(read.n_cells)) == (one.file, one.unit, dict(one.n_cells))
    assert list(read.levels) == list(one.levels)
    for key, levels in one.levels.items():
        other = read.levels[key]
        assert other.n_cells == levels.n_cells
        np.testing.assert_array_equal([other.mean, other.variance], [levels.mean, levels.variance])
        np.testing.assert_array_equal(other.ranked, levels.ranked)
        np.testing.assert_array_equal(other.drawn_means, levels.drawn_means)
        assert other.ranked.dtype == np.float32


def test_a_file_that_holds_no_well_is_refused(tmp_path: Path) -> None:
    (tmp_path / "well.npz").write_bytes(b"nothing")
    with pytest.raises(ResultsError, match=r"well\.npz: no record"):
        load_well(tmp_path / "well.npz")


def test_populations_told_by_states_are_not_compared() -> None:
    class Node:
        def __init__(self, population: str, kind: str) -> None:
            self.population, self.kind = population, kind

    class Gated:
        class hierarchy:
            nodes = (Node("cd4_t", "lineage"), Node("activated_cd4", "state"))

        members = {"cd4_t": IS_CELL, "activated_cd4": IS_CELL}

    assert list(lineage_members(Gated())) == ["cd4_t"]  # type: ignore[arg-type]
