"""Pre-gated populations: percent of the parent that is stated, near the truth."""

import numpy as np
import polars as pl
import pytest

from macroimmune.evidence import find_population
from macroimmune.simulator.plan import PopulationsPlan, StudyPlan
from macroimmune.simulator.populations import PARENTS, POPULATIONS, population_percent


@pytest.fixture(scope="module")
def everything(draw):
    """Return tubes of a plan that reports every population and misses none."""
    stated = PopulationsPlan(missing=0.0, cells=50_000, reported=tuple(POPULATIONS))
    return draw(StudyPlan(patients=400, seed=8, populations=stated))


@pytest.fixture(scope="module")
def table(everything):
    return everything.tables["populations.csv"]


@pytest.mark.parametrize("name", POPULATIONS)
def test_every_population_is_its_true_share_up_to_counting(everything, table, name):
    known = find_population(name)
    rows = table.filter(Population=known.name)
    true = population_percent(everything.samples.fractions, name)
    assert rows["Sample"].to_list() == everything.samples.sample_ids.tolist()
    assert rows["Parent"].unique().to_list() == [POPULATIONS[name].parent]
    p, n = true / 100, rows["Parent events"].to_numpy()
    spread = 100 * np.sqrt(p * (1 - p) * (1 / n + 0.002))
    z = (rows["Percent"].to_numpy() - true) / spread
    assert abs(z.mean()) < 4 / np.sqrt(z.size)
    assert z.std() == pytest.approx(1.0, abs=0.15)


def test_percent_times_the_parent_is_a_whole_number_of_cells(table):
    cells = (table["Percent"] / 100 * table["Parent events"]).to_numpy()
    assert np.abs(cells - np.round(cells)).max() <= 0.000_006 * table["Parent events"].max()


def test_the_parts_of_a_parent_fill_it(table):
    for parent in set(PARENTS) - {"PBMC"}:
        leaves = [find_population(name).name for name in PARENTS[parent]]
        rows = table.filter(pl.col("Population").is_in(leaves) & (pl.col("Parent") == parent))
        total = rows.group_by("Sample").agg(pl.col("Percent").sum())["Percent"]
        assert total.to_numpy() == pytest.approx(100.0, abs=0.01)


def test_a_name_of_the_table_is_the_population_of_the_evidence():
    for name in POPULATIONS:
        assert find_population(find_population(name).name).id == name


def test_the_stated_share_of_tubes_is_missing(drawn):
    tubes = drawn.tables["populations.csv"]["Sample"].n_unique()
    assert 1 - tubes / drawn.samples.days.size == pytest.approx(0.10, abs=0.015)


def test_only_what_is_asked_for_is_reported(draw):
    plan = StudyPlan(patients=3, populations=PopulationsPlan(reported=("treg",)))
    table = draw(plan).tables["populations.csv"]
    assert table["Population"].unique().to_list() == ["regulatory T cells"]
