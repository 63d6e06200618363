"""What the cells of clusters look like, and their names."""

import numpy as np
import pytest

from macroimmune.cytometry import FileThresholds, GatedFile, Threshold
from macroimmune.cytometry.clustering import (
    add_summaries,
    clusters_frame,
    describe_clusters,
    described_antigens,
    sample_for_training,
    summarise_clusters,
    train_clusters,
)
from macroimmune.evidence import gating_hierarchy
from macroimmune.results.contract import RESULT_TABLES

LINEAGE = frozenset({"CD3", "CD4", "CD8", "CD45RA"})


def threshold(antigen, value, within=""):
    return Threshold(antigen, within, "positive", value, 0.1, value, 0.1, 1.0, "given", "")


CUTS = FileThresholds(
    "a.fcs",
    tuple(
        threshold(antigen, 3.0, within)
        for antigen, within in [("CD3", ""), ("CD4", "t_cell"), ("CD8", "t_cell"), ("CD45RA", "")]
    )
    + (threshold("CD4", 99.0, "cd4_t"), threshold("CD3", 99.0, "t_cell")),
    (),
)


def gated(events, truth):
    hierarchy = gating_hierarchy(LINEAGE | {"CD19"}, "human")
    of_kind = {
        "t_cell": truth < 3,
        "cd4_t": truth < 2,
        "cd8_t": truth == 2,
        "leukocytes": truth >= 0,
    }
    none = np.zeros(len(truth), np.bool_)
    members = {name: of_kind.get(name, none) for name in hierarchy.names}
    return GatedFile(events.file, hierarchy, members, ())


@pytest.fixture
def cell_map(drawn):
    events, kinds, _ = drawn(1)
    antigens = described_antigens(events.panel)
    rng = np.random.default_rng(1)
    sample = sample_for_training(events, kinds, antigens, 3000, rng=rng)
    return train_clusters(sample, antigens, typing=LINEAGE, n_clusters=4, rng=rng)


@pytest.fixture
def summarised(cell_map, drawn):
    def summarise(seed, *, with_gates=True, with_cuts=True):
        events, kinds, truth = drawn(seed)
        return summarise_clusters(
            cell_map,
            cell_map.assign(events),
            events,
            kinds,
            gated=gated(events, truth) if with_gates else None,
            thresholds=CUTS if with_cuts else None,
        )

    return summarise


def test_clusters_bear_the_population_of_most_of_their_cells_and_what_sets_them_apart(
    cell_map, summarised
):
    names = [one.name for one in describe_clusters(cell_map, summarised(2))]
    assert names == [
        "CD4 T cells (100 %): CD45RA-",
        "CD4 T cells (100 %): CD45RA+",
        "CD8 T cells (100 %): CD8+ CD4- CD45RA+",
        "Leukocytes (100 %): CD3- CD4-",
    ]


def test_without_gates_and_thresholds_markers_are_high_or_low_against_the_others(
    cell_map, summarised
):
    found = describe_clusters(cell_map, summarised(2, with_gates=False, with_cuts=False))
    assert [one.population for one in found] == [""] * 4
    assert found[2].name == "CD8hi CD4lo CD45RAhi"
    assert np.isnan(found[0].positive_percent).all()
    assert np.isnan(found[0].population_percent)


def test_medians_and_counts_over_files_are_those_of_all_their_cells(cell_map, summarised, drawn):
    found = describe_clusters(cell_map, add_summaries(summarised(seed) for seed in (2, 3, 4)))
    files = [drawn(seed) for seed in (2, 3, 4)]
    cells = np.concatenate([e.values[k == 0] for e, k, _ in files])
    clusters = np.concatenate([cell_map.assign(e).clusters[k == 0] for e, k, _ in files])
    for one in found:
        own = cells[clusters == one.cluster][:, [1, 3, 4, 5, 2]]
        assert one.n_cells == len(own)
        # A bin is a 256th of the range.
        np.testing.assert_allclose(one.medians, np.median(own, axis=0), atol=0.04)
        above = 100 * (own[:, :4] > 3).mean(axis=0)
        np.testing.assert_allclose(one.positive_percent[:4], above, atol=1e-9)
        assert np.isnan(one.positive_percent[4])


def test_files_without_gates_do_not_dilute_the_share_of_a_population(cell_map, summarised):
    total = add_summaries([summarised(2), summarised(3, with_gates=False)])
    found = describe_clusters(cell_map, total)
    assert found[2].population_percent == 100.0
    assert found[2].n_cells > summarised(2).n_cells[2]


def test_a_cluster_without_cells_says_so(cell_map, drawn):
    events, kinds, truth = drawn(8, chances=(0.5, 0.5, 0.0, 0.0))
    assert set(truth) == {0, 1}
    found = describe_clusters(
        cell_map, summarise_clusters(cell_map, cell_map.assign(events), events, kinds)
    )
    assert [one.name for one in found[2:]] == ["no cells, cluster 3", "no cells, cluster 4"]
    assert np.isnan(found[3].medians).all()
    assert np.isnan(found[3].far_percent)


def test_the_table_has_a_row_per_cluster_and_marker(cell_map, summarised):
    frame = clusters_frame("T cells", describe_clusters(cell_map, summarised(2)))
    assert frame.schema == RESULT_TABLES["clusters"].schema
    assert frame.height == 4 * 5
    assert clusters_frame("T cells", ()).height == 0
