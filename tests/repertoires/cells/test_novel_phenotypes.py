"""Novel clones by population: none where two samples are of one pool, and those that were added."""

import numpy as np
import polars as pl
import pytest

from macroimmune.repertoires.cells.novel_phenotypes import novel_rows
from macroimmune.repertoires.cells.participant_cells import ParticipantCells

PAIR = pl.DataFrame({"before": ["a"], "after": ["b"]})
SAMPLES = pl.DataFrame({
    "repertoire_id": ["a", "b"],
    "participant_id": ["P", "P"],
    "compartment": ["blood", "blood"],
})
NAMES = ("cd4_t", "cd8_t", "treg")


def cells_of(clones, strata, labels) -> ParticipantCells:
    codes = np.unique(np.asarray(clones), return_inverse=True)[1]
    return ParticipantCells(SAMPLES, codes, np.asarray(strata), np.asarray(labels), NAMES)


def drawn_twice(rng: np.random.Generator, sizes: tuple[int, int], new: int = 0) -> ParticipantCells:
    """Cells of one pool of clones; `new` later CD8 clones of three cells were not there."""
    share = rng.pareto(2.0, 4_000) + 0.2
    clones = rng.choice(4_000, sum(sizes), p=share / share.sum())
    home = rng.integers(0, 3, 4_000)[clones]
    home = np.where(rng.random(len(home)) < 0.1, rng.integers(0, 3, len(home)), home)
    strata = np.repeat([0, 1], sizes)
    clones[np.flatnonzero((strata == 1) & (home == 1))[: 3 * new]] = np.repeat(
        np.arange(4_000, 4_000 + new), 3
    )
    return cells_of(clones, strata, home)


def test_a_clone_counts_in_every_population_of_its_cells_and_as_seen_with_any_cell_before():
    cells = cells_of(
        ["x", "x", "y", "x", "x", "y", "z", "w"],
        [0, 0, 0, 1, 1, 1, 1, 1],
        [1, 1, 0, 1, 0, 1, 1, 2],
    )
    rows = {row["of_population"]: row for row in novel_rows(cells, PAIR)}
    assert {name: (row["n_clonotypes"], row["n_novel"]) for name, row in rows.items()} == {
        "": (4, 2),
        "cd4_t": (2, 1),
        "cd8_t": (3, 1),
        "treg": (1, 1),
    }
    assert rows["treg"]["status"] != ""
    assert np.isnan(rows["treg"]["novel_excess"])


@pytest.mark.parametrize("sizes", [(1_500, 1_500), (2_500, 900)])
def test_two_samples_of_one_pool_have_no_excess_at_the_nominal_rate(sizes):
    rng = np.random.default_rng(8)
    held = []
    for _ in range(100):
        rows = novel_rows(drawn_twice(rng, sizes), PAIR)
        held.append([row["ci_low"] <= 0.0 <= row["ci_high"] for row in rows])
    # 95 of 100 with SD 2.2.
    assert np.mean(held, axis=0).min() >= 0.88
    assert np.mean(held) < 0.99


def test_new_clones_of_one_population_are_an_excess_of_it_and_not_of_another():
    rng = np.random.default_rng(9)
    found: dict[str, list[float]] = {}
    for _ in range(40):
        for row in novel_rows(drawn_twice(rng, (1_500, 1_500), new=20), PAIR):
            excess = row["novel_excess"] * row["n_clonotypes"]
            found.setdefault(row["of_population"], []).append(excess)
    # A new clone counts by the chance that half as many cells would have shown it.
    mean, error = np.mean(found["cd8_t"]), np.std(found["cd8_t"]) / np.sqrt(40)
    assert 8 < mean < 20 + 3 * error
    assert abs(np.mean(found["treg"])) < 4


def test_a_pair_without_cells_in_both_samples_has_no_row():
    cells = cells_of(["x"], [0], [1])
    assert novel_rows(cells, pl.DataFrame({"before": ["a"], "after": ["c"]})) == []
